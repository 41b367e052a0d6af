"""Audits over time as one HTML file that asks nothing of a network."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.charts_trend import line_chart
from cmis_audit.render.escape import visible
from cmis_audit.resources import report_templates

if TYPE_CHECKING:
    from jinja2 import Environment

_HIGHEST = {"Score": 100}


def trend_html(trends: Mapping[str, Sequence[Past]]) -> str:
    """Return the trend of each database: charts, and the figures as a table."""
    return (
        _environment()
        .get_template("trend.html.j2")
        .render(
            sections=[
                {
                    "database": visible(database),
                    "span": words.span(pasts),
                    "charts": charts(pasts),
                    "steps": words.steps(pasts),
                }
                for database, pasts in trends.items()
            ],
            change_word=words.change_word,
            remark=words.REMARK,
        )
    )


def charts(pasts: Sequence[Past]) -> list[tuple[str, str]]:
    """Return charts with their names: score, tables, duplicates, what is waived."""
    days = [past.read_at[:10] for past in pasts]
    figures = {
        "Score": [past.score for past in pasts],
        "Tables": [past.tables for past in pasts],
        "Duplicate tables": [past.duplicates for past in pasts],
        "Waived": [past.waived for past in pasts],
    }
    return [
        (
            name,
            line_chart(name, list(zip(days, values, strict=True)), highest=_HIGHEST.get(name, 0)),
        )
        for name, values in figures.items()
    ]


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(lambda name: (report_templates() / name).read_text("utf-8")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
