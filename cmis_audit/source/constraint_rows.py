"""Rows of constraints and indexes become the Keys, ForeignKeys, Checks and Indexes of tables."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from cmis_audit.model.catalog import Check, Exclusion, ForeignKey, Index, Key
from cmis_audit.model.names import quote_ident
from cmis_audit.source.column_rows import Columns
from cmis_audit.source.row_index import IndexRow, RowIndex, numbers

_ACTIONS = {
    "a": "no action",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
_MATCHES = {"s": "simple", "f": "full", "p": "partial"}

_numbers = cache(numbers)


class _ConstraintRow(NamedTuple):
    name: str
    relation: int
    domain: int
    kind: str
    columns: str | None
    deferrable: bool
    validated: bool
    target: int
    target_columns: str | None
    on_update: str
    on_delete: str
    match: str
    carrier: int
    definition: str | None
    target_names: list[str] | None


class Constraints:
    """What constrains and indexes each relation, by its OID; tuples sorted by name."""

    def __init__(self, index: RowIndex, columns: Columns) -> None:
        self._index = index
        self._columns = columns
        self.primary_keys: dict[int, Key] = {}
        self.uniques: dict[int, list[Key]] = defaultdict(list)
        self.foreign_keys: dict[int, list[ForeignKey]] = defaultdict(list)
        self.checks: dict[int, list[Check]] = defaultdict(list)
        """Also of domains, by the domain's OID."""
        self.exclusions: dict[int, list[Exclusion]] = defaultdict(list)
        self.indexes: dict[int, list[Index]] = defaultdict(list)
        rows = [_ConstraintRow._make(row) for row in index.rows["constraints"]]
        carried = {row.carrier for row in rows if row.kind in ("p", "u", "x")}
        for row in rows:
            self._add(row)
        for index_row in index.indexes.values():
            if index_row.relation in index.kept and index_row.oid not in carried:
                self._add_index(index_row)

    def _add(self, row: _ConstraintRow) -> None:
        if row.domain == 0 and row.relation not in self._index.kept:
            return
        match row.kind:
            case "p":
                self.primary_keys[row.relation] = self._key(row)
            case "u":
                self.uniques[row.relation].append(self._key(row))
            case "f":
                self._add_foreign_key(row)
            case "c" | "x" if row.definition is None:
                pass  # dropped by another session while we read
            case "c":
                self.checks[row.domain or row.relation].append(
                    Check(
                        name=row.name,
                        columns=self._columns.named(
                            row.relation, tuple(sorted(_numbers(row.columns)))
                        ),
                        definition=row.definition or "",
                        validated=row.validated,
                    )
                )
            case "x":
                self.exclusions[row.relation].append(
                    Exclusion(name=row.name, definition=row.definition or "")
                )
            case _:
                pass

    def _key(self, row: _ConstraintRow) -> Key:
        carrier = self._index.indexes.get(row.carrier)
        return Key(
            name=row.name,
            columns=self._columns.named(row.relation, _numbers(row.columns)),
            include=self._included(carrier) if carrier else (),
            deferrable=row.deferrable,
            nulls_not_distinct=carrier.nulls_not_distinct if carrier else False,
        )

    def _included(self, row: IndexRow) -> tuple[str, ...]:
        attnums = _numbers(row.columns)
        if len(attnums) == row.key_columns:
            return ()
        return self._columns.named(row.relation, attnums[row.key_columns :])

    def _add_foreign_key(self, row: _ConstraintRow) -> None:
        target = self._index.target(row.target)
        if target is None:
            return
        self.foreign_keys[row.relation].append(
            ForeignKey(
                name=row.name,
                columns=self._columns.named(row.relation, _numbers(row.columns)),
                target=target,
                target_columns=self._target_columns(row),
                on_update=_ACTIONS.get(row.on_update, row.on_update),
                on_delete=_ACTIONS.get(row.on_delete, row.on_delete),
                match=_MATCHES.get(row.match, row.match),
                deferrable=row.deferrable,
                validated=row.validated,
            )
        )

    def _target_columns(self, row: _ConstraintRow) -> tuple[str, ...]:
        if row.target_names is not None:
            return tuple(row.target_names)
        return self._columns.named(row.target, _numbers(row.target_columns))

    def _add_index(self, row: IndexRow) -> None:
        if row.definition is None:  # dropped by another session while we read
            return
        attnums = _numbers(row.columns)[: row.key_columns]
        if row.keys is None:
            keys = self._columns.named(row.relation, attnums)
        else:
            names = self._columns.names.get(row.relation, [])
            keys = tuple(
                names[attnum - 1] if attnum > 0 else _in_parentheses(expression)
                for attnum, expression in zip(attnums, row.keys, strict=True)
            )
        self.indexes[row.relation].append(
            Index(
                name=row.name,
                method=row.method,
                keys=keys,
                include=self._included(row),
                predicate=row.predicate,
                unique=row.unique,
                valid=row.valid,
                nulls_not_distinct=row.nulls_not_distinct,
                definition=row.definition or self._plain_definition(row, keys),
            )
        )

    def _plain_definition(self, row: IndexRow, keys: tuple[str, ...]) -> str:
        """Return what pg_get_indexdef() says of an index of columns with nothing but defaults."""
        include = self._included(row)
        relation = self._index.refs[row.relation]
        return (
            f"CREATE {'UNIQUE ' if row.unique else ''}INDEX {quote_ident(row.name)} "
            f"ON {relation} USING {quote_ident(row.method)} ({_listed(keys)})"
            + (f" INCLUDE ({_listed(include)})" if include else "")
        )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(quote_ident, names))


def _in_parentheses(expression: str | None) -> str:
    # pg_get_indexdef() puts parentheses around all but a bare function call.
    text = expression or ""
    return text if text.startswith("(") else f"({text})"
