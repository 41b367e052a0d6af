"""The stages in order. The only module that knows more than one of them.

Each function imports its stages when it is called: a command loads what it uses.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cmis_audit import resources
from cmis_audit.checks import PARAMETERS, not_judged, run_checks
from cmis_audit.errors import SourceError, UsageError
from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.decisions import UNDECIDED, Decisions, Registered
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.overlap import Overlaps, Question
from cmis_audit.model.plan import BOOK_COMMENT, Framework, Plan, PlanOptions
from cmis_audit.model.report import PackReport, Report, Totals
from cmis_audit.model.rule import Rule, RulePack
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.table_rows import RowSample, TableRows
from cmis_audit.model.visibility import Visibility
from cmis_audit.model.waiver import Waiver
from cmis_audit.rulepack import load_packs
from cmis_audit.score import score, score_if_merged
from cmis_audit.uncollected import uncollected

if TYPE_CHECKING:
    from cmis_audit.model.guard import Guarded
    from cmis_audit.source.connection import Limits, Target
    from cmis_audit.source.filters import Filters
    from cmis_audit.source.live import LiveSource

Notify = Callable[[str], None]
"""Called with the name of each stage as it begins."""

Compare = Callable[[tuple[Question, ...]], Overlaps]
"""Answers which values tables have in common."""

_T = TypeVar("_T")

SNAPSHOT_SUFFIX = ".json"
FILE_SUFFIXES = (SNAPSHOT_SUFFIX, ".sql")

DEMO_DATABASE = "cmis_marketing"
DEMO_VERSION = 16
INTAKE_VERSION = 18  # the newest syntax that a file may hold


def _silently(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is to be read, and how."""

    target: "Target"
    limits: "Limits"
    now: datetime
    """When it is read; a snapshot keeps its own moment."""
    load_timeout_ms: int = 120_000
    filters: "Filters | None" = None
    ask_password: Callable[[], str] | None = None
    """Asked when the server wants a password and there is none."""

    def whole(self) -> "Intake":
        """Return the same without filters."""
        return dataclasses.replace(self, filters=None)


@uncollected()
def audit(
    catalog: Catalog,
    pack: RulePack,
    notify: Notify = _silently,
    compare: Compare | None = None,
    decisions: Decisions = UNDECIDED,
    *,
    code: CodeSurvey | None = None,
    beside: tuple[RulePack, ...] = (),
) -> Report:
    """Return the report on a catalog: match, cluster, check, score.

    With `compare`, the values of likely duplicates are asked about and speak as well. What the
    `decisions` waive is not charged; their register speaks for the table to keep, as does what a
    search of `code` found. The packs `beside` judge the same clusters and tables, each with a score
    of its own.
    """
    from importlib.metadata import version

    from cmis_audit.cluster.clusters import build_clusters
    from cmis_audit.cluster.schema_copies import schema_copies
    from cmis_audit.cluster.versions import version_tables
    from cmis_audit.history.register import register_notices
    from cmis_audit.history.waivers import waived
    from cmis_audit.match.matches import find_matches

    catalog = without_books(catalog)
    notify(f"comparing {len(catalog.tables)} tables")
    matches = find_matches(catalog, pack)
    skipped = catalog.skipped
    if compare is not None:
        from cmis_audit.match.value_questions import Questions
        from cmis_audit.match.values import Values

        questions, left_out = Questions(catalog, pack).about(matches)
        if questions:
            notify(f"comparing values of {len(questions)} pairs")
            overlaps = compare(questions)
            matches = Values(catalog, pack).entered(matches, overlaps)
            skipped = tuple(sorted({*skipped, *left_out, *overlaps.skipped}))
    notify("grouping")
    clusters = build_clusters(catalog, matches, pack, decisions.register, code)
    copies = schema_copies(catalog, matches, clusters)
    facts = Facts(
        catalog=catalog,
        clusters=clusters,
        version_tables=version_tables(clusters, matches),
        traits=matches.traits,
        references=matches.references,
    )
    packs = (pack, *beside)
    found = [run_checks(each.rules, facts) for each in packs]
    ours, *others = found
    waivings = waived(
        decisions.waivers,
        decisions.today,
        clusters,
        tuple(ours),
        beside=_beside(ours, others),
        schema_copies=copies,
    )
    out = {one.id for one in waivings.waived}
    told = [
        _judged(each, [one for one in findings if one.id not in out], facts, copies)
        for each, findings in zip(packs, found, strict=True)
    ]
    noticed: list[tuple[Waiver | Registered, Finding]] = [
        *zip((one.waiver for one in waivings.lapsed), waivings.notices, strict=True),
        *register_notices(decisions.register, catalog),
    ]
    notices = [finding for _, finding in noticed]
    places = ((finding.id, decisions.place_of(entry)) for entry, finding in noticed)
    if code:
        skipped = (*skipped, *code.skipped)
    return Report(
        tool_version=version("cmis-audit"),
        catalog=catalog,
        fingerprint=fingerprint(catalog),
        totals=totals_of(catalog),
        score=told[0].score,
        clusters=clusters,
        schema_copies=copies,
        findings=told[0].findings,
        waived=waivings.holds,
        waived_findings=waivings.waived,
        lapsed=waivings.lapsed,
        notice_places=tuple(sorted((key, place) for key, place in places if place)),
        notices=tuple(sorted(notices, key=lambda one: (one.rule, one.message, one.id))),
        notice_rules=notice_rules() if decisions.waivers or decisions.register else (),
        rules=pack.rules,
        not_assessed=tuple(sorted({*skipped, *told[0].not_assessed})),
        code=code,
        beside=tuple(told[1:]),
    )


def _beside(main: Iterable[Finding], others: Iterable[Iterable[Finding]]) -> tuple[Finding, ...]:
    """Return what packs beside find alone: one id in two packs is one finding."""
    known = {one.id for one in main}
    found = {one.id: one for findings in others for one in findings if one.id not in known}
    return tuple(found.values())


def _judged(
    pack: RulePack, findings: list[Finding], facts: Facts, copies: tuple[SchemaCopies, ...]
) -> PackReport:
    tables = [table.ref for table in facts.catalog.tables]
    return PackReport(
        title=pack.title,
        score=score(findings, facts.clusters, pack, copies, tables),
        findings=tuple(findings),
        rules=pack.rules,
        not_assessed=not_judged(pack.rules, facts),
    )


def check_code(roots: Sequence[Path]) -> None:
    """Raise UsageError for what is no directory of code, before anything else is done."""
    if roots:
        from cmis_audit.codebase.search import distinct

        distinct(roots)


def survey_of(
    roots: Sequence[Path], catalog: Catalog, notify: Notify = _silently
) -> CodeSurvey | None:
    """Return where code creates and uses the tables of a catalog, None where there is no code."""
    if not roots:
        return None
    from cmis_audit.codebase import survey

    notify("reading code")
    tables = (table.ref for table in without_books(catalog).tables)
    return survey(roots, tables, notify=notify)


def without_books(catalog: Catalog) -> Catalog:
    """Return the catalog without what consolidation plans keep for themselves, which it names."""
    books = {schema.name for schema in catalog.schemas if schema.comment == BOOK_COMMENT}
    if not books:
        return catalog
    why = "what a consolidation plan keeps for itself"
    return msgspec.structs.replace(
        catalog,
        schemas=tuple(each for each in catalog.schemas if each.name not in books),
        tables=tuple(each for each in catalog.tables if each.ref.schema not in books),
        views=tuple(each for each in catalog.views if each.ref.schema not in books),
        functions=tuple(each for each in catalog.functions if each.ref.schema not in books),
        sequences=tuple(each for each in catalog.sequences if each.ref.schema not in books),
        skipped=tuple(
            sorted({*catalog.skipped, *(Skipped(what=f"schema {b}", why=why) for b in books)})
        ),
    )


def totals_of(catalog: Catalog) -> Totals:
    statistics = [table.statistics for table in catalog.tables if table.statistics is not None]
    rows = [each.rows_estimate for each in statistics if each.rows_estimate is not None]
    sizes = [each.total_bytes for each in statistics if each.total_bytes is not None]
    return Totals(
        schemas=len({table.ref.schema for table in catalog.tables}),
        tables=len(catalog.tables),
        views=len(catalog.views),
        columns=sum(len(table.columns) for table in catalog.tables),
        foreign_keys=sum(len(table.foreign_keys) for table in catalog.tables),
        rows_estimate=sum(rows) if rows else None,
        bytes=sum(sizes) if sizes else None,
    )


def rule_pack(name: str, own: Path | None) -> RulePack:
    """Return a pack whose checks are known to exist."""
    return rule_packs((name,), own)[0]


def rule_packs(names: tuple[str, ...], own: Path | None) -> tuple[RulePack, ...]:
    """Return packs whose checks are known to exist, a team's own rules among them."""
    return load_packs(names, own, checks=PARAMETERS)


def notice_rules() -> tuple[Rule, ...]:
    """Return what is said of waivers and register, by code; it costs no points."""
    from cmis_audit.history.notices import RULES

    return RULES


def catalog_of(intake: Intake, notify: Notify = _silently) -> Catalog:
    """Return the catalog of a snapshot, an SQL file or a live server, as filtered."""
    from cmis_audit.source.filters import filtered

    file = _file_of(intake)
    if file is None:
        catalog = _asking(intake, lambda source: source.read(), notify)
    elif file.suffix.lower() == SNAPSHOT_SUFFIX:
        from cmis_audit.source.snapshot import read_snapshot

        notify(f"reading {file}")
        catalog = read_snapshot(file)
    else:
        catalog = _catalog_of_sql(file, intake, notify)
    return filtered(catalog, intake.filters) if intake.filters else catalog


def comparison_of_values(intake: Intake, rows: int) -> Compare:
    """Return what compares values on a live server, reading so many rows of each table at most.

    Raises SourceError for a file: it holds no rows.
    """
    if _file_of(intake) is not None:
        raise SourceError(
            f"{intake.target.source} is a file and holds no rows to sample; "
            "audit the server, or leave --sample out (--sample 0)"
        )
    return lambda questions: _asking(
        intake, lambda source: source.overlaps(questions, rows), _silently
    )


def rows_on_request(intake: Intake, rows: int) -> Callable[[Catalog, Plan], RowSample]:
    """Return what reads so many rows of each table of a plan, and the rows that they point at.

    Raises SourceError for a file: it holds no rows.
    """
    if _file_of(intake) is not None:
        raise SourceError(
            f"{intake.target.source} is a file and holds no rows to take along; "
            "rehearse from the server, or leave --sample-rows out"
        )

    def read(catalog: Catalog, plan: Plan) -> RowSample:
        members = tuple(each.table for cluster in plan.clusters for each in cluster.members)
        return _asking(intake, lambda source: source.rows(catalog, members, rows), _silently)

    return read


def identity_of(intake: Intake, notify: Notify = _silently) -> str | None:
    """Return which server a live source is; None for a file, which does not say."""
    if _file_of(intake) is not None:
        return None
    return _asking(intake, lambda source: source.identity(), notify)


def _file_of(intake: Intake) -> Path | None:
    """Return the file that SOURCE names, if it names one."""
    from cmis_audit.source.connection import is_conninfo

    source = intake.target.source
    if not source:
        return None
    path = Path(source)
    known = path.suffix.lower() in FILE_SUFFIXES
    if known and path.exists():
        return path
    if is_conninfo(source):
        return None
    if known:
        raise SourceError(f"{source}: there is no such file (a database of that name goes with -d)")
    if path.suffix and path.is_file():
        endings = " or ".join(FILE_SUFFIXES)
        raise SourceError(f"{source}: a file to audit ends in {endings} (-d names a database)")
    return None


def _live(intake: Intake, notify: Notify) -> "LiveSource":
    from cmis_audit.source.live import LiveSource

    return LiveSource(
        intake.target,
        now=intake.now,
        limits=intake.limits,
        progress=lambda done, total, what: notify(f"reading {what}" if done < total else "read"),
    )


def _asking(intake: Intake, read: Callable[["LiveSource"], _T], notify: Notify) -> _T:
    """Read; where the server wants a password and there was none, ask for it and read again."""
    from cmis_audit.source.failures import PasswordWantedError

    notify("connecting")
    try:
        return read(_live(intake, notify))
    except PasswordWantedError:
        if intake.ask_password is None or intake.target.password is not None:
            raise
        target = msgspec.structs.replace(intake.target, password=intake.ask_password())
        return read(_live(dataclasses.replace(intake, target=target), notify))


def _catalog_of_sql(file: Path, intake: Intake, notify: Notify) -> Catalog:
    from cmis_audit.scratch import intake as scratch
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.source.connection import Target

    notify("starting a scratch server")
    with embedded_server(INTAKE_VERSION) as server:
        notify(f"loading {file}")
        seconds = intake.load_timeout_ms / 1000
        loaded = scratch.load_sql(file, server, scratch.Limits(seconds=seconds))
        target = Target(source=loaded.conninfo)
        source = _live(dataclasses.replace(intake, target=target), notify)
        catalog = source.read()
    skipped = tuple(sorted({*catalog.skipped, *loaded.skipped}))
    return msgspec.structs.replace(catalog, skipped=skipped)


def demo_catalog(now: datetime, notify: Notify = _silently) -> Catalog:
    """Return the catalog of the documented database, built on an embedded server."""
    return demo_contents(now, notify)[0]


def demo_contents(
    now: datetime, notify: Notify = _silently
) -> tuple[Catalog, tuple[TableRows, ...]]:
    """Return the catalog of the documented database, and the rows that it holds."""
    from cmis_audit.scratch.embedded import embedded_server
    from cmis_audit.scratch.trusted import analyze, rows_of, run_files
    from cmis_audit.source.connection import Limits, Target

    notify(f"starting PostgreSQL {DEMO_VERSION}")
    with embedded_server(DEMO_VERSION) as server:
        conninfo = server.create_database(DEMO_DATABASE)
        notify(f"building {DEMO_DATABASE}")
        run_files(conninfo, (f for f in resources.demo_sql().iterdir() if f.name.endswith(".sql")))
        analyze(conninfo)
        intake = Intake(target=Target(source=conninfo), limits=Limits(), now=now)
        catalog = _live(intake, notify).read()
        return catalog, tuple(rows_of(conninfo, catalog.tables))


def visibility_of(intake: Intake, notify: Notify = _silently) -> Visibility:
    """Return what the role can see of a live server."""
    if _file_of(intake) is not None:
        source = intake.target.source
        raise SourceError(f"{source} is a file: what a role may see is a question to a server")
    return _asking(intake, lambda source: source.visibility(), notify)


def snapshot_text(catalog: Catalog) -> str:
    """Return the catalog as a file that `catalog_of` takes back."""
    from cmis_audit.source.snapshot import snapshot_text as text_of

    return text_of(catalog)


def format_names() -> tuple[str, ...]:
    """Return the formats that `documents` knows."""
    from cmis_audit.render import EMITTERS

    return tuple(EMITTERS)


def with_places(report: Report, intake: Intake, formats: tuple[str, ...]) -> Report:
    """Return the report with the lines of its tables in the file audited, if a format asks."""
    from cmis_audit.render import WITH_PLACES

    file = _file_of(intake) if WITH_PLACES.intersection(formats) else None
    if file is None:
        return report
    from cmis_audit.source.places import places_in_snapshot, places_in_sql

    shown = file.as_posix()
    if file.suffix.lower() == SNAPSHOT_SUFFIX:
        places = places_in_snapshot(file.read_text("utf-8"), shown)
    else:
        from cmis_audit.scratch.intake import Limits
        from cmis_audit.sqlfile.text import read_sql_text

        places = places_in_sql(read_sql_text(file, Limits().file_bytes).text, shown)
    return msgspec.structs.replace(report, places=places)


@uncollected()
def documents(
    report: Report, formats: tuple[str, ...], notify: Notify = _silently
) -> Mapping[str, str]:
    """Return file names and texts of the report in the given formats, in their order.

    The HTML report shows the SQL of the plan: one is made where the report has none. A format that
    is alone is one file, which may be printed or taken elsewhere; several are a folder's, and the
    Markdown report then has its pictures beside it.
    """
    from cmis_audit.render import EMITTERS

    wanted = dict.fromkeys(formats)
    planned = report
    if "html" in wanted and report.plan is None and not report.catalog.redacted:
        planned = msgspec.structs.replace(report, plan=plan_of(report, PlanOptions(), notify))
    found: dict[str, str] = {}
    for name in wanted:
        notify(f"writing {name}")
        emitter = EMITTERS[name]
        told = planned if name == "html" else report
        if emitter.render_with_others and len(wanted) > 1:
            found |= emitter.render_with_others(told)
        else:
            found[emitter.file_name] = emitter.render(told)
    return found


def guard_format_names() -> tuple[str, ...]:
    """Return the formats that `guard_documents` knows."""
    from cmis_audit.render.guards import GUARD_EMITTERS

    return tuple(GUARD_EMITTERS)


def guard_documents(guarded: "Guarded", formats: tuple[str, ...]) -> Mapping[str, str]:
    """Return file names and texts of what a guard says in the given formats, in their order."""
    from cmis_audit.render.guards import GUARD_EMITTERS

    chosen = [GUARD_EMITTERS[name] for name in formats]
    return {emitter.file_name: emitter.render(guarded) for emitter in chosen}


def redacted(catalog: Catalog) -> Catalog:
    """Return the catalog for handing it to somebody else: names and types alone."""
    from cmis_audit.source.redaction import redacted as redacted_catalog

    return redacted_catalog(catalog)


def plan_of(report: Report, options: PlanOptions, notify: Notify = _silently) -> Plan:
    """Return the SQL that merges what a report says to merge. Raises UsageError.

    What a waiver covers is planned only when `options` names it.
    """
    if report.catalog.redacted:
        raise UsageError(
            "the snapshot was written with --redact and lacks defaults, policies and bodies; "
            "a plan needs them: take a snapshot without --redact"
        )
    from cmis_audit.history.promise import promise
    from cmis_audit.plan.planner import make_plan

    notify("planning")
    wanted = tuple(
        one
        for one in report.clusters
        if one.id not in report.waived_clusters or one.id in options.clusters
    )
    plan = make_plan(
        report.catalog,
        wanted,
        options,
        fingerprint=report.fingerprint,
        tool_version=report.tool_version,
        schema_copies=report.schema_copies,
    )
    left = tuple(
        Skipped(what=one.name, why="a waiver covers it; --cluster plans it all the same")
        for one in report.clusters
        if one not in wanted
    )
    plan = msgspec.structs.replace(plan, not_planned=(*plan.not_planned, *left))
    merged = frozenset(each.cluster for each in plan.clusters)
    score_after = score_if_merged(report.findings, report.rules, merged, report.score)
    return msgspec.structs.replace(plan, promised=promise(report, plan, score_after))


def plan_files(
    plan: Plan,
    catalog: Catalog,
    code: CodeSurvey | None = None,
    framework: Framework = Framework.SQL,
    after: str | None = None,
) -> Mapping[str, str]:
    """Return file names and texts of a plan, and what a framework takes of it. Raises UsageError.

    With `code`, it says what has to change there. `after` is the framework's last migration, which
    the first of the plan follows.
    """
    from cmis_audit.render.frameworks.writers import written_files
    from cmis_audit.render.plan_json import plan_json
    from cmis_audit.render.plan_readme import plan_readme

    written = written_files(plan, catalog, framework, after=after)
    sql = {
        f"{cluster.folder}/{step.file}": step.sql
        for cluster in plan.clusters
        for step in cluster.steps
    }
    for schema in plan.schemas:
        sql |= {f"{schema.folder}/{driver.file}": driver.sql for driver in schema.drivers}
        sql |= {f"{schema.folder}/{s.file}": s.sql for s in (schema.drop, schema.restore)}
    return {
        "README.md": plan_readme(plan, code, framework, written),
        "plan.json": plan_json(plan, written),
        **sql,
        **{each.path: each.text for each in written},
    }


def summary(report: Report, *, color: bool, width: int, files: tuple[str, ...]) -> str:
    """Return the short text for a terminal; `files` are what was written."""
    from cmis_audit.render.terminal import summary as text_of

    return text_of(report, color=color, width=width, files=files)
