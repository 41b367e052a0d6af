"""Laravel's migrations: what `up()` says in literals, as SQL. Nothing is executed."""

from collections.abc import Iterator
from typing import Final

from cmis_audit.guard import said
from cmis_audit.guard.laravel_columns import columns, describe
from cmis_audit.guard.php import Call, Word, calls, closing, literal, missed, php_words
from cmis_audit.guard.said import BY_CODE, Field, MadeByCodeError, Missed, Said, Sql
from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal as sql_literal

_DEEPEST: Final = 5
_SQL_METHODS: Final = ("statement", "unprepared")
_SILENT_WORDS: Final = """
after always autoIncrement cascadeOnDelete change charset collation default dropForeign
dropFullText dropIndex dropMorphs dropPrimary dropSpatialIndex dropUnique engine first
from     fullText generatedAs index instance lock name nullOnDelete on onDelete onUpdate
rawIndex renameIndex restrictOnDelete     spatialIndex startingValue temporary unsigned
useCurrentOnUpdate
"""
_SILENT: Final = frozenset(_SILENT_WORDS.split())


def read_laravel(text: str) -> Iterator[Said]:
    """Yield what a migration's `up` does to tables, and what of it could not be read."""
    yield from _Reader(php_words(text)).read()


class _Reader:
    def __init__(self, words: list[Word]) -> None:
        self._methods = dict(_methods(words))

    def read(self) -> Iterator[Said]:
        if "up" in self._methods:
            yield from self._body(self._methods["up"], 0)

    def _body(self, words: list[Word], depth: int) -> Iterator[Said]:
        place = 0
        while place < len(words):
            word, after = words[place], words[place + 1].text if place + 1 < len(words) else ""
            owner = word.text.rpartition("\\")[2]
            if word.kind == "word" and after == "::" and owner in ("Schema", "DB"):
                chain, place = calls(words, place + 1)
                yield from _schema(chain) if owner == "Schema" else _statements(chain)
            elif word.text == "$this" and after == "->":
                chain, place = calls(words, place + 1)
                name = chain[0].name
                if name in self._methods and name != "up":
                    if depth < _DEEPEST:
                        yield from self._body(self._methods[name], depth + 1)
                    else:
                        yield missed(word, f"$this->{name}()", BY_CODE)
                elif any(one.name in ("create", "table") for one in chain[1:]):
                    yield missed(word, f"$this->{name}", BY_CODE)
            else:
                place += 1


def _methods(words: list[Word]) -> Iterator[tuple[str, list[Word]]]:
    """Yield the functions of a class, each with the words of its body."""
    for place, word in enumerate(words[:-2]):
        if word.text == "function" and words[place + 1].kind == "word":
            opening = place + 2
            while opening < len(words) and words[opening].text not in ("{", ";"):
                opening = closing(words, opening) + 1 if words[opening].text == "(" else opening + 1
            if opening < len(words) and words[opening].text == "{":
                yield words[place + 1].text, words[opening + 1 : closing(words, opening)]


def _statements(chain: list[Call]) -> Iterator[Said]:
    for call in chain:
        if call.name in _SQL_METHODS:
            try:
                yield Sql(call.line, str(literal(call.arguments[0])))
            except (ValueError, IndexError):
                yield missed(call, f"DB::{call.name}()", BY_CODE)


def _schema(chain: list[Call]) -> Iterator[Said]:
    call = chain[-1] if chain[0].name in ("connection", "setConnection") else chain[0]
    try:
        if call.name in ("create", "table"):
            name = said.table_name(str(literal(call.arguments[0])))
            yield from _Blueprint(name, call).read()
        elif call.name in ("drop", "dropIfExists"):
            lenient = "IF EXISTS " if call.name == "dropIfExists" else ""
            name = said.table_name(str(literal(call.arguments[0])))
            yield Sql(call.line, f"DROP TABLE {lenient}{name}")
        elif call.name == "rename":
            old, new = (str(literal(one)) for one in call.arguments[:2])
            renamed = quote_ident(new.rpartition(".")[2])
            yield Sql(call.line, f"ALTER TABLE {said.table_name(old)} RENAME TO {renamed}")
        elif call.name == "dropColumns":
            name = said.table_name(str(literal(call.arguments[0])))
            yield Sql(call.line, _dropped(name, call.arguments[1:]))
    except (ValueError, IndexError):
        yield missed(call, f"Schema::{call.name}()", BY_CODE)


def _texts(arguments: list[list[Word]]) -> list[str]:
    """Return the names given one by one or as a list. Raises ValueError."""
    found: list[str] = []
    for argument in arguments:
        value = literal(argument)
        found += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found


def _dropped(table: str, arguments: list[list[Word]]) -> str:
    actions = ", ".join(f"DROP COLUMN {quote_ident(name)}" for name in _texts(arguments))
    return f"ALTER TABLE {table} {actions}"


class _Blueprint:
    """What a closure does to one table."""

    def __init__(self, name: str, call: Call) -> None:
        self._name = name
        self._creates = call.name == "create"
        self._line = call.line
        self._closure = call.arguments[1] if len(call.arguments) > 1 else []
        self._elements: list[Field | str] = []
        self._changed: list[Field] = []
        self._after: list[Sql] = []
        self._temporary = False

    def read(self) -> Iterator[Said]:
        yield from self._walk()
        if self._creates:
            sql = said.create_table(self._name, self._elements, temporary=self._temporary)
            yield Sql(self._line, sql)
        else:
            added = [one for one in self._elements if isinstance(one, Field)]
            yield Sql(self._line, said.add_columns(self._name, added))
            for text in self._elements:
                if isinstance(text, str):
                    yield Sql(self._line, f"ALTER TABLE {self._name} ADD {text}")
            for field in self._changed:
                column = quote_ident(field.name)
                yield Sql(
                    self._line, f"ALTER TABLE {self._name} ALTER COLUMN {column} TYPE {field.type}"
                )
        yield from self._after

    def _walk(self) -> Iterator[Missed]:
        words = self._closure
        variable = next((word.text for word in words if word.kind == "variable"), "")
        start = next((i for i, word in enumerate(words) if word.text in ("{", "=>")), len(words))
        if not variable or start >= len(words):
            yield Missed(self._line, f"the columns of {self._name}", BY_CODE)
            return
        place = start + 1
        while place < len(words):
            word = words[place]
            if word.text != variable:
                place += 1
                continue
            if place + 1 < len(words) and words[place + 1].text == "->":
                chain, place = calls(words, place + 1)
                try:
                    self._do(chain)
                except (ValueError, IndexError):
                    yield missed(chain[0], f"{variable}->{chain[0].name}()", BY_CODE)
            else:
                yield missed(word, f"a part of {self._name}", BY_CODE)
                place += 1

    def _do(self, chain: list[Call]) -> None:
        """Enter one statement. Raises ValueError for what no Blueprint is known to do."""
        first, rest = chain[0], chain[1:]
        made = list(columns(first))
        if made:
            for field in made:
                describe(field, rest)
            changes = any(call.name == "change" for call in rest)
            (self._changed if changes else self._elements).extend(made)
        elif first.name == "temporary":
            self._temporary = True
        elif first.name in ("primary", "unique"):
            kind = "PRIMARY KEY" if first.name == "primary" else "UNIQUE"
            self._elements.append(said.constraint(kind, _texts(first.arguments[:1])))
        elif first.name == "foreign":
            self._foreign(first, rest)
        else:
            self._command(first)

    def _foreign(self, first: Call, rest: list[Call]) -> None:
        by_name = {call.name: call for call in rest}
        there = _texts(by_name["references"].arguments[:1]) if "references" in by_name else []
        if "on" in by_name:
            table = said.table_name(_texts(by_name["on"].arguments)[0])
            self._elements.append(said.foreign_key(_texts(first.arguments[:1]), table, there))

    def _command(self, call: Call) -> None:
        table = self._name
        name = call.name
        if name in ("dropColumn", "removeColumn", "dropConstrainedForeignId"):
            self._sql(call, _dropped(table, call.arguments))
        elif name == "renameColumn":
            old, new = map(quote_ident, _texts(call.arguments[:2]))
            self._sql(call, f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        elif name == "rename":
            self._sql(
                call, f"ALTER TABLE {table} RENAME TO {quote_ident(_texts(call.arguments)[0])}"
            )
        elif name in ("drop", "dropIfExists"):
            self._sql(call, f"DROP TABLE IF EXISTS {table}")
        elif name == "comment":
            comment = sql_literal(_texts(call.arguments)[0])
            self._sql(call, f"COMMENT ON TABLE {table} IS {comment}")
        elif name in ("dropTimestamps", "dropTimestampsTz"):
            self._sql(call, f"ALTER TABLE {table} DROP COLUMN created_at, DROP COLUMN updated_at")
        elif name in ("dropSoftDeletes", "dropSoftDeletesTz", "dropRememberToken"):
            column = "remember_token" if name == "dropRememberToken" else "deleted_at"
            self._sql(call, f"ALTER TABLE {table} DROP COLUMN {column}")
        elif name not in _SILENT:
            raise MadeByCodeError(name)

    def _sql(self, call: Call, text: str) -> None:
        self._after.append(Sql(call.line, text))
