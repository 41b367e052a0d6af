"""The rows of all queries become one Catalog: pure, and the same whatever the order of the rows."""

from functools import cached_property
from typing import Any, NamedTuple

from cmis_audit.model.catalog import Catalog, ColumnStatistics, Skipped, Table
from cmis_audit.source import object_rows
from cmis_audit.source.column_rows import UNKNOWN_TYPE, Columns, PackedColumns
from cmis_audit.source.constraint_rows import Constraints
from cmis_audit.source.index_rows import Indexes
from cmis_audit.source.row_index import RowIndex, Rows
from cmis_audit.source.statistic_rows import Statistics, column_statistics
from cmis_audit.source.table_rows import Relations


class Session(NamedTuple):
    """The row of session.sql."""

    database: str
    role: str
    server_version: str
    superuser: bool
    memberships: list[str]
    block_size: int
    tracks_activity: bool
    comment: str | None
    reads_statistics: bool


def session_of(rows: Rows) -> Session:
    return Session._make(rows["session"][0])


class CatalogBuilder:
    """Makes a catalog of rows, parts of it while other rows are still on their way."""

    def __init__(self, rows: Rows, version_number: int) -> None:
        self._rows = rows
        self._version_number = version_number

    @cached_property
    def index(self) -> RowIndex:
        """Of the batch of relations."""
        return RowIndex(self._rows)

    @cached_property
    def packed_columns(self) -> PackedColumns:
        """Of the batch of columns."""
        return PackedColumns(self._rows)

    @cached_property
    def indexes(self) -> Indexes:
        """Of the batches up to the columns."""
        return Indexes(self.index, self.packed_columns)

    @cached_property
    def constraints(self) -> Constraints:
        """Of the batches up to the constraints."""
        return Constraints(self.index, self.packed_columns, self.indexes)

    @cached_property
    def columns(self) -> Columns:
        """Of the batches up to the types."""
        return Columns(self.index, self.packed_columns)

    @cached_property
    def column_statistics(self) -> dict[int, tuple[ColumnStatistics, ...]]:
        """Of the batches up to the statistics of columns."""
        return column_statistics(self.index, self.packed_columns)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Of the batches up to the activity."""
        return self._relations.tables()

    @cached_property
    def _relations(self) -> Relations:
        statistics = Statistics(
            self.index,
            self.column_statistics,
            block_size=session_of(self._rows).block_size,
            never_analysed_is_zero=self._version_number < 140000,
        )
        return Relations(self.index, self.columns, self.indexes, self.constraints, statistics)

    def parameters(self, query: str) -> dict[str, list[int]] | None:
        """Return what a query is asked with, if it is asked with anything."""
        return self._type_parameters if query in ("types", "collations") else None

    @cached_property
    def _type_parameters(self) -> dict[str, list[int]]:
        return self.packed_columns.parameters()

    def catalog(self, *, read_at: str, skipped: tuple[Skipped, ...]) -> Catalog:
        """Return the catalog when all rows are there."""
        session = session_of(self._rows)
        parts = self._parts()
        used = frozenset(item.ref.schema for items in parts.values() for item in items)
        return Catalog(
            database=session.database,
            server_version=session.server_version.split()[0],
            server_version_number=self._version_number,
            read_at=read_at,
            role=session.role,
            comment=session.comment,
            schemas=object_rows.schemas(self.index, used),
            extensions=object_rows.extensions(self.index),
            skipped=tuple(sorted(set(skipped))),
            **parts,
        )

    def _parts(self) -> dict[str, Any]:
        index, columns, constraints = self.index, self.columns, self.constraints
        return {
            "tables": self.tables,
            "views": self._relations.views(),
            "functions": object_rows.functions(index),
            "sequences": object_rows.sequences(index),
            "enums": object_rows.enums(index),
            "domains": object_rows.domains(index, constraints),
            "composite_types": object_rows.composite_types(index, columns),
        }


def vanished(rows: Rows) -> int:
    """Return how many objects have no definition: dropped by another session while we read."""
    return (
        sum(1 for row in rows["types"] if row[2] is None or (row[0] and row[2] == UNKNOWN_TYPE))
        + sum(1 for row in rows["defaults"] if row[2] is None)
        + sum(1 for row in rows["constraints"] if row[3] in ("c", "x") and row[13] is None)
        + sum(1 for row in rows["triggers"] if row[5] is None)
        + sum(1 for row in rows["functions"] if row[3] is None)
        + sum(1 for row in rows.get("views", ()) if row[1] is None)
        + _vanished_indexes(rows)
    )


def _vanished_indexes(rows: Rows) -> int:
    gone = {row[0]: row[1] for row in rows["indexes"] if row[10] is None}
    for row in rows["constraints"]:
        if row[3] in ("p", "u", "x"):
            gone.pop(row[12], None)
    tables = {row[0] for row in rows["relations"] if row[3] in "rp" and not row[4]} if gone else ()
    return sum(1 for relation in gone.values() if relation in tables)
