"""Copies step aside: what they hold beyond the table that they copy is kept, the rest goes.

The copied table is not touched. A row of a copy goes with it only if the copied table has the same
row at that moment; all others stay in a table of the plan's books.
"""

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import ClusterPlan, PlanOptions, Strategy
from cmis_audit.plan.archive_rows import Archive, Copy
from cmis_audit.plan.archive_steps import archive_steps
from cmis_audit.plan.dependents import dependents
from cmis_audit.plan.design import CannotPlanError
from cmis_audit.plan.lattice import Types, join
from cmis_audit.plan.movable import member_tables, replaceable
from cmis_audit.plan.naming import Names
from cmis_audit.plan.preamble import Files
from cmis_audit.plan.security import needs_invoker
from cmis_audit.plan.target import MOVED


def archive(
    catalog: Catalog, cluster: Cluster, names: Names, options: PlanOptions, folder: str
) -> ClusterPlan:
    """Return the plan for copies. Raises CannotPlanError."""
    tables = member_tables(catalog, cluster)
    refs = frozenset(table.ref for table in tables[1:])
    replaceable(catalog, refs)
    needs_invoker(catalog, tables[1:])
    for table in catalog.tables:
        for key in table.foreign_keys:
            if key.target in refs and table.ref != key.target:
                raise CannotPlanError(f"{key.name} of {table.ref} points at the copy {key.target}")
    made = Archive(
        files=Files(
            cluster=cluster.name,
            book=names.free_book(cluster.id),
            options=options,
        ),
        kept=tables[0],
        copies=tuple(
            _copy(
                number,
                table,
                TableRef(
                    schema=table.ref.schema,
                    name=names.free(table.ref.schema, table.ref.name, MOVED),
                ),
                _partners(tables[0], table, cluster, catalog, options.timezone),
            )
            for number, table in enumerate(tables[1:], start=1)
        ),
    )
    return ClusterPlan(
        cluster=cluster.id,
        name=cluster.name,
        kind=cluster.kind,
        strategy=Strategy.ARCHIVE,
        folder=folder,
        book=made.files.book,
        targets=(),
        members=tuple(copy.planned for copy in made.copies),
        steps=tuple(archive_steps(made)),
        dependents=dependents(catalog, tuple(copy.table.ref for copy in made.copies)),
        decisions=(
            f"{made.kept.ref} stays as it is; of a copy only the rows that it has not are kept, in "
            f"{made.files.book}.kept_…",
        ),
    )


def _partners(
    kept: Table, table: Table, cluster: Cluster, catalog: Catalog, timezone: str
) -> dict[str, tuple[str, str]]:
    """Return for each column that both have its value here and there, in one type."""
    types = Types.of(catalog)
    kinds = {column.name: column.type for column in kept.columns}
    own = {column.name: column.type for column in table.columns}
    found = {}
    for row in cluster.comparison:
        cells = {cell.table: cell.column for cell in row.cells}
        if table.ref in cells and kept.ref in cells:
            here, there = cells[table.ref], cells[kept.ref]
            joined = join([own[here], kinds[there]], types, timezone)
            if joined is not None:
                found[here] = (
                    joined.casts[0].forward.replace("{}", f"c.{quote_ident(here)}"),
                    joined.casts[1].forward.replace("{}", f"k.{quote_ident(there)}"),
                )
    return found


def _copy(
    number: int, table: Table, moved_to: TableRef, partners: dict[str, tuple[str, str]]
) -> Copy:
    names = [column.name for column in table.columns]
    said = ", ".join(partners[name][0] for name in names if name in partners)
    there = ", ".join(partners[name][1] for name in names if name in partners)
    alone = [f"c.{quote_ident(name)} IS NOT NULL" for name in names if name not in partners]
    return Copy(
        number=number,
        table=table,
        moved_to=moved_to,
        said=f"CAST(ROW({said}) AS text)",
        said_there=f"CAST(ROW({there}) AS text)",
        not_there=" OR ".join(alone) or "false",
    )
