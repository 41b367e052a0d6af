"""Rows of columns, types and defaults become Columns."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from cmis_audit.model.catalog import Column
from cmis_audit.model.names import quote_ident
from cmis_audit.source.row_index import RowIndex, Rows, unpacked_names

_IDENTITIES = {"a": "always", "d": "by default"}
_DEFAULT_COLLATION = 100  # pg_collation_d.h
_NONE: Mapping[int, str] = {}
_NO_NAMES: list[str] = []
ColumnNames: TypeAlias = dict[int, list[str]]
"""By the relation's OID, and there by position attnum - 1; a dropped column has an empty name."""
UNKNOWN_TYPE = "???"
"""What format_type() writes for a type that is gone."""


class _Facts(NamedTuple):
    type: str
    nullable: bool
    identity: str | None
    generated: bool
    collation: str | None


class _Shared(dict[tuple[str, ...], Column | None]):
    """Columns by their name and facts; `id`, `created_at` and the like serve all their tables."""

    def __init__(self, make: Callable[[str, str], Column]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, described: tuple[str, str]) -> Column | None:
        name, facts = described
        column = self[described] = self._make(name, facts) if name else None
        return column


def column_names(rows: Rows) -> ColumnNames:
    return {relation: unpacked_names(packed) for relation, packed, _ in rows["columns"]}


class Columns:
    """The columns of every relation, and their names by attnum."""

    def __init__(self, index: RowIndex, names: ColumnNames) -> None:
        self._facts = _FactsReader(index.rows)
        self._shared = _Shared(self._column)
        self._special: dict[tuple[str, str, str | None, str | None], Column] = {}
        """With a default or comment."""
        self._defaults: dict[int, dict[int, str | None]] = defaultdict(dict)
        for relation, number, expression in index.rows["defaults"]:
            self._defaults[relation][number] = expression
        self._comments = index.comments.columns
        self.names = names
        self._packed: dict[int, str] = {}
        self._columns: dict[int, tuple[Column, ...]] = {}
        for relation, _, facts in index.rows["columns"]:
            self._packed[relation] = facts
            if relation in index.kept:
                self._columns[relation] = self._built(relation, names[relation], facts.split(";"))

    def of(self, relation: int) -> tuple[Column, ...]:
        return self._columns.get(relation, ())

    def named(self, relation: int, attnums: tuple[int, ...]) -> tuple[str, ...]:
        """Return the names of the columns; what is no column (an expression) is left out."""
        names = self.names.get(relation, _NO_NAMES)
        if len(attnums) == 1 and 0 < attnums[0] <= len(names):
            return (names[attnums[0] - 1],)
        return tuple([names[n - 1] for n in attnums if 0 < n <= len(names)])

    def collated(self, relation: int) -> frozenset[str]:
        """Return the names of the columns that have a collation other than the default."""
        unlike = self._facts.collated
        if not unlike:
            return frozenset()
        pairs = zip(self.names[relation], self._packed[relation].split(";"), strict=True)
        return frozenset(name for name, facts in pairs if facts in unlike)

    def _built(self, relation: int, names: list[str], facts: list[str]) -> tuple[Column, ...]:
        columns = [*map(self._shared.__getitem__, zip(names, facts, strict=True))]
        defaults = self._defaults.get(relation, _NONE)
        comments = self._comments.get(relation, _NONE)
        for number in defaults.keys() | comments.keys():
            place = number - 1
            if columns[place] is not None:
                key = names[place], facts[place], defaults.get(number), comments.get(number)
                column = self._special.get(key)
                if column is None:
                    column = self._special[key] = self._column(*key)
                columns[place] = column
        return tuple([column for column in columns if column is not None])

    def _column(
        self, name: str, packed: str, default: str | None = None, comment: str | None = None
    ) -> Column:
        facts = self._facts.read(packed)
        return Column(
            name=name,
            type=facts.type,
            nullable=facts.nullable,
            default=None if facts.generated else default,
            identity=facts.identity,
            generated=default if facts.generated else None,
            collation=facts.collation,
            comment=comment,
        )


class _FactsReader:
    """Reads what columns.sql packs: `type oid,modifier,collation oid,flags`."""

    def __init__(self, rows: Rows) -> None:
        self._types = {(row[0], row[1]): (row[2], row[3]) for row in rows["types"]}
        self._collations = {
            oid: quote_ident(name)
            if schema == "pg_catalog"
            else f"{quote_ident(schema)}.{quote_ident(name)}"
            for oid, schema, name in rows["collations"]
        }
        self._read: dict[str, _Facts] = {}
        self.collated: set[str] = set()
        """What was read of columns whose collation is not the default one."""

    def read(self, packed: str) -> _Facts:
        facts = self._read.get(packed)
        if facts is None:
            facts = self._read[packed] = self._parsed(packed)
        return facts

    def _parsed(self, packed: str) -> _Facts:
        type_oid, modifier, collation, flags = _unpacked(packed)
        name, own_collation = self._types.get((type_oid, modifier), (UNKNOWN_TYPE, 0))
        if collation is None:
            collation = _DEFAULT_COLLATION if own_collation else 0
        elif collation not in (0, _DEFAULT_COLLATION):
            self.collated.add(packed)
        return _Facts(
            type=name,
            nullable="n" not in flags,
            identity=next((_IDENTITIES[flag] for flag in flags if flag in _IDENTITIES), None),
            generated="s" in flags or "v" in flags,
            collation=self._collations.get(collation) if collation != own_collation else None,
        )


def _unpacked(packed: str) -> tuple[int, int, int | None, str]:
    """Return type, modifier, collation (None: the default one, if the type has any) and flags."""
    if "," in packed:
        type_oid, modifier, collation, flags = packed.split(",")
        return int(type_oid), int(modifier), int(collation), flags
    return int(packed.removesuffix("n")), -1, None, packed[-1]


def type_parameters(rows: Rows) -> dict[str, list[int]]:
    """Return the distinct types and collations of columns.sql, as the next queries ask."""
    distinct = set(";".join([row[2] for row in rows["columns"]]).split(";")) - {""}
    unpacked = [_unpacked(facts) for facts in distinct]
    pairs = sorted({(type_oid, modifier) for type_oid, modifier, _, _ in unpacked})
    collations = {_DEFAULT_COLLATION, *(each[2] for each in unpacked if each[2] is not None)}
    return {
        "types": [type_oid for type_oid, _ in pairs],
        "modifiers": [modifier for _, modifier in pairs],
        "collations": sorted(collations),
    }
