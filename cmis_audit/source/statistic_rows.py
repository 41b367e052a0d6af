"""Rows of page counts, activity and planner statistics become TableStatistics.

What partitions have is summed up at the table they are folded into.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter

from cmis_audit.model.catalog import ColumnStatistics, TableStatistics
from cmis_audit.source.column_rows import PackedColumns
from cmis_audit.source.row_index import Relation, RowIndex, packed_apart, unpacked_name

_SIZE = itemgetter(0, 1, 2, 3)
"""Of a row of indexes.sql: OID, OID of the relation, name and pages."""


@dataclass(slots=True)
class _Sum:
    rows: int | None = None
    heap_pages: int | None = None
    index_pages: int = 0
    scans: int = 0
    writes: int = 0
    last_use: str | None = None
    indexes: dict[str, int] = field(default_factory=dict)


class Statistics:
    """The statistics of each kept table, by its OID."""

    def __init__(
        self,
        index: RowIndex,
        columns: Mapping[int, tuple[ColumnStatistics, ...]],
        *,
        block_size: int,
        never_analysed_is_zero: bool,
    ) -> None:
        self._index = index
        self._block_size = block_size
        self._zero_is_unknown = never_analysed_is_zero
        self._sums: dict[int, _Sum] = defaultdict(_Sum)
        self._has_activity = "activity" in index.rows
        for relation in (*index.kept.values(), *index.partitions):
            # A partitioned table keeps no rows of its own; ANALYZE may give it the sum, which is
            # ours to make.
            if relation.kind in ("r", "f"):
                self._add_size(relation)
        tables = self._add_indexes()
        oid: int
        for oid, scans, writes, last_use in index.rows.get("activity", ()):
            self._add_activity(tables.get(oid, oid), scans, writes, last_use)
        self._columns = columns

    def of(self, table: int) -> TableStatistics:
        total = self._sums[table]
        sizes = [(name, pages * self._block_size) for name, pages in total.indexes.items()]
        sizes.sort()
        heap = None if total.heap_pages is None else total.heap_pages * self._block_size
        indexes = total.index_pages * self._block_size
        return TableStatistics(
            rows_estimate=total.rows,
            total_bytes=None if heap is None else heap + indexes,
            heap_bytes=heap,
            index_bytes=None if heap is None else indexes,
            scans=total.scans if self._has_activity else None,
            writes=total.writes if self._has_activity else None,
            last_use=total.last_use,
            columns=self._columns.get(table, ()),
            index_sizes=tuple(sizes),
        )

    def _add_size(self, relation: Relation) -> None:
        rows, pages = relation.rows, relation.pages
        # Before PostgreSQL 14 a table never analysed has 0 pages and 0 rows.
        if rows < 0 or (self._zero_is_unknown and pages == 0 and rows == 0):
            return
        total = self._sums[self._index.top(relation.oid)]
        total.rows = (total.rows or 0) + round(rows)
        total.heap_pages = (total.heap_pages or 0) + max(pages, 0) + (relation.toast_pages or 0)

    def _add_indexes(self) -> dict[int, int]:
        """Add what indexes hold, and return the table of each by the index's OID."""
        sums = self._sums
        tables: dict[int, int] = {}
        partitions = {relation.oid for relation in self._index.partitions}
        folded: list[tuple[int, int, int]] = []
        names: dict[int, str] = {}
        """Of the indexes of no partition."""
        for oid, table, name, pages in map(_SIZE, self._index.rows["indexes"]):
            tables[oid] = table
            if table in partitions:
                folded.append((oid, table, max(pages, 0)))
                continue
            names[oid] = name
            total = sums[table]
            total.index_pages += max(pages, 0)
            total.indexes[name] = max(pages, 0)
        for oid, table, pages in folded:
            total = sums[self._index.top(table)]
            total.index_pages += pages
            # An index of one partition alone has no name at the level of the table.
            top = names.get(self._top_index(oid))
            if top is not None:
                total.indexes[top] = total.indexes.get(top, 0) + pages
        return tables

    def _top_index(self, oid: int) -> int:
        while parents := self._index.parents.get(oid):
            oid = parents[0]
        return oid

    def _add_activity(self, table: int, scans: int, writes: int, last_use: str | None) -> None:
        top = self._index.top(table)
        if top not in self._index.kept:
            return
        total = self._sums[top]
        total.scans += scans
        total.writes += writes
        if last_use and (total.last_use is None or total.last_use < last_use):
            total.last_use = last_use


def column_statistics(
    index: RowIndex, columns: PackedColumns
) -> dict[int, tuple[ColumnStatistics, ...]]:
    """Return the statistics of the columns of each table, in the order of the columns.

    Of a table with inheritance children its own are taken, of one that has none, as a partitioned
    table, the inherited.
    """
    shared = _Shared(columns)
    readable = index.rows.get("readable_statistics", ())
    kept = ((oid, index.refs[oid]) for oid in index.kept) if readable else ()
    tables = {(ref.schema, ref.name): oid for oid, ref in kept}
    found: dict[int, tuple[ColumnStatistics, ...]] = {}
    for schema, table, names, facts in readable:
        oid = tables.get((schema, table))
        if oid is not None:
            read = map(unpacked_name, packed_apart(names))
            known = dict(zip(read, facts.split(";"), strict=True))
            named = ((column, columns.name(column)) for column in columns.of(oid))
            found[oid] = tuple(
                [shared[column, known[name]] for column, name in named if name in known]
            )
    for oid, numbers, facts in index.rows.get("column_statistics", ()):
        if oid in index.kept:
            found[oid] = _in_order(columns.of(oid), numbers, facts.split(";"), shared)
    return found


def _in_order(
    columns: list[str], numbers: str, facts: list[str], shared: "_Shared"
) -> tuple[ColumnStatistics, ...]:
    """Return the statistics of the columns with these attnums, in the order of the columns."""
    if numbers != _attnums(len(columns)) or "" in columns:
        # Some have none or were dropped, or they stand in another order.
        known = dict(zip(map(int, numbers.split(";")), facts, strict=True))
        there = [number for number in sorted(known) if columns[number - 1]]
        columns, facts = [columns[n - 1] for n in there], [known[n] for n in there]
    return tuple(map(shared.__getitem__, zip(columns, facts, strict=True)))


@cache
def _attnums(count: int) -> str:
    return ";".join(map(str, range(1, count + 1)))


class _Shared(dict[tuple[str, str], ColumnStatistics]):
    """Statistics by column and facts: those of `id` and the like are alike in many tables."""

    def __init__(self, columns: PackedColumns) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, described: tuple[str, str]) -> ColumnStatistics:
        column, facts = described
        null_fraction, distinct, width = facts.split(",")
        made = self[described] = ColumnStatistics(
            column=self._columns.name(column),
            null_fraction=float(null_fraction),
            distinct=float(distinct),
            average_width_bytes=int(width),
        )
        return made
