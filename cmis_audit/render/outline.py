"""The target table in outline: every concept of a cluster once, with the widest type seen."""

import re
from typing import Final

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, ComparisonRow, Kind, MetricShape, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

_LADDERS: Final = (
    ("smallint", "integer", "bigint", "numeric"),
    ("real", "double precision", "numeric"),
    ("character", "character varying", "text"),
    ("date", "timestamp without time zone", "timestamp with time zone"),
    ("json", "jsonb"),
)
"""Types that hold all values of those before them; the time zone has to be supplied."""
_MODIFIER: Final = re.compile(r"\(([\d,\s]+)\)")
_NUMERIC: Final = frozenset(
    {"smallint", "integer", "bigint", "numeric", "real", "double precision", "money"}
)


class TargetColumn(Value, frozen=True, kw_only=True):
    name: str
    type: str | None
    """None where no type seen holds all of them: a person must choose."""
    types: tuple[str, ...]
    """The types seen, sorted."""
    members: tuple[TableRef, ...]
    """Where it comes from."""


class Outline(Value, frozen=True, kw_only=True):
    columns: tuple[TargetColumn, ...]
    measures: tuple[TargetColumn, ...] = ()
    """Of fragmented metrics: columns that become values of the metric's name."""


def leftovers(catalog: Catalog, cluster: Cluster) -> dict[TableRef, tuple[TargetColumn, ...]]:
    """Return, for each member, the columns that no other member has; in column order."""
    shared = {
        (cell.table, cell.column)
        for row in cluster.comparison
        if len(row.cells) > 1
        for cell in row.cells
    }
    tables = _tables(catalog)
    return {
        member.table: tuple(
            TargetColumn(
                name=column.name, type=column.type, types=(column.type,), members=(member.table,)
            )
            for column in (tables[member.table].columns if member.table in tables else ())
            if (member.table, column.name) not in shared
        )
        for member in cluster.members
    }


def outline(catalog: Catalog, cluster: Cluster) -> Outline:
    """Return the columns that the merged table needs so that nothing the members hold is lost.

    Related members stay and give no columns. The canonical table's names win.
    """
    merged = {member.table for member in cluster.members if member.role is not Role.RELATED}
    columns = []
    for row in cluster.comparison:
        cells = [cell for cell in row.cells if cell.table in merged]
        if len(cells) > 1 or (cells and len(row.cells) > 1):
            columns.append(_target(row, cluster.canonical, merged))
    lone = [
        (member, column)
        for member in cluster.members
        if member.role is not Role.RELATED
        for column in leftovers(catalog, cluster)[member.table]
    ]
    if cluster.kind is not Kind.FRAGMENTED_METRICS:
        return Outline(columns=(*columns, *(column for _, column in lone)))
    measures = {
        column
        for member, column in lone
        if member.shape is MetricShape.WIDE and _base(column.types[0]) in _NUMERIC
    }
    return Outline(
        columns=(*columns, *(column for _, column in lone if column not in measures)),
        measures=tuple(column for _, column in lone if column in measures),
    )


def widest(types: frozenset[str]) -> str | None:
    """Return the type among those given that holds all of them, or None."""
    if len(types) == 1:
        return next(iter(types))
    bases = {_base(name) for name in types}
    for ladder in _LADDERS:
        if bases <= set(ladder):
            top = max(bases, key=ladder.index)
            return _loosest(top, [name for name in types if _base(name) == top], types)
    return None


def _loosest(top: str, candidates: list[str], types: frozenset[str]) -> str | None:
    """Return the candidate without a length, or with the greatest when all types have one."""
    if top in candidates:
        return top
    lengths = [_length(name) for name in types]
    if any(length is None for length in lengths):
        return top
    best = max(candidates, key=lambda name: _length(name) or ())
    # numeric(10,2) holds neither numeric(8,4) nor every bigint: without a bound all fit.
    bounded = all((_length(name) or ()) <= (_length(best) or ()) for name in types)
    return best if bounded and top != "numeric" else top


def _target(row: ComparisonRow, canonical: TableRef | None, merged: set[TableRef]) -> TargetColumn:
    cells = [cell for cell in row.cells if cell.table in merged]
    own = [cell.column for cell in cells if cell.table == canonical]
    types = frozenset(cell.type for cell in cells)
    return TargetColumn(
        name=own[0] if own else cells[0].column,
        type=widest(types),
        types=tuple(sorted(types)),
        members=tuple(cell.table for cell in cells),
    )


def _base(name: str) -> str:
    return _MODIFIER.sub("", name).strip()


def _length(name: str) -> tuple[int, ...] | None:
    found = _MODIFIER.search(name)
    return tuple(int(part) for part in found.group(1).split(",")) if found else None


def _tables(catalog: Catalog) -> dict[TableRef, Table]:
    return {table.ref: table for table in catalog.tables}
