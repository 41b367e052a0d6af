"""Rows of columns, types and defaults become Columns."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from cmis_audit.model.catalog import Column
from cmis_audit.model.names import quote_ident
from cmis_audit.source.row_index import RowIndex, Rows, packed_apart, unpacked_name

_IDENTITIES = {"a": "always", "d": "by default"}
_DEFAULT_COLLATION = 100  # pg_collation_d.h
_NONE: Mapping[int, str] = {}
_NOTHING: list[str] = []
_NO_NAMES: frozenset[str] = frozenset()
UNKNOWN_TYPE = "???"
"""What format_type() writes for a type that is gone."""


class PackedColumns:
    """The rows of columns.sql: `facts name` of each column, which many tables have alike."""

    def __init__(self, rows: Rows) -> None:
        self._by_relation = {oid: packed_apart(packed) for oid, packed in rows["columns"]}
        self._names = _Names()
        self._alone = _Alone(self._names)

    def of(self, relation: int) -> list[str]:
        """Return the columns of a relation by position attnum - 1; a dropped one is empty."""
        return self._by_relation.get(relation, _NOTHING)

    def relations(self) -> Mapping[int, list[str]]:
        return self._by_relation

    @cached_property
    def distinct(self) -> set[str]:
        return set(chain.from_iterable(self._by_relation.values())) - {""}

    def parameters(self) -> dict[str, list[int]]:
        """Return the distinct types and collations, as the queries for them ask."""
        unpacked = [_unpacked(facts) for facts in set(map(_facts, self.distinct))]
        pairs = sorted({(type_oid, modifier) for type_oid, modifier, _, _ in unpacked})
        collations = {_DEFAULT_COLLATION, *(each[2] for each in unpacked if each[2] is not None)}
        return {
            "types": [type_oid for type_oid, _ in pairs],
            "modifiers": [modifier for _, modifier in pairs],
            "collations": sorted(collations),
        }

    def name(self, packed: str) -> str:
        """Return the name of a column; that of a dropped one is empty."""
        return self._names[packed]

    def named(self, relation: int, attnums: tuple[int, ...]) -> tuple[str, ...]:
        """Return the names of the columns; what is no column (an expression) is left out."""
        columns = self._by_relation.get(relation, _NOTHING)
        if len(attnums) == 1 and 0 < attnums[0] <= len(columns):
            return self._alone[columns[attnums[0] - 1]]
        names = self._names
        return tuple([names[columns[n - 1]] for n in attnums if 0 < n <= len(columns)])

    def collated(self, relation: int) -> frozenset[str]:
        """Return the names of the columns that have a collation other than the default."""
        return self._among(relation, self._collated)

    def odd(self, relation: int) -> frozenset[str]:
        """Return those names, and those that an index's keys would not show to be names."""
        return self._among(relation, self._odd) if self._odd else _NO_NAMES

    def _among(self, relation: int, columns: set[str]) -> frozenset[str]:
        return frozenset(map(self.name, columns.intersection(self.of(relation))))

    @cached_property
    def _collated(self) -> set[str]:
        return set(filter(_is_collated, self.distinct))

    @cached_property
    def _odd(self) -> set[str]:
        return self._collated | {each for each in self.distinct if " (" in each}


class _Names(dict[str, str]):
    def __missing__(self, packed: str) -> str:
        name = self[packed] = unpacked_name(packed.partition(" ")[2])
        return name


class _Alone(dict[str, tuple[str, ...]]):
    """The names of keys of one column, which most are."""

    def __init__(self, names: _Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, packed: str) -> tuple[str, ...]:
        alone = self[packed] = (self._names[packed],)
        return alone


class _Facts(NamedTuple):
    type: str
    nullable: bool
    identity: str | None
    generated: bool
    collation: str | None


_DROPPED = Column(name="", type="")


class _Shared(dict[str, Column]):
    """Columns as they are packed; `id`, `created_at` and the like serve all their tables."""

    def __init__(self, make: Callable[[str], Column]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, packed: str) -> Column:
        column = self[packed] = self._make(packed) if packed else _DROPPED
        return column


class Columns:
    """The columns of every relation."""

    def __init__(self, index: RowIndex, packed: PackedColumns) -> None:
        self._facts = _FactsReader(index.rows)
        self._shared = _Shared(self._column)
        self._special: dict[tuple[str, str | None, str | None], Column] = {}
        """With a default or comment."""
        self._defaults: dict[int, dict[int, str | None]] = defaultdict(dict)
        for relation, number, expression in index.rows["defaults"]:
            self._defaults[relation][number] = expression
        self._comments = index.comments.columns
        self._packed = packed
        self._columns: dict[int, tuple[Column, ...]] = {
            relation: self._built(relation, columns)
            for relation, columns in packed.relations().items()
            if relation in index.kept
        }

    def of(self, relation: int) -> tuple[Column, ...]:
        return self._columns.get(relation, ())

    def _built(self, relation: int, packed: list[str]) -> tuple[Column, ...]:
        columns = [*map(self._shared.__getitem__, packed)]
        defaults = self._defaults.get(relation, _NONE)
        comments = self._comments.get(relation, _NONE)
        for number in defaults.keys() | comments.keys():
            place = number - 1
            if packed[place]:
                key = packed[place], defaults.get(number), comments.get(number)
                column = self._special.get(key)
                if column is None:
                    column = self._special[key] = self._column(*key)
                columns[place] = column
        if "" in packed:
            return tuple([column for column in columns if column is not _DROPPED])
        return tuple(columns)

    def _column(
        self, packed: str, default: str | None = None, comment: str | None = None
    ) -> Column:
        facts = self._facts.read(packed)
        return Column(
            name=self._packed.name(packed),
            type=facts.type,
            nullable=facts.nullable,
            default=None if facts.generated else default,
            identity=facts.identity,
            generated=default if facts.generated else None,
            collation=facts.collation,
            comment=comment,
        )


class _FactsReader:
    """Reads what columns.sql packs: `type oid,modifier,collation oid,flags name`."""

    def __init__(self, rows: Rows) -> None:
        self._types = {(row[0], row[1]): (row[2], row[3]) for row in rows["types"]}
        self._collations = {
            oid: quote_ident(name)
            if schema == "pg_catalog"
            else f"{quote_ident(schema)}.{quote_ident(name)}"
            for oid, schema, name in rows["collations"]
        }
        self._read: dict[str, _Facts] = {}

    def read(self, packed: str) -> _Facts:
        facts = _facts(packed)
        found = self._read.get(facts)
        if found is None:
            found = self._read[facts] = self._parsed(facts)
        return found

    def _parsed(self, facts: str) -> _Facts:
        type_oid, modifier, collation, flags = _unpacked(facts)
        name, own_collation = self._types.get((type_oid, modifier), (UNKNOWN_TYPE, 0))
        if collation is None:
            collation = _DEFAULT_COLLATION if own_collation else 0
        return _Facts(
            type=name,
            nullable="n" not in flags,
            identity=next((_IDENTITIES[flag] for flag in flags if flag in _IDENTITIES), None),
            generated="s" in flags or "v" in flags,
            collation=self._collations.get(collation) if collation != own_collation else None,
        )


def _facts(packed: str) -> str:
    return packed.partition(" ")[0]


def _is_collated(packed: str) -> bool:
    """Return whether a column's collation is not the default one."""
    facts = _facts(packed)
    return "," in facts and _unpacked(facts)[2] not in (0, _DEFAULT_COLLATION)


def _unpacked(facts: str) -> tuple[int, int, int | None, str]:
    """Return type, modifier, collation (None: the default one, if the type has any) and flags."""
    if "," in facts:
        type_oid, modifier, collation, flags = facts.split(",")
        return int(type_oid), int(modifier), int(collation), flags
    return int(facts.removesuffix("n")), -1, None, facts[-1]
