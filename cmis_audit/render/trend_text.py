"""Audits over time for a terminal."""

from collections.abc import Mapping, Sequence

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.escape import visible
from cmis_audit.render.units import bar

_HEADERS = ("read", "score", "", "", "change", "tables", "groups", "duplicates", "waived")
_LEFT = (0, 2, 3)
_BAR = 3
_COLORS = ((85, "32"), (50, "33"), (0, "31"))


def trend_text(trends: Mapping[str, Sequence[Past]], *, color: bool = False) -> str:
    """Return a line for each audit of each database. Without `color` there is no escape in it."""
    return "\n\n".join(_one(name, pasts, color=color) for name, pasts in trends.items()) + "\n"


def _one(database: str, pasts: Sequence[Past], *, color: bool) -> str:
    steps = words.steps(pasts)
    rows = [_HEADERS, *(_row(step) for step in steps)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADERS))]
    lines = [visible(f"{database}: {words.span(pasts)}"), ""]
    for place, row in enumerate(rows):
        cells = [
            visible(cell).ljust(width) if column in _LEFT else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if color and place:
            cells[_BAR] = f"\x1b[{_shade(pasts[place - 1].score)}m{cells[_BAR]}\x1b[0m"
        lines.append("  " + "  ".join(cells).rstrip())
    if any(step.rescaled for step in steps):
        lines += ["", f"  {words.REMARK}"]
    return "\n".join(lines)


def _row(step: words.Step) -> tuple[str, ...]:
    past = step.past
    return (
        past.read_at[:10],
        str(past.score),
        past.grade,
        bar(past.score, 100),
        words.change_word(step),
        f"{past.tables:,}",
        str(past.clusters),
        str(past.duplicates),
        str(past.waived),
    )


def _shade(score: int) -> str:
    return next(shade for least, shade in _COLORS if score >= least)
