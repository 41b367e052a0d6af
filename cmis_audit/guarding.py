"""A guard: the stages from migrations, or from two databases, to what their tables repeat."""

from pathlib import Path

import msgspec

from cmis_audit import reading
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.code import CodeReference, CodeSurvey
from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.decisions import UNDECIDED, Decisions, Registered
from cmis_audit.model.finding import Finding
from cmis_audit.model.guard import Alarm, Charge, Guarded, Touched, TwinCode
from cmis_audit.model.match import Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.place import Place
from cmis_audit.model.rule import RulePack, Severity
from cmis_audit.model.value import Value
from cmis_audit.model.waiver import WaiverStatus
from cmis_audit.uncollected import uncollected

MOST_USES = 3
"""Places that use a twin which an alarm keeps."""


class Ground(Value, frozen=True, kw_only=True):
    """What an audit would know besides the catalog."""

    pack: RulePack
    decisions: Decisions = UNDECIDED
    code: tuple[Path, ...] = ()
    """Directories to search; they are read only if a table was touched."""


@uncollected()
def guard_migrations(
    paths: tuple[Path, ...], intake: reading.Intake, ground: Ground, notify: reading.Notify
) -> Guarded:
    """Return what the tables of migrations repeat of a source. Raises SourceError."""
    from cmis_audit.guard.files import migration_files
    from cmis_audit.guard.run import run_migrations
    from cmis_audit.source.filters import filtered

    files = migration_files(paths)
    base = reading.without_books(reading.catalog_of(intake.whole(), notify))
    notify(f"reading {len(files)} migrations")
    after = run_migrations(files, base)
    catalog = filtered(after.catalog, intake.filters) if intake.filters else after.catalog
    guarded = judge(base, catalog, after.touched, ground, notify)
    return msgspec.structs.replace(
        guarded,
        files=after.files,
        unread=after.unread,
        notes=(*after.notes, *guarded.notes),
    )


@uncollected()
def guard_databases(
    base: reading.Intake, head: reading.Intake, ground: Ground, notify: reading.Notify
) -> Guarded:
    """Return what the tables of one source repeat that another has not. Raises SourceError."""
    from cmis_audit.guard.difference import touched_between

    old, new = (reading.without_books(reading.catalog_of(one, notify)) for one in (base, head))
    return judge(old, new, touched_between(old, new), ground, notify)


def judge(
    base: Catalog,
    catalog: Catalog,
    touched: tuple[Touched, ...],
    ground: Ground,
    notify: reading.Notify = lambda _: None,
) -> Guarded:
    """Return what the touched tables of a catalog repeat; `base` is what was there before."""
    from importlib.metadata import version

    from cmis_audit.guard.judgement import judged

    there = {table.ref for table in catalog.tables}
    touched = tuple(one for one in touched if one.table in there)
    alarms: tuple[Alarm, ...] = ()
    code = reading.survey_of(ground.code, catalog, notify) if touched else None
    if touched:
        notify(f"comparing {len(touched)} of {len(there)} tables")
        matches, clusters = _clusters(catalog, ground, code)
        found = judged(
            catalog, matches, clusters, touched, lambda: _clusters(base, ground, code)[1]
        )
        index = CodeIndex(code) if code else None
        told = (_with_register(_with_code(one, index), ground.decisions.register) for one in found)
        alarms = _with_waivers(tuple(told), catalog, matches, clusters, ground.decisions)
    return Guarded(
        tool_version=version("cmis-audit"),
        against=base.database,
        files=(),
        tables=len(there),
        touched=touched,
        alarms=alarms,
        notes=code.skipped if code else (),
    )


def _clusters(
    catalog: Catalog, ground: Ground, code: CodeSurvey | None
) -> tuple[Matches, tuple[Cluster, ...]]:
    from cmis_audit.cluster.clusters import build_clusters
    from cmis_audit.match.matches import find_matches

    matches = find_matches(catalog, ground.pack)
    register = ground.decisions.register
    return matches, build_clusters(catalog, matches, ground.pack, register, code)


def _with_code(alarm: Alarm, index: CodeIndex | None) -> Alarm:
    """Return the alarm with where code creates and uses the table that it repeats."""
    if index is None or not index.of(alarm.twin):
        return alarm
    path = index.survey.path

    def place(reference: CodeReference) -> Place:
        return Place(file=path(reference), line=reference.line)

    origin = index.origin(alarm.twin)
    uses: dict[str, Place] = {}
    for one in sorted(map(place, index.uses(alarm.twin))):
        uses.setdefault(one.file, one)
    said = TwinCode(
        created=place(origin) if origin else None,
        comment=origin.comment if origin else "",
        files=len(uses),
        uses=tuple(uses.values())[:MOST_USES],
    )
    return msgspec.structs.replace(alarm, twin_code=said)


def _with_register(alarm: Alarm, register: tuple[Registered, ...]) -> Alarm:
    """Return the alarm with the register's word on the twin, and on which table stands for both."""
    names = {str(alarm.twin), str(alarm.table.table)}
    found = (one for one in register if one.name in names or names.intersection(one.canonical_for))
    return msgspec.structs.replace(alarm, registered=tuple(sorted(found)))


def _with_waivers(
    alarms: tuple[Alarm, ...],
    catalog: Catalog,
    matches: Matches,
    clusters: tuple[Cluster, ...],
    decisions: Decisions,
) -> tuple[Alarm, ...]:
    """Return the alarms with the waivers that cover them, those that a waiver holds for last.

    An alarm is waived as a finding about its two tables: the same waivers hold here and in an
    audit. What covers none of the alarms is no news of a guard; an audit tells it.
    """
    from cmis_audit.cluster.schema_copies import schema_copies
    from cmis_audit.history.waivers import waived

    if not decisions.waivers:
        return alarms
    copies = schema_copies(catalog, matches, clusters)
    findings = tuple(map(_finding, alarms))
    waivings = waived(decisions.waivers, decisions.today, clusters, findings, schema_copies=copies)
    expired = (one for one in waivings.lapsed if one.status is WaiverStatus.EXPIRED)
    covering = {each: one for one in (*expired, *reversed(waivings.holds)) for each in one.findings}
    told = [msgspec.structs.replace(one, waiver=covering.get(one.id)) for one in alarms]
    return tuple(sorted(told, key=lambda one: one.waived))


def _finding(alarm: Alarm) -> Finding:
    subjects: tuple[TableRef, ...] = (alarm.table.table, alarm.twin)
    return Finding(
        id=alarm.id,
        rule=alarm.charge.rule,
        severity=Severity.MEDIUM if alarm.charge is Charge.REVIEW else Severity.HIGH,
        subjects=subjects,
        message="",
        evidence="",
        clusters=(alarm.cluster,) if alarm.cluster else (),
    )
