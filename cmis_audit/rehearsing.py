"""A plan, tried on a clone: brings together what plans, what has servers, what reads and judges."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import psycopg

from cmis_audit import pipeline, reading, writing
from cmis_audit.errors import ScratchError, UsageError
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.decisions import UNDECIDED, Decisions
from cmis_audit.model.plan import ClusterPlan, Plan
from cmis_audit.model.rehearsal import Finish, Rehearsal
from cmis_audit.model.report import Report
from cmis_audit.model.rule import RulePack

if TYPE_CHECKING:
    from cmis_audit.rehearse.rehearsal import Options
    from cmis_audit.scratch.server import ScratchServer
    from cmis_audit.scratch.workplace import Workplace

EMBEDDED, DOCKER = "embedded", "docker"
SUPERUSER = "cmis_audit_rehearsal"
"""Of the scratch server; roles of the catalog, those of our own servers too, are stood in for."""
NEWER_SINCE = 170000
OLD_VERSION, NEW_VERSION = 16, 18
"""The embedded servers: a catalog is cloned on the older one unless that is older than it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clone:
    catalog: Catalog
    """What it was made from, with other names for roles where the server is not ours alone."""
    names: Mapping[str, str]
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
    notify: reading.Notify,
    decisions: Decisions = UNDECIDED,
    scratch: str = EMBEDDED,
) -> Rehearsal:
    """Return what comes of running the plan of a report on a clone. Raises ScratchError.

    The clone's own plan is made anew, for it has a visitor and its old tables are dropped.
    `scratch` says on which server: that of the wheel, a container, or one that a DSN leads to.
    """
    from cmis_audit.rehearse.isolation import with_visitor
    from cmis_audit.rehearse.ports import QueryError, Stage
    from cmis_audit.rehearse.rehearsal import rehearse
    from cmis_audit.rehearse.stand_ins import told
    from cmis_audit.scratch.confined import LimitReachedError, ServerLostError

    if not plan.clusters:
        return _rehearsal(report, options, server_version="", clone=())
    visited = with_visitor(report.catalog, plan.clusters)
    wanted = msgspec.structs.replace(plan.options, yes_drop=True)
    try:
        with (
            _server(visited, scratch, notify) as server,
            _clone(visited, server, notify, discreet=options.sampled > 0) as clone,
        ):
            catalog = clone.catalog
            renamed = msgspec.structs.replace(report, catalog=catalog)
            tried = pipeline.plan_of(renamed, wanted, notify)
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
    rehearsal = msgspec.structs.replace(
        rehearsal,
        filling=found.filling,
        clusters=found.clusters,
        schemas=found.schemas,
        finish=Finish(
            clusters_left=_left(after, found.rehearsed),
            score_before=report.score.value,
            score_after=after.score.value,
        ),
    )
    return told(rehearsal, clone.names) if clone.names else rehearsal


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
        sampled=options.sampled,
        clone=clone,
        filling=(),
        clusters=(),
        finish=None,
    )


def refuse_the_source(intake: reading.Intake, scratch: str, notify: reading.Notify) -> None:
    """Raise UsageError where a DSN leads to the server that is audited: it is only ever read.

    A file does not say which server it was read from.
    """
    if scratch in (EMBEDDED, DOCKER):
        return
    from cmis_audit.source.connection import Target, is_conninfo

    if not is_conninfo(scratch):
        raise UsageError(
            f"--scratch: '{scratch}' is neither {EMBEDDED} nor {DOCKER} nor a connection string, "
            "postgresql://... or host=... dbname=..."
        )
    source = reading.identity_of(intake, notify)
    other = dataclasses.replace(intake, target=Target(source=scratch), ask_password=None)
    if reading.identity_of(other, notify) == source:
        raise UsageError(
            "--scratch leads to the server of SOURCE or to a copy of its files: "
            "databases and load are never made there; name another server"
        )


@contextmanager
def _server(catalog: Catalog, scratch: str, notify: reading.Notify) -> Iterator["ScratchServer"]:
    from cmis_audit.scratch.container import container
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.scratch.guest import guest_server
    from cmis_audit.source.connection import Target, describe, parameters

    number = catalog.server_version_number
    with ExitStack() as stack:
        if scratch == EMBEDDED:
            version = NEW_VERSION if number >= NEWER_SINCE else OLD_VERSION
            notify(f"starting PostgreSQL {version}")
            yield stack.enter_context(embedded_server(version, superuser=SUPERUSER))
            return
        if scratch == DOCKER:
            notify("starting a container")
            scratch = stack.enter_context(container(number // 10000))
        target = Target(source=scratch)
        notify(f"going to {describe(target)}")
        yield stack.enter_context(guest_server(parameters(target), describe(target)))


@contextmanager
def _clone(
    catalog: Catalog, server: "ScratchServer", notify: reading.Notify, *, discreet: bool
) -> Iterator[_Clone]:
    from cmis_audit.rehearse.clone import clone_sql
    from cmis_audit.rehearse.stand_ins import asked_by_name, stand_ins, with_stand_ins
    from cmis_audit.scratch.intake import load_text
    from cmis_audit.scratch.workplace import Workplace

    if not server.bypasses and any(table.force_row_security for table in catalog.tables):
        raise ScratchError(
            "--scratch: tables force row security on their owners, and the role there may not let "
            "others look past it; give a superuser"
        )
    names = stand_ins(catalog, server.prefix) if server.prefix else {}
    named = with_stand_ins(catalog, names)
    sql, stood_in = clone_sql(named)
    notify(f"cloning {catalog.database}")
    loaded = load_text(catalog.database, sql, server)
    with Workplace(server, loaded, discreet=discreet) as place:
        yield _Clone(
            catalog=named,
            names=names,
            place=place,
            server_version=server.version,
            notes=(*stood_in, *loaded.skipped, *asked_by_name(catalog, names)),
        )


def _read(conninfo: str, now: datetime) -> Catalog:
    from cmis_audit.source.connection import Limits, Target

    target = Target(source=conninfo)
    return reading.catalog_of(reading.Intake(target=target, limits=Limits(), now=now))


def _differences(catalog: Catalog, clone: Catalog) -> tuple[Skipped, ...]:
    """Return in what a clone is not what it was made from, whatever the reason."""
    from cmis_audit.rehearse.difference import differences

    return tuple(
        Skipped(what=what, why=f"not as in the original: {difference}")
        for what, _, difference in (line.partition(": ") for line in differences(catalog, clone))
        if (what, difference) != ("schema public", "owner")
    )


def _left(after: Report, rehearsed: tuple[ClusterPlan, ...]) -> tuple[str, ...]:
    """Return the names of those clusters whose tables, old or new, are still called duplicates.

    A rename is about no duplicates: it has to have brought the new names.
    """
    from cmis_audit.rehearse.renamed import new_names

    duplicates = {
        member.table
        for cluster in after.clusters
        if cluster.verdict == Verdict.CONSOLIDATE
        for member in cluster.members
    }
    there = {table.ref for table in after.catalog.tables}

    def left(plan: ClusterPlan) -> bool:
        names = new_names((plan,))
        if names:
            return not there.issuperset(names.values())
        own = {each for member in plan.members for each in (member.table, member.moved_to)}
        return bool(duplicates & (own | {target.ref for target in plan.targets}))

    return tuple(plan.name for plan in rehearsed if left(plan))


def rehearsal_files(
    report: Report, plan: Plan, rehearsal: Rehearsal, notify: reading.Notify
) -> Mapping[str, str]:
    """Return file names and texts: the plan's, the report with what was tried, and that as JSON."""
    from cmis_audit.render.rehearsal_json import rehearsal_json

    told = msgspec.structs.replace(report, rehearsal=rehearsal, plan=plan)
    return {
        **writing.documents(told, ("markdown", "html"), notify),
        "rehearsal.json": rehearsal_json(rehearsal),
        **writing.plan_files(plan, report.catalog, report.code),
    }
