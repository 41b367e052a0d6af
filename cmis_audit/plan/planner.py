"""The plan of a whole database: every cluster that says "consolidate", or why not; and renames."""

from collections.abc import Iterator
from dataclasses import replace

from cmis_audit.errors import UsageError, did_you_mean
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import (
    ClusterPlan,
    Plan,
    PlannedMember,
    PlanOptions,
    Refusal,
    Strategy,
    TargetColumn,
    TargetReference,
    TargetTable,
)
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.plan.advice import advice
from cmis_audit.plan.archive import archive
from cmis_audit.plan.backfill import backfill, index_step
from cmis_audit.plan.constraints import with_constraints
from cmis_audit.plan.contract import contract
from cmis_audit.plan.dependents import dependents, hazards
from cmis_audit.plan.design import CannotPlanError, Design
from cmis_audit.plan.expand import expand
from cmis_audit.plan.metrics import is_long, metrics_design
from cmis_audit.plan.movable import replaceable
from cmis_audit.plan.naming import Names, folder
from cmis_audit.plan.rename import renamed
from cmis_audit.plan.rollback import rollbacks
from cmis_audit.plan.schema_copy import schema_plans
from cmis_audit.plan.security import with_security
from cmis_audit.plan.switch import switch
from cmis_audit.plan.target import design
from cmis_audit.plan.triggers import with_triggers
from cmis_audit.plan.verify import verify


def make_plan(
    catalog: Catalog,
    clusters: tuple[Cluster, ...],
    options: PlanOptions,
    *,
    fingerprint: str,
    tool_version: str,
    schema_copies: tuple[SchemaCopies, ...] = (),
) -> Plan:
    """Return the plan; same input, same text. Raises UsageError for a cluster that is not there."""
    _check(catalog, clusters, options)
    names = Names(catalog)
    planned: list[ClusterPlan] = []
    refused: list[Refusal] = []
    for cluster in _wanted(clusters, options):
        number = len(planned) + 1
        try:
            if cluster.verdict == Verdict.CONSOLIDATE:
                planned.append(_merge(catalog, cluster, names, options, number))
            else:
                planned.append(
                    renamed(
                        *(catalog, cluster, names, options),
                        folder=folder(number, cluster.name),
                        elsewhere={m.table: one.folder for one in planned for m in one.members},
                    )
                )
        except CannotPlanError as error:
            refused.append(
                Refusal(
                    cluster=cluster.id,
                    name=cluster.name,
                    kind=cluster.kind,
                    reasons=error.reasons,
                )
            )
    schemas, stay = schema_plans(catalog, schema_copies, tuple(planned), names, options)
    ids = {each.cluster for each in planned} | {each.cluster for each in refused}
    return Plan(
        tool_version=tool_version,
        database=catalog.database,
        server_version_number=catalog.server_version_number,
        fingerprint=fingerprint,
        options=options,
        clusters=tuple(planned),
        refused=tuple(refused),
        not_planned=(*advice(catalog, (c for c in clusters if c.id not in ids)), *stay),
        schemas=schemas,
    )


def _wanted(clusters: tuple[Cluster, ...], options: PlanOptions) -> Iterator[Cluster]:
    """Yield the clusters that get a plan: copies of what is merged too first, renames last."""
    merged = {
        member.table
        for cluster in clusters
        if cluster.verdict == Verdict.CONSOLIDATE and cluster.kind != Kind.COPY
        for member in cluster.members
        if member.role != Role.RELATED
    }
    copies_first = sorted(
        clusters, key=lambda one: one.kind != Kind.COPY or one.canonical not in merged
    )
    for verdict, by_default in (
        (Verdict.CONSOLIDATE, True),
        (Verdict.KEEP_APART, options.renames),
    ):
        for cluster in copies_first:
            asked = cluster.id in options.clusters if options.clusters else by_default
            if cluster.verdict == verdict and asked and plannable(cluster):
                yield cluster


def plannable(cluster: Cluster) -> bool:
    """Tell whether there is anything to write for a cluster."""
    if cluster.verdict == Verdict.KEEP_APART:
        return any(member.suggested_name for member in cluster.members)
    return cluster.verdict == Verdict.CONSOLIDATE


def _check(catalog: Catalog, clusters: tuple[Cluster, ...], options: PlanOptions) -> None:
    schemas = [schema.name for schema in catalog.schemas]
    if options.target_schema is not None and options.target_schema not in schemas:
        hint = did_you_mean(options.target_schema, schemas)
        raise UsageError(
            f"--target-schema: no schema '{options.target_schema}' was read{hint}; "
            "create it first, or let -n and -N take it in"
        )
    known = {each.id: each for each in clusters}
    for wanted in options.clusters:
        if wanted not in known:
            hint = did_you_mean(wanted, known)
            raise UsageError(f"--cluster: there is no cluster '{wanted}'{hint}")
        if not plannable(known[wanted]):
            raise UsageError(
                f"--cluster: '{wanted}' says {known[wanted].verdict.value}; only consolidate is "
                "planned, and keep-apart where another name was suggested"
            )


def _merge(
    catalog: Catalog, cluster: Cluster, names: Names, options: PlanOptions, number: int
) -> ClusterPlan:
    if cluster.kind == Kind.SPLIT:
        raise CannotPlanError(
            "one table was split in several: its rows are to be compared with those of all parts, "
            "and there is no one table to merge into"
        )
    if cluster.kind == Kind.COPY:
        return archive(catalog, cluster, names, options, folder(number, cluster.name))
    long = cluster.kind == Kind.FRAGMENTED_METRICS and is_long(cluster)
    made = (metrics_design if long else design)(catalog, cluster, names, options)
    replaceable(catalog, frozenset(member.table.ref for member in made.members))
    made = with_constraints(made, catalog, names)
    made = with_triggers(with_security(made, catalog), catalog)
    made = replace(made, hazards=tuple(sorted({*made.hazards, *hazards(made, catalog)})))
    indexes = index_step(made, options)
    return ClusterPlan(
        cluster=cluster.id,
        name=cluster.name,
        kind=cluster.kind,
        strategy=Strategy.UNPIVOT if long else Strategy.MERGE,
        folder=folder(number, cluster.name),
        book=made.book,
        targets=(
            TargetTable(
                ref=made.target,
                final_name=made.final_name,
                columns=made.columns,
                primary_key=made.primary_key,
                source_column=made.source,
                references=tuple(_references(made)),
            ),
            *_definitions(made),
        ),
        members=_members(made),
        steps=(
            expand(made, catalog, options),
            backfill(made, options),
            *((indexes,) if indexes else ()),
            verify(made, options),
            switch(made, catalog, options),
            *contract(made, options),
            *rollbacks(made, options),
        ),
        dependents=dependents(catalog, tuple(m.table.ref for m in made.members)),
        left_behind=made.left_behind,
        decisions=made.decisions,
    )


def _references(made: Design) -> Iterator[TargetReference]:
    for key in made.foreign_keys:
        yield TargetReference(
            columns=key.columns,
            parent=made.target if key.inner else key.parent,
            parent_columns=key.inner or key.parent_columns,
        )
    if made.long is not None:
        name = (made.long.definition,)
        yield TargetReference(columns=name, parent=made.long.definitions, parent_columns=name)


def _definitions(made: Design) -> tuple[TargetTable, ...]:
    if made.long is None:
        return ()
    key = made.long.definition
    columns = (
        TargetColumn(
            name=key, type="bigint", nullable=False, purpose="number of the metric", identity=True
        ),
        TargetColumn(name="name", type="text", nullable=True, purpose="what the metric is called"),
        TargetColumn(name="unit", type="text", nullable=True, purpose="what it is measured in"),
        TargetColumn(name="description", type="text", nullable=True, purpose="what it means"),
    )
    return (
        TargetTable(
            ref=made.long.definitions,
            final_name=made.long.definitions.name,
            columns=columns,
            primary_key=(key,),
            source_column="",
        ),
    )


def _members(made: Design) -> tuple[PlannedMember, ...]:
    return tuple(
        PlannedMember(
            table=member.table.ref,
            label=member.label,
            moved_to=member.moved_to,
            key=member.key,
            rejects=TableRef(schema=made.book, name=f"rejects_{member.number}")
            if member.rejects
            else None,
        )
        for member in made.members
    )
