"""Audits over time for a terminal."""

from collections.abc import Mapping, Sequence

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.escape import visible
from cmis_audit.render.trend_packs import PackStep, PackTrend, pack_trends
from cmis_audit.render.units import bar

_HEADERS = ("read", "score", "", "", "change", "tables", "groups", "duplicates", "waived")
_LEFT = (0, 2, 3)
_PACK_HEADERS = ("read", "score", "", "", "change", "findings", "came and went")
_PACK_LEFT = (0, 2, 3, 6)
_BAR = 3
_COLORS = ((85, "32"), (50, "33"), (0, "31"))


def trend_text(trends: Mapping[str, Sequence[Past]], *, color: bool = False) -> str:
    """Return a line for each audit of each database. Without `color` there is no escape in it."""
    return "\n\n".join(_one(name, pasts, color=color) for name, pasts in trends.items()) + "\n"


def _one(database: str, pasts: Sequence[Past], *, color: bool) -> str:
    steps = words.steps(pasts)
    lines = [visible(f"{database}: {words.span(pasts)}"), ""]
    scores = [past.score for past in pasts] if color else []
    lines += _table([_HEADERS, *(_row(step) for step in steps)], _LEFT, scores)
    if any(step.rescaled for step in steps):
        lines += ["", f"  {words.REMARK}"]
    for pack in pack_trends(pasts):
        lines += ["", *_beside(pack, color=color)]
    return "\n".join(lines)


def _beside(pack: PackTrend, *, color: bool) -> list[str]:
    scores = [step.past.score for step in pack.steps] if color else []
    rows = [_PACK_HEADERS, *(_pack_row(step) for step in pack.steps)]
    lines = [visible(f"{pack.title}, a score of its own:"), "", *_table(rows, _PACK_LEFT, scores)]
    return [*lines, *(["", f"  {pack.remark}"] if pack.remark else [])]


def _table(
    rows: Sequence[tuple[str, ...]], left: tuple[int, ...], scores: Sequence[int]
) -> list[str]:
    """Return rows with their cells under each other, the first the headers; bars in colour."""
    shown = [tuple(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = []
    for place, row in enumerate(shown):
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if scores and place:
            cells[_BAR] = f"\x1b[{_shade(scores[place - 1])}m{cells[_BAR]}\x1b[0m"
        lines.append("  " + "  ".join(cells).rstrip())
    return lines


def _pack_row(step: PackStep) -> tuple[str, ...]:
    past = step.past
    shown = (str(past.score), past.grade, bar(past.score, 100), step.change)
    return (step.day, *shown, str(past.findings), step.moved)


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
