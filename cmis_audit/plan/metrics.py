"""The design of scattered measurements: one long table, partitioned by time."""

from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Hazard, HazardNote, PlanOptions, TargetColumn
from cmis_audit.plan.cells import cells_of, measured_at
from cmis_audit.plan.columns import Home, Homes
from cmis_audit.plan.design import CannotPlanError, Cells, Design, Long, MemberDesign, TargetUnique
from cmis_audit.plan.keys import KeyPlan
from cmis_audit.plan.movable import member_tables
from cmis_audit.plan.naming import Names, clipped, first_free
from cmis_audit.plan.target import (
    MERGED,
    added_columns,
    member_design,
    own_columns,
)

_FRESH = KeyPlan(concepts=(), default=None, shared=frozenset(), split=frozenset())


def is_long(cluster: Cluster) -> bool:
    """Tell whether every table to be merged is nothing but a store of measurements."""
    core = [member for member in cluster.members if member.role != Role.RELATED]
    return all(member.shape is not None and member.measures for member in core)


def metrics_design(
    catalog: Catalog, cluster: Cluster, names: Names, options: PlanOptions
) -> Design:
    """Return the design of the long table. Raises CannotPlanError."""
    tables = member_tables(catalog, cluster)
    canonical = tables[0].ref
    schema = options.target_schema or canonical.schema
    target = TableRef(schema=schema, name=names.free(schema, canonical.name, MERGED))
    homes = Homes(tables, cluster.comparison, _FRESH, catalog, options.timezone).find()
    long = _long(target, homes, names, options)
    cells = {table.ref: _cells(table, cluster, long) for table in tables}
    kept = _without_cells(homes, cells)
    members = tuple(
        _measured(member_design(number, table, kept, _FRESH, names), cells[table.ref], options)
        for number, table in enumerate(tables, start=1)
    )
    taken = {*(home.name for home in homes), *(each.name for each in _long_columns(long))}
    source = first_free("source_table", "", taken)
    primary = (long.measured, long.observation, long.definition)
    return Design(
        cluster=cluster,
        book=names.free_book(cluster.id),
        target=target,
        final_name=canonical.name,
        columns=(
            *_long_columns(long),
            *own_columns(kept, members, primary, _FRESH, fresh=False),
            *added_columns(members[0].label_sql, source, None),
        ),
        primary_key=primary,
        key_default=None,
        fresh_key=False,
        source=source,
        also=None,
        members=members,
        uniques=_uniques(target, names, members, primary, long),
        long=long,
        hazards=(
            HazardNote(
                hazard=Hazard.WEAKER_CONSTRAINT,
                subject=str(target),
                detail="keys of the old tables hold for each metric and moment; the views check "
                "them for rows that are written through them",
            ),
        ),
        decisions=tuple(_decisions(tables, options)),
    )


def _long(target: TableRef, homes: tuple[Home, ...], names: Names, options: PlanOptions) -> Long:
    taken = {home.name for home in homes}

    def free(name: str) -> str:
        found = first_free(name, "", taken)
        taken.add(found)
        return found

    definitions = names.free(target.schema, target.name, "_definitions")
    return Long(
        definitions=TableRef(schema=target.schema, name=definitions),
        measured=free("measured_at"),
        observation=free("observation_id"),
        definition=free("definition_id"),
        number=free("value_numeric"),
        words=free("value_text"),
        document=free("value_json"),
        interval=options.partition_interval,
    )


def _cells(table: Table, cluster: Cluster, long: Long) -> Cells:
    member = next(each for each in cluster.members if each.table == table.ref)
    found = cells_of(table, member, long)
    if found is None:
        raise CannotPlanError(
            f"{table.ref} keeps its values in a form that cannot be taken apart without loss"
        )
    return found


def _without_cells(homes: tuple[Home, ...], cells: dict[TableRef, Cells]) -> tuple[Home, ...]:
    """Return the homes without the columns that become cells."""
    kept = []
    for home in homes:
        home.cells = [
            (table, column)
            for table, column in home.cells
            if column.name not in cells[table.ref].columns
        ]
        if home.cells:
            kept.append(home)
    return tuple(kept)


def _measured(made: MemberDesign, cells: Cells, options: PlanOptions) -> MemberDesign:
    measured, _ = measured_at(made.table, options.timezone)
    exact = cells.exact and all(each.exact for each in made.mapped)
    return replace(made, cells=cells, measured=measured, rejects=not exact)


def _long_columns(long: Long) -> tuple[TargetColumn, ...]:
    def column(name: str, kind: str, purpose: str, *, nullable: bool = False) -> TargetColumn:
        return TargetColumn(name=name, type=kind, nullable=nullable, purpose=purpose)

    return (
        column(long.measured, "timestamp with time zone", "when it was measured; partitions"),
        column(long.observation, "uuid", "the old row that the value stood in"),
        column(long.definition, "bigint", "which metric"),
        column(long.number, "numeric", "the value, where it is a number", nullable=True),
        column(long.words, "text", "the value, where it is text", nullable=True),
        column(long.document, "jsonb", "the value, where it is neither", nullable=True),
    )


def _uniques(
    target: TableRef,
    names: Names,
    members: tuple[MemberDesign, ...],
    primary: tuple[str, ...],
    long: Long,
) -> tuple[TargetUnique, ...]:
    found = [
        TargetUnique(
            name=names.free(target.schema, target.name, "_pkey"),
            columns=primary,
            declared=(),
            everywhere=True,
        )
    ]
    for member in members:
        table = member.table
        for key in (*((table.primary_key,) if table.primary_key else ()), *table.uniques):
            columns = tuple(member.of(name).target for name in key.columns)
            name = clipped(f"{target.name}_{key.name}")
            found.append(
                TargetUnique(
                    name=names.free(target.schema, name),
                    columns=(*columns, long.definition, long.measured),
                    declared=(member.number,),
                    everywhere=False,
                    nulls_not_distinct=key.nulls_not_distinct,
                )
            )
    return tuple(found)


def _decisions(tables: tuple[Table, ...], options: PlanOptions) -> list[str]:
    found = []
    for table in tables:
        _, column = measured_at(table, options.timezone)
        found.append(
            f"{table.ref}: measured at its {column}"
            if column
            else f"{table.ref}: has no time; it goes to the default partition"
        )
    return found
