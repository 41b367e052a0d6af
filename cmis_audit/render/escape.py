"""Foreign text made harmless in Markdown, in HTML inside Markdown, and in Mermaid.

Names and comments may hold anything but NUL. Everything special is written as a numeric character
reference: CommonMark never reads a reference as structure, GFM splits table cells before it
decodes them, and HTML blocks decode them too. One form is therefore right in a paragraph, a table
cell and a `<summary>`, where backslashes are not: renderers disagree on whether a backslash that is
itself escaped shields the pipe after it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final


class Safe(str):
    """Markdown that is ready to be written.

    Every operation on it gives a plain `str`, which is escaped again: a slip shows as too much
    escaping, never as too little.
    """

    __slots__ = ()


class Table(Safe):
    """A Markdown table that still knows its cells, for formats that draw their own tables."""

    headers: tuple[object, ...]
    rows: tuple[tuple[object, ...], ...]
    align: str
    has_total: bool
    """The last row is the sum of the others, and stays the last however they are sorted."""


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SPECIAL: Final = re.compile(r"[\\`*\[\]<>|~&#!{}$]|(?<![^\W_])_+|_+(?![^\W_])")
_LINE_START: Final = re.compile(r"[-+=](?=\s|[-=]|$)|\d{1,9}[.)](?=\s|$)")
_LINK: Final = re.compile(r"(?<=:)//|(?<=www)\.", re.IGNORECASE)
_ALIGNMENTS: Final = {"l": ":--", "r": "--:", "c": ":-:"}


def visible(text: str) -> str:
    """Return the text on one line, every character that has no glyph replaced by one that has.

    Control characters become their control pictures; format characters (bidirectional overrides,
    zero-width ones) and lone surrogates become `⟨U+202E⟩`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_glyph(char) if _is_hidden(char) else char for char in text)


def text(value: str) -> Safe:
    """Return foreign text as Markdown that reads the same, in a paragraph or a table cell."""
    shown = visible(value).strip(" ")
    shown = _SPECIAL.sub(lambda found: _references(found.group()), shown)
    shown = _LINK.sub(lambda found: _references(found.group()), shown)
    opening = _LINE_START.match(shown)
    if opening:
        shown = _references(opening.group()) + shown[opening.end() :]
    return Safe(shown)


def code(value: str) -> Safe:
    """Return a name as a code span, in a paragraph or a table cell."""
    shown = visible(value)
    if not shown or re.search(r"[`|\\<>]|^\s|\s$|\s\s", shown):
        return html_code(value)
    return Safe(f"`{shown}`")


def html_code(value: str) -> Safe:
    """Return a name as a `<code>` element: for `<summary>`, and where backticks cannot hold it."""
    inner = "".join(char if char.isalnum() else f"&#{ord(char)};" for char in visible(value))
    return Safe(f"<code>{inner}</code>")


def escaped(value: object) -> str:
    """Return what a template prints: Safe as it is, numbers as digits, all else escaped."""
    if isinstance(value, Safe):
        return value
    if value is None:
        raise TypeError("a template prints None")
    if isinstance(value, int | float):
        return str(value)
    return text(str(value))


def joined(separator: str, parts: Iterable[object]) -> Safe:
    """Return the parts, each escaped unless Safe, with a separator of our own between them."""
    return Safe(separator.join(escaped(part) for part in parts))


def table(
    headers: Sequence[object],
    rows: Iterable[Sequence[object]],
    align: str,
    *,
    has_total: bool = False,
) -> Table:
    """Return a GFM table; `align` has one of `l`, `r`, `c` for each column.

    Raises ValueError when a row has not as many cells as there are headers.
    """
    kept = tuple(tuple(row) for row in rows)
    lines = [_row(headers), _row([Safe(_ALIGNMENTS[letter]) for letter in align])]
    for row in kept:
        if len(row) != len(headers):
            raise ValueError(f"{len(row)} cells under {len(headers)} headers")
        lines.append(_row(row))
    made = Table("\n".join(lines))
    made.headers, made.rows, made.align = tuple(headers), kept, align
    made.has_total = has_total
    return made


def mermaid_label(value: str) -> str:
    """Return the text for use between double quotes in Mermaid: letters, digits, harmless marks."""
    shown = visible(value)
    shown = "".join(char if char.isalnum() or char in "._- ()+:'," else "·" for char in shown)
    # erDiagram's lexer takes `direction TB` for a statement wherever it stands in a line.
    return re.sub(r"(direction)\s+", r"\1·", shown, flags=re.IGNORECASE) or "·"


def mermaid_word(value: str) -> str:
    """Return the text as a word of Mermaid's: ASCII letters, digits and underscores."""
    word = re.sub(r"[^A-Za-z0-9_]+", "_", value).strip("_")
    if not word or word[0].isdigit() or word.upper() in {"PK", "FK", "UK"}:
        word = f"c_{word}"
    return word


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN


def _glyph(char: str) -> str:
    point = ord(char)
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"


def _references(chars: str) -> str:
    return "".join(f"&#{ord(char)};" for char in chars)
