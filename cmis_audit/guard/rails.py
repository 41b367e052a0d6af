"""Rails' migrations: what `change` or `up` says in literals, as SQL. Nothing is executed."""

from collections.abc import Callable, Iterator
from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.rails_columns import column, is_type, reference, timestamps
from cmis_audit.guard.ruby import Arguments, Word, lines_of, literal, ruby_words
from cmis_audit.guard.said import BY_CODE, Field, MadeByCodeError, Missed, Said, Sql
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal as sql_literal

_BLOCK_WORDS: Final = ("if", "unless", "while", "until", "case", "begin", "def", "class", "module")
_SILENT_WORDS: Final = """
index check_constraint exclusion_constraint unique_constraint foreign_key change_default
change_null remove_index remove_foreign_key rename_index remove_check_constraint
"""
_SILENT: Final = frozenset(_SILENT_WORDS.split())


def read_rails(text: str) -> Iterator[Said]:
    """Yield what a migration does to tables, and what of it could not be read."""
    lines = lines_of(ruby_words(text))
    yield from _Reader(list(_forward(lines))).read()


def _forward(lines: list[list[Word]]) -> Iterator[list[Word]]:
    """Yield the lines that are not in `def down`, nor in `dir.down`."""
    depth, until = 0, None
    for line in lines:
        backward = _begins(line, "def", "down") or [one.text for one in line[1:3]] == [".", "down"]
        before = depth
        depth += _opened(line)
        if until is None and backward and depth > before:
            until = before
        if until is None:
            yield line
        elif depth <= until:
            until = None


def _begins(line: list[Word], *words: str) -> bool:
    return [one.text for one in line[: len(words)]] == list(words)


def _opened(line: list[Word]) -> int:
    """Return how many blocks the line opens, less those that it closes."""
    opened = sum(one.kind == "word" and one.text == "do" for one in line)
    opened += line[0].kind == "word" and line[0].text in _BLOCK_WORDS
    return opened - sum(one.kind == "word" and one.text == "end" for one in line)


class _Reader:
    def __init__(self, lines: list[list[Word]]) -> None:
        self._lines = lines
        self._place = 0

    def read(self) -> Iterator[Said]:
        while self._place < len(self._lines):
            line = self._lines[self._place]
            self._place += 1
            while len(line) > 2 and line[0].text in ("self", "connection", "safety_assured"):
                line = line[2:] if line[1].text == "." else line[1:]
            if [one.text for one in line[1:4]] == [".", "up", "{"]:
                line = line[4:-1]  # dir.up { ... }
            do = _COMMANDS.get(line[0].text) if line and line[0].kind == "word" else None
            if do is None or (len(line) > 1 and line[1].text in ("=", ".")):
                continue
            try:
                yield from do(self, line)
            except (ValueError, IndexError):
                yield Missed(line[0].line, line[0].text, BY_CODE)

    def block(self, line: list[Word]) -> tuple[Arguments, str, list[list[Word]]]:
        """Return the arguments before `do |t|`, the variable, and the lines of the block."""
        marks = [place for place, word in enumerate(line) if word.text in ("do", "{")]
        blocks = [place for place in marks if len(line) > place + 2 and line[place + 1].text == "|"]
        if not blocks:
            return Arguments(line[1:]), "", []
        opening = blocks[-1]
        variable = line[opening + 2].text
        given = Arguments(line[1:opening])
        inner: list[list[Word]] = []
        depth = 1
        while self._place < len(self._lines) and depth > 0:
            one = self._lines[self._place]
            self._place += 1
            depth += _opened(one) if one[0].text != "}" else -1
            if depth > 0:
                inner.append(one)
        return given, variable, inner

    def create_table(self, line: list[Word]) -> Iterator[Said]:
        given, variable, inner = self.block(line)
        name = said.table_name(given.text(0))
        elements: list[Field | str] = [*_key(given)]
        after: list[Said] = []
        for one in inner:
            try:
                _declare(name, variable, one, elements, after)
            except (ValueError, IndexError):
                after.append(Missed(one[0].line, f"a part of {name}", BY_CODE))
        unless = bool(given.option("if_not_exists"))
        temporary = bool(given.option("temporary"))
        yield Sql(
            line[0].line,
            said.create_table(name, elements, unless_there=unless, temporary=temporary),
        )
        if "comment" in given.named:
            comment = sql_literal(str(given.option("comment")))
            yield Sql(line[0].line, f"COMMENT ON TABLE {name} IS {comment}")
        yield from after

    def change_table(self, line: list[Word]) -> Iterator[Said]:
        given, variable, inner = self.block(line)
        name = said.table_name(given.text(0))
        elements: list[Field | str] = []
        after: list[Said] = []
        for one in inner:
            try:
                _declare(name, variable, one, elements, after)
            except (ValueError, IndexError):
                after.append(Missed(one[0].line, f"a part of {name}", BY_CODE))
        added = [one for one in elements if isinstance(one, Field)]
        yield Sql(line[0].line, said.add_columns(name, added))
        yield from after

    def join_table(self, line: list[Word]) -> Iterator[Said]:
        given, variable, inner = self.block(line)
        names = sorted([given.text(0), given.text(1)])
        table = said.table_name(str(given.option("table_name", "_".join(names))))
        elements: list[Field | str] = [
            Field(f"{name.removesuffix('s')}_id", "bigint") for name in names
        ]
        after: list[Said] = []
        for one in inner:
            _declare(table, variable, one, elements, after)
        yield Sql(line[0].line, said.create_table(table, elements))
        yield from after


def _key(given: Arguments) -> Iterator[Field | str]:
    """Yield the key that Rails gives a table."""
    named = given.option("primary_key", "id")
    if given.option("id") is False:
        return
    if isinstance(named, list):
        yield said.constraint("PRIMARY KEY", map(str, named))
        return
    kind = given.option("id", "bigserial")
    field = Field(str(named), "bigserial" if kind is True else str(kind))
    field.primary = True
    yield field


def _declare(
    table: str,
    variable: str,
    line: list[Word],
    elements: list[Field | str],
    after: list[Said],
) -> None:
    """Enter one line of a block: `t.string :name`. Raises ValueError for what it is not."""
    if len(line) < 3 or line[0].text != variable or line[1].text != ".":
        if any(word.text == variable for word in line):
            raise MadeByCodeError("the table is handed on")
        return
    kind, given, where = line[2].text, Arguments(line[3:]), line[0].line
    if kind in ("references", "belongs_to"):
        for name in given.texts():
            elements += reference(name, given)
    elif kind == "timestamps":
        elements += timestamps(given)
    elif kind == "column":
        elements.append(column(given.text(0), given.text(1), given))
    elif is_type(kind):
        elements += (column(name, kind, given) for name in given.texts())
    elif kind in ("remove", "remove_columns"):
        after.append(Sql(where, _removed(table, given.texts())))
    elif kind == "rename":
        after.append(Sql(where, _renamed(table, given.text(0), given.text(1))))
    elif kind == "change":
        after.append(Sql(where, _typed(table, given.text(0), given.text(1), given)))
    elif kind not in _SILENT:
        raise MadeByCodeError(kind)


def _removed(table: str, names: list[str]) -> str:
    return f"ALTER TABLE {table} " + ", ".join(f"DROP COLUMN {quote_ident(one)}" for one in names)


def _renamed(table: str, old: str, new: str) -> str:
    return f"ALTER TABLE {table} RENAME COLUMN {quote_ident(old)} TO {quote_ident(new)}"


def _typed(table: str, name: str, kind: str, given: Arguments) -> str:
    made = column(name, kind, given)
    return f"ALTER TABLE {table} ALTER COLUMN {quote_ident(name)} TYPE {made.type}"


def _drop_table(reader: _Reader, line: list[Word]) -> Iterator[Said]:
    given, _, _ = reader.block(line)
    lenient = "IF EXISTS " if given.option("if_exists") else ""
    for name in given.texts():
        yield Sql(line[0].line, f"DROP TABLE {lenient}{said.table_name(name)}")


def _rename_table(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    new = quote_ident(given.text(1).rpartition(".")[2])
    yield Sql(line[0].line, f"ALTER TABLE {said.table_name(given.text(0))} RENAME TO {new}")


def _add_column(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    field = column(given.text(1), given.text(2), given)
    yield Sql(line[0].line, said.add_columns(said.table_name(given.text(0)), [field]))


def _add_columns(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    kind = str(given.option("type"))
    fields = [column(name, kind, given) for name in given.texts(1)]
    yield Sql(line[0].line, said.add_columns(said.table_name(given.text(0)), fields))


def _remove_column(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    many = line[0].text == "remove_columns"
    names = given.texts(1) if many else [given.text(1)]
    yield Sql(line[0].line, _removed(said.table_name(given.text(0)), names))


def _rename_column(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    table = said.table_name(given.text(0))
    yield Sql(line[0].line, _renamed(table, given.text(1), given.text(2)))


def _change_column(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    table = said.table_name(given.text(0))
    yield Sql(line[0].line, _typed(table, given.text(1), given.text(2), given))


def _add_reference(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    fields = reference(given.text(1), given)
    yield Sql(line[0].line, said.add_columns(said.table_name(given.text(0)), fields))


def _remove_reference(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    yield Sql(line[0].line, _removed(said.table_name(given.text(0)), [f"{given.text(1)}_id"]))


def _add_timestamps(_: _Reader, line: list[Word]) -> Iterator[Said]:
    given = Arguments(line[1:])
    table = said.table_name(given.text(0))
    yield Sql(line[0].line, said.add_columns(table, timestamps(given)))


def _execute(_: _Reader, line: list[Word]) -> Iterator[Said]:
    words = line[1:]
    if words[0].text == "(" and words[-1].text == ")":
        words = words[1:-1]
    sql = literal(words)
    if isinstance(sql, str):
        yield Sql(line[0].line, sql)


_Do = Callable[[_Reader, list[Word]], Iterator[Said]]
_COMMANDS: Final[dict[str, _Do]] = {
    "create_table": _Reader.create_table,
    "change_table": _Reader.change_table,
    "create_join_table": _Reader.join_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "add_column": _add_column,
    "add_columns": _add_columns,
    "remove_column": _remove_column,
    "remove_columns": _remove_column,
    "rename_column": _rename_column,
    "change_column": _change_column,
    "add_reference": _add_reference,
    "add_belongs_to": _add_reference,
    "remove_reference": _remove_reference,
    "remove_belongs_to": _remove_reference,
    "add_timestamps": _add_timestamps,
    "execute": _execute,
}
