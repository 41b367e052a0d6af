"""The findings of a report and the alarms of a guard in one form, for other programs."""

from collections.abc import Iterable
from typing import Final

import msgspec

from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.finding import Finding
from cmis_audit.model.guard import Alarm, Charge, Guarded, Unread
from cmis_audit.model.names import TableRef
from cmis_audit.model.place import Place
from cmis_audit.model.report import Report
from cmis_audit.model.result import Level, Result, ResultRule, Results
from cmis_audit.model.rule import Rule, Severity
from cmis_audit.render.guard_text import (
    COMPARE_DATABASES,
    evidence_line,
    headline,
    instead,
    known,
    waiving,
)

NOWHERE: Final = Place(file="audit.json", line=1)
"""Where a finding is said to stand that no file holds: GitHub takes no result without a place."""
_LEVELS: Final = {
    Severity.CRITICAL: Level.ERROR,
    Severity.HIGH: Level.ERROR,
    Severity.MEDIUM: Level.WARNING,
    Severity.LOW: Level.NOTE,
}
NOT_READ: Final = "GRD004"
_GUARD_RULES: Final = (
    ResultRule(
        id=Charge.NEAR_COPY.rule,
        title="Near-copy of an existing table",
        level=Level.ERROR,
        help="A migration creates or changes a table so that it stores what another table stores. "
        "Rows will be written to both, and drift. Give the existing table the columns that it "
        "lacks instead.",
    ),
    ResultRule(
        id=Charge.VERSION.rule,
        title="Version of an existing table",
        level=Level.ERROR,
        help="A table is named as a version of another that stays beside it. Change the original, "
        "or replace it in the same migration.",
    ),
    ResultRule(
        id=Charge.REVIEW.rule,
        title="Table that resembles another",
        level=Level.WARNING,
        help="A new or changed table shares columns with another one, and there are reasons "
        "against their being one. A person should say.",
    ),
    ResultRule(
        id=NOT_READ,
        title="Migration that could not be read",
        level=Level.WARNING,
        help="What a migration does by code is never executed, so it is not judged. "
        + COMPARE_DATABASES,
    ),
)


def report_results(report: Report) -> Results:
    """Return the findings of every pack, the worst first as the report has them.

    What two packs charge is one finding of one rule. What is said of waivers and register follows,
    then what is waived, with the reason.
    """
    packs = [(report.rules, report.findings), *((one.rules, one.findings) for one in report.beside)]
    rules = {rule.code: rule for found, _ in packs for rule in found}
    rules |= {rule.code: rule for rule in report.notice_rules}
    findings = {one.id: one for _, found in packs for one in found}
    sites = _Sites(report)
    results = (
        *map(sites.finding, findings.values()),
        *map(sites.notice, report.notices),
        *sites.waived(),
    )
    firing = {one.rule for one in results}
    return Results(
        tool_version=report.tool_version,
        subject=report.catalog.database,
        rules=tuple(map(_rule, rules.values())),
        results=results,
        passed=tuple(f"{code} {rule.title}" for code, rule in rules.items() if code not in firing),
    )


class _Sites:
    """The places of a report's findings."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._places = _places(report)
        self._noticed = dict(report.notice_places)
        self._canonical = {one.id: one.canonical for one in report.clusters}

    def finding(self, finding: Finding) -> Result:
        kept = {self._canonical.get(cluster) for cluster in finding.clusters}
        # The table that stays is the last place to look: what is to be mended is the others.
        ordered = sorted(finding.subjects, key=lambda ref: ref in kept)
        return _result(finding, self._found(ordered))

    def notice(self, notice: Finding) -> Result:
        """Return a fault of waivers or register: the file that holds these is to be mended."""
        found = self._found(notice.subjects)
        if notice.id in self._noticed:
            found.insert(0, self._noticed[notice.id])
        return _result(notice, found)

    def waived(self) -> Iterable[Result]:
        reasons = {
            each: one.waiver.reason
            for one in reversed(self._report.waived)
            for each in one.findings
        }
        for one in self._report.waived_findings:
            yield msgspec.structs.replace(self.finding(one), waived=reasons[one.id])

    def _found(self, refs: Iterable[TableRef]) -> list[Place]:
        return [self._places[ref] for ref in refs if ref in self._places]


def _places(report: Report) -> dict[TableRef, Place]:
    """Return where each table stands: in the code that creates it, else in the file audited."""
    found = {one.table: one.place for one in report.places}
    if report.code is None:
        return found
    code = CodeIndex(report.code)
    origins = {one.table: code.origin(one.table) for one in report.code.references}
    created = {
        table: Place(file=report.code.path(origin), line=origin.line)
        for table, origin in origins.items()
        if origin
    }
    return found | created


def _rule(rule: Rule) -> ResultRule:
    return ResultRule(
        id=rule.code, title=rule.title, level=_LEVELS[rule.severity], help=rule.page or rule.title
    )


def _result(finding: Finding, places: list[Place]) -> Result:
    first, *others = places or [NOWHERE]
    return Result(
        id=finding.id,
        rule=finding.rule,
        level=_LEVELS[finding.severity],
        message=finding.message,
        detail=finding.evidence,
        place=first,
        others=tuple(dict.fromkeys(one for one in others if one != first)),
        tables=tuple(map(str, finding.subjects)),
    )


def guard_results(guarded: Guarded) -> Results:
    """Return the alarms, then what could not be read."""
    told = {alarm.table.table for alarm in guarded.alarms}
    return Results(
        tool_version=guarded.tool_version,
        subject=guarded.against,
        rules=_GUARD_RULES,
        results=(*map(_alarm, guarded.alarms), *_unread(guarded.unread)),
        passed=tuple(str(one.table) for one in guarded.touched if one.table not in told),
    )


def _alarm(alarm: Alarm) -> Result:
    lines = [
        *(() if alarm.waived else waiving(alarm)),
        alarm.reason,
        *known(alarm),
        *map(evidence_line, alarm.evidence),
        *instead(alarm),
    ]
    return Result(
        id=alarm.id,
        rule=alarm.charge.rule,
        level=Level.WARNING if alarm.charge is Charge.REVIEW else Level.ERROR,
        message=headline(alarm),
        detail="\n".join(lines),
        place=alarm.table.place or NOWHERE,
        tables=(str(alarm.table.table), str(alarm.twin)),
        waived=alarm.waiver.waiver.reason if alarm.waiver and alarm.waived else None,
    )


def _unread(unread: Iterable[Unread]) -> Iterable[Result]:
    for one in unread:
        yield Result(
            id=f"not-read-{one.place.file}-{one.place.line}",
            rule=NOT_READ,
            level=Level.WARNING,
            message=f"not read: {one.what} ({one.why})",
            detail=COMPARE_DATABASES,
            place=one.place,
        )
