"""The report as Markdown, for people: `report.md`.

Nothing in the templates may be printed unescaped by oversight: they hold no macros, and whatever an
expression yields passes `escape.escaped`, which leaves only Safe text alone.
"""

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from cmis_audit.model.report import Report
from cmis_audit.render import code_places, decisions, diagram, outlook, overview, packs
from cmis_audit.render.contents import WORDS, Contents, contents
from cmis_audit.render.escape import Safe, escaped, html_code, joined, table, text
from cmis_audit.render.pictures import cut
from cmis_audit.render.trend_markdown import trend_table
from cmis_audit.render.units import bar
from cmis_audit.resources import report_templates

if TYPE_CHECKING:
    from jinja2 import Environment

REPORT: Final = "report.md"
PICTURES: Final = "pictures"
"""The folder beside the report in which its pictures lie."""
_MOST_SEEN: Final = 400
"""Characters that stand for a picture in the text; the picture itself tells all."""
_BLANK_LINES = re.compile(r"\n{3,}")


def render_markdown(report: Report) -> str:
    """Return the whole report as GitHub-flavoured Markdown, in one file that needs no other."""
    return markdown_of(contents(report), {})


def markdown_of(told: Contents, pictures: Mapping[str, str]) -> str:
    """Return the report; where `pictures`, file to what is seen, has one for a place, with it."""
    apart = outlook.apart(told.report)
    body = (
        _environment()
        .get_template("report.md.j2")
        .render(
            **vars(told),
            catalog=told.report.catalog,
            critical=[one for one in told.consolidate if one.cluster.priority == "critical"],
            apart=[one for one in apart if len(one.members) <= overview.BIG_GROUP],
            families=[one for one in apart if len(one.members) > overview.BIG_GROUP],
            picture=partial(_picture, pictures),
        )
    )
    return _BLANK_LINES.sub("\n\n", body).strip() + "\n"


def _picture(pictures: Mapping[str, str], name: str) -> Safe:
    """Return a picture as an image, nothing where there is none of that name."""
    place = f"{PICTURES}/{name}.svg"
    if place not in pictures:
        return Safe("")
    return Safe(f"![{text(cut(pictures[place], _MOST_SEEN))}]({place})")


@cache
def _environment() -> "Environment":
    # 40 ms, and only this format needs it.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: (report_templates() / name).read_text("utf-8")),
        undefined=StrictUndefined,
        autoescape=False,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(WORDS)
    environment.globals.update(
        packs=packs,
        places=code_places,
        decisions=decisions,
        diagram=diagram,
        html_code=html_code,
        joined=joined,
        table=table,
        trend_table=trend_table,
        bar=bar,
    )
    return environment
