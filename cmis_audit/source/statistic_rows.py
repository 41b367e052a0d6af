"""Rows of page counts, activity and planner statistics become TableStatistics.

What partitions have is summed up at the table they are folded into.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from cmis_audit.model.catalog import ColumnStatistics, TableStatistics
from cmis_audit.source.row_index import Relation, Row, RowIndex, unpacked_names


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
            self._add_size(relation)
        tables = self._add_indexes()
        for row in index.rows.get("activity", ()):
            oid: int = row[0]
            self._add_activity(tables.get(oid, oid), row[1], row[2], row[3])
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
        # A partitioned table keeps no rows of its own; ANALYZE may give it the sum, which is ours
        # to make. Before PostgreSQL 14 a table never analysed has 0 pages and 0 rows.
        if relation.kind not in ("r", "f"):
            return
        unknown = relation.rows < 0 or (
            self._zero_is_unknown and relation.pages == 0 and relation.rows == 0
        )
        if unknown:
            return
        total = self._sums[self._index.top(relation.oid)]
        total.rows = (total.rows or 0) + round(relation.rows)
        pages = max(relation.pages, 0) + (relation.toast_pages or 0)
        total.heap_pages = (total.heap_pages or 0) + pages

    def _add_indexes(self) -> dict[int, int]:
        """Add what indexes hold, and return the table of each by the index's OID."""
        rows = self._index.indexes
        partitions = {relation.oid for relation in self._index.partitions}
        for row in rows.values():
            folded = row.relation in partitions
            total = self._sums[self._index.top(row.relation) if folded else row.relation]
            pages = max(row.pages, 0)
            total.index_pages += pages
            top = rows.get(self._top_index(row.oid)) if folded else row
            # An index of one partition alone has no name at the level of the table.
            if top is not None and top.relation not in partitions:
                total.indexes[top.name] = total.indexes.get(top.name, 0) + pages
        return {oid: row.relation for oid, row in rows.items()}

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
    index: RowIndex, names: Mapping[int, list[str]]
) -> dict[int, tuple[ColumnStatistics, ...]]:
    """Return the statistics of the columns of each table, in the order of the columns.

    Of a table with inheritance children its own are taken, of a partitioned table the inherited.
    """
    shared = _Shared()
    # Inherited ones first, so that a table's own replace them.
    readable = index.rows.get("readable_statistics", ())
    kept = ((oid, index.refs[oid]) for oid in index.kept) if readable else ()
    tables = {(ref.schema, ref.name): oid for oid, ref in kept}
    found: dict[int, tuple[ColumnStatistics, ...]] = {}
    for schema, table, _, packed_names, facts in sorted(readable, key=_own_last):
        oid = tables.get((schema, table))
        if oid is not None and oid in names:
            known = dict(zip(unpacked_names(packed_names), facts.split(";"), strict=True))
            found[oid] = tuple([shared[name, known[name]] for name in names[oid] if name in known])
    placed = _Placed(shared)
    for oid, _, facts in sorted(
        index.rows.get("column_statistics", ()), key=lambda row: row[1], reverse=True
    ):
        if oid in index.kept and oid in names:
            found[oid] = _in_order(names[oid], facts.split(";"), placed)
    return found


def _in_order(
    names: list[str], facts: list[str], placed: "_Placed"
) -> tuple[ColumnStatistics, ...]:
    """Return the statistics of a table's columns, given `attnum,…` of each, in their order."""
    every = len(facts) == len(names) and "" not in names
    if not every or not all(map(str.startswith, facts, _attnums(len(facts)))):
        # Some have none or were dropped, or they stand in another order.
        known = {int(fact.partition(",")[0]): fact for fact in facts}
        numbers = [number for number in sorted(known) if names[number - 1]]
        names, facts = [names[n - 1] for n in numbers], [known[n] for n in numbers]
    return tuple(map(placed.__getitem__, zip(names, facts, strict=True)))


@cache
def _attnums(count: int) -> tuple[str, ...]:
    return tuple([f"{number}," for number in range(1, count + 1)])


def _own_last(row: Row) -> bool:
    inherited: bool = row[2]
    return not inherited


class _Shared(dict[tuple[str, str], ColumnStatistics]):
    """Statistics by column name and facts: those of `id` and the like are alike in many tables."""

    def __missing__(self, described: tuple[str, str]) -> ColumnStatistics:
        made = self[described] = _of_column(*described)
        return made


class _Placed(dict[tuple[str, str], ColumnStatistics]):
    """The same by facts that begin with the column's number."""

    def __init__(self, shared: _Shared) -> None:
        super().__init__()
        self._shared = shared

    def __missing__(self, described: tuple[str, str]) -> ColumnStatistics:
        name, facts = described
        found = self[described] = self._shared[name, facts.partition(",")[2]]
        return found


def _of_column(name: str, facts: str) -> ColumnStatistics:
    null_fraction, distinct, width = facts.split(",")
    return ColumnStatistics(
        column=name,
        null_fraction=float(null_fraction),
        distinct=float(distinct),
        average_width_bytes=int(width),
    )
