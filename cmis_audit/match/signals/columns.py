"""What the columns that the tables share are worth."""

from collections.abc import Iterator
from math import exp, log2

from cmis_audit.match.forms import MANY_HOLDERS
from cmis_audit.match.pair import Pair
from cmis_audit.match.patterns import Pattern
from cmis_audit.model.match import Evidence

_FAMILY = 2  # other tables that make a pattern of a pair


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield the worth of the aligned columns, and the discount where others have them all too.

    Columns come in sets, so their bits do not simply add up: the sum saturates. And a set that many
    other tables have is the pattern of a family; it tells no two of them from the others.
    """
    total = sum(match.bits for match in pair.alignment)
    if not total:
        return
    ceiling = pair.weight("column.saturation")
    bits = saturated(total, ceiling)
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
    yield from family(pair)


def family(pair: Pair) -> Iterator[Evidence]:
    """Yield the discount where other tables have the shared columns too."""
    total, ceiling = sum(match.bits for match in pair.alignment), pair.weight("column.saturation")
    # counted last, so that one more shared column never takes more off than it adds
    equal = pair.database.bits_of(pair.shared_keys)
    worth = saturated(total, ceiling) - saturated(max(total - equal, 0.0), ceiling)
    tables = len(pair.database.forms)
    holders = pair.database.tables_with_all(pair.shared_keys)
    if holders.count <= _FAMILY or log2(1 + tables / holders.count) >= worth:
        return
    others = _others(pair, holders)
    limit = log2(1 + tables / others) if others >= _FAMILY else worth
    if limit < worth:
        yield Evidence(
            signal="family",
            bits=round(limit - worth, 2),
            detail=f"{others} other tables have these columns too",
        )


def saturated(total: float, ceiling: float) -> float:
    return ceiling * (1 - exp(-total / ceiling))


def _others(pair: Pair, holders: Pattern) -> int:
    """Return how many tables of other names have the shared columns too.

    Not counted: further editions of the same noun, which make the case stronger, not weaker. Of
    very many holders they are a few, and not looked for.
    """
    if holders.count > MANY_HOLDERS:
        return holders.count - 2
    return holders.of_other_names(pair.left.nouns, pair.right.nouns)
