"""One row after the other for one table: keys that hold, everything else as bad as may be."""

import re
from collections.abc import Mapping
from random import Random

from cmis_audit.model.catalog import Column, ForeignKey, Table
from cmis_audit.rehearse.values import Values

Row = dict[str, str | None]
Parents = Mapping[str, list[tuple[str, ...]]]
"""By the name of a foreign key."""

ATTEMPTS = 40
NULL_SHARE = 0.2
COPIED = 8
FURTHER = 701
"""How far to jump for a value that is not taken; forty jumps stay within a smallint."""
_WORD = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][\w$]*)')


class Candidates:
    """Makes rows and remembers their keys. `why` says what stood in the way, if anything did."""

    def __init__(
        self,
        table: Table,
        columns: tuple[Column, ...],
        *,
        pools: Mapping[str, tuple[str, ...]],
        values: Values,
        parents: Parents,
        apart: bool,
        plain: bool = False,
    ) -> None:
        """With `apart` no key is that of another table's row, but for counted numbers.

        Of two rows with one key and different values one has to be set aside, and what points at
        it has no place to go: so it is asked for where rows are pointed at. With `plain` moments
        of a row follow each other in the order of its columns.
        """
        self.why = ""
        self._table = table
        self._columns = columns
        self._pools = pools
        self._values = values
        self._parents = {name: list(rows) for name, rows in parents.items()}
        self._salt = str(table.ref)
        self._apart = apart
        self._keys = _keys(table)
        self._unique = unique_columns(table)
        self._plain = plain
        self._seen: dict[tuple[str, ...], set[tuple[str, ...]]] = {key: set() for key in self._keys}
        self._pointing = sorted(table.foreign_keys, key=lambda key: (-len(key.columns), key.name))
        pointing = {name for key in table.foreign_keys for name in key.columns}
        self._spread = {
            name: self._shared(key)
            for key in sorted(self._keys, key=len, reverse=True)
            for name in key
            if name not in pointing and self._values.distinct(self._type(name), 0)
        }

    def _type(self, name: str) -> str:
        return next((each.type for each in self._columns if each.name == name), "boolean")

    def _shared(self, key: tuple[str, ...]) -> int:
        """Return how many rows may share a value: two where a tenant stands beside it."""
        return 1 if len(key) == 1 else 2

    def row(self, number: int, random: Random) -> Row | None:
        """Return a row that no key refuses as far as can be told here; None if none was found."""
        for attempt in range(ATTEMPTS):
            row = self._attempt(number, attempt, random)
            if row is None:
                return None
            if self._is_new(row):
                return row
        self.why = "no further values were found for its keys"
        return None

    def _attempt(self, number: int, attempt: int, random: Random) -> Row | None:
        row: Row = {}
        nullable = {column.name for column in self._columns if column.nullable}
        for key in self._pointing:
            if not self._point(key, row, nullable, number + attempt, random):
                self.why = f"{key.target}, which it has to point at, has no rows"
                return None
        for column in self._columns:
            if column.name not in row:
                row[column.name] = self._value(column, number, attempt, random)
        return row

    def _point(
        self, key: ForeignKey, row: Row, nullable: set[str], number: int, random: Random
    ) -> bool:
        """Choose the row that a foreign key points at; return whether the key can hold."""
        free = [name for name in key.columns if name not in row]
        if not free:
            return True
        empty = [name for name in free if name in nullable]
        fits = self._parents[key.name]
        if len(free) < len(key.columns):
            fits = [
                parent
                for parent in fits
                if all(
                    row.get(name, value) == value
                    for name, value in zip(key.columns, parent, strict=True)
                )
            ]
        if empty and (not fits or number == 0 or (number > 1 and random.random() < NULL_SHARE)):
            row |= dict.fromkeys(empty)
            free = [name for name in free if name not in empty]
            if not free:
                return True
        if not fits:
            # The first row of a table that must point at itself points at itself.
            return key.target == self._table.ref and not self._parents[key.name]
        if set(key.columns) in self._unique:
            parent = fits[number % len(fits)]
        else:
            # The first parents are chosen more often: rows of two tenants are to share keys.
            parent = fits[min(random.randrange(len(fits)), random.randrange(len(fits)))]
        row |= {n: v for n, v in zip(key.columns, parent, strict=True) if n in free}
        return True

    def _value(self, column: Column, number: int, attempt: int, random: Random) -> str | None:
        pool = self._pools.get(column.name, ())
        if column.name in self._spread:
            share = self._spread[column.name]
            position = (number + attempt) // share if attempt < 2 else number + FURTHER * attempt
            looks = self._distinct(column, position)
            if self._pools_differ(column):
                looks = self._fitting(column, looks, pool)
            if looks:
                if column.nullable and number > 1 and random.random() < NULL_SHARE / 2:
                    return None
                return looks[position % len(looks)]
        if column.nullable and (not pool or number == 0):
            return None
        if column.nullable and number > 1 and random.random() < NULL_SHARE:
            return None
        if not pool:
            looks = self._distinct(column, number)
            return looks[0] if looks else ""
        if self._plain and _is_moment(column.type):
            moments = len(pool) - len(self._columns)
            place = [each.name for each in self._columns].index(column.name)
            return pool[number % moments + place] if moments > 0 else pool[0]
        # In turn, so that every label of an enum comes, and then in any order.
        if attempt == 0 and number <= len(pool):
            return pool[number % len(pool)]
        return random.choice(pool)

    def _distinct(self, column: Column, position: int) -> tuple[str, ...]:
        # Of uuids few collide, as those of rows do that were copied once and changed since.
        own = self._apart or (column.type == "uuid" and position % COPIED)
        return self._values.distinct(column.type, position, self._salt if own else "")

    def _pools_differ(self, column: Column) -> bool:
        checked = any(check.columns == (column.name,) for check in self._table.checks)
        return checked or self._values.needs_probe(column.type)

    def _fitting(
        self, column: Column, looks: tuple[str, ...], pool: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return the looks whose like was taken when the checks were asked."""
        taken = set(pool)
        first = self._values.distinct(column.type, 0)
        later = self._values.distinct(column.type, 7)
        return tuple(
            look
            for place, look in enumerate(looks)
            if place < len(first) and first[place] in taken and later[place] in taken
        )

    def know(self, row: Row) -> None:
        """Let the keys of a row be taken that was not made here."""
        self._is_new(row)

    def forget(self, row: Row) -> None:
        """Let the keys of a row be free again: the server did not take it."""
        for key in self._keys:
            self._seen[key].discard(tuple(row.get(name) or "" for name in key))
        for pointing in self._pointing:
            own = tuple(row.get(name) or "" for name in pointing.target_columns)
            if pointing.target == self._table.ref and own in self._parents[pointing.name]:
                self._parents[pointing.name].remove(own)

    def _is_new(self, row: Row) -> bool:
        found = []
        for key in self._keys:
            values = tuple(row.get(name) for name in key)
            complete = tuple(value for value in values if value is not None)
            if len(complete) == len(values):
                if complete in self._seen[key]:
                    return False
                found.append((key, complete))
        for key, complete in found:
            self._seen[key].add(complete)
        for pointing in self._pointing:
            if pointing.target == self._table.ref:
                own = [row.get(name) for name in pointing.target_columns]
                if None not in own:
                    self._parents[pointing.name].append(tuple(each or "" for each in own))
        return True


def _is_moment(written: str) -> bool:
    return written.startswith(("timestamp", "date"))


def _keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the columns of all that must be unique, expressions by the columns they speak of."""
    names = {column.name for column in table.columns if column.generated is None}
    found = [key.columns for key in table.uniques]
    if table.primary_key is not None:
        found.insert(0, table.primary_key.columns)
    for index in table.indexes:
        if index.unique:
            words = (
                part for key in index.keys for part in ([key] if key in names else _words(key))
            )
            found.append(tuple(dict.fromkeys(word for word in words if word in names)))
    return tuple(dict.fromkeys(key for key in found if key))


def unique_columns(table: Table) -> list[set[str]]:
    """Return the sets of columns that no two rows share."""
    return [set(key) for key in _keys(table)]


def _words(expression: str) -> list[str]:
    return [quoted.replace('""', '"') or bare for quoted, bare in _WORD.findall(expression)]
