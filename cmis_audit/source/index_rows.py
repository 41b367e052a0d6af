"""Rows of indexes become the Indexes of tables."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

import msgspec

from cmis_audit.model.catalog import Index
from cmis_audit.model.names import quote_ident
from cmis_audit.source.column_rows import PackedColumns
from cmis_audit.source.row_index import IndexRow, RowIndex, numbers

_numbers = cache(numbers)


class Carrier(NamedTuple):
    """What the index that carries a key adds to it."""

    include: tuple[str, ...]
    nulls_not_distinct: bool


class Indexes:
    """The indexes that carry no constraint, and what the others add to theirs."""

    def __init__(self, index: RowIndex, columns: PackedColumns) -> None:
        self._index = index
        self._columns = columns
        self.found: dict[int, list[Index]] = defaultdict(list)
        self.carriers: dict[int, Carrier] = {}
        """By their OIDs; one that adds nothing is not among them."""
        kept = index.kept
        for row in map(IndexRow._make, index.rows["indexes"]):
            # Without a definition: it carries a constraint, or was dropped while we read.
            if row.definition is None:
                if row.nulls_not_distinct or row.columns.count(" ") >= row.key_columns:
                    self.carriers[row.oid] = Carrier(self._included(row), row.nulls_not_distinct)
            elif row.relation in kept:
                made = self._plain(row) if row.definition == "" else self._special(row)
                self.found[row.relation].append(made)

    def _included(self, row: IndexRow) -> tuple[str, ...]:
        """Return the names of the columns that are no keys."""
        return self._columns.named(row.relation, _numbers(row.columns)[row.key_columns :])

    def _plain(self, row: IndexRow) -> Index:
        """Return an index of columns with nothing but defaults, which needs no definition.

        Where a column's own collation is another, though, the server writes that of the index, and
        a name that begins with a parenthesis reads like an expression.
        """
        relation = row.relation
        names = self._columns.named(relation, _numbers(row.columns))
        keys = names[: row.key_columns]
        found = Index(
            name=row.name,
            method=row.method,
            keys=keys,
            include=names[row.key_columns :],
            unique=row.unique,
            valid=row.valid,
        )
        odd = self._columns.odd(relation)
        if not odd or odd.isdisjoint(keys):
            return found
        unlike = self._columns.collated(relation)
        listed = (quote_ident(key) + ' COLLATE "default"' * (key in unlike) for key in keys)
        definition = found.made(self._index.refs[relation], ", ".join(listed))
        return msgspec.structs.replace(found, definition=definition)

    def _special(self, row: IndexRow) -> Index:
        attnums = _numbers(row.columns)[: row.key_columns]
        if row.keys is None:
            keys = self._columns.named(row.relation, attnums)
        else:
            keys = tuple(
                self._columns.named(row.relation, (attnum,))[0]
                if attnum > 0
                else _in_parentheses(expression)
                for attnum, expression in zip(attnums, row.keys, strict=True)
            )
        return Index(
            name=row.name,
            method=row.method,
            keys=keys,
            include=self._included(row),
            predicate=row.predicate,
            unique=row.unique,
            valid=row.valid,
            nulls_not_distinct=row.nulls_not_distinct,
            definition=row.definition or "",
        )


def _in_parentheses(expression: str | None) -> str:
    # pg_get_indexdef() puts parentheses around all but a bare function call.
    text = expression or ""
    return text if text.startswith("(") else f"({text})"
