"""Every column of every member gets a home in the target."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cmis_audit.model.catalog import Catalog, Column, Table
from cmis_audit.model.cluster import Cell, ComparisonRow
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.plan.keys import KeyPlan, row_key
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


_INTEGERS = frozenset({"smallint", "integer", "bigint"})


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


class Homes:
    """Finds a home for each column of the members; what cannot share one gets one of its own."""

    def __init__(
        self,
        tables: tuple[Table, ...],
        rows: tuple[ComparisonRow, ...],
        keys: KeyPlan,
        catalog: Catalog,
        timezone: str,
    ) -> None:
        self._tables = {table.ref: table for table in tables}
        self._canonical = tables[0].ref
        self._rows = rows
        self._keys = keys
        self._types = Types.of(catalog)
        self._timezone = timezone
        self._taken: set[tuple[TableRef, str]] = set()
        self._concepts = {
            (cell.table, cell.column): row.concept for row in rows for cell in row.cells
        }
        self._referenced = {
            (key.target, name)
            for table in catalog.tables
            for key in table.foreign_keys
            for name in key.target_columns
        }

    def find(self) -> tuple[Home, ...]:
        found: list[Home] = []
        for row in self._rows:
            groups: list[Home] = []
            for cell in row.cells:
                place = (cell.table, cell.column)
                if cell.table in self._tables and place not in self._taken:
                    self._taken.add(place)
                    self._place(groups, row.concept, *self._column(cell))
            for home in groups:
                home.key = row.concept in self._keys.concepts and any(
                    table.ref in self._keys.shared for table, _ in home.cells
                )
            found.extend(groups)
        _name(found, self._canonical)
        return tuple(found)

    def _column(self, cell: Cell) -> tuple[Table, Column]:
        table = self._tables[cell.table]
        return table, next(each for each in table.columns if each.name == cell.column)

    def _place(self, groups: list[Home], concept: str, table: Table, column: Column) -> None:
        # What is the target's key, only those may fill whose rows keep their own key.
        taken_over = concept in self._keys.concepts and table.ref not in self._keys.shared
        lone = table.ref in self._keys.split and row_key(table) == (column.name,)
        alone = taken_over or lone
        for home in () if alone else groups:
            if home.alone or not self._may_share(home, table, column):
                continue
            if self._joins_as_pair(home, table, column) or self._joins(home, table, column):
                return
        home = Home(concept=concept, type=column.type, alone=alone)
        home.cells.append((table, column))
        home.casts[table.ref] = Cast()
        groups.append(home)

    def _joins_as_pair(self, home: Home, table: Table, column: Column) -> bool:
        """Tell whether the column and its partner are the bounds of the home's range."""
        upper = _upper(table, column) if bound_type(home.type) == column.type else None
        if upper is None or (table.ref, upper.name) in self._taken:
            return False
        self._taken.add((table.ref, upper.name))
        home.cells.append((table, column))
        home.pairs[table.ref] = upper
        home.casts[table.ref] = _pair_cast(column, upper)
        return True

    def _joins(self, home: Home, table: Table, column: Column) -> bool:
        """Tell whether one type holds both, and no foreign key would be lost by it."""
        if home.pairs:
            return False
        cells = [*home.cells, (table, column)]
        joined = join([each.type for _, each in cells], self._types, self._timezone)
        if joined is None:
            return False
        for other, each in cells:
            pinned = (other.ref, each.name) in self._referenced or self._parents(other, each)
            if pinned and each.type != joined.type and joined.type not in _INTEGERS:
                return False
        home.cells.append((table, column))
        home.type = joined.type
        home.casts = {each.ref: c for (each, _), c in zip(cells, joined.casts, strict=True)}
        return True

    def _may_share(self, home: Home, table: Table, column: Column) -> bool:
        """Tell whether foreign keys and collations of the columns agree."""
        for other, mine in home.cells:
            here, there = self._parents(table, column), self._parents(other, mine)
            if here and there and here != there:
                return False
            if column.collation != mine.collation or other.ref == table.ref:
                return False
        return True

    def _parents(self, table: Table, column: Column) -> frozenset[tuple[str, str]]:
        """Return what the column's foreign keys point at; the members' shared key is one thing."""
        return frozenset(
            ("shared key", self._concepts[key.target, target])
            if key.target in self._keys.shared and target in row_key(self._tables[key.target])
            else (str(key.target), target)
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


def _name(found: list[Home], canonical: TableRef) -> None:
    """Give each home a name of its own, the canonical table's column name where it has one."""
    taken: set[str] = set()
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
