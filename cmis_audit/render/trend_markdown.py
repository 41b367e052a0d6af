"""Audits over time as Markdown."""

from collections.abc import Mapping, Sequence

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.escape import Safe, code, table, text
from cmis_audit.render.units import bar

_HEADERS = ("Read", "Score", "Grade", "", "Change", "Tables", "Groups", "Duplicates", "Waived")


def trend_markdown(trends: Mapping[str, Sequence[Past]]) -> str:
    """Return the trend of each database as GitHub-flavoured Markdown."""
    parts = []
    for database, pasts in trends.items():
        parts += [f"# {text(database)}", f"{words.span(pasts)}.", trend_table(pasts)]
    return "\n\n".join(parts) + "\n"


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
