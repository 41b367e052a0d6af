"""The words of one SQL statement, and a cursor over them."""

import re
from typing import NamedTuple

from cmis_audit.sqlfile.statements import block_end

MOST_TOKENS = 1_000_000
_NAME_BYTES = 63  # NAMEDATALEN - 1: PostgreSQL cuts longer names off

_TOKEN = re.compile(
    r"""
      (?P<blank> (?:\s+|--[^\n]*)+ )
    | (?P<block> /\* )
    | (?P<escape> [eE]'(?:[^'\\]|\\.|'')*+' )
    | (?P<string> (?:[nNbBxX]|[uU]&)?'(?:[^']|'')*+' )
    | (?P<name> (?:[uU]&)?"(?:[^"]|"")*+" )
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<number> \d[\w.]* )
    | (?P<mark> ::|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_OPEN, _CLOSE = "([", ")]"


class UnreadableError(Exception):
    """The statement says something that cannot be read; the message says what."""


class Token(NamedTuple):
    kind: str
    """`word`, `name`, `string`, `number` or `mark`."""
    text: str
    """A word in upper case, a name or string without its quotes, all else as written."""
    start: int
    end: int


def tokens_of(statement: str) -> list[Token]:
    """Return the tokens of a statement, comments left out. Raises UnreadableError."""
    found: list[Token] = []
    position = 0
    while match := _TOKEN.match(statement, position):
        kind, start, position = str(match.lastgroup), position, match.end()
        text = match[0]
        if kind == "blank":
            continue
        if kind == "block":
            position = block_end(statement, start) or len(statement)
            continue
        if kind == "dollar":
            closing = statement.find(text, position)
            if closing < 0:
                raise UnreadableError(f"{text} is never closed")
            text, position = statement[position:closing], closing + len(text)
        found.append(_token(kind, text, start, position))
        if len(found) > MOST_TOKENS:
            raise UnreadableError(f"it has more than {MOST_TOKENS:,} words")
    return found


def _token(kind: str, text: str, start: int, end: int) -> Token:
    if kind == "word":
        return Token(kind, text.upper(), start, end)
    if kind == "name":
        return Token(kind, _cut(text[text.index('"') + 1 : -1].replace('""', '"')), start, end)
    if kind == "escape":
        inner = re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), text[2:-1])
        return Token("string", inner.replace("''", "'"), start, end)
    if kind == "string":
        return Token(kind, text[text.index("'") + 1 : -1].replace("''", "'"), start, end)
    return Token("string" if kind == "dollar" else kind, text, start, end)


def _cut(name: str) -> str:
    return name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")


class Cursor:
    """A place in a list of tokens."""

    def __init__(self, statement: str, tokens: list[Token]) -> None:
        self.statement = statement
        self.tokens = tokens
        self.place = 0

    @property
    def done(self) -> bool:
        return self.place >= len(self.tokens)

    def sees(self, *words: str) -> bool:
        """Tell whether these words or marks come next."""
        ahead = self.tokens[self.place : self.place + len(words)]
        return len(ahead) == len(words) and all(
            token.kind in ("word", "mark") and token.text == word
            for token, word in zip(ahead, words, strict=True)
        )

    def sees_any(self, *words: str) -> bool:
        return any(self.sees(word) for word in words)

    def accept(self, *words: str) -> bool:
        """Pass these words if they come next, and tell whether they did."""
        if not self.sees(*words):
            return False
        self.place += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise UnreadableError(f"{' '.join(words)} is expected before {self.shown()}")

    def shown(self) -> str:
        """Return what comes next as it was written."""
        if self.done:
            return "the end of the statement"
        token = self.tokens[self.place]
        return f"'{self.statement[token.start : token.end][:40]}'"

    def take(self) -> Token:
        if self.done:
            raise UnreadableError("the statement ends too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def name(self) -> str:
        """Return an identifier as the catalog would have it."""
        if not self.done and self.tokens[self.place].kind in ("word", "name"):
            token = self.take()
            if token.kind == "name":
                return token.text
            return _cut(self.statement[token.start : token.end].lower())
        raise UnreadableError(f"a name is expected before {self.shown()}")

    def names(self) -> tuple[str, ...]:
        """Return a name with those before it: `a.b.c`."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return tuple(parts)

    def inside(self) -> "Cursor":
        """Return what stands in the parentheses that open next, and pass them."""
        if not self.sees("("):
            raise UnreadableError(f"( is expected before {self.shown()}")
        start = self.place + 1
        self.skip()
        return self.part(start, self.place - 1)

    def skip(self) -> None:
        """Pass one token, or all up to the bracket that closes the one that opens here."""
        depth = 0
        while True:
            token = self.take()
            if token.kind == "mark":
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
            if depth <= 0:
                return

    def part(self, start: int, end: int) -> "Cursor":
        return Cursor(self.statement, self.tokens[start:end])

    def rest(self) -> "Cursor":
        return self.part(self.place, len(self.tokens))

    def split(self) -> list["Cursor"]:
        """Return what stands between the commas, those in brackets not counted."""
        parts = []
        start = self.place
        while not self.done:
            if self.sees(","):
                parts.append(self.part(start, self.place))
                start = self.place + 1
            self.skip()
        if start < self.place:
            parts.append(self.part(start, self.place))
        return parts

    def text(self, start: int | None = None) -> str:
        """Return what was written from a place on, up to here; by default from here to the end."""
        first, last = (self.place, len(self.tokens)) if start is None else (start, self.place)
        if first >= last:
            return ""
        return self.statement[self.tokens[first].start : self.tokens[last - 1].end]
