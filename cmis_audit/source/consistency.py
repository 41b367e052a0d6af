"""Whether a catalog that somebody hands us is one that a server could have."""

from collections.abc import Iterable, Iterator

from cmis_audit.model.catalog import (
    Catalog,
    CompositeType,
    Domain,
    Enum,
    Sequence,
    Table,
    View,
)
from cmis_audit.model.names import TableRef, quote_ident


def first_fault(catalog: Catalog) -> str | None:
    """Return what makes the catalog impossible, in a few words; None when nothing does."""
    return next(_faults(catalog), None)


def _faults(catalog: Catalog) -> Iterator[str]:
    # Relations share one name space, types another.
    relations: list[Table | View | Sequence | CompositeType] = [
        *catalog.tables,
        *catalog.views,
        *catalog.sequences,
        *catalog.composite_types,
    ]
    types: list[Enum | Domain] = [*catalog.enums, *catalog.domains]
    yield from _repeated("relation", (item.ref for item in relations))
    yield from _repeated("type", (item.ref for item in types))
    yield from _repeated(
        "function", (f"{item.ref}({item.arguments})" for item in catalog.functions)
    )
    yield from _repeated("schema", (quote_ident(schema.name) for schema in catalog.schemas))
    schemas = {schema.name for schema in catalog.schemas}
    refs = (
        *(item.ref for item in relations),
        *(item.ref for item in types),
        *(item.ref for item in catalog.functions),
    )
    for ref in refs:
        if ref.schema not in schemas:
            yield f"{ref} stands in a schema that is not listed"
        if not ref.name:
            yield f"a name in schema {quote_ident(ref.schema)} is empty"
    columns = {table.ref: {column.name for column in table.columns} for table in catalog.tables}
    for table in catalog.tables:
        yield from _table_faults(table, columns)
    for view in catalog.views:
        yield from _column_faults(view)


def _table_faults(table: Table, columns: dict[TableRef, set[str]]) -> Iterator[str]:
    yield from _column_faults(table)
    own = columns[table.ref]
    keys = [table.primary_key] if table.primary_key is not None else []
    for key in (*keys, *table.uniques):
        yield from _unknown(table, key.name, (*key.columns, *key.include), own)
        if not key.columns:
            yield f"{quote_ident(key.name)} of {table.ref} has no columns"
    for check in table.checks:
        yield from _unknown(table, check.name, check.columns, own)
    for index in table.indexes:
        plain = tuple(key for key in index.keys if not key.startswith("("))
        yield from _unknown(table, index.name, (*plain, *index.include), own)
    for foreign in table.foreign_keys:
        yield from _unknown(table, foreign.name, foreign.columns, own)
        if not foreign.columns or len(foreign.columns) != len(foreign.target_columns):
            yield f"the columns of {quote_ident(foreign.name)} of {table.ref} do not pair up"
        there = columns.get(foreign.target)
        if there is not None:
            yield from _unknown(table, foreign.name, foreign.target_columns, there)
    if table.partitions < 0:
        yield f"{table.ref} has {table.partitions} partitions"
    yield from _statistics_faults(table, own)


def _statistics_faults(table: Table, own: set[str]) -> Iterator[str]:
    statistics = table.statistics
    if statistics is None:
        return
    counts = (
        statistics.rows_estimate,
        statistics.total_bytes,
        statistics.heap_bytes,
        statistics.index_bytes,
        statistics.scans,
        statistics.writes,
        *(size for _, size in statistics.index_sizes),
    )
    if any(count is not None and count < 0 for count in counts):
        yield f"a count in the statistics of {table.ref} is negative"
    yield from _unknown(table, "statistics", (each.column for each in statistics.columns), own)
    if any(not 0 <= each.null_fraction <= 1 for each in statistics.columns):
        yield f"a null fraction in the statistics of {table.ref} is not between 0 and 1"


def _column_faults(item: Table | View) -> Iterator[str]:
    names = [column.name for column in item.columns]
    yield from _repeated(f"column of {item.ref}", (quote_ident(name) for name in names))
    if "" in names:
        yield f"a column of {item.ref} has no name"


def _unknown(table: Table, owner: str, names: Iterable[str], known: set[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield (
                f"{quote_ident(owner)} of {table.ref} names the column {quote_ident(name)}, "
                "which does not exist"
            )


def _repeated(what: str, names: Iterable[object]) -> Iterator[str]:
    seen: set[object] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name} stands there twice"
        seen.add(name)
