"""What `bench.matching` measures, and the tables made of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.pages import markdown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one contender did with the tables of one size."""

    tables: int
    contender: str
    seconds: float
    share: float = 1.0
    """Of all pairs, as far as it came; the seconds are extrapolated where it is not 1."""
    said: int | None = None
    """Pairs it says are alike, of those it came to; none where it is asked about given pairs."""
    found: int = 0
    planted: int = 0
    """Planted copies among the pairs that it came to."""
    catalog_bytes: int = 0
    """Of the process before it began, with the catalog."""
    peak_bytes: int = 0


def matching(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each size and contender."""
    own = {each.tables: each.seconds for each in outcomes if each.contender == "ours"}
    rows = [
        (
            f"{each.tables:,}, {each.contender}",
            f"{each.seconds:,.2f} s",
            "measured" if each.share == 1 else f"extrapolated from {each.share:.2g} of the pairs",
            f"{each.seconds / own[each.tables]:,.1f}" if each.tables in own else "-",
            f"{each.catalog_bytes / 1e6:,.0f} MB",
            f"{each.peak_bytes / 1e6:,.0f} MB",
            "-" if each.said is None else f"{each.found}/{each.planted}",
            "-" if each.said is None else f"{each.said:,}",
        )
        for each in outcomes
    ]
    titles = (
        *("tables, contender", "time", "how", "/ ours"),
        *("memory before", "peak memory", "planted copies found", "pairs said"),
    )
    return markdown(titles, rows)


def growth(outcomes: Sequence[Outcome]) -> str:
    """Return, from one size to the next, the power of the tables by which the time grows."""
    lines = []
    for name in dict.fromkeys(each.contender for each in outcomes):
        own = [each for each in outcomes if each.contender == name]
        for less, more in pairwise(own):
            power = math.log(more.seconds / less.seconds) / math.log(more.tables / less.tables)
            lines.append(
                (
                    name,
                    f"{less.tables:,} to {more.tables:,}",
                    f"{power:.2f}",
                    "measured" if less.share == more.share == 1 else "extrapolated",
                )
            )
    return markdown(("contender", "tables", "grows with the power", "how"), lines)
