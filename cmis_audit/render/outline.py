"""The target table in outline: every concept of a cluster once, with the widest type seen."""

import re
from typing import Final

from cmis_audit.model.cluster import Cell, Cluster, Kind, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import MetricShape
from cmis_audit.model.value import Value
from cmis_audit.render.index import Index

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


def leftovers(index: Index, cluster: Cluster) -> dict[TableRef, tuple[TargetColumn, ...]]:
    """Return, for each member, the columns that no other member has; in column order."""
    shared = {
        (cell.table, cell.column)
        for row in cluster.comparison
        if len(row.cells) > 1
        for cell in row.cells
    }
    tables = {table.ref: table for table in index.tables(one.table for one in cluster.members)}
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


def outline(index: Index, cluster: Cluster) -> Outline:
    """Return the columns that the merged table needs so that nothing the members hold is lost.

    Related members stay and give no columns. The canonical table's names win, and the members' own
    keys become its key.
    """
    merged = {member.table for member in cluster.members if member.role is not Role.RELATED}
    lone = leftovers(index, cluster)
    rows = [
        [cell for cell in row.cells if cell.table in merged]
        for row in cluster.comparison
        if len(row.cells) > 1
    ]
    rows += [
        [Cell(table=member.table, column=column.name, type=column.types[0])]
        for member in cluster.members
        if member.table in merged
        for column in lone[member.table]
    ]
    rows = _gathered([row for row in rows if row], _keys(index, merged))
    if cluster.kind is not Kind.FRAGMENTED_METRICS:
        return Outline(columns=tuple(_target(row, cluster.canonical) for row in rows))
    rows = _gathered(rows, {(one.table, one.naming) for one in cluster.members if one.naming})
    measures = _measures(index, cluster)
    held = [{(cell.table, cell.column) for cell in row} <= measures for row in rows]
    targets = [_target(row, cluster.canonical) for row in rows]
    return Outline(
        columns=tuple(one for one, apart in zip(targets, held, strict=True) if not apart),
        measures=tuple(one for one, apart in zip(targets, held, strict=True) if apart),
    )


def _keys(index: Index, merged: set[TableRef]) -> set[tuple[TableRef, str]]:
    """Return the columns that are the whole primary key of their table and point nowhere."""
    return {
        (table.ref, table.primary_key.columns[0])
        for table in index.tables(merged)
        if table.primary_key and len(table.primary_key.columns) == 1
        if all(table.primary_key.columns != key.columns for key in table.foreign_keys)
    }


def _measures(index: Index, cluster: Cluster) -> set[tuple[TableRef, str]]:
    """Return the numeric columns of the wide members that are no part of a key."""
    wide = {member.table for member in cluster.members if member.shape is MetricShape.WIDE}
    found = set()
    for table in index.tables(wide):
        keys = {name for key in table.foreign_keys for name in key.columns}
        keys.update(table.primary_key.columns if table.primary_key else ())
        found |= {
            (table.ref, column.name)
            for column in table.columns
            if column.name not in keys and _base(column.type) in _NUMERIC
        }
    return found


def _gathered(rows: list[list[Cell]], same: set[tuple[TableRef, str]]) -> list[list[Cell]]:
    """Return the rows, those made of the given columns only joined in the first's place."""
    within = [all((cell.table, cell.column) in same for cell in row) for row in rows]
    first = within.index(True) if True in within else len(rows)
    joint = [cell for row, inside in zip(rows, within, strict=True) if inside for cell in row]
    kept: list[list[Cell]] = []
    for number, row in enumerate(rows):
        if number == first:
            kept.append(joint)
        elif not within[number]:
            kept.append(row)
    return kept


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


def _target(cells: list[Cell], canonical: TableRef | None) -> TargetColumn:
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
