"""Pieces of SQL text."""

from collections.abc import Iterable

from cmis_audit.model.names import quote_ident
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


def quoted(names: Iterable[str], before: str = "") -> str:
    """Return the names as a list, each with something before it."""
    return ", ".join(before + quote_ident(name) for name in names)


def dollar(text: str) -> str:
    """Return the text between dollar quotes that do not occur in it."""
    tag, number = "$body$", 1
    while tag in text:
        number += 1
        tag = f"$body{number}$"
    return f"{tag}\n{text.strip(chr(10))}\n{tag}"


def plain(text: str) -> str:
    """Return the text for a comment: one line, nothing that ends it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def indented(text: str, by: int = 4) -> str:
    return "\n".join(" " * by + line if line else line for line in text.split("\n"))
