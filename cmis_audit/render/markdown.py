"""The report as Markdown, for people: `report.md`.

Nothing in the templates may be printed unescaped by oversight: they hold no macros, and whatever an
expression yields passes `escape.escaped`, which leaves only Safe text alone.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.report import Report
from cmis_audit.render import (
    code_places,
    decisions,
    diagram,
    evidence,
    outlook,
    overview,
    packs,
    rehearsals,
    risk,
    schema_sections,
    schema_tables,
    schema_words,
    sections,
    units,
)
from cmis_audit.render.escape import code, escaped, html_code, joined, table
from cmis_audit.render.formula import formula
from cmis_audit.render.index import Index
from cmis_audit.render.prose import prose
from cmis_audit.render.trend_markdown import trend_table
from cmis_audit.resources import report_templates

if TYPE_CHECKING:
    from jinja2 import Environment

_BLANK_LINES = re.compile(r"\n{3,}")


def render_markdown(report: Report) -> str:
    """Return the whole report as GitHub-flavoured Markdown."""
    index = Index(report.catalog, report.code)
    schemas = schema_sections.schema_sections(report, index)
    consolidate = sections.cluster_sections(report, index, Verdict.CONSOLIDATE)
    apart = outlook.apart(report)
    clusters = outlook.with_verdict(report, Verdict.CONSOLIDATE)
    domains = outlook.domain_rows(report, clusters)
    body = (
        _environment()
        .get_template("report.md.j2")
        .render(
            report=report,
            catalog=report.catalog,
            index=index,
            consolidate=consolidate,
            schemas=schemas,
            merges=[*schemas, *consolidate],
            groups=len(clusters),
            undecided=outlook.repeated_schemas(report, Verdict.REVIEW),
            templates=outlook.repeated_schemas(report, Verdict.KEEP_APART),
            critical=[one for one in consolidate if one.cluster.priority == "critical"],
            review=sections.cluster_sections(report, index, Verdict.REVIEW),
            apart=[one for one in apart if len(one.members) <= overview.BIG_GROUP],
            families=[one for one in apart if len(one.members) > overview.BIG_GROUP],
            total=outlook.totals(clusters),
            domains=domains,
            domain_total=outlook.domain_total(report, clusters, domains),
            prose=prose(report),
            rehearsals=rehearsals.by_cluster(report),
        )
    )
    return _BLANK_LINES.sub("\n\n", body).strip() + "\n"


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
    environment.globals.update(
        sections=sections,
        rehearsal=rehearsals,
        schema_tables=schema_tables,
        schema_words=schema_words,
        overview=overview,
        packs=packs,
        formula=formula,
        places=code_places,
        evidence=evidence,
        decisions=decisions,
        diagram=diagram,
        outlook=outlook,
        risk=risk,
        code=code,
        html_code=html_code,
        joined=joined,
        table=table,
        trend_table=trend_table,
    )
    named: dict[str, Callable[..., object]] = {
        name: getattr(units, name)
        for name in ("counted", "human_bytes", "human_rows", "percent", "points", "signed", "bar")
    }
    environment.globals.update(named)
    return environment
