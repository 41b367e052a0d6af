"""Pieces of SQL text."""

import re

from cmis_audit.model.sqltext import dollar_quoted
from cmis_audit.resources import plan_sql

COLUMNS_FIRST = "#variable_conflict use_column"
"""A routine's first line: a column may be called `found`, as a variable of PL/pgSQL's is."""


def template(name: str, **values: str) -> str:
    """Return a shipped piece of SQL with its placeholders filled in, without its header."""
    text = (plan_sql() / name).read_text(encoding="utf-8")
    lines = text.split("\n")
    while lines and lines[0].startswith("--"):
        lines.pop(0)
    text = "\n".join(lines)
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.strip() + "\n"


def dollar(text: str) -> str:
    """Return the text as a routine's body: between dollar quotes, on lines of its own."""
    return dollar_quoted(f"\n{text.strip(chr(10))}\n")


def plain(text: str) -> str:
    """Return the text for a comment: one line, nothing that ends it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


_BREAK = re.compile(
    r"""--[^\n]*|\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\n(?=[^\n])""", re.DOTALL
)


def indented(text: str, by: int = 4) -> str:
    """Return the text with its lines moved in; a line break within quotes is part of a name."""
    space = " " * by
    begun = space if text and not text.startswith("\n") else ""
    return begun + _BREAK.sub(lambda found: f"\n{space}" if found[0] == "\n" else found[0], text)
