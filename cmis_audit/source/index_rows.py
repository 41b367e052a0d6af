"""Rows of indexes become the Indexes of tables."""

from collections import defaultdict
from functools import cache

from cmis_audit.model.catalog import Index
from cmis_audit.model.names import quote_ident
from cmis_audit.source.column_rows import Columns
from cmis_audit.source.row_index import IndexRow, RowIndex, numbers

_numbers = cache(numbers)


class Indexes:
    """The indexes that carry no constraint, and what the others include."""

    def __init__(self, index: RowIndex, columns: Columns) -> None:
        self._index = index
        self._columns = columns
        self._listed = _Listed()
        self.found: dict[int, list[Index]] = defaultdict(list)
        for row in index.indexes.values():
            # Without a definition: it carries a constraint, or was dropped while we read.
            if row.definition is not None and row.relation in index.kept:
                self.found[row.relation].append(
                    self._plain(row) if row.definition == "" else self._special(row)
                )

    def included(self, row: IndexRow) -> tuple[str, ...]:
        """Return the names of the columns that are no keys."""
        attnums = _numbers(row.columns)
        if len(attnums) == row.key_columns:
            return ()
        return self._columns.named(row.relation, attnums[row.key_columns :])

    def _plain(self, row: IndexRow) -> Index:
        """Return an index of columns with nothing but defaults, defined as the server would."""
        relation = row.relation
        names = self._columns.named(relation, _numbers(row.columns))
        keys, include = names[: row.key_columns], names[row.key_columns :]
        unlike = self._columns.collated(relation)
        if unlike.isdisjoint(keys):
            listed = self._listed[keys]
        else:
            listed = ", ".join(
                quote_ident(key) + (' COLLATE "default"' if key in unlike else "") for key in keys
            )
        definition = (
            f"CREATE {'UNIQUE ' if row.unique else ''}INDEX {quote_ident(row.name)} "
            f"ON {self._index.refs[relation]} USING {quote_ident(row.method)} ({listed})"
        )
        if include:
            definition += f" INCLUDE ({self._listed[include]})"
        return Index(
            name=row.name,
            method=row.method,
            keys=keys,
            include=include,
            unique=row.unique,
            valid=row.valid,
            definition=definition,
        )

    def _special(self, row: IndexRow) -> Index:
        attnums = _numbers(row.columns)[: row.key_columns]
        if row.keys is None:
            keys = self._columns.named(row.relation, attnums)
        else:
            names = self._columns.names.get(row.relation, [])
            keys = tuple(
                names[attnum - 1] if attnum > 0 else _in_parentheses(expression)
                for attnum, expression in zip(attnums, row.keys, strict=True)
            )
        return Index(
            name=row.name,
            method=row.method,
            keys=keys,
            include=self.included(row),
            predicate=row.predicate,
            unique=row.unique,
            valid=row.valid,
            nulls_not_distinct=row.nulls_not_distinct,
            definition=row.definition or "",
        )


class _Listed(dict[tuple[str, ...], str]):
    """Names as a list in SQL: many tables are indexed by columns of the same names."""

    def __missing__(self, names: tuple[str, ...]) -> str:
        listed = self[names] = ", ".join(map(quote_ident, names))
        return listed


def _in_parentheses(expression: str | None) -> str:
    # pg_get_indexdef() puts parentheses around all but a bare function call.
    text = expression or ""
    return text if text.startswith("(") else f"({text})"
