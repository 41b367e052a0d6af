"""What the columns that the tables share are worth."""

from collections.abc import Iterator
from math import exp, log2

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield the worth of the aligned columns, and the discount where others have them all too.

    Columns come in sets, so their bits do not simply add up: the sum saturates. And a set that many
    other tables have is the pattern of a family; it tells no two of them from the others.
    """
    total = sum(match.bits for match in pair.alignment)
    if not total:
        return
    ceiling = pair.weight("column.saturation")
    bits = ceiling * (1 - exp(-total / ceiling))
    best = sorted(pair.alignment, key=lambda match: (-match.bits, match.left))[:5]
    words = ", ".join(
        match.left if match.left == match.right else f"{match.left} ~ {match.right}"
        for match in best
    )
    yield Evidence(
        signal="columns",
        bits=round(bits, 2),
        detail=f"{len(pair.alignment)} columns in common, most telling: {words}",
    )
    others = pair.database.others_with(pair.shared_keys)
    if others:
        limit = log2(1 + len(pair.database.forms) / others)
        if limit < bits:
            yield Evidence(
                signal="family",
                bits=round(limit - bits, 2),
                detail=f"{others} other tables have these columns too",
            )
