"""The whole rehearsal: fill the clone, run every plan, then measure each by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isqrt

from msgspec.structs import replace

from cmis_audit.model.catalog import Catalog, Skipped, Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan, Plan, Strategy
from cmis_audit.model.rehearsal import ClusterRehearsal, Refused, SchemaRehearsal, Status
from cmis_audit.model.table_rows import TableRows
from cmis_audit.rehearse.aside import unhook
from cmis_audit.rehearse.candidates import unique_columns
from cmis_audit.rehearse.measure import measure
from cmis_audit.rehearse.ports import QueryError, Stage
from cmis_audit.rehearse.reached import member_refs, result
from cmis_audit.rehearse.renamed import new_names
from cmis_audit.rehearse.rows import fill
from cmis_audit.rehearse.run import RAISED, ClusterRun, StoppedError
from cmis_audit.rehearse.schemas import SchemaRun
from cmis_audit.rehearse.states import tables_of

FEW = 12
"""Rows of tables that only stand around."""
_EMPTY, _FILLED = "empty", "filled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    rows: int = 60
    """Of each member, at least."""
    given: tuple[TableRows, ...] = ()
    """Rows of the original, which come before all that are made up."""
    sampled: int = 0
    """How many of each member were asked for, where they were read from a live source; such rows
    are somebody's, and no value of them is told."""
    unread: tuple[Skipped, ...] = ()
    """What could not be read of them."""
    seed: int = 1
    bench_rows: int = 2000
    """Of each member while it is measured; 0 measures nothing."""
    runs: int = 9


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was found, with the catalog that the clone had at the end of the plans."""

    clusters: tuple[ClusterRehearsal, ...]
    schemas: tuple[SchemaRehearsal, ...]
    filling: tuple[Skipped, ...]
    end: Catalog
    rehearsed: tuple[ClusterPlan, ...] = field(default=())
    """Those that came through to the end."""


def rehearse(stage: Stage, catalog: Catalog, plan: Plan, options: Options) -> Outcome:
    """Run all plans of a catalog on its empty clone."""
    wanted = wanted_rows(catalog, plan.clusters, options.rows)
    stage.place.save(_EMPTY)
    stage.notify(f"filling {len(wanted)} tables")
    with stage.place.session() as session:
        filling = fill(session, catalog, wanted, options.seed, given=options.given)
    # A plan that stands has put views in the place of its tables: what they show lies in targets.
    watched = frozenset(wanted) | {target.ref for each in plan.clusters for target in each.targets}
    watched |= frozenset(new_names(plan.clusters).values())
    stage.place.save(_FILLED)
    series = _Series(stage, catalog, watched, options.seed)
    runs = [series.forward(each) for each in plan.clusters]
    clusters = []
    for each, forward in zip(plan.clusters, runs, strict=True):
        refused, notes = forward.refused, forward.notes
        if refused is None:
            later, refused = _contract(forward.run)
            notes += later
        clusters.append(result(forward.run, each, refused, notes))
    schemas = _dropped(stage, plan, clusters)
    end = stage.read()
    helped = frozenset(
        each.cluster for each, forward in zip(plan.clusters, runs, strict=True) if forward.notes
    )
    for run in schemas:
        if run.clusters & helped:
            run.note("not run all at once: rows that no plan can keep stood in the way of one")
        else:
            stage.place.restore(_FILLED)
            run.together(tables_of(catalog, sorted(wanted)))
    if options.bench_rows:
        clusters = [
            _measured(stage, catalog, each, found, options)
            for each, found in zip(plan.clusters, clusters, strict=True)
        ]
    return Outcome(
        clusters=tuple(clusters),
        filling=tuple(sorted({*filling, *options.unread})),
        schemas=tuple(run.found() for run in schemas),
        end=end,
        rehearsed=tuple(
            each
            for each, found in zip(plan.clusters, clusters, strict=True)
            if found.status != Status.GENERATED
        ),
    )


def _dropped(stage: Stage, plan: Plan, clusters: list[ClusterRehearsal]) -> list[SchemaRun]:
    """Drop the schemas whose tables have gone all the way."""
    whole = {each.cluster for each in clusters if each.status != Status.GENERATED}
    runs = [
        SchemaRun(stage, plan, each) for each in plan.schemas if whole.issuperset(each.clusters)
    ]
    for run in runs:
        run.drop()
    return runs


def wanted_rows(
    catalog: Catalog, plans: tuple[ClusterPlan, ...], rows: int
) -> Mapping[TableRef, int]:
    """Return how many rows each table gets: the members, what they point at, what points at them.

    What nothing connects with a member stays empty.
    """
    members = frozenset(ref for each in plans for ref in member_refs(each))
    by_ref = {table.ref: table for table in catalog.tables}
    wanted = dict.fromkeys(members, rows)
    waiting = [*members, *(t.ref for t in catalog.tables if _points_at(t, members))]
    few = min(rows, max(FEW, 2 * isqrt(rows)))
    while waiting:
        ref = waiting.pop()
        count = wanted.setdefault(ref, few)
        table = by_ref.get(ref)
        for key in table.foreign_keys if table else ():
            # One to one: as many parents as children.
            needed = count if table and set(key.columns) in unique_columns(table) else few
            if wanted.get(key.target, 0) < needed:
                wanted[key.target] = needed
                waiting.append(key.target)
    return {ref: count for ref, count in wanted.items() if ref in by_ref}


def _points_at(table: Table, members: frozenset[TableRef]) -> bool:
    return any(key.target in members for key in table.foreign_keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forward:
    """A plan that was run up to its switch."""

    run: ClusterRun
    refused: Refused | None
    notes: tuple[str, ...] = ()


class _Series:
    """The plans of a rehearsal, one after the other on the filled clone."""

    def __init__(
        self, stage: Stage, catalog: Catalog, watched: frozenset[TableRef], seed: int
    ) -> None:
        self._stage = stage
        self._catalog = catalog
        self._watched = watched
        self._seed = seed
        self._stand: list[ClusterRun] = []
        """Those that have come to their switch, in order."""

    def forward(self, plan: ClusterPlan) -> _Forward:
        """Run one plan up to its switch; a plan that is refused leaves nothing behind."""
        run = ClusterRun(self._stage, self._catalog, plan, self._seed)
        try:
            run.go(self._watched)
        except StoppedError as stopped:
            first = _Forward(run=run, refused=stopped.refused, notes=run.rejected_notes())
            return self._again(plan, first)
        self._stand.append(run)
        return _Forward(run=run, refused=None)

    def _again(self, plan: ClusterPlan, first: _Forward) -> _Forward:
        """Run a plan again without the rows that point at rows that it sets aside, if any do."""
        asides = first.run.rejected()
        self._restore()
        with self._stage.place.session() as session:
            unhooked = unhook(session, self._catalog, asides)
        if not unhooked:
            return first
        run = ClusterRun(self._stage, self._catalog, plan, self._seed)
        try:
            run.go(self._watched)
        except StoppedError:
            self._restore()
            return first
        self._stand.append(run)
        message = first.refused.message if first.refused else ""
        why = (
            f"refused at first: {message}. Run again without {unhooked} rows that pointed at rows "
            "which have no place in the target"
        )
        return _Forward(run=run, refused=None, notes=(why, *first.notes))

    def _restore(self) -> None:
        """Bring the clone to where the plans before have left it."""
        self._stage.place.restore(_FILLED)
        for run in self._stand:
            run.replay()


def _contract(run: ClusterRun) -> tuple[tuple[str, ...], Refused | None]:
    try:
        return run.contract(), None
    except StoppedError as stopped:
        return (), stopped.refused


def _measured(
    stage: Stage,
    catalog: Catalog,
    plan: ClusterPlan,
    found: ClusterRehearsal,
    options: Options,
) -> ClusterRehearsal:
    """Measure a plan that the server takes, on a clone of its own with more rows."""
    if found.status == Status.GENERATED:
        return found
    if plan.strategy == Strategy.RENAME:
        return _not_measured(found, "a rename moves no row")
    stage.notify(f"measuring {plan.name}")
    stage.place.restore(_EMPTY)
    wanted = wanted_rows(catalog, (plan,), options.bench_rows)
    members = tables_of(catalog, (member.table for member in plan.members))
    try:
        with stage.place.session() as session:
            fill(session, catalog, wanted, options.seed, plain=True)
        measures = measure(stage, plan, members, runs=options.runs)
    except QueryError as error:
        return _not_measured(found, str(error))
    if isinstance(measures, Refused):
        if measures.sqlstate == RAISED:
            return _not_measured(found, f"{measures.file} refuses: {measures.message}")
        stopped = f"with {options.bench_rows} rows a table: {measures.message}"
        return replace(found, status=Status.GENERATED, stopped=stopped, refused=measures)
    reached = Status.MEASURED if found.status == Status.UNDONE else found.status
    return replace(found, status=reached, measures=measures)


def _not_measured(found: ClusterRehearsal, why: str) -> ClusterRehearsal:
    """Return what was found, with the reason why it could not be measured."""
    stopped = found.stopped or f"not measured: {why}"
    return replace(found, stopped=stopped)
