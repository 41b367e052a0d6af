"""Sentences of the engine's, with the relations that they name set as code."""

import re
from collections.abc import Callable
from functools import partial

from cmis_audit.model.report import Report
from cmis_audit.render.escape import Safe, code, text

_PART = r"""(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")"""
_NAME = re.compile(rf"""(?<![\w.])({_PART}\.{_PART}(?![\w$])|`[^`]+`)""")
"""A relation as quote_ident writes it, or words between backticks."""


def prose(report: Report) -> Callable[[str], Safe]:
    """Return a function that escapes a sentence and sets as code the relations that it names.

    What stands between backticks is code too.
    """
    tables = {str(one.ref) for one in report.catalog.tables}
    views = {str(one.ref) for one in report.catalog.views}
    return partial(marked_up, frozenset(tables | views))


def marked_up(relations: frozenset[str], sentence: str) -> Safe:
    """Return a sentence escaped, with the relations that it names and what is quoted as code."""
    # Splitting at a capturing group: every second part may be a name.
    return Safe(
        "".join(
            _name(part, relations) if number % 2 else _kept_spaces(part)
            for number, part in enumerate(_NAME.split(sentence))
        )
    )


def _name(part: str, relations: frozenset[str]) -> str:
    if part.startswith("`"):
        return code(part[1:-1])
    return code(part) if part in relations else _kept_spaces(part)


def _kept_spaces(part: str) -> str:
    """Escape a part of a sentence without losing the blanks at its ends."""
    inner = part.strip(" ")
    if not inner:
        return part
    start = part.index(inner)
    return part[:start] + text(inner) + part[start + len(inner) :]
