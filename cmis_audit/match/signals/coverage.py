"""How much of the smaller table stands in the larger."""

from collections.abc import Iterator

from cmis_audit.match.forms import Database
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence
from cmis_audit.model.traits import PUT_AWAY

_WHOLE = 0.65  # of the columns of the larger table, from which a copy counts as whole


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits between `coverage.empty` and `coverage.full`, by the share that has a partner.

    Containment and not Jaccard, since a second version or a thin copy is a subset; columns weigh by
    their bits, so that shared bookkeeping columns hide no difference.
    """
    small = pair.smaller
    whole = pair.database.whole_bits(small)
    if not whole:
        return
    total = sum(match.bits for match in pair.alignment)
    share = min(total / whole, 1.0)
    bits = at_most(total, whole, pair.database)
    yield Evidence(
        signal="coverage",
        bits=round(bits, 2),
        detail=f"{'only ' if bits < 0 else ''}{share:.0%} of what {small.traits.ref} has "
        "stands in the other too",
    )
    yield from _thin_copy(pair)


def at_most(total: float, whole: float, database: Database) -> float:
    """Return the bits where columns of so many bits have a partner, of a whole that has some."""
    empty, full = database.weights["coverage.empty"], database.weights["coverage.full"]
    return empty + (full - empty) * min(total / whole, 1.0)


def _thin_copy(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence for a "copy" that lacks most columns: it cannot hold the rows.

    A table of deleted keys is no archive. A second version may be thin, a backup is not.
    """
    if not PUT_AWAY.intersection(affix.marker for affix in pair.relation.markers):
        return
    most = max(len(pair.left.columns), len(pair.right.columns))
    share = len(pair.alignment) / most
    if share < _WHOLE:
        yield Evidence(
            signal="thin-copy",
            bits=round(pair.weight("coverage.thin_copy") * (1 - share / _WHOLE), 2),
            detail=f"marked as a copy, with {len(pair.alignment)} of {most} columns",
        )
