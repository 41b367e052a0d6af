"""Name patterns as psql understands them, as Python's regular expressions."""

import re
from typing import NamedTuple

from cmis_audit.errors import UsageError

_SPECIAL = frozenset("|*+?()[]{}.^$\\")
_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")

_BEYOND_ASCII = "\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\U0010ffff"
# What `[:class:]` means in a bracket expression; all letters beyond ASCII count as letters.
_CLASSES = {
    "alpha": f"a-zA-Z{_BEYOND_ASCII}",
    "digit": "0-9",
    "alnum": f"a-zA-Z0-9{_BEYOND_ASCII}",
    "upper": "A-Z",
    "lower": "a-z",
    "space": "\\s",
    "blank": " \\t",
    "punct": "!-/:-@\\[-`{-~",
    "xdigit": "0-9A-Fa-f",
}
# Escapes of PostgreSQL's regular expressions that Python spells otherwise.
_ESCAPES = {"\\y": "\\b", "\\m": "\\b(?=\\w)", "\\M": "\\b(?<=\\w)", "\\Y": "\\B"}
_BRACKET = re.compile(r"\[(\^?)(\]?(?:\[:\w+:\]|\\.|[^\]])*)\]", re.DOTALL)
_INNER_CLASS = re.compile(r"\[:(\w+):\]|(\\.)|(.)", re.DOTALL)


class NamePattern(NamedTuple):
    """A pattern in its dotted parts; None for a part that was not given."""

    text: str
    database: str | None
    """Literal, as psql wants it."""
    schema: re.Pattern[str] | None
    name: re.Pattern[str]


def schema_pattern(text: str) -> NamePattern:
    """Return the pattern of a schema: `name` or `database.name`."""
    parts = _parts(text)
    if len(parts) > 2:
        raise UsageError(f"pattern {text!r}: too many dotted names for a schema")
    database = _literal(text, parts[0]) if len(parts) == 2 else None
    return NamePattern(text, database, None, _compiled(text, parts[-1]))


def table_pattern(text: str) -> NamePattern:
    """Return the pattern of a table: `name`, `schema.name` or `database.schema.name`."""
    parts = _parts(text)
    if len(parts) > 3:
        raise UsageError(f"pattern {text!r}: too many dotted names for a table")
    database = _literal(text, parts[0]) if len(parts) == 3 else None
    schema = _compiled(text, parts[-2]) if len(parts) > 1 else None
    return NamePattern(text, database, schema, _compiled(text, parts[-1]))


def _parts(text: str) -> list[str]:
    """Return the dotted parts as regular expressions of PostgreSQL's kind.

    Outside double quotes `*` is any text, `?` any character, `.` divides, upper case is folded (of
    ASCII only, as psql does) and all else is regular expression; `$` is always itself. Inside
    quotes everything is itself, and `""` is a quote.
    """
    parts = [""]
    quoted = False
    position = 0
    while position < len(text):
        char, following = text[position], text[position + 1 : position + 2]
        position += 1
        if char == '"':
            if quoted and following == '"':
                parts[-1] += '"'
                position += 1
            else:
                quoted = not quoted
        elif char == "$" or (quoted and char in _SPECIAL):
            parts[-1] += "\\" + char
        elif quoted:
            parts[-1] += char
        elif char == ".":
            parts.append("")
        else:
            parts[-1] += _unquoted(char, following)
    return parts


def _unquoted(char: str, following: str) -> str:
    if char == "*":
        return ".*"
    if char == "?":
        return "."
    if char == "[" and following == "]":
        return "\\["  # an array type's name rather than a bracket expression
    return char.translate(_ASCII_LOWER)


def _literal(text: str, part: str) -> str:
    """Return the name of a database, which psql does not take as a pattern."""
    if re.search(r"(?<!\\)[|*+?()\[\]{}^.]", part):
        raise UsageError(f"pattern {text!r}: the name of the database cannot be a pattern")
    return re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)


def _compiled(text: str, part: str) -> re.Pattern[str]:
    try:
        # An empty part is no condition.
        return re.compile(_python(part) or ".*", re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"pattern {text!r} is not a valid regular expression: {error}") from None


def _python(part: str) -> str:
    """Return a regular expression of PostgreSQL's as one of Python's."""
    out = []
    position = 0
    while position < len(part):
        if part[position] == "\\":
            escape = part[position : position + 2]
            out.append(_ESCAPES.get(escape, escape))
            position += 2
        elif bracket := _BRACKET.match(part, position):
            inner = _INNER_CLASS.sub(_inside_brackets, bracket[2])
            out.append(f"[{bracket[1]}{inner}]")
            position = bracket.end()
        else:
            out.append(part[position])
            position += 1
    return "".join(out)


def _inside_brackets(found: re.Match[str]) -> str:
    if found[1]:
        if found[1] not in _CLASSES:
            raise re.error(f"unknown character class [:{found[1]}:]")
        return _CLASSES[found[1]]
    if found[2]:
        return found[2]
    # These mean something in Python's sets alone.
    return "\\" + found[3] if found[3] in "[]&~|" else found[3]
