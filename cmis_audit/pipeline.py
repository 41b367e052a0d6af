"""The stages in order: audit and plan. What is read stands in `reading.py`.

Each function imports its stages when it is called: a command loads what it uses.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from cmis_audit.checks import PARAMETERS, not_judged, run_checks
from cmis_audit.errors import UsageError
from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.decisions import UNDECIDED, Decisions, Registered
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.plan import Plan, PlanOptions
from cmis_audit.model.report import PackReport, Report, Totals
from cmis_audit.model.rule import Rule, RulePack
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.waiver import Waiver
from cmis_audit.reading import Compare, Notify, silently, without_books
from cmis_audit.rulepack import load_packs
from cmis_audit.score import score, score_if_merged
from cmis_audit.uncollected import uncollected


@uncollected()
def audit(
    catalog: Catalog,
    pack: RulePack,
    notify: Notify = silently,
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


def plan_of(report: Report, options: PlanOptions, notify: Notify = silently) -> Plan:
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
