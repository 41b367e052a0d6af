"""Cutting an SQL file into statements where psql would cut it, and never running what psql would.

The rules are those of psql's own scanner (src/fe_utils/psqlscan.l): a semicolon ends a statement
outside of quotes, comments, dollar quotes, parentheses and the BEGIN ATOMIC body of a function.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One SQL statement without its semicolon and without comments before it."""

    line: int
    text: str
    data: tuple[int, int] | None = None
    """Where in the file the rows of a COPY ... FROM STDIN stand, their end mark left out."""
    unclosed: str | None = None
    """What was opened and never closed, so that the rest of the file came into the statement."""
    end: int = 0
    """Where in the file the text after it and its semicolon begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaCommand:
    """A backslash command of psql, name with backslash; it is never executed."""

    line: int
    name: str


Piece = Statement | MetaCommand

# Everything that decides where a statement ends. What lies between two matches is plain text, which
# the look-ahead passes over at four times the speed of trying each alternative.
_TOKEN = re.compile(
    r"""
    (?=[-/eE'"$();\\])(?:
      (?P<comment> --[^\n]* )
    | (?P<block> /\* )
    | (?P<escape> (?<![\w$])[eE]' )
    | (?P<quote> ' )
    | (?P<name> " )
    | (?P<dollar> (?<![\w$])\$(?:[^\W\d]\w*)?\$ )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<end> ; )
    | (?P<meta> \\ )
    )
    """,
    re.VERBOSE,
)
_ROUTINE_TOKEN = re.compile(
    _TOKEN.pattern + r"| (?P<word> (?<![\w$])(?:BEGIN|CASE|END)(?![\w$]) )",
    re.VERBOSE | re.IGNORECASE,
)
_BLOCK = re.compile(r"/\*|\*/")
_STANDARD = re.compile(r"'[^']*'")
_ESCAPE = re.compile(r"'(?:[^'\\]+|\\.|'')*+'", re.DOTALL)
_NAME = re.compile(r'"[^"]*"')
_BLANK = re.compile(r"(?:\s+|--[^\n]*)+")
_META = re.compile(r"\\[^\n]*")
_META_NAME = re.compile(r"\\(?:[A-Za-z_?]+\+?|[^\sA-Za-z])")
_ROUTINE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_ATOMIC = re.compile(r"\s+ATOMIC\b", re.IGNORECASE)
_COPY_IN = re.compile(r"COPY\b[^;]*?\bFROM\s+STDIN\b", re.IGNORECASE)
_DATA_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_OLD_STRINGS = re.compile(
    r"SET\s+(?:SESSION\s+)?standard_conforming_strings\s*(?:=|TO)\s*'?(off|on|false|true|0|1)\b",
    re.IGNORECASE,
)
# These send what was typed so far, as a semicolon does.


class Script:
    """The text of an SQL file, with its pieces in file order."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        return [match.end() for match in re.finditer(r"\n", self.text)]

    def line(self, position: int) -> int:
        """Return the line, from 1, of a position in the text."""
        return bisect_right(self._line_starts, position) + 1

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self._line_starts) + 1

    def pieces(self) -> Iterator[Piece]:
        """Yield statements and backslash commands; linear in the size of the file."""
        position, standard, parentheses = 0, True, True
        while True:
            start = self._skip_blank(position)
            if start >= len(self.text):
                return
            scan = _Scan(self.text, start, standard=standard, parentheses=parentheses)
            if scan.unclosed and scan.passed_end:
                # psql would wait for the parenthesis to the end of the file. One slip of the hand
                # must not cost everything after it, so they stop counting from here on; not
                # only for this statement, or a file full of them would be walked through for each.
                parentheses = False
                scan = _Scan(self.text, start, standard=standard, parentheses=False)
            if text := self.text[start : scan.end].strip():
                # What psql would still hold in its buffer at `\connect` is dropped by it too; a
                # statement cut short that way is better tried, and listed when it fails.
                data = self._data(text, scan) if scan.stop == ";" else None
                yield Statement(
                    line=self.line(start),
                    text=text,
                    data=data,
                    unclosed=scan.unclosed,
                    end=scan.resume,
                )
                if data is not None:
                    scan.resume = self._after_data(data)
                if strings := _OLD_STRINGS.match(text):
                    standard = strings[1].lower() in ("on", "true", "1")
            if scan.stop.startswith("\\"):
                yield MetaCommand(line=self.line(scan.end), name=scan.stop)
            position = scan.resume

    def _skip_blank(self, position: int) -> int:
        while True:
            if blank := _BLANK.match(self.text, position):
                position = blank.end()
            elif self.text.startswith("/*", position):
                position = block_end(self.text, position) or len(self.text)
            else:
                return position

    def _data(self, text: str, scan: "_Scan") -> tuple[int, int] | None:
        if not _COPY_IN.match(text):
            return None
        newline = self.text.find("\n", scan.resume)
        start = newline + 1 if newline >= 0 else len(self.text)
        mark = _DATA_END.search(self.text, start)
        return start, mark.start() if mark else len(self.text)

    def _after_data(self, data: tuple[int, int]) -> int:
        newline = self.text.find("\n", data[1])
        return newline + 1 if newline >= 0 else len(self.text)


def cut(text: str) -> tuple[str, ...]:
    """Return the file a statement at a time, with what stands before each; joined, it is the file.

    For files that hold no backslash command and no rows of a COPY.
    """
    ends = [piece.end for piece in Script(text).pieces() if isinstance(piece, Statement)]
    if not ends:
        return ()
    starts = [0, *ends[:-1]]
    return tuple(
        text[start:end] for start, end in zip(starts, [*ends[:-1], len(text)], strict=True)
    )


def block_end(text: str, start: int) -> int | None:
    """Return where the block comment that opens at `start` ends; they nest in PostgreSQL."""
    depth = 0
    for mark in _BLOCK.finditer(text, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return None


class _Scan:
    """One walk from the start of a statement to what ends it."""

    def __init__(self, text: str, start: int, *, standard: bool, parentheses: bool) -> None:
        self.text = text
        self.standard = standard
        self.parentheses = parentheses
        self.end = self.resume = len(text)
        self.stop = ""
        """`;`, the name of the backslash command met, or nothing at the end of the file."""
        self.unclosed: str | None = None
        self.passed_end = False
        """Whether a semicolon was met that counted for nothing, being in parentheses."""
        self._routine = _ROUTINE.match(text, start) is not None
        self._walk(start)

    def _walk(self, position: int) -> None:
        depth = begins = 0
        pattern = _ROUTINE_TOKEN if self._routine else _TOKEN
        while token := pattern.search(self.text, position):
            kind, position = token.lastgroup, token.end()
            if kind == "end" and begins == 0:
                if depth <= 0 or not self.parentheses:
                    self.end, self.resume, self.stop = token.start(), token.end(), ";"
                    return
                self.passed_end = True
            if kind == "meta":
                self._meet_command(token.start())
                return
            if kind == "open":
                depth += 1
            elif kind == "close":
                depth -= 1
            elif kind == "word":
                begins += self._body_step(token, begins)
            elif kind in ("quote", "escape", "name", "dollar", "block"):
                after = self._after(kind, token)
                if after is None:
                    self.unclosed = token[0]
                    return
                position = after
        if depth > 0 and self.parentheses:
            self.unclosed = "("

    def _body_step(self, token: re.Match[str], begins: int) -> int:
        """Return by how much a BEGIN, CASE or END changes the depth inside BEGIN ATOMIC."""
        word = token[0].upper()
        if begins == 0:
            atomic = word == "BEGIN" and self._routine and _ATOMIC.match(self.text, token.end())
            return 1 if atomic else 0
        return -1 if word == "END" else 1

    def _after(self, kind: str, token: re.Match[str]) -> int | None:
        if kind == "block":
            return block_end(self.text, token.start())
        if kind == "dollar":
            closing = self.text.find(token[0], token.end())
            return None if closing < 0 else closing + len(token[0])
        pattern = _NAME if kind == "name" else _STANDARD
        if kind == "escape" or (kind == "quote" and not self.standard):
            pattern = _ESCAPE
        match = pattern.match(self.text, token.end() - 1)
        return match.end() if match else None

    def _meet_command(self, position: int) -> None:
        command = _META.match(self.text, position)
        name = _META_NAME.match(self.text, position)
        self.end = position
        self.resume = command.end() if command else len(self.text)
        self.stop = name[0] if name else "\\"
        if self.stop == "\\;":
            self.stop, self.resume = ";", position + 2
