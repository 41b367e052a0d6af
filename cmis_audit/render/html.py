"""The report as one HTML file, for whoever decides: `report.html`.

Nothing is loaded from anywhere: style and script stand in the file, and a Content-Security-Policy
allows these two by their hashes and nothing else. Templates escape what they print; pieces that
this room has as Markdown are converted by `markup`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.code import CodeReference
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.report import Report
from cmis_audit.render import (
    er_picture,
    evidence,
    html_cards,
    map_picture,
    outlook,
    overview,
    pictures,
    rehearsals,
    risk,
    schema_sections,
    schema_tables,
    schema_words,
    sections,
    units,
)
from cmis_audit.render.charts_trend import score_chart
from cmis_audit.render.escape import code, visible
from cmis_audit.render.formula import formula
from cmis_audit.render.html_page import policy, template_file
from cmis_audit.render.index import Index
from cmis_audit.render.markup import html_of
from cmis_audit.render.prose import prose

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
    index = Index(report.catalog, report.code)
    schemas = schema_sections.schema_sections(report, index)
    consolidate = sections.cluster_sections(report, index, Verdict.CONSOLIDATE)
    review = sections.cluster_sections(report, index, Verdict.REVIEW)
    clusters = outlook.with_verdict(report, Verdict.CONSOLIDATE)
    anchors = {one.cluster.id: one.anchor for one in (*consolidate, *review)}
    for section in schemas:
        anchors |= {cluster.id: section.anchor for cluster in section.clusters}
    plans = {each.cluster: each for each in report.plan.clusters} if report.plan else {}
    refusals = {each.cluster: each for each in report.plan.refused} if report.plan else {}
    style, script = template_file("report.css"), template_file("report.js")
    merges: list[overview.Merge] = [*schemas, *consolidate]
    domains = outlook.domain_rows(report, clusters)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            catalog=report.catalog,
            index=index,
            style=style,
            script=script,
            policy=policy(style=style, script=script),
            schemas=schemas,
            consolidate=consolidate[:MOST_CARDS],
            more_consolidate=consolidate[MOST_CARDS:],
            review=review[:MOST_REVIEWS],
            more_review=review[MOST_REVIEWS:],
            merges=merges,
            actions=html_cards.actions(merges, ACTIONS),
            groups=len(clusters),
            undecided=outlook.repeated_schemas(report, Verdict.REVIEW),
            templates=outlook.repeated_schemas(report, Verdict.KEEP_APART),
            apart=outlook.apart(report)[:MOST_APART],
            more_apart=len(outlook.apart(report)[MOST_APART:]),
            findings=_shown(report.findings),
            total=outlook.totals(clusters),
            domains=domains,
            domain_total=outlook.domain_total(report, clusters, domains),
            prose=prose(report),
            anchors=anchors,
            anchor=sections.anchor,
            tried=rehearsals.by_cluster(report),
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
    environment.globals.update(
        cards=html_cards,
        pictures=pictures,
        score_chart=score_chart,
        map_picture=map_picture,
        er=er_picture,
        sections=sections,
        rehearsal=rehearsals,
        schema_tables=schema_tables,
        schema_words=schema_words,
        overview=overview,
        evidence=evidence,
        outlook=outlook,
        risk=risk,
        code=code,
        formula=formula,
    )
    named: dict[str, Callable[..., object]] = {
        name: getattr(units, name)
        for name in ("counted", "human_bytes", "human_rows", "percent", "points", "signed", "share")
    }
    environment.globals.update(named)
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
