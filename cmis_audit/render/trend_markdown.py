"""Audits over time as Markdown."""

from collections.abc import Mapping, Sequence

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.escape import Safe, code, table, text
from cmis_audit.render.trend_packs import PackTrend, pack_trends
from cmis_audit.render.units import bar

_HEADERS = ("Read", "Score", "Grade", "", "Change", "Tables", "Groups", "Duplicates", "Waived")
_PACK_HEADERS = ("Read", "Score", "Grade", "", "Change", "Findings", "Came and went")


def trend_markdown(trends: Mapping[str, Sequence[Past]]) -> str:
    """Return the trend of each database as GitHub-flavoured Markdown."""
    parts = []
    for database, pasts in trends.items():
        parts += [f"# {text(database)}", f"{words.span(pasts)}.", trend_table(pasts)]
        for pack in pack_trends(pasts):
            parts += [f"## {text(pack.title)}: a score of its own", pack_table(pack)]
    return "\n\n".join(parts) + "\n"


def pack_table(pack: PackTrend) -> Safe:
    """Return a row for each audit that a pack beside the main one judged."""
    rows = [
        (
            step.day,
            Safe(f"**{step.past.score}**"),
            step.past.grade,
            code(bar(step.past.score, 100, 10)),
            step.change,
            step.past.findings,
            step.moved,
        )
        for step in pack.steps
    ]
    told = table(_PACK_HEADERS, rows, "lrllrrl")
    return Safe(f"{told}\n\n{text(pack.remark)}") if pack.remark else told


def trend_table(pasts: Sequence[Past]) -> Safe:
    """Return a row for each audit, and a remark where scores are not of one scale."""
    steps = words.steps(pasts)
    rows = [
        (
            step.past.read_at[:10],
            Safe(f"**{step.past.score}**"),
            step.past.grade,
            code(bar(step.past.score, 100, 10)),
            words.change_word(step),
            step.past.tables,
            step.past.clusters,
            step.past.duplicates,
            step.past.waived,
        )
        for step in steps
    ]
    told = table(_HEADERS, rows, "lrllrrrrr")
    if any(step.rescaled for step in steps):
        return Safe(f"{told}\n\n{text(words.REMARK)}")
    return told
