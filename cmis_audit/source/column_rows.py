"""Rows of columns, types and defaults become Columns."""

from collections import defaultdict
from typing import NamedTuple

from cmis_audit.model.catalog import Column
from cmis_audit.model.names import quote_ident
from cmis_audit.source.row_index import RowIndex, Rows, unpacked_names

_IDENTITIES = {"a": "always", "d": "by default"}
UNKNOWN_TYPE = "???"
"""What format_type() writes for a type that is gone."""


class _Facts(NamedTuple):
    type: str
    nullable: bool
    identity: str | None
    generated: bool
    collation: str | None


class Columns:
    """The columns of every relation, and their names by attnum."""

    def __init__(self, index: RowIndex) -> None:
        self._facts = _FactsReader(index.rows)
        self._shared: dict[tuple[tuple[str, str], str | None, str | None], Column] = {}
        self._defaults: dict[int, dict[int, str | None]] = defaultdict(dict)
        for relation, number, expression in index.rows["defaults"]:
            self._defaults[relation][number] = expression
        self._comments = index.column_comments
        self.names: dict[int, list[str]] = {}
        """By position attnum - 1; a dropped column has an empty name."""
        self._columns: dict[int, tuple[Column, ...]] = {}
        for relation, names, facts in index.rows["columns"]:
            self.names[relation] = unpacked_names(names)
            if relation in index.kept:
                self._columns[relation] = self._built(relation, facts)

    def of(self, relation: int) -> tuple[Column, ...]:
        return self._columns.get(relation, ())

    def named(self, relation: int, attnums: tuple[int, ...]) -> tuple[str, ...]:
        """Return the names of the columns; what is no column (an expression) is left out."""
        names = self.names.get(relation, [])
        return tuple([names[n - 1] for n in attnums if 0 < n <= len(names)])

    def _built(self, relation: int, packed_facts: str) -> tuple[Column, ...]:
        defaults = self._defaults.get(relation, {})
        comments = self._comments.get(relation, {})
        shared = self._shared
        columns = []
        for number, described in enumerate(
            zip(self.names[relation], packed_facts.split(";"), strict=True), 1
        ):
            if described[0]:
                # `id`, `created_at` and the like recur in every table: one object serves them all.
                if number in defaults or number in comments:
                    key = (described, defaults.get(number), comments.get(number))
                else:
                    key = (described, None, None)
                column = shared.get(key)
                if column is None:
                    column = shared[key] = self._column(*described, *key[1:])
                columns.append(column)
        return tuple(columns)

    def _column(self, name: str, packed: str, default: str | None, comment: str | None) -> Column:
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

    def read(self, packed: str) -> _Facts:
        facts = self._read.get(packed)
        if facts is None:
            facts = self._read[packed] = self._parsed(packed)
        return facts

    def _parsed(self, packed: str) -> _Facts:
        type_oid, modifier, collation_oid, flags = packed.split(",")
        name, own_collation = self._types.get((int(type_oid), int(modifier)), (UNKNOWN_TYPE, 0))
        collation = int(collation_oid)
        return _Facts(
            type=name,
            nullable="n" not in flags,
            identity=next((_IDENTITIES[flag] for flag in flags if flag in _IDENTITIES), None),
            generated="s" in flags or "v" in flags,
            collation=self._collations.get(collation) if collation != own_collation else None,
        )


def type_parameters(rows: Rows) -> dict[str, list[int]]:
    """Return the distinct types and collations of columns.sql, as the next queries ask."""
    distinct: set[str] = set()
    for _, _, facts in rows["columns"]:
        distinct.update(facts.split(";"))
    split = [facts.split(",") for facts in distinct]
    pairs = sorted({(int(type_oid), int(modifier)) for type_oid, modifier, _, _ in split})
    return {
        "types": [type_oid for type_oid, _ in pairs],
        "modifiers": [modifier for _, modifier in pairs],
        "collations": sorted({int(collation) for _, _, collation, _ in split}),
    }
