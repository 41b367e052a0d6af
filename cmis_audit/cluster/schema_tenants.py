"""Schemas of one template, and where each has drifted from it."""

from collections import defaultdict

from cmis_audit.cluster.schema_drift import table_pair
from cmis_audit.cluster.wording import schemas_id
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Priority, Verdict
from cmis_audit.model.match import Matches, TenantGroup
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind


def tenant_copies(catalog: Catalog, matches: Matches) -> tuple[SchemaCopies, ...]:
    """Return one entry for each template, with what each tenant lacks, has more, or changed."""
    tables: dict[str, dict[str, Table]] = defaultdict(dict)
    for table in catalog.tables:
        if not table.inherits:
            tables[table.ref.schema][table.ref.name] = table
    return tuple(_copies(group, tables) for group in matches.tenants if group.tables)


def _copies(group: TenantGroup, tables: dict[str, dict[str, Table]]) -> SchemaCopies:
    copies = tuple(_tenant(group, schema, tables) for schema in group.copies)
    return SchemaCopies(
        id=schemas_id(Verdict.KEEP_APART, (group.template, *group.copies)),
        verdict=Verdict.KEEP_APART,
        priority=Priority.LOW,
        source=group.template,
        source_reason="no tenant has more tables",
        tables=len(tables[group.template]),
        copies=copies,
        clusters=(),
    )


def _tenant(group: TenantGroup, schema: str, tables: dict[str, dict[str, Table]]) -> SchemaCopy:
    """Return what the tenant does not share with the template; its own tables are its own drift.

    What only the template has is missing in none: it may be the template's own.
    """
    template, own = tables[group.template], tables[schema]
    expected = {ref.name for ref in group.tables}
    shared = sorted(template.keys() & own.keys())
    pairs = (table_pair(template[name], own[name], None, None, strict=True) for name in shared)
    repeated = len(expected & own.keys())
    return SchemaCopy(
        schema=schema,
        kind=SchemaKind.TENANT,
        confidence=round(repeated / len(expected), 3),
        reason=f"It has {repeated} of the {len(expected)} tables that most of the "
        f"{len(group.copies) + 1} schemas have.",
        tables=len(own),
        repeated=repeated,
        pairs=tuple(pair for pair in pairs if pair.has_drifted),
        only_in_source=tuple(ref for ref in group.tables if ref.name not in own),
        only_in_copy=tuple(own[name].ref for name in sorted(own.keys() - template.keys())),
    )
