"""Whether the two schemas are copies of each other."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits between `schema.nothing` and `schema.all`, for equal names in two schemas.

    A name that two schemas share by accident is one of many; in a copied schema all are shared.
    """
    left, right = pair.left.traits.ref.schema, pair.right.traits.ref.schema
    if left == right or pair.relation.relation != Relation.SAME:
        return
    share = pair.database.schema_overlap(left, right)
    nothing, every = pair.weight("schema.nothing"), pair.weight("schema.all")
    yield Evidence(
        signal="schemas",
        bits=round(nothing + (every - nothing) * share, 2),
        detail=f"{share:.0%} of the smaller schema's table names stand in both schemas",
    )
