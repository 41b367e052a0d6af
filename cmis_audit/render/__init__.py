"""RENDER: a report becomes text. `EMITTERS` is the one list of formats."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cmis_audit.model.report import Report
from cmis_audit.render.annotations import annotations
from cmis_audit.render.audit_json import render_json
from cmis_audit.render.comment import report_comment
from cmis_audit.render.html import render_html
from cmis_audit.render.illustrated import render_illustrated
from cmis_audit.render.junit import junit
from cmis_audit.render.markdown import REPORT, render_markdown
from cmis_audit.render.results import report_results
from cmis_audit.render.sarif import sarif


class Emitter(NamedTuple):
    """A format: the file that it writes, and the pure function that gives its text."""

    file_name: str
    render: Callable[[Report], str]
    render_with_others: Callable[[Report], Mapping[str, str]] | None = None
    """The same where it stands in a folder beside others: it with further files, by name."""


WITH_PLACES = frozenset(("sarif", "github", "junit"))
"""The formats that say in which line of a file a table stands."""

EMITTERS: dict[str, Emitter] = {
    "markdown": Emitter(REPORT, render_markdown, render_illustrated),
    "json": Emitter("audit.json", render_json),
    "html": Emitter("report.html", render_html),
    "summary": Emitter("summary.md", report_comment),
    "sarif": Emitter("audit.sarif", lambda report: sarif(report_results(report))),
    "github": Emitter("annotations.txt", lambda report: annotations(report_results(report))),
    "junit": Emitter("junit.xml", lambda report: junit(report_results(report))),
}
