"""The formats of a guard. `GUARD_EMITTERS` is the one list of them."""

from collections.abc import Callable
from typing import NamedTuple

from cmis_audit.model.guard import Guarded
from cmis_audit.render.guard_json import render_guard_json
from cmis_audit.render.guard_text import render_text


class GuardEmitter(NamedTuple):
    """A format: the file that it writes, and the pure function that gives its text."""

    file_name: str
    render: Callable[[Guarded], str]


GUARD_EMITTERS: dict[str, GuardEmitter] = {
    "text": GuardEmitter("guard.txt", render_text),
    "json": GuardEmitter("guard.json", render_guard_json),
}
