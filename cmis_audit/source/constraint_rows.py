"""Rows of constraints become the Keys, ForeignKeys, Checks and Exclusions of tables."""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from cmis_audit.model.catalog import Check, Exclusion, ForeignKey, Key
from cmis_audit.source.column_rows import PackedColumns
from cmis_audit.source.index_rows import Indexes
from cmis_audit.source.row_index import RowIndex, numbers

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
    """What constrains each relation, by its OID."""

    def __init__(self, index: RowIndex, columns: PackedColumns, indexes: Indexes) -> None:
        self._index = index
        self._columns = columns
        self._indexes = indexes
        self.primary_keys: dict[int, Key] = {}
        self.uniques: dict[int, list[Key]] = defaultdict(list)
        self.foreign_keys: dict[int, list[ForeignKey]] = defaultdict(list)
        self.checks: dict[int, list[Check]] = defaultdict(list)
        """Also of domains, by the domain's OID."""
        self.exclusions: dict[int, list[Exclusion]] = defaultdict(list)
        for row in map(_ConstraintRow._make, index.rows["constraints"]):
            self._add(row)

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
        carrier = self._indexes.carriers.get(row.carrier)
        return Key(
            name=row.name,
            columns=self._columns.named(row.relation, _numbers(row.columns)),
            include=carrier.include if carrier else (),
            deferrable=row.deferrable,
            nulls_not_distinct=carrier.nulls_not_distinct if carrier else False,
        )

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
