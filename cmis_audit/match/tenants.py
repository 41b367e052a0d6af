"""Schemas that are one template, repeated for each tenant."""

from collections import defaultdict

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.match import TenantGroup
from cmis_audit.model.names import TableRef

_FEWEST_SCHEMAS = 3
_FEWEST_TABLES = 2
_SAME_NAMES = 0.8  # of all table names of two schemas, shared by both


def tenant_groups(catalog: Catalog) -> tuple[TenantGroup, ...]:
    """Return groups of three or more schemas with nearly the same table names.

    Two alike schemas are a copy or a second version; from three on, the copies are the design. The
    template is the schema with the most tables of the group, the first by name among equals.
    """
    tables: dict[str, dict[str, Table]] = defaultdict(dict)
    for table in catalog.tables:
        tables[table.ref.schema][table.ref.name] = table
    open_schemas = sorted(
        (schema for schema in tables if len(tables[schema]) >= _FEWEST_TABLES),
        key=lambda schema: (-len(tables[schema]), schema),
    )
    groups = []
    while open_schemas:
        template = open_schemas.pop(0)
        alike = [schema for schema in open_schemas if _alike(tables[template], tables[schema])]
        if len(alike) + 1 >= _FEWEST_SCHEMAS:
            open_schemas = [schema for schema in open_schemas if schema not in alike]
            groups.append(_group(template, sorted(alike), tables))
    return tuple(sorted(groups, key=lambda group: group.template))


def _alike(one: dict[str, Table], other: dict[str, Table]) -> bool:
    return len(one.keys() & other.keys()) >= _SAME_NAMES * len(one.keys() | other.keys())


def _group(template: str, copies: list[str], tables: dict[str, dict[str, Table]]) -> TenantGroup:
    drift = []
    model = tables[template]
    for schema in copies:
        for name in sorted(model.keys() | tables[schema].keys()):
            ours, theirs = model.get(name), tables[schema].get(name)
            if ours is None or theirs is None or _shape(ours) != _shape(theirs):
                drift.append(TableRef(schema=schema, name=name))
    return TenantGroup(template=template, copies=tuple(copies), drift=tuple(drift))


def _shape(table: Table) -> frozenset[tuple[str, str, bool]]:
    """Return what must agree between tenants: column names, types and nullability."""
    return frozenset((column.name, column.type, column.nullable) for column in table.columns)
