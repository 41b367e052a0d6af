"""How much of the smaller table stands in the larger."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits between `coverage.empty` and `coverage.full`, by the share that has a partner.

    Containment and not Jaccard, since a second version or a thin copy is a subset; columns weigh by
    their bits, so that shared bookkeeping columns hide no difference.
    """
    small = pair.smaller
    whole = sum(pair.database.column_bits(column.key) for column in small.columns)
    if not whole:
        return
    share = min(sum(match.bits for match in pair.alignment) / whole, 1.0)
    empty, full = pair.weight("coverage.empty"), pair.weight("coverage.full")
    bits = empty + (full - empty) * share
    yield Evidence(
        signal="coverage",
        bits=round(bits, 2),
        detail=f"{share:.0%} of what {small.traits.ref} has stands in the other too",
    )
