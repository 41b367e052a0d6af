"""A file with its comments and strings told apart from its code."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

from cmis_audit.codebase.languages import SQL, Language

_SEEN: Final = re.compile(r"[^\n]")
_GLUE: Final = re.compile(r"\s*(?:[+.&\\]\s*)?\Z")
_OPENING: Final = re.compile(r"(?P<triple>\"\"\"|''')|(?P<here><<[^\n]*\n)|r#+\"|@\"|[\"'`]|")
_PARENTHESIS: Final = re.compile(r"[()]")
_WIDEST_GLUE: Final = 120
_MOST_MATCHES: Final = 5_000
"""Of one pattern in one file; none that a person wrote has so many."""
_CALL: Final = 20_000
"""Letters of a call's arguments that are looked at."""


class Span(NamedTuple):
    start: int
    end: int


class Text:
    """All views of the text have its length: an offset means the same in each."""

    def __init__(self, text: str, language: Language) -> None:
        self.whole = text
        self.language = language
        self.comments: list[Span] = []
        self.strings: list[Span] = []
        end = 0
        if language.name == "php":
            end = _length_of_page(text)
            if end:
                self.comments.append(Span(0, end))
        for found in language.token.finditer(text, end):
            if found.lastgroup is None:
                continue
            span = Span(*found.span())
            comment = found["c"] is not None or (
                language.indented and _stands_alone(text, span.start)
            )
            (self.comments if comment else self.strings).append(span)

    @cached_property
    def code(self) -> str:
        """Without comments."""
        return _blanked(self.whole, self.comments)

    @cached_property
    def bare(self) -> str:
        """Without comments and strings."""
        return _blanked(self.code, self.strings)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.whole))]

    def line(self, offset: int) -> int:
        """Return the number of a line, from 1."""
        return bisect_right(self._lines, offset)

    def line_at(self, number: int) -> Span:
        """Return where a line stands, without its end."""
        start = self._lines[number - 1]
        after = self._lines[number] - 1 if number < len(self._lines) else len(self.whole)
        return Span(start, after)

    def matches(self, pattern: re.Pattern[str], *needles: str) -> Iterator[re.Match[str]]:
        """Yield what a pattern finds in the code, and not inside of a string.

        To look for the needles, of which it holds one, takes a tenth of the time.
        """
        if needles and not any(needle in self.whole for needle in needles):
            return
        for found in islice(pattern.finditer(self.code), _MOST_MATCHES):
            start = found.start()
            if self.bare[start] == self.code[start]:
                yield found

    def call(self, opening: int) -> Span:
        """Return the arguments of a call whose parenthesis stands there, the start of long ones."""
        most = min(opening + _CALL, len(self.whole))
        return Span(opening + 1, max(opening + 1, min(self._closing.get(opening, most), most)))

    @cached_property
    def _closing(self) -> dict[int, int]:
        """Return for each opening parenthesis the one that closes it."""
        found: dict[int, int] = {}
        waiting: list[int] = []
        for one in _PARENTHESIS.finditer(self.bare):
            if one.group() == "(":
                waiting.append(one.start())
            elif waiting:
                found[waiting.pop()] = one.start()
        return found

    def spoken(self) -> Iterator[tuple[int, str]]:
        """Yield each string with where it begins; those that are glued together as one."""
        if self.language is SQL:
            return
        start, parts, end = 0, "", 0
        for span in self.strings:
            inner = _inner(self.whole, span)
            gap = span.start - end
            if parts and gap <= _WIDEST_GLUE and _GLUE.match(self.code, end, span.start):
                parts += " " * (inner.start - start - len(parts))
            else:
                if parts:
                    yield start, parts
                start, parts = inner.start, ""
            parts += self.whole[inner.start : inner.end]
            end = span.end
        if parts:
            yield start, parts


def _length_of_page(text: str) -> int:
    """Return where PHP begins in a page."""
    found = text.find("<?")
    return len(text) if found < 0 else found


def _stands_alone(text: str, start: int) -> bool:
    """Tell whether a string is a statement of its own: Python's comment on what it stands in."""
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start].strip()
    if before and before not in "rRuU":
        return False
    previous = text[:line].rstrip()[-1:] if line < 400 else text[line - 400 : line].rstrip()[-1:]
    return previous in ("", ":") or _only_comments(text[:line])


def _only_comments(head: str) -> bool:
    return len(head) < 2000 and all(
        not line.strip() or line.lstrip().startswith("#") for line in head.split("\n")
    )


def _inner(text: str, span: Span) -> Span:
    """Return a string without its quotation marks."""
    opening = _OPENING.match(text, span.start, span.end)
    width = opening.end() - span.start if opening else 0
    if opening and opening["here"]:
        return Span(span.start + width, span.end)
    closing = 3 if opening and opening["triple"] else min(width, 1)
    return Span(span.start + width, max(span.start + width, span.end - closing))


def _blanked(text: str, spans: list[Span]) -> str:
    """Return the text with spaces instead of the spans; the ends of lines stay."""
    if not spans:
        return text
    parts, end = [], 0
    for span in spans:
        parts.append(text[end : span.start])
        inside = text[span.start : span.end]
        parts.append(_SEEN.sub(" ", inside) if "\n" in inside else " " * len(inside))
        end = span.end
    parts.append(text[end:])
    return "".join(parts)
