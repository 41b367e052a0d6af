"""The formats of a guard. `GUARD_EMITTERS` is the one list of them."""

from collections.abc import Callable
from typing import NamedTuple

from cmis_audit.model.guard import Guarded
from cmis_audit.render.annotations import annotations
from cmis_audit.render.comment import guard_comment
from cmis_audit.render.guard_json import render_guard_json
from cmis_audit.render.guard_text import render_text
from cmis_audit.render.junit import junit
from cmis_audit.render.results import guard_results
from cmis_audit.render.sarif import sarif


class GuardEmitter(NamedTuple):
    """A format: the file that it writes, and the pure function that gives its text."""

    file_name: str
    render: Callable[[Guarded], str]


GUARD_EMITTERS: dict[str, GuardEmitter] = {
    "text": GuardEmitter("guard.txt", render_text),
    "json": GuardEmitter("guard.json", render_guard_json),
    "summary": GuardEmitter("guard.md", guard_comment),
    "sarif": GuardEmitter("guard.sarif", lambda guarded: sarif(guard_results(guarded))),
    "github": GuardEmitter("annotations.txt", lambda guarded: annotations(guard_results(guarded))),
    "junit": GuardEmitter("junit.xml", lambda guarded: junit(guard_results(guarded))),
}
