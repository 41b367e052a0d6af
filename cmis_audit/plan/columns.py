"""Every column of every member gets a home in the target."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cmis_audit.model.catalog import Column, Table
from cmis_audit.model.cluster import Cell, ComparisonRow
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.plan.keys import KeyPlan
from cmis_audit.plan.lattice import Cast, Types, bound_type, join
from cmis_audit.plan.naming import first_free

_ENDS = (
    ("start", "end"),
    ("start", "stop"),
    ("begin", "end"),
    ("from", "to"),
    ("from", "until"),
    ("since", "until"),
    ("first", "last"),
    ("min", "max"),
    ("lower", "upper"),
    ("starts", "ends"),
    ("opened", "closed"),
    ("valid_from", "valid_to"),
)


@dataclass(slots=True, kw_only=True)
class Home:
    """A column of the target in the making, with the members' columns that go there."""

    concept: str
    cells: list[tuple[Table, Column]] = field(default_factory=list)
    pairs: dict[TableRef, Column] = field(default_factory=dict)
    """Of a range, the upper bound of each member that keeps two columns."""
    name: str = ""
    type: str = ""
    casts: dict[TableRef, Cast] = field(default_factory=dict)
    key: bool = False
    alone: bool = False
    """Whether it is for one member only, whatever others have."""


def homes(
    tables: tuple[Table, ...],
    rows: tuple[ComparisonRow, ...],
    keys: KeyPlan,
    row_keys: Mapping[TableRef, tuple[str, ...]],
    types: Types,
    timezone: str,
) -> tuple[Home, ...]:
    """Return the target's columns; what cannot share one gets one of its own."""
    by_ref = {table.ref: table for table in tables}
    found: list[Home] = []
    taken: set[tuple[TableRef, str]] = set()
    for row in rows:
        groups: list[Home] = []
        for cell in row.cells:
            if cell.table not in by_ref or (cell.table, cell.column) in taken:
                continue
            table, column = _column(by_ref, cell)
            taken.add((table.ref, column.name))
            alone = table.ref in keys.split and row_keys[table.ref] == (column.name,)
            _place(groups, row.concept, table, column, types, timezone, taken, alone=alone)
        for home in groups:
            home.key = row.concept in keys.concepts and any(
                table.ref in keys.shared for table, _ in home.cells
            )
        found.extend(groups)
    _name(found, tables)
    return tuple(found)


def _column(by_ref: Mapping[TableRef, Table], cell: Cell) -> tuple[Table, Column]:
    table = by_ref[cell.table]
    return table, next(each for each in table.columns if each.name == cell.column)


def _place(
    groups: list[Home],
    concept: str,
    table: Table,
    column: Column,
    types: Types,
    timezone: str,
    taken: set[tuple[TableRef, str]],
    *,
    alone: bool,
) -> None:
    for home in groups if not alone else ():
        if home.alone or not _may_share(home, table, column):
            continue
        if bound_type(home.type) == column.type:
            upper = _upper(table, column)
            if upper is not None and (table.ref, upper.name) not in taken:
                taken.add((table.ref, upper.name))
                home.cells.append((table, column))
                home.pairs[table.ref] = upper
                home.casts[table.ref] = _pair_cast(column, upper)
                return
        ordinary = [each for each in home.cells if each[0].ref not in home.pairs]
        if len(ordinary) != len(home.cells):
            continue
        joined = join([each.type for _, each in ordinary] + [column.type], types, timezone)
        if joined is not None:
            home.cells.append((table, column))
            home.type = joined.type
            refs = [each.ref for each, _ in home.cells]
            home.casts = dict(zip(refs, joined.casts, strict=True))
            return
    home = Home(concept=concept, type=column.type, alone=alone)
    home.cells.append((table, column))
    home.casts[table.ref] = Cast()
    groups.append(home)


def _may_share(home: Home, table: Table, column: Column) -> bool:
    """Tell whether foreign keys and collations of the columns agree."""
    for other, mine in home.cells:
        here, there = _parents(table, column), _parents(other, mine)
        if here and there and here != there:
            return False
        if column.collation != mine.collation:
            return False
        if other.ref == table.ref:
            return False
    return True


def _parents(table: Table, column: Column) -> frozenset[tuple[str, str]]:
    return frozenset(
        ("itself" if key.target == table.ref else str(key.target), target)
        for key in table.foreign_keys
        for name, target in zip(key.columns, key.target_columns, strict=True)
        if name == column.name
    )


def _upper(table: Table, lower: Column) -> Column | None:
    """Return the column that holds the other end of a period."""
    by_name = {column.name: column for column in table.columns}
    for start, end in _ENDS:
        if start in lower.name:
            found = by_name.get(lower.name.replace(start, end))
            if found is not None and found.type == lower.type and found is not lower:
                return found
    return None


def _pair_cast(lower: Column, upper: Column) -> Cast:
    """Return the cast of two columns, both ends included, to a range; backs are added later."""
    start, end = f"s.{quote_ident(lower.name)}", f"s.{quote_ident(upper.name)}"
    kind = {
        "date": "daterange",
        "timestamp without time zone": "tsrange",
        "timestamp with time zone": "tstzrange",
    }[lower.type]
    return Cast(
        forward=f"CASE WHEN ({start} IS NULL AND {end} IS NULL) OR {start} > {end} THEN NULL "
        f"ELSE {kind}({start}, {end}, '[]') END",
        back="lower({})",
        exact=False,
    )


def upper_back(kind: str) -> str:
    """Return the upper end of a range, as the column that included it had it."""
    return (
        "CASE WHEN upper_inf({}) THEN NULL ELSE upper({}) - 1 END"
        if kind == "date"
        else "upper({})"
    )


def _name(found: list[Home], tables: tuple[Table, ...]) -> None:
    """Give each home a name of its own, the canonical table's column name where it has one."""
    taken: set[str] = set()
    canonical = tables[0].ref
    for home in sorted(found, key=lambda home: home.cells[0][0].ref != canonical):
        table, column = home.cells[0]
        name = column.name
        if name in taken or (home.alone and table.ref != canonical):
            name = first_free(f"{table.ref.name}_{column.name}", "", taken)
        home.name = name
        taken.add(name)


def all_cells(found: tuple[Home, ...]) -> Iterator[tuple[TableRef, Column, Home]]:
    """Yield each column of each member once, with its home; both ends of a period have one."""
    for home in found:
        for table, column in home.cells:
            yield table.ref, column, home
        for ref, upper in home.pairs.items():
            yield ref, upper, home
