"""Pieces of SQL text that more than one room writes."""

from collections.abc import Iterable

from cmis_audit.model.names import quote_ident


def literal(text: str) -> str:
    """Return the text as an SQL literal, whatever standard_conforming_strings says."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def quoted(names: Iterable[str], before: str = "") -> str:
    """Return the names as a list, each with something before it."""
    return ", ".join(before + quote_ident(name) for name in names)


def dollar_quoted(text: str) -> str:
    """Return the text between dollar quotes with a tag that it does not hold."""
    tag, number = "$body$", 1
    while tag in text:
        number += 1
        tag = f"$body{number}$"
    return f"{tag}{text}{tag}"
