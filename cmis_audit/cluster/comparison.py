"""The columns of all members of a cluster, side by side."""

from collections.abc import Iterator
from itertools import chain

from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cell, ComparisonRow
from cmis_audit.model.match import ColumnMatch, Match
from cmis_audit.model.names import TableRef

_Place = tuple[TableRef, str]
_Row = dict[TableRef, str]


def comparison(
    tables: tuple[Table, ...], matches: tuple[Match, ...], *, by_name: bool = False
) -> tuple[ComparisonRow, ...]:
    """Return one row a concept, with at most one column of each table, in the order of the tables.

    Pairwise alignments are joined, the strongest first, and never so that one table would have two
    columns in one row; with `by_name`, equal names at last. Rows stand in the order in which the
    first table that has them has them.
    """
    row_of: dict[_Place, _Row] = {
        (table.ref, column.name): {table.ref: column.name}
        for table in tables
        for column in table.columns
    }
    named = _of_one_name(tables) if by_name else iter(())
    for left, right in chain(_strongest_first(matches), named):
        small, large = sorted((row_of[left], row_of[right]), key=len)
        if small is large or not large.keys().isdisjoint(small):
            continue
        large |= small
        for place in small.items():
            row_of[place] = large
    rows, seen = [], set()
    types = {(table.ref, column.name): column.type for table in tables for column in table.columns}
    places = {table.ref: place for place, table in enumerate(tables)}
    for table in tables:
        for column in table.columns:
            row = row_of[table.ref, column.name]
            if id(row) not in seen:
                seen.add(id(row))
                rows.append(_row(column.name, row, places, types))
    return tuple(rows)


def _strongest_first(matches: tuple[Match, ...]) -> Iterator[tuple[_Place, _Place]]:
    ranked: list[tuple[tuple[bool, float], Match, ColumnMatch]] = [
        ((column.left != column.right, -column.bits), match, column)
        for match in matches
        for column in match.columns
    ]
    ranked.sort(key=lambda entry: (entry[0], entry[1].left, entry[1].right, entry[2].left))
    for _, match, column in ranked:
        yield (match.left, column.left), (match.right, column.right)


def _of_one_name(tables: tuple[Table, ...]) -> Iterator[tuple[_Place, _Place]]:
    first: dict[str, _Place] = {}
    for table in tables:
        for column in table.columns:
            place = table.ref, column.name
            if first.setdefault(column.name, place) != place:
                yield first[column.name], place


def _row(
    concept: str, row: _Row, places: dict[TableRef, int], types: dict[_Place, str]
) -> ComparisonRow:
    cells = tuple(
        Cell(table=ref, column=row[ref], type=types[ref, row[ref]])
        for ref in sorted(row, key=places.__getitem__)
    )
    return ComparisonRow(
        concept=concept, cells=cells, type_drift=len({cell.type for cell in cells}) > 1
    )
