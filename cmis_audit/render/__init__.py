"""RENDER: a report becomes text. `EMITTERS` is the one list of formats."""

from collections.abc import Callable
from typing import NamedTuple

from cmis_audit.model.report import Report
from cmis_audit.render.audit_json import render_json
from cmis_audit.render.html import render_html
from cmis_audit.render.markdown import render_markdown


class Emitter(NamedTuple):
    """A format: the file that it writes, and the pure function that gives its text."""

    file_name: str
    render: Callable[[Report], str]


EMITTERS: dict[str, Emitter] = {
    "markdown": Emitter("report.md", render_markdown),
    "json": Emitter("audit.json", render_json),
    "html": Emitter("report.html", render_html),
}
