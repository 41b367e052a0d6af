"""Where the entries of an array of tables stand in a TOML file: tomllib tells what, and not where.

The text is known to be TOML, for tomllib has read it. So it is enough to tell strings and comments
from the rest, and to follow headers, keys and brackets.
"""

import re
import tomllib
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]* )
  | (?P<text> \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5}
            | " (?: \\. | [^"\\\n] )* " | '[^'\n]*' )
  | (?P<blank> [ \t\r]+ )
  | (?P<mark> [\[\]{}=,.\n] )
  | (?P<bare> [^\s\[\]{}=,.\#"']+ )
    """,
    re.VERBOSE | re.DOTALL,
)
Path = tuple[str, ...]


def entry_lines(text: str, path: Path) -> tuple[int, ...]:
    """Return the line, from 1, of each entry of the array of tables at a path of keys.

    `[[a.b]]` and `b = [{...}]` under `[a]` stand both at `("a", "b")`. None is told of a text that
    is nested too deeply.
    """
    try:
        return tuple(_Reader(text, path).lines())
    except RecursionError:
        return ()


class _Reader:
    """One way through the tokens; each method takes those of what it is named after."""

    def __init__(self, text: str, wanted: Path) -> None:
        self._wanted = wanted
        self._tokens = list(_tokens(text))
        self._place = 0

    def lines(self) -> Iterator[int]:
        """Yield the lines of the entries, in their order."""
        table: Path = ()
        while self._mark():
            if self._mark() == "\n":
                self._take()
            elif self._mark() == "[":
                line = self._line()
                self._take()
                entry = self._mark() == "["
                if entry:
                    self._take()
                table = self._key()
                if entry and table == self._wanted:
                    yield line
                self._skip_to_end_of_line()
            else:
                yield from self._pair(table)
                self._skip_to_end_of_line()

    def _pair(self, table: Path) -> Iterator[int]:
        key = self._key()
        self._take()  # =
        yield from self._value(table + key, listed=False)

    def _value(self, path: Path, *, listed: bool) -> Iterator[int]:
        """Take a value; `listed` values are the elements of an array."""
        opening = self._mark()
        if opening == "[":
            yield from self._array(path, nested=listed)
        elif opening == "{":
            if listed and path == self._wanted:
                yield self._line()
            yield from self._inline_table(path, known=not listed)
        else:
            # A number, a day or a word is one token or, with a dot, three.
            while self._mark() not in ("", ",", "]", "}", "\n"):
                self._take()

    def _array(self, path: Path, *, nested: bool) -> Iterator[int]:
        self._take()
        while self._mark() not in ("", "]"):
            if self._mark() in ("\n", ","):
                self._take()
            else:
                # What stands in an array within an array has no path of keys.
                yield from self._value(() if nested else path, listed=True)
        self._take()

    def _inline_table(self, path: Path, *, known: bool) -> Iterator[int]:
        self._take()
        while self._mark() not in ("", "}"):
            if self._mark() in ("\n", ","):
                self._take()
            else:
                found = list(self._pair(path))
                yield from found if known else ()
        self._take()

    def _key(self) -> Path:
        parts = []
        while self._mark() not in ("", "=", "]"):
            token = self._take()
            if token != ".":
                parts.append(token)
        return tuple(map(_plain, parts))

    def _skip_to_end_of_line(self) -> None:
        while self._mark() not in ("", "\n"):
            self._take()

    def _mark(self) -> str:
        """Return the next token without taking it; nothing at the end."""
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _line(self) -> int:
        return self._tokens[self._place][1]

    def _take(self) -> str:
        token = self._mark()
        self._place += 1
        return token


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield tokens with their lines, blanks and comments left out."""
    line = 1
    for found in _TOKEN.finditer(text):
        token = found.group()
        if found.lastgroup not in ("comment", "blank"):
            yield token, line
        line += token.count("\n")


def _plain(key: str) -> str:
    """Return a key without its quotes."""
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
