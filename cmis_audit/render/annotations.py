"""Results as GitHub's workflow commands: an annotation a line."""

from typing import Final

from cmis_audit.model.result import Level, Results
from cmis_audit.render.escape import visible
from cmis_audit.render.sarif import relative

_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
MOST_CHARACTERS: Final = 4000
"""Of one message: GitHub cuts what is longer than 4 KiB."""


def annotations(results: Results) -> str:
    """Return a workflow command for each result; nothing where there is none."""
    titles = {rule.id: rule.title for rule in results.rules}
    lines = []
    for one in results.results:
        waiving = [f"waived: {one.waived}"] if one.waived is not None else []
        text = "\n".join(map(visible, (one.message, *waiving, *one.detail.split("\n")))).strip()
        properties = ",".join(
            (
                f"file={_property(relative(one.place.file))}",
                f"line={max(one.place.line, 1)}",
                f"title={_property(f'{one.rule} {titles[one.rule]}')}",
            )
        )
        level = Level.NOTE if one.waived is not None else one.level
        lines.append(f"::{_COMMANDS[level]} {properties}::{_data(text[:MOST_CHARACTERS])}\n")
    return "".join(lines)


def _data(text: str) -> str:
    """Return the text so that the runner takes none of it for an end or another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
