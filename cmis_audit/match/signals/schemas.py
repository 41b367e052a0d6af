"""Whether the two schemas are copies of each other."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_REPEATED = 0.75  # of all table names of two schemas, in both


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits between `schema.nothing` and `schema.all`, for equal names in two schemas.

    A name that two schemas share by accident is one of many; in a copied schema all are shared.
    """
    left, right = pair.left.traits.ref.schema, pair.right.traits.ref.schema
    if left == right or pair.relation.relation != Relation.SAME:
        return
    if _layers(pair):
        yield Evidence(
            signal="layers",
            bits=pair.weight("schema.layers"),
            detail=f"{left} and {right} are stages of one load",
        )
        return
    if _unrelated_copies(pair):
        yield Evidence(
            signal="schemas",
            bits=pair.weight("schema.two_alike"),
            detail=f"{left} and {right} have the same tables, and neither name says copy: tenants?",
        )
        return
    share = pair.database.schema_overlap(left, right)
    nothing, every = pair.weight("schema.nothing"), pair.weight("schema.all")
    yield Evidence(
        signal="schemas",
        bits=round(nothing + (every - nothing) * share, 2),
        detail=f"{share:.0%} of the smaller schema's table names stand in both schemas",
    )


def _layers(pair: Pair) -> bool:
    """Tell whether the tables are stages of a warehouse's load.

    Both schemas are named for a stage, or one is and another stage has the table as well: a table
    that stands in `raw` and in `staging` has been loaded from somewhere.
    """
    words = pair.database.lexicon.layer_words
    stages = [
        form
        for form in pair.database.with_stem(pair.left.traits.stem)
        if form.traits.words == pair.left.traits.words
        and not words.isdisjoint(form.traits.schema_words)
    ]
    return len(stages) > 1 and (pair.left in stages or pair.right in stages)


def _unrelated_copies(pair: Pair) -> bool:
    """Tell whether two schemas repeat each other without a name that says which is the copy."""
    left, right = pair.left.traits, pair.right.traits
    if pair.database.mutual_overlap(left.ref.schema, right.ref.schema) < _REPEATED:
        return False
    short, long = sorted((set(left.schema_words), set(right.schema_words)), key=len)
    return not short <= long and pair.database.markers.keys().isdisjoint(short | long)
