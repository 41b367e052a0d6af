"""Rows of a live server for a scratch clone: some of each table, and the rows that they point at.

What is read is handed on as it came and written nowhere else. Each table is read in a transaction
of its own (`row_reading`): read-only, without waiting for locks longer than the limits say, with
row security off, so that the server refuses where it applies. COPY writes values by their output
functions; no function or cast that a user made is called, and keys whose types are not the
server's own are neither compared nor ordered by.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import psycopg
from psycopg import sql

from cmis_audit.model.catalog import ForeignKey, Skipped, Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.table_rows import RowSample, TableRows
from cmis_audit.source.connection import AnyConnection, Limits
from cmis_audit.source.failures import is_lost
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.row_reading import beginning, share, why

ROW_BYTES = 100_000
"""As stored; larger rows are left out."""
TABLE_BYTES = 64 << 20
"""As text; what comes after is left out."""
KEYS_A_QUERY = 500
MOST_PARENTS = 20_000
"""Rows of one table that are read because others point at them."""
ROUNDS = 12
"""From children to parents and their parents; a chain may be longer."""

_Row = tuple[str | None, ...]
_Key = tuple[str, ...]


class RowReader:
    """Reads rows over one connection, each row once."""

    def __init__(
        self, connection: AnyConnection, limits: Limits, major: int, tables: Iterable[Table]
    ) -> None:
        """`tables` are all of the catalog: parents are among them."""
        self._connection = connection
        self._limits = limits
        self._major = major
        self._tables = {table.ref: table for table in tables}
        self._found: dict[TableRef, dict[_Row, None]] = {}
        self._asked: dict[tuple[TableRef, tuple[str, ...]], set[_Key]] = {}
        self._refused: set[TableRef] = set()
        self._skipped: set[Skipped] = set()

    def sample(self, refs: Sequence[TableRef], rows: int) -> RowSample:
        """Return up to so many rows of each of these tables, with parents.

        What cannot be read is among what was skipped. Raises psycopg.Error when the server is lost.
        """
        for ref in sorted(refs):
            self._keep(self._tables[ref], self._sampled(self._tables[ref], rows))
        for _ in range(ROUNDS):
            before = self._count()
            for ref in sorted(self._found):
                for key in self._tables[ref].foreign_keys:
                    self._follow(self._tables[ref], key)
            if self._count() == before:
                break
        else:
            self._skipped.add(
                Skipped(what="rows that others point at", why=f"read to the {ROUNDS}th degree only")
            )
        return RowSample(
            tables=tuple(
                TableRows(table=ref, columns=_columns(self._tables[ref]), rows=tuple(rows_of))
                for ref, rows_of in sorted(self._found.items())
                if rows_of
            ),
            skipped=tuple(sorted(self._skipped)),
        )

    def _count(self) -> int:
        return sum(map(len, self._found.values()))

    def _keep(self, table: Table, rows: Iterable[_Row]) -> None:
        self._found.setdefault(table.ref, {}).update(dict.fromkeys(rows))

    def _sampled(self, table: Table, rows: int) -> list[_Row]:
        key = _order(table)
        estimate = table.statistics.rows_estimate if table.statistics else None
        return self._read(
            "sampled_rows",
            table,
            sample=sql.SQL("" if key else share(estimate, rows)),
            order=sql.SQL("ORDER BY {}").format(_names(key)) if key else sql.SQL(""),
            rows=sql.Literal(rows),
        )

    def _follow(self, child: Table, key: ForeignKey) -> None:
        """Read the rows that the child's rows point at, as far as they are not there."""
        parent = self._tables.get(key.target)
        if parent is None or parent.ref in self._refused:
            return
        types = {column.name: column.type for column in parent.columns}
        if not all(_is_built_in(types.get(name, "?.")) for name in key.target_columns):
            why_not = "the rows that it points at are not looked up: its type is of a user's making"
            self._skipped.add(Skipped(what=f"{child.ref}: foreign key {key.name}", why=why_not))
            return
        there = set(self._values(parent, key.target_columns))
        asked = self._asked.setdefault((parent.ref, key.target_columns), set())
        wanted = sorted(set(self._values(child, key.columns)) - there - asked)
        room = MOST_PARENTS - len(asked)
        if len(wanted) > room:
            what, why_not = f"rows of {parent.ref}", f"{MOST_PARENTS} of those pointed at are read"
            self._skipped.add(Skipped(what=what, why=why_not))
        for start in range(0, min(len(wanted), room), KEYS_A_QUERY):
            part = wanted[start : min(start + KEYS_A_QUERY, room)]
            asked.update(part)
            listed = _values([types[name] for name in key.target_columns], part)
            names = _names(key.target_columns)
            self._keep(parent, self._read("parent_rows", parent, key=names, values=listed))

    def _values(self, table: Table, names: tuple[str, ...]) -> Iterator[_Key]:
        """Yield what the rows that were read have in these columns, where none is empty."""
        columns = _columns(table)
        if not set(names) <= set(columns):
            return
        places = [columns.index(name) for name in names]
        for row in self._found.get(table.ref, ()):
            values = tuple(value for place in places if (value := row[place]) is not None)
            if len(values) == len(places):
                yield values

    def _read(self, query: str, table: Table, **parts: sql.Composable) -> list[_Row]:
        columns = _columns(table)
        if not columns or table.ref in self._refused:
            return []
        text = sql.SQL(catalog_query(query, self._major)).format(
            columns=_names(columns),
            table=sql.Identifier(table.ref.schema, table.ref.name),
            small=_small(columns),
            **parts,
        )
        try:
            return self._copied(table, text)
        except UnicodeDecodeError:
            self._refuse(table, "a value is not in UTF-8")
        except psycopg.Error as error:
            if is_lost(error) or self._connection.broken:
                raise
            self._refuse(table, why(error, self._limits))
        finally:
            with suppress(psycopg.Error), self._connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        return []

    def _copied(self, table: Table, query: sql.Composed) -> list[_Row]:
        rows: list[_Row] = []
        room = TABLE_BYTES
        with self._connection.cursor() as cursor:
            cursor.execute(beginning(self._limits).encode())
            with cursor.copy(query) as copy:
                for row in copy.rows():
                    room -= sum(len(value) for value in row if value is not None)
                    if room < 0:
                        why_not = f"rows beyond {TABLE_BYTES >> 20} MiB are left out"
                        self._skipped.add(Skipped(what=f"rows of {table.ref}", why=why_not))
                        break
                    rows.append(tuple(row))
        return rows

    def _refuse(self, table: Table, reason: str) -> None:
        self._refused.add(table.ref)
        self._skipped.add(Skipped(what=f"rows of {table.ref}", why=reason))


def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.generated is None)


def _names(names: Iterable[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier("t", name) for name in names)


def _small(columns: Iterable[str]) -> sql.Composable:
    sizes = sql.SQL(" + ").join(
        sql.SQL("coalesce(pg_column_size({}), 0)").format(sql.Identifier("t", name))
        for name in columns
    )
    return sql.SQL("{} <= {}").format(sizes, sql.Literal(ROW_BYTES))


def _values(types: Sequence[str], keys: Sequence[_Key]) -> sql.Composable:
    """Return rows of values, each read by the input function of its column's type."""
    return sql.SQL(", ").join(
        sql.SQL("({})").format(
            sql.SQL(", ").join(
                sql.SQL("CAST({} AS {})").format(sql.Literal(value), sql.SQL(kind))
                for value, kind in zip(key, types, strict=True)
            )
        )
        for key in keys
    )


def _order(table: Table) -> tuple[str, ...]:
    """Return the columns of a key that an index orders, if their types are the server's own."""
    types = {column.name: column.type for column in table.columns}
    keys = [table.primary_key] if table.primary_key else []
    for key in (*keys, *table.uniques):
        if all(_is_built_in(types[name]) for name in key.columns):
            return key.columns
    return ()


def _is_built_in(kind: str) -> bool:
    """Return whether a type as format_type() writes it is in pg_catalog: it bears no schema."""
    return "." not in kind and not kind.startswith('"')
