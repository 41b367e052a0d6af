"""The report as one HTML file, for whoever decides: `report.html`.

Nothing is loaded from anywhere: style and script stand in the file, and a Content-Security-Policy
allows these two by their hashes and nothing else. Templates escape what they print; pieces that
this room has as Markdown are converted by `markup`.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.code import CodeReference
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.report import Report
from cmis_audit.render import er_picture, html_cards, map_picture, outlook, pictures, sections
from cmis_audit.render.charts_trend import score_chart
from cmis_audit.render.contents import WORDS, contents
from cmis_audit.render.escape import visible
from cmis_audit.render.html_page import page_style, policy, template_file
from cmis_audit.render.markup import html_of
from cmis_audit.render.waterfall import falls

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MOST_CARDS: Final = 60
"""Groups told in full; the others have a line each, and stand in `audit.json`."""
MOST_REVIEWS: Final = 60
MOST_APART: Final = 400
MOST_FINDINGS: Final = 500
ACTIONS: Final = 5


def render_html(report: Report) -> str:
    """Return the whole report as one HTML file that needs nothing beside it."""
    told = contents(report)
    anchors = told.anchors
    plans = {each.cluster: each for each in report.plan.clusters} if report.plan else {}
    refusals = {each.cluster: each for each in report.plan.refused} if report.plan else {}
    style, script = page_style(), template_file("report.js")
    shown = {
        **vars(told),
        "consolidate": told.consolidate[:MOST_CARDS],
        "review": told.review[:MOST_REVIEWS],
    }
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            shown,
            catalog=report.catalog,
            style=style,
            script=script,
            policy=policy(style=style, script=script),
            more_consolidate=told.consolidate[MOST_CARDS:],
            more_review=told.review[MOST_REVIEWS:],
            actions=html_cards.actions(told.merges, ACTIONS),
            apart=outlook.apart(report)[:MOST_APART],
            more_apart=len(outlook.apart(report)[MOST_APART:]),
            findings=_shown(report.findings),
            anchors=anchors,
            anchor=sections.anchor,
            plans=_bounded(plans),
            refusals=refusals,
            uses=_uses(report),
            table_list=_table_list(report, anchors),
        )
    )


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(template_file),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=html_of,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(WORDS)
    environment.globals.update(
        cards=html_cards,
        pictures=pictures,
        score_chart=score_chart,
        map_picture=map_picture,
        er=er_picture,
        falls=falls,
    )
    return environment


def _shown(findings: Sequence[Finding]) -> Sequence[Finding]:
    return findings[:MOST_FINDINGS]


_MOST_SQL: Final = 3_000_000
"""Characters of plans; what is over that has to be read in its files."""


def _bounded(plans: Mapping[str, ClusterPlan]) -> dict[str, ClusterPlan]:
    found: dict[str, ClusterPlan] = {}
    left = _MOST_SQL
    for cluster, plan in plans.items():
        left -= sum(len(step.sql) for step in plan.steps)
        if left < 0:
            break
        found[cluster] = plan
    return found


def _uses(report: Report) -> dict[TableRef, list[CodeReference]]:
    found: dict[TableRef, list[CodeReference]] = defaultdict(list)
    for reference in report.code.references if report.code else ():
        found[reference.table].append(reference)
    return dict(found)


def _table_list(report: Report, anchors: Mapping[str, str]) -> "Markup":
    """Return all tables as JSON for the script that lists and searches them.

    One row a table: name, columns, rows or null, bytes or null, role, name and anchor of its group.
    """
    from markupsafe import Markup

    places: dict[TableRef, tuple[str, str, str]] = {}
    for cluster in report.clusters:
        where = anchors.get(cluster.id) or (
            "apart" if cluster.verdict is Verdict.KEEP_APART else "groups"
        )
        for member in cluster.members:
            role = cluster.verdict if cluster.verdict != Verdict.CONSOLIDATE else member.role
            places.setdefault(member.table, (str(role), visible(cluster.name), where))
    rows = []
    for table in report.catalog.tables:
        known = table.statistics
        rows.append(
            [
                visible(str(table.ref)),
                len(table.columns),
                known.rows_estimate if known else None,
                known.total_bytes if known else None,
                *places.get(table.ref, ("", "", "")),
            ]
        )
    text = json.dumps(rows, ensure_ascii=True, separators=(",", ":"))
    # Within a script element, only `</` and `<!--` could end or change it.
    return Markup(text.replace("<", "\\u003c"))
