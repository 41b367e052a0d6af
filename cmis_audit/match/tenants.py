"""Schemas that are one template, repeated for each tenant."""

from collections import Counter, defaultdict
from collections.abc import Callable

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.match import TenantGroup
from cmis_audit.model.names import TableRef

_FEWEST_SCHEMAS = 3
_FEWEST_TABLES = 2
_MANY_SCHEMAS = 6
_SAME_NAMES = 0.75  # of the smaller schema's table names, in the larger too
_AT_LEAST = 0.5  # of the larger one's


def tenant_groups(catalog: Catalog, is_copy: Callable[[str], bool]) -> tuple[TenantGroup, ...]:
    """Return groups of three or more schemas with nearly the same table names.

    Two alike schemas are a copy or a second version; from three on, the copies are the design. A
    tenant may lack a table or have some of its own. A schema whose name marks it as a copy is no
    tenant, and schemas of a single table are only when there are many. The template is the schema
    with the most tables of the group, the first by name among equals.
    """
    tables: dict[str, dict[str, Table]] = defaultdict(dict)
    for table in catalog.tables:
        if not table.inherits and not is_copy(table.ref.schema):
            tables[table.ref.schema][table.ref.name] = table
    open_schemas = sorted(
        tables,
        key=lambda schema: (-len(tables[schema]), schema),
    )
    groups = []
    while open_schemas:
        template = open_schemas.pop(0)
        alike = [schema for schema in open_schemas if _alike(tables[template], tables[schema])]
        few = len(tables[template]) < _FEWEST_TABLES
        if len(alike) + 1 >= (_MANY_SCHEMAS if few else _FEWEST_SCHEMAS):
            open_schemas = [schema for schema in open_schemas if schema not in alike]
            groups.append(_group(template, sorted(alike), tables))
    return tuple(sorted(groups, key=lambda group: group.template))


def _alike(one: dict[str, Table], other: dict[str, Table]) -> bool:
    shared = len(one.keys() & other.keys())
    small, large = sorted((len(one), len(other)))
    return shared >= max(_SAME_NAMES * small, _AT_LEAST * large)


def _group(template: str, copies: list[str], tables: dict[str, dict[str, Table]]) -> TenantGroup:
    """Return the group; a table is of the template when most of the schemas have it."""
    schemas = [template, *copies]
    having = Counter(name for schema in schemas for name in tables[schema])
    common = {name for name, count in having.items() if 2 * count > len(schemas)}
    drift = []
    for schema in schemas:
        for name in sorted(common | tables[schema].keys()):
            ours, theirs = tables[template].get(name), tables[schema].get(name)
            if (name in common) != (theirs is not None) or (
                ours and theirs and name in common and _shape(ours) != _shape(theirs)
            ):
                drift.append(TableRef(schema=schema, name=name))
    return TenantGroup(
        template=template,
        copies=tuple(copies),
        tables=tuple(
            TableRef(schema=template, name=name)
            for name in sorted(common & tables[template].keys())
        ),
        drift=tuple(drift),
    )


def repeated_tables(
    catalog: Catalog, groups: tuple[TenantGroup, ...], stem: Callable[[str], tuple[str, ...]]
) -> set[TableRef]:
    """Return the tables of tenants that stand in for nothing but their template's.

    A table that only one tenant has is looked at, and with it that tenant's table of the same name
    but for markers: `acme.users` beside `acme.users_backup`.
    """
    by_schema: dict[str, list[TableRef]] = defaultdict(list)
    for table in catalog.tables:
        by_schema[table.ref.schema].append(table.ref)
    repeated: set[TableRef] = set()
    for group in groups:
        known = {ref.name for ref in by_schema[group.template]}
        for schema in group.copies:
            own = {stem(ref.name) for ref in by_schema[schema] if ref.name not in known}
            repeated |= {
                ref for ref in by_schema[schema] if ref.name in known and stem(ref.name) not in own
            }
    return repeated


def _shape(table: Table) -> frozenset[tuple[str, str, bool]]:
    """Return what must agree between tenants: column names, types and nullability."""
    return frozenset((column.name, column.type, column.nullable) for column in table.columns)
