"""Which schemas and tables are asked for, chosen as pg_dump chooses."""

from collections.abc import Iterable

import msgspec

from cmis_audit.errors import UsageError
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.value import Value
from cmis_audit.source.patterns import NamePattern, schema_pattern, table_pattern


class Filters(Value, frozen=True, kw_only=True):
    """The patterns of -n, -N, -t and -T, each as often as given.

    An unqualified table pattern looks into every schema: there is no search path here.
    """

    schemas: tuple[str, ...] = ()
    exclude_schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    exclude_tables: tuple[str, ...] = ()


def filtered(catalog: Catalog, filters: Filters) -> Catalog:
    """Return the catalog with the chosen schemas and relations alone.

    What is excluded is out, whatever includes it. Where -t is given it chooses tables and views
    whatever -n says, and of schemas only those remain in which something was chosen. References to
    what is gone (foreign keys, what a view reads) stay as they are.

    Raises UsageError for a pattern that is not one, and for a -n or -t that matches nothing.
    """
    choice = _Choice(catalog, filters)
    if not choice.narrows:
        return catalog
    replace = msgspec.structs.replace
    tables = tuple(table for table in catalog.tables if choice.has_relation(table.ref))
    views = tuple(view for view in catalog.views if choice.has_relation(view.ref))
    if filters.tables:
        chosen = {table.ref.schema for table in tables} | {view.ref.schema for view in views}
    else:
        chosen = {schema.name for schema in catalog.schemas if choice.has_schema(schema.name)}
    dropped = {
        f"{table.ref}.{quote_ident(column.name)}"
        for table in catalog.tables
        if not choice.has_relation(table.ref)
        for column in table.columns
    }
    return replace(
        catalog,
        schemas=tuple(schema for schema in catalog.schemas if schema.name in chosen),
        tables=tables,
        views=views,
        functions=tuple(item for item in catalog.functions if item.ref.schema in chosen),
        sequences=tuple(
            item
            for item in catalog.sequences
            if item.ref.schema in chosen and item.owned_by not in dropped
        ),
        enums=tuple(item for item in catalog.enums if item.ref.schema in chosen),
        domains=tuple(item for item in catalog.domains if item.ref.schema in chosen),
        composite_types=tuple(
            item for item in catalog.composite_types if item.ref.schema in chosen
        ),
    )


class _Choice:
    def __init__(self, catalog: Catalog, filters: Filters) -> None:
        database = catalog.database
        self._schemas = _usable(map(schema_pattern, filters.schemas), database)
        self._tables = _usable(map(table_pattern, filters.tables), database)
        self._not_schemas = _usable(map(schema_pattern, filters.exclude_schemas), database)
        self._not_tables = _usable(map(table_pattern, filters.exclude_tables), database)
        self.narrows = bool(filters != Filters())
        names = [schema.name for schema in catalog.schemas]
        for pattern in self._schemas:
            if not any(pattern.name.fullmatch(name) for name in names):
                raise UsageError(f"no schema of {database} matches -n {pattern.text}")
        refs = [table.ref for table in catalog.tables] + [view.ref for view in catalog.views]
        for pattern in self._tables:
            if not any(_matches(pattern, ref) for ref in refs):
                raise UsageError(f"no table or view of {database} matches -t {pattern.text}")

    def has_schema(self, name: str) -> bool:
        if any(pattern.name.fullmatch(name) for pattern in self._not_schemas):
            return False
        return not self._schemas or any(p.name.fullmatch(name) for p in self._schemas)

    def has_relation(self, ref: TableRef) -> bool:
        if any(pattern.name.fullmatch(ref.schema) for pattern in self._not_schemas):
            return False
        if any(_matches(pattern, ref) for pattern in self._not_tables):
            return False
        if self._tables:
            return any(_matches(pattern, ref) for pattern in self._tables)
        return self.has_schema(ref.schema)


def _usable(patterns: Iterable[NamePattern], database: str) -> list[NamePattern]:
    found = list(patterns)
    for pattern in found:
        if pattern.database is not None and pattern.database != database:
            raise UsageError(
                f"pattern {pattern.text!r} names another database than the one read ({database})"
            )
    return found


def _matches(pattern: NamePattern, ref: TableRef) -> bool:
    if pattern.schema is not None and not pattern.schema.fullmatch(ref.schema):
        return False
    return pattern.name.fullmatch(ref.name) is not None
