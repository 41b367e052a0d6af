"""Audits over time as one HTML file that asks nothing of a network."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cmis_audit.model.history import Past
from cmis_audit.render import trend_words as words
from cmis_audit.render.charts_trend import Point, line_chart, score_chart
from cmis_audit.render.escape import visible
from cmis_audit.render.html_page import page_style, policy, template_file
from cmis_audit.render.pictures import Picture
from cmis_audit.render.trend_packs import PackTrend, pack_trends

if TYPE_CHECKING:
    from jinja2 import Environment


def trend_html(trends: Mapping[str, Sequence[Past]]) -> str:
    """Return the trend of each database: charts, and the figures as a table."""
    style = page_style()
    return (
        _environment()
        .get_template("trend.html.j2")
        .render(
            style=style,
            policy=policy(style=style),
            sections=[
                {
                    "database": visible(database),
                    "span": words.span(pasts),
                    "charts": charts(pasts),
                    "steps": words.steps(pasts),
                    "packs": [
                        {"pack": pack, "title": visible(pack.title), "chart": pack_chart(pack)}
                        for pack in pack_trends(pasts)
                    ],
                }
                for database, pasts in trends.items()
            ],
            change_word=words.change_word,
            remark=words.REMARK,
        )
    )


def charts(pasts: Sequence[Past]) -> list[tuple[str, Picture]]:
    """Return charts with their names: score, tables, duplicates, what is waived."""
    figures = {
        "Tables": [past.tables for past in pasts],
        "Duplicate tables": [past.duplicates for past in pasts],
        "Waived": [past.waived for past in pasts],
    }
    days = [past.read_at[:10] for past in pasts]
    drawn = [
        (
            name,
            line_chart(name, [Point(label=d, value=v) for d, v in zip(days, values, strict=True)]),
        )
        for name, values in figures.items()
    ]
    return [("Score", score_chart(pasts)), *drawn]


def pack_chart(pack: PackTrend) -> Picture:
    """Return the scores of a pack beside the main one as a line."""
    points = [
        Point(
            label=step.day,
            value=step.past.score,
            scale=step.past.pack_fingerprint,
            more=f", grade {step.past.grade}",
        )
        for step in pack.steps
    ]
    return line_chart(f"{visible(pack.title)} score", points, highest=100)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(template_file),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
