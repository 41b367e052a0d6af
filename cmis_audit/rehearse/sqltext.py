"""Small pieces of SQL text."""

from collections.abc import Iterable

from cmis_audit.model.names import quote_ident


def literal(text: str) -> str:
    """Return the text as an SQL literal, whatever standard_conforming_strings says."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def quoted(names: Iterable[str]) -> str:
    """Return a list of names as SQL writes it."""
    return ", ".join(quote_ident(name) for name in names)


def dollar(body: str) -> str:
    """Return a text as a dollar-quoted literal with a tag that it does not hold."""
    tag, number = "$body$", 1
    while tag in body:
        number += 1
        tag = f"$body{number}$"
    return f"{tag}{body}{tag}"
