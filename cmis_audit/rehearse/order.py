"""An order in which tables can be filled: what is pointed at comes first, as far as that goes."""

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef


def filling_order(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """Return the tables, parents before children; in a circle a key that may be NULL gives way."""
    waiting = {each.ref: each for each in tables}
    ordered: list[Table] = []
    while waiting:
        ready = _ready(waiting, needed_only=False) or _ready(waiting, needed_only=True)[:1]
        if not ready:
            break
        for each in ready:
            ordered.append(each)
            del waiting[each.ref]
    return (*ordered, *waiting.values())


def _ready(waiting: dict[TableRef, Table], *, needed_only: bool) -> list[Table]:
    return [
        each
        for each in waiting.values()
        if not any(parent in waiting for parent in _parents(each, needed_only=needed_only))
    ]


def _parents(table: Table, *, needed_only: bool) -> frozenset[TableRef]:
    nullable = {column.name for column in table.columns if column.nullable}
    return frozenset(
        key.target
        for key in table.foreign_keys
        if key.target != table.ref and not (needed_only and set(key.columns) & nullable)
    )
