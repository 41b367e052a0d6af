"""Foreign text in Python and PHP source: as a literal that means exactly it, or in a comment."""

import keyword
import re

_NOT_A_WORD = re.compile(r"[^A-Za-z0-9]+")
_INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def python_string(text: str) -> str:
    """Return a literal of one line."""
    return ascii(text) if any(not char.isprintable() for char in text) else repr(text)


def python_text(text: str) -> str:
    """Return a literal that can be read: raw and over several lines where that means the text.

    Python turns a carriage return in a source file into a newline, in raw strings too.
    """
    if '"""' in text or "\r" in text or text.endswith(('"', "\\")):
        return "(\n" + "\n".join(repr(line) for line in text.splitlines(keepends=True)) + "\n)"
    return f'r"""{text}"""'


def php_string(text: str) -> str:
    """Return a literal in single quotes, where only two characters have a meaning."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def php_text(text: str) -> str:
    """Return a nowdoc, whose end stands nowhere in the text; what it would change, in quotes."""
    if "\r" in text:
        return php_string(text)
    end, number = "SQL", 1
    while end in text:
        number += 1
        end = f"SQL_{number}"
    return f"<<<'{end}'\n{text}\n{end}"


def comment(text: str) -> str:
    """Return the text for a comment or a docstring of any language here: one line, no mark."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    for mark in ("*/", "?>", '"""', "'''", "\\"):
        shown = shown.replace(mark, " ".join(mark) if len(mark) > 1 else "/")
    return " ".join(shown.split())


def words(text: str) -> list[str]:
    """Return the ASCII words of a name: `camelCase` is two."""
    return [word for word in _NOT_A_WORD.split(_INNER_CAPITAL.sub("_", text)) if word]


def snake(text: str, otherwise: str) -> str:
    """Return the name as a word that begins with a letter: `total_amount`."""
    made = "_".join(word.lower() for word in words(text))
    if not made:
        return otherwise
    return f"{otherwise}_{made}" if made[0].isdigit() else made


def camel(text: str, otherwise: str) -> str:
    """Return the name as a class is called: `TotalAmount`."""
    made = "".join(word[0].upper() + word[1:] for word in words(text))
    if not made:
        return otherwise
    return f"{otherwise}{made}" if made[0].isdigit() else made


def free(name: str, taken: set[str]) -> str:
    """Return the name, numbered if it is taken or a word of Python's, and take it."""
    found, number = (f"{name}_" if keyword.iskeyword(name) else name), 1
    while found.lower() in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found.lower())
    return found
