"""Which tables can be moved away, and why others cannot."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog, Table, TableKind
from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.names import TableRef
from cmis_audit.plan.design import CannotPlanError


def member_tables(catalog: Catalog, cluster: Cluster) -> tuple[Table, ...]:
    """Return the tables to be merged, the canonical one first. Raises CannotPlanError."""
    by_ref = {table.ref: table for table in catalog.tables}
    refs = [member.table for member in cluster.members if member.role != Role.RELATED]
    tables = tuple(by_ref[ref] for ref in refs if ref in by_ref)
    if len(tables) != len(refs):
        raise CannotPlanError("not every member is in the catalog")
    reasons = list(without_heirs(catalog, tables))
    for view in catalog.views:
        for ref in set(refs) & set(view.groups_by_key):
            reasons.append(
                f"the view {view.ref} groups by the primary key of {ref} alone, which only a table "
                "has: name its other columns in the GROUP BY"
            )
    if reasons:
        raise CannotPlanError(*sorted(reasons))
    return tables


def without_heirs(catalog: Catalog, tables: tuple[Table, ...]) -> Iterator[str]:
    """Yield why tables cannot be moved: they are not whole by themselves, or not here."""
    parents = {parent for table in catalog.tables for parent in table.inherits}
    for table in tables:
        if table.kind == TableKind.FOREIGN:
            yield f"{table.ref} is a foreign table: its rows lie on another server"
        if table.inherits or table.ref in parents:
            yield f"{table.ref} takes part in table inheritance"


def published(catalog: Catalog, refs: frozenset[TableRef]) -> Iterator[str]:
    """Yield why names cannot change: subscribers use them."""
    for table in catalog.tables:
        if table.ref in refs and table.publications:
            yield (
                f"{table.ref} is published by {', '.join(table.publications)}, and subscribers "
                "find tables by name: take it out of the publication first"
            )


def replaceable(catalog: Catalog, refs: frozenset[TableRef]) -> None:
    """Raise CannotPlanError for what no view can have that is to stand in a table's place."""
    reasons = list(published(catalog, refs))
    for table in catalog.tables:
        for rule in table.rules:
            if table.ref in refs:
                reasons.append(f"{table.ref} has the rewrite rule {rule.name}")
            elif refs & set(rule.names):
                listed = ", ".join(str(ref) for ref in rule.names if ref in refs)
                reasons.append(f"the rewrite rule {rule.name} of {table.ref} names {listed}")
    if reasons:
        raise CannotPlanError(*sorted(reasons))
