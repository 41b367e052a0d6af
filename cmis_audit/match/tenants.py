"""Schemas that are one template, repeated for each tenant."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container

from cmis_audit.match.schema_names import SchemaNames
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.match import TenantGroup
from cmis_audit.model.names import TableRef

_FEWEST_SCHEMAS = 3
_FEWEST_TABLES = 2
_MANY_SCHEMAS = 6
_SAME_NAMES = 0.75  # of the smaller schema's table names, in the larger too
_AT_LEAST = 0.5  # of the larger one's; enough for one more tenant where the others are many


def tenant_groups(
    catalog: Catalog, names: SchemaNames, layer_words: frozenset[str]
) -> tuple[TenantGroup, ...]:
    """Return groups of three or more schemas with nearly the same table names.

    Two alike schemas are a copy or a second version; from three on, the copies are the design. A
    tenant may lack a table or have some of its own. A schema whose name marks it as a copy, or as
    a stage of a load, is no tenant; one named `archive` is where three others are. Schemas of a
    single table are tenants only when there are many. The template is the schema with the most
    tables of the group, the first by name among equals.
    """
    tables: dict[str, dict[str, Table]] = defaultdict(dict)
    for table in catalog.tables:
        schema = table.ref.schema
        stage = not layer_words.isdisjoint(names.traits[schema].base)
        if not table.inherits and not stage and not names.is_copy(schema):
            tables[schema][table.ref.name] = table
    open_schemas = sorted(
        tables,
        key=lambda schema: (-len(tables[schema]), schema),
    )
    groups = []
    while open_schemas:
        template = open_schemas.pop(0)
        alike = [schema for schema in open_schemas if _alike(tables[template], tables[schema])]
        few = len(tables[template]) < _FEWEST_TABLES
        named = sum(not names.is_bare_marker(schema) for schema in (template, *alike))
        if named >= (_MANY_SCHEMAS if few else _FEWEST_SCHEMAS):
            alike = [one for one in open_schemas if _half_alike(tables[template], tables[one])]
            open_schemas = [schema for schema in open_schemas if schema not in alike]
            groups.append(_group(template, sorted(alike), tables))
    return tuple(sorted(groups, key=lambda group: group.template))


def _half_alike(one: dict[str, Table], other: dict[str, Table]) -> bool:
    return len(one.keys() & other.keys()) >= _AT_LEAST * max(len(one), len(other))


def _alike(one: dict[str, Table], other: dict[str, Table]) -> bool:
    shared = len(one.keys() & other.keys())
    small, large = sorted((len(one), len(other)))
    return shared >= max(_SAME_NAMES * small, _AT_LEAST * large)


def _group(template: str, copies: list[str], tables: dict[str, dict[str, Table]]) -> TenantGroup:
    """Return the group; a table is of the template when most of the schemas have it."""
    schemas = [template, *copies]
    having = Counter(name for schema in schemas for name in tables[schema])
    common = {name for name, count in having.items() if 2 * count > len(schemas)}
    return TenantGroup(
        template=template,
        copies=tuple(copies),
        tables=tuple(
            TableRef(schema=template, name=name)
            for name in sorted(common & tables[template].keys())
        ),
    )


def repeated_tables(
    catalog: Catalog,
    groups: tuple[TenantGroup, ...],
    stem: Callable[[str], tuple[str, ...]],
    copied: Container[str],
) -> set[TableRef]:
    """Return the tables of tenants that stand in for nothing but their template's.

    A table that only one tenant has is looked at, and with it that tenant's table of the same name
    but for markers: `acme.users` beside `acme.users_backup`. A tenant with a copy of its own schema
    is looked at in whole.
    """
    by_schema: dict[str, list[TableRef]] = defaultdict(list)
    for table in catalog.tables:
        by_schema[table.ref.schema].append(table.ref)
    repeated: set[TableRef] = set()
    for group in groups:
        known = {ref.name for ref in by_schema[group.template]}
        for schema in group.copies:
            if schema in copied:
                continue
            own = {stem(ref.name) for ref in by_schema[schema] if ref.name not in known}
            repeated |= {
                ref for ref in by_schema[schema] if ref.name in known and stem(ref.name) not in own
            }
    return repeated
