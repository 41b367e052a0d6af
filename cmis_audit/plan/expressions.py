"""Rewriting what the server deparsed, so that it speaks of the target's columns.

The text is pg_get_expr's or pg_get_constraintdef's with `search_path = pg_catalog`: own columns
stand bare, or behind the table's own name within a subquery; everything else is qualified.
"""

import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"""
      (?P<string> (?:E)?'(?:[^'\\]|''|\\.)*' )
    | (?P<name> "(?:[^"]|"")+" | [^\W\d][\w$]* )
    | (?P<number> \d[\w.]* )
    | (?P<space> \s+ )
    | (?P<cast> :: )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SELECT = re.compile(r"\(\s*(?:SELECT|WITH)\b")


class WholeRowError(Exception):
    """An expression takes its table's row as a whole, which the target has not."""


def rewrite(text: str, table: str, columns: Mapping[str, str], qualifier: str = "") -> str:
    """Return the expression with each column of the table replaced as `columns` says.

    `table` is the table's name without schema; `qualifier` is put before the column names that
    stand within a subquery, where a bare name could be taken for one of the subquery's own.
    """
    return _Rewriter(table, columns, qualifier).run(text)


def names_in(text: str, known: frozenset[str]) -> frozenset[str]:
    """Return those of the known columns that an expression names."""
    found: set[str] = set()

    def note(name: str) -> Callable[[str], str]:
        def replace(_: str) -> str:
            found.add(name)
            return name

        return replace

    _Rewriter("", {}, "", {name: note(name) for name in known}).run(text)
    return frozenset(found)


class _Rewriter:
    def __init__(
        self,
        table: str,
        columns: Mapping[str, str],
        qualifier: str,
        calls: Mapping[str, Callable[[str], str]] | None = None,
    ) -> None:
        self._table = table
        self._columns = columns
        self._qualifier = qualifier
        self._calls = calls or {}

    def run(self, text: str) -> str:
        tokens = [
            (match.lastgroup or "", match[0], match.start()) for match in _TOKEN.finditer(text)
        ]
        out: list[str] = []
        depth, selects = 0, []
        position = 0
        while position < len(tokens):
            kind, token, start = tokens[position]
            if token == "(":
                depth += 1
                if _SELECT.match(text, start):
                    selects.append(depth)
            elif token == ")":
                if selects and selects[-1] == depth:
                    selects.pop()
                depth -= 1
            if kind == "name":
                used, replacement = self._name(tokens, position, inside=bool(selects))
                out.append(replacement)
                position += used
                continue
            out.append(token)
            position += 1
        return "".join(out)

    def _name(
        self, tokens: list[tuple[str, str, int]], position: int, *, inside: bool
    ) -> tuple[int, str]:
        """Return how many tokens were used up, and what stands for them."""
        token = tokens[position][1]
        before = tokens[position - 1][1] if position else ""
        after = tokens[position + 1][1] if position + 1 < len(tokens) else ""
        name = _unquoted(token)
        if before in {".", "::"} or self._is_type(tokens, position):
            return 1, token
        if after == "." and name == self._table and position + 2 < len(tokens):
            column = _unquoted(tokens[position + 2][1])
            if column == "*":
                raise WholeRowError(f"an expression of {self._table} takes its rows as a whole")
            if column in self._columns:
                qualifier = self._qualifier if inside else ""
                return 3, self._columns[column].replace("{q}", qualifier)
            return 1, token
        if after in {"(", "."} or inside:
            return 1, token
        if name in self._calls:
            return 1, self._calls[name](token)
        if name in self._columns:
            return 1, self._columns[name].replace("{q}", "")
        return 1, token

    def _is_type(self, tokens: list[tuple[str, str, int]], position: int) -> bool:
        """Tell whether the word goes on with a type: `::double precision`, `::a.b`."""
        back = position - 1
        while back >= 0 and tokens[back][0] in {"space", "name"} and tokens[back][1] not in _BREAKS:
            back -= 1
        return back >= 0 and tokens[back][0] == "cast" and position - back > 1


_BREAKS = frozenset(
    {
        "AND",
        "OR",
        "NOT",
        "IS",
        "THEN",
        "ELSE",
        "END",
        "WHEN",
        "AT",
        "COLLATE",
        "IN",
        "LIKE",
        "BETWEEN",
        "FROM",
        "ORDER",
        "DESC",
        "ASC",
    }
)


def _unquoted(token: str) -> str:
    return token[1:-1].replace('""', '"') if token.startswith('"') else token
