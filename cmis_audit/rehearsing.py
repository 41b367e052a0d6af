"""A plan, tried on a clone: brings together what plans, what has servers, what reads and judges."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import psycopg

from cmis_audit import pipeline
from cmis_audit.errors import ScratchError
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.decisions import UNDECIDED, Decisions
from cmis_audit.model.plan import ClusterPlan, Plan
from cmis_audit.model.rehearsal import Finish, Rehearsal
from cmis_audit.model.report import Report
from cmis_audit.model.rule import RulePack

if TYPE_CHECKING:
    from cmis_audit.rehearse.rehearsal import Options
    from cmis_audit.scratch.workplace import Workplace

SUPERUSER = "cmis_audit_rehearsal"
"""Of the scratch server; roles of the catalog, those of our own servers too, are stood in for."""
NEWER_SINCE = 170000
OLD_VERSION, NEW_VERSION = 16, 18
"""The embedded servers: a catalog is cloned on the older one unless that is older than it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clone:
    place: "Workplace"
    server_version: str
    notes: tuple[Skipped, ...]


def rehearsal_of(
    report: Report,
    pack: RulePack,
    plan: Plan,
    options: "Options",
    *,
    now: datetime,
    notify: pipeline.Notify,
    decisions: Decisions = UNDECIDED,
) -> Rehearsal:
    """Return what comes of running the plan of a report on a clone. Raises ScratchError.

    The clone's own plan is made anew, for it has a visitor and its old tables are dropped.
    """
    from cmis_audit.rehearse.isolation import with_visitor
    from cmis_audit.rehearse.ports import QueryError, Stage
    from cmis_audit.rehearse.rehearsal import rehearse
    from cmis_audit.scratch.confined import LimitReachedError, ServerLostError

    catalog = with_visitor(report.catalog, plan.clusters)
    visited = msgspec.structs.replace(report, catalog=catalog)
    wanted = msgspec.structs.replace(plan.options, yes_drop=True)
    tried = pipeline.plan_of(visited, wanted, notify)
    if not tried.clusters:
        return _rehearsal(report, options, server_version="", clone=())
    try:
        with _clone(catalog, notify) as clone:
            stage = Stage(
                place=clone.place,
                read=lambda: _read(clone.place.conninfo, now),
                notify=notify,
            )
            differing = _differences(catalog, stage.read())
            found = rehearse(stage, catalog, tried, options)
            after = pipeline.audit(found.end, pack, notify, decisions=decisions)
    except (LimitReachedError, ServerLostError, QueryError, psycopg.Error) as error:
        message = str(error).strip().partition("\n")[0]
        raise ScratchError(f"the rehearsal broke off: {message}") from error
    rehearsal = _rehearsal(
        report,
        options,
        server_version=clone.server_version,
        clone=tuple(sorted({*clone.notes, *differing})),
    )
    return msgspec.structs.replace(
        rehearsal,
        filling=found.filling,
        clusters=found.clusters,
        finish=Finish(
            clusters_left=_left(after, found.rehearsed),
            score_before=report.score.value,
            score_after=after.score.value,
        ),
    )


def _rehearsal(
    report: Report, options: "Options", *, server_version: str, clone: tuple[Skipped, ...]
) -> Rehearsal:
    return Rehearsal(
        tool_version=report.tool_version,
        database=report.catalog.database,
        fingerprint=report.fingerprint,
        server_version=server_version,
        seed=options.seed,
        rows=options.rows,
        given=sum(len(each.rows) for each in options.given),
        clone=clone,
        filling=(),
        clusters=(),
        finish=None,
    )


@contextmanager
def _clone(catalog: Catalog, notify: pipeline.Notify) -> Iterator[_Clone]:
    from cmis_audit.rehearse.clone import clone_sql
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.scratch.intake import load_text
    from cmis_audit.scratch.workplace import Workplace

    newer = catalog.server_version_number >= NEWER_SINCE
    version = NEW_VERSION if newer else OLD_VERSION
    notify(f"starting PostgreSQL {version}")
    sql, stood_in = clone_sql(catalog)
    with embedded_server(version, superuser=SUPERUSER) as server:
        notify(f"cloning {catalog.database}")
        loaded = load_text(catalog.database, sql, server)
        with Workplace(server, loaded) as place:
            yield _Clone(
                place=place,
                server_version=server.version,
                notes=(*stood_in, *loaded.skipped),
            )


def _read(conninfo: str, now: datetime) -> Catalog:
    from cmis_audit.source.connection import Limits, Target

    target = Target(source=conninfo)
    return pipeline.catalog_of(pipeline.Intake(target=target, limits=Limits(), now=now))


def _differences(catalog: Catalog, clone: Catalog) -> tuple[Skipped, ...]:
    """Return in what a clone is not what it was made from, whatever the reason."""
    from cmis_audit.rehearse.difference import differences

    return tuple(
        Skipped(what=what, why=f"not as in the original: {difference}")
        for what, _, difference in (line.partition(": ") for line in differences(catalog, clone))
        if (what, difference) != ("schema public", "owner")
    )


def _left(after: Report, rehearsed: tuple[ClusterPlan, ...]) -> tuple[str, ...]:
    """Return the names of those clusters whose tables, old or new, are still called duplicates."""
    duplicates = {
        member.table
        for cluster in after.clusters
        if cluster.verdict == Verdict.CONSOLIDATE
        for member in cluster.members
    }
    return tuple(
        plan.name
        for plan in rehearsed
        if duplicates & {each for m in plan.members for each in (m.table, m.moved_to)}
        or duplicates & {target.ref for target in plan.targets}
    )


def rehearsal_files(
    report: Report, plan: Plan, rehearsal: Rehearsal, notify: pipeline.Notify
) -> Mapping[str, str]:
    """Return file names and texts: the plan's, the report with what was tried, and that as JSON."""
    from cmis_audit.render.rehearsal_json import rehearsal_json

    told = msgspec.structs.replace(report, rehearsal=rehearsal, plan=plan)
    return {
        **pipeline.documents(told, ("markdown", "html"), notify),
        "rehearsal.json": rehearsal_json(rehearsal),
        **pipeline.plan_files(plan, report.code),
    }
