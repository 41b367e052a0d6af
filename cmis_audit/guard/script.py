"""The statements of a migration, done to the tables of a State one after the other."""

import re
from collections.abc import Callable, Iterator

import msgspec

from cmis_audit.guard.alter_table import alter_table
from cmis_audit.guard.create_table import Draft, read_elements
from cmis_audit.guard.state import State, column_named
from cmis_audit.model.catalog import Column, Index, Skipped, Table, TableKind
from cmis_audit.model.guard import Unread
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.place import Place
from cmis_audit.sqlfile.statements import MetaCommand, Script
from cmis_audit.sqlfile.tokens import Cursor, UnreadableError, tokens_of

_HIDDEN_DDL = re.compile(
    r"\b(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE|DROP\s+TABLE|EXECUTE)\b",
    re.IGNORECASE,
)
_SET_CONFIG = re.compile(
    r"SELECT\s+(?:pg_catalog\.)?set_config\(\s*'search_path'\s*,\s*'([^']*)'", re.IGNORECASE
)
_EXCERPT = 60


class Migration:
    """Does SQL to a State, and keeps what could not be read."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.unread: list[Unread] = []

    def run(self, sql: str, file: str, line: int = 1, *, spread: bool = True) -> None:
        """Do the statements of a text that begins at a line of a file.

        Unless it is `spread` over the file as it is written, all of it stands in that line.
        """
        for piece in Script(sql).pieces():
            place = Place(file=file, line=line + piece.line - 1 if spread else line)
            if isinstance(piece, MetaCommand):
                if piece.name not in _HARMLESS_META:
                    self.miss(place, piece.name, "a command of psql's is never executed")
                continue
            try:
                self._statement(piece.text, place)
            except UnreadableError as error:
                self.miss(place, excerpt(piece.text), str(error))

    def miss(self, place: Place, what: str, why: str) -> None:
        """Keep what could not be read."""
        self.unread.append(Unread(place=place, what=what, why=why))

    def _statement(self, text: str, place: Place) -> None:
        verb = _VERB.match(text)
        if verb is None:
            return
        cursor = Cursor(text, tokens_of(text))
        for words, do in _STATEMENTS:
            if cursor.accept(*words):
                do(self, cursor, place)
                return

    # --- CREATE

    def create(self, cursor: Cursor, place: Place) -> None:
        if cursor.accept("OR", "REPLACE"):
            pass
        _ = cursor.accept("GLOBAL") or cursor.accept("LOCAL")
        if cursor.accept("TEMP") or cursor.accept("TEMPORARY"):
            if cursor.accept("TABLE"):
                cursor.accept("IF", "NOT", "EXISTS")
                self.state.passing.add(cursor.names()[-1])
            return
        unlogged = cursor.accept("UNLOGGED")
        foreign = cursor.accept("FOREIGN", "TABLE")
        if foreign or cursor.accept("TABLE"):
            self._create_table(cursor, place, unlogged=unlogged, foreign=foreign)
        elif cursor.accept("SCHEMA"):
            self._create_schema(cursor)
        elif cursor.accept("TYPE") or cursor.accept("DOMAIN"):
            ref = self.state.home(cursor.names())
            self.state.types[ref] = ref
        elif cursor.accept("UNIQUE", "INDEX"):
            self._create_index(cursor, unique=True)
        elif cursor.accept("INDEX"):
            self._create_index(cursor, unique=False)

    def _create_schema(self, cursor: Cursor) -> None:
        cursor.accept("IF", "NOT", "EXISTS")
        if cursor.accept("AUTHORIZATION") or not cursor.done:
            self.state.schemas.add(cursor.name())
        while not cursor.done:
            if cursor.accept("CREATE", "TABLE"):
                raise UnreadableError("tables within CREATE SCHEMA are not read")
            cursor.skip()

    def _create_table(self, cursor: Cursor, place: Place, *, unlogged: bool, foreign: bool) -> None:
        state = self.state
        unless_there = cursor.accept("IF", "NOT", "EXISTS")
        ref = state.home(cursor.names())
        if unless_there and ref in state.tables:
            why = f"is there already: {place.file}:{place.line} leaves it as it is"
            state.notes.append(Skipped(what=str(ref), why=why))
            return
        if cursor.sees("PARTITION", "OF"):
            return  # a part of its parent
        if cursor.sees("OF"):
            raise UnreadableError("a table OF a type is not read")
        draft = Draft(ref=ref)
        fields: dict[str, object] = {"unlogged": unlogged}
        if foreign:
            fields["kind"] = TableKind.FOREIGN
        names: tuple[str, ...] = ()
        if cursor.sees("("):
            inside = cursor.inside()
            if _only_names(inside):
                names = tuple(part.name() for part in inside.split())
            else:
                read_elements(inside, draft, state)
        while not cursor.done and not cursor.sees("AS"):
            if cursor.accept("INHERITS"):
                fields["inherits"] = self._inherit(cursor, draft)
            elif cursor.accept("PARTITION", "BY"):
                start = cursor.place
                cursor.take()
                cursor.skip()
                fields |= {"kind": TableKind.PARTITIONED, "partition_key": cursor.text(start)}
            else:
                cursor.skip()
        if cursor.accept("AS"):
            draft.columns = [*_columns_of_query(cursor, state)]
            if names:
                draft.columns = [
                    msgspec.structs.replace(column, name=name)
                    for column, name in zip(draft.columns, names, strict=False)
                ]
        elif names:
            raise UnreadableError("its columns have no types")
        table = msgspec.structs.replace(Table(ref=ref), **draft.fields(), **fields)
        state.create(table, place)

    def _inherit(self, cursor: Cursor, draft: Draft) -> tuple[TableRef, ...]:
        parents = []
        own = {column.name for column in draft.columns}
        inherited: list[Column] = []
        for part in cursor.inside().split():
            parts = part.names()
            parent = self.state.known(parts)
            if parent is None:
                raise UnreadableError(f"it inherits from {'.'.join(parts)}, which is not known")
            parents.append(parent)
            inherited += (
                column for column in self.state.tables[parent].columns if column.name not in own
            )
            own |= {column.name for column in inherited}
        draft.columns[:0] = inherited
        return tuple(sorted(parents))

    def _create_index(self, cursor: Cursor, *, unique: bool) -> None:
        cursor.accept("CONCURRENTLY")
        cursor.accept("IF", "NOT", "EXISTS")
        name = "" if cursor.sees("ON") else cursor.name()
        cursor.expect("ON")
        cursor.accept("ONLY")
        ref = self._known(cursor.names())
        if ref is None:
            return
        table = self.state.tables[ref]
        method = cursor.name() if cursor.accept("USING") else "btree"
        known = {column.name for column in table.columns}
        keys = tuple(_index_key(part, known) for part in cursor.inside().split())
        include: tuple[str, ...] = ()
        if cursor.accept("INCLUDE"):
            include = tuple(part.name() for part in cursor.inside().split())
        while not cursor.done and not cursor.sees("WHERE"):
            cursor.skip()
        predicate = cursor.text() if cursor.accept("WHERE") else None
        index = Index(
            name=name or "_".join((ref.name, *keys, "idx")),
            method=method,
            keys=keys,
            include=include,
            predicate=predicate,
            unique=unique,
        )
        others = [one for one in table.indexes if one.name != index.name]
        self.state.adjust(ref, indexes=tuple(sorted([*others, index], key=lambda one: one.name)))

    # --- what else changes tables

    def alter_table(self, cursor: Cursor, place: Place) -> None:
        lenient = cursor.accept("IF", "EXISTS")
        if cursor.accept("ALL", "IN", "TABLESPACE"):
            return
        cursor.accept("ONLY")
        parts = cursor.names()
        cursor.accept("*")
        ref = self._known(parts)
        if ref is not None:
            alter_table(cursor, ref, self.state, place)
        elif not lenient and (cursor.sees("RENAME", "TO") or cursor.sees("SET", "SCHEMA")):
            raise UnreadableError(f"{'.'.join(parts)} is not known")
        elif parts[-1] not in self.state.passing:
            self._note_unknown(parts, place)

    def alter_schema(self, cursor: Cursor, place: Place) -> None:
        old = cursor.name()
        if not cursor.accept("RENAME", "TO"):
            return
        new = cursor.name()
        for ref in [ref for ref in self.state.tables if ref.schema == old]:
            self.state.rename(ref, TableRef(schema=new, name=ref.name), place)
        self.state.schemas.discard(old)
        self.state.schemas.add(new)

    def drop_table(self, cursor: Cursor, place: Place) -> None:
        lenient = cursor.accept("IF", "EXISTS")
        for part in cursor.split():
            parts = part.names()
            ref = self._known(parts)
            if ref is not None:
                self.state.drop(ref)
            elif not lenient and parts[-1] not in self.state.passing:
                self._note_unknown(parts, place)

    def drop_schema(self, cursor: Cursor, _: Place) -> None:
        cursor.accept("IF", "EXISTS")
        for part in cursor.split():
            name = part.name()
            for ref in [ref for ref in self.state.tables if ref.schema == name]:
                self.state.drop(ref)
            self.state.schemas.discard(name)

    def comment(self, cursor: Cursor, _: Place) -> None:
        if cursor.accept("TABLE"):
            ref = self._known(cursor.names())
            if ref and cursor.accept("IS"):
                self.state.adjust(ref, comment=_string(cursor))
        elif cursor.accept("COLUMN"):
            *parts, name = cursor.names()
            ref = self._known(tuple(parts))
            if ref and cursor.accept("IS"):
                table = self.state.tables[ref]
                column = column_named(table, name)
                said = msgspec.structs.replace(column, comment=_string(cursor))
                self.state.adjust(
                    ref,
                    columns=tuple(said if one == column else one for one in table.columns),
                )

    def set_path(self, cursor: Cursor, _: Place) -> None:
        if not cursor.accept("="):
            cursor.accept("TO")
        names = []
        for part in cursor.split():
            token = part.take()
            if token.kind == "string":
                names += [one.strip().strip('"') for one in token.text.split(",")]
            elif token.text != "DEFAULT":
                names.append(token.text if token.kind == "name" else token.text.lower())
        self._use_path(names)

    def _use_path(self, names: list[str]) -> None:
        kept = tuple(name for name in names if name and name not in ("$user", "pg_catalog"))
        self.state.path = kept or ("public",)

    def select(self, cursor: Cursor, _: Place) -> None:
        found = _SET_CONFIG.match(cursor.statement)
        if found:
            self._use_path([part.strip().strip('"') for part in found[1].split(",")])
            return
        while not cursor.done:
            if cursor.sees("FROM"):
                return
            if cursor.accept("INTO"):
                if not cursor.sees_any("TEMP", "TEMPORARY", "LOCAL"):
                    raise UnreadableError("SELECT INTO makes a table of a query")
                return
            cursor.skip()

    def do(self, cursor: Cursor, _: Place) -> None:
        for token in cursor.tokens:
            if token.kind == "string" and _HIDDEN_DDL.search(token.text):
                raise UnreadableError("what a DO block does to tables is not read")

    def _known(self, parts: tuple[str, ...]) -> TableRef | None:
        if len(parts) == 1 and parts[0] in self.state.passing:
            return None
        return self.state.known(parts)

    def _note_unknown(self, parts: tuple[str, ...], place: Place) -> None:
        what = ".".join(map(quote_ident, parts))
        why = f"is not known to the source that {place.file}:{place.line} is held against"
        self.state.notes.append(Skipped(what=what, why=why))


_Do = Callable[[Migration, Cursor, Place], None]
_STATEMENTS: tuple[tuple[tuple[str, ...], _Do], ...] = (
    (("CREATE",), Migration.create),
    (("ALTER", "TABLE"), Migration.alter_table),
    (("ALTER", "FOREIGN", "TABLE"), Migration.alter_table),
    (("ALTER", "SCHEMA"), Migration.alter_schema),
    (("DROP", "TABLE"), Migration.drop_table),
    (("DROP", "FOREIGN", "TABLE"), Migration.drop_table),
    (("DROP", "SCHEMA"), Migration.drop_schema),
    (("COMMENT", "ON"), Migration.comment),
    (("SET", "SESSION", "SEARCH_PATH"), Migration.set_path),
    (("SET", "LOCAL", "SEARCH_PATH"), Migration.set_path),
    (("SET", "SEARCH_PATH"), Migration.set_path),
    (("SELECT",), Migration.select),
    (("DO",), Migration.do),
)
_VERB = re.compile(r"(?:CREATE|ALTER|DROP|COMMENT|SET|SELECT|DO)\b", re.IGNORECASE)
# Of these none brings SQL in or chooses another database.
_HARMLESS_META = frozenset(
    (
        "\\echo",
        "\\qecho",
        "\\timing",
        "\\set",
        "\\unset",
        "\\pset",
        "\\x",
        "\\a",
        "\\t",
        "\\warn",
        "\\restrict",
        "\\unrestrict",
        "\\encoding",
        "\\errverbose",
        "\\conninfo",
        "\\q",
    )
)


def excerpt(text: str) -> str:
    """Return the beginning of a statement, on one line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:400]).split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 1] + "…"


def _string(cursor: Cursor) -> str | None:
    token = cursor.take()
    return token.text if token.kind == "string" else None


def _only_names(inside: Cursor) -> bool:
    parts = inside.split()
    inside.place = 0
    return bool(parts) and all(len(part.tokens) == 1 for part in parts)


def _index_key(part: Cursor, known: set[str]) -> str:
    if part.tokens[:1] and part.tokens[0].kind in ("word", "name"):
        name = part.rest().name()
        if name in known and not (len(part.tokens) > 1 and part.tokens[1].text == "("):
            return name
    return f"({part.text()})"


def _columns_of_query(cursor: Cursor, state: State) -> Iterator[Column]:
    """Yield the columns of a plain query: `TABLE t`, `SELECT * FROM t`, `SELECT a, b FROM t`.

    Raises UnreadableError for any other.
    """
    if cursor.sees("("):
        cursor = cursor.inside()
    chosen: list[tuple[str, str]] | None = None
    if not cursor.accept("TABLE"):
        cursor.expect("SELECT")
        start = cursor.place
        while not cursor.done and not cursor.sees("FROM"):
            cursor.skip()
        chosen = _chosen(cursor.part(start, cursor.place))
        cursor.expect("FROM")
    parts = cursor.names()
    if cursor.sees_any(",", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "("):
        raise UnreadableError("it is made of a query over several tables")
    ref = state.known(parts)
    if ref is None:
        raise UnreadableError(f"it is made of {'.'.join(parts)}, which is not known")
    table = state.tables[ref]
    plain = {column.name: Column(name=column.name, type=column.type) for column in table.columns}
    if chosen is None:
        yield from plain.values()
        return
    for name, alias in chosen:
        if name not in plain:
            raise UnreadableError(f"it is made of {name}, which is no column of {ref}")
        yield msgspec.structs.replace(plain[name], name=alias)


def _chosen(listed: Cursor) -> list[tuple[str, str]] | None:
    """Return the columns that a SELECT lists, each with its new name; None for all."""
    if listed.sees("*") and len(listed.tokens) == 1:
        return None
    chosen = []
    for part in listed.split():
        plain = all(one.kind in ("word", "name") or one.text == "." for one in part.tokens)
        names = part.names() if plain else ()
        part.accept("AS")
        alias = names[-1] if plain and part.done else part.name() if plain else ""
        if not part.done:
            raise UnreadableError("it is made of a query with expressions")
        chosen.append((names[-1], alias))
    return chosen
