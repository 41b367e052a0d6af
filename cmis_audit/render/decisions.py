"""What a team has decided, as Markdown."""

from cmis_audit.model.report import Report
from cmis_audit.model.waiver import Waived
from cmis_audit.render.escape import Safe, code, joined, table
from cmis_audit.render.units import counted


def covered(report: Report, one: Waived) -> list[str]:
    """Return what a waiver covers: groups by name, and the findings that come from none of them.

    The groups of schemas that repeat each other are told with these.
    """
    names = {cluster.id: cluster for cluster in report.clusters}
    repeated = [copies for copies in report.schema_copies if copies.id in one.schema_copies]
    within = {cluster for copies in repeated for cluster in copies.clusters}
    told = [
        f"schemas {', '.join((copies.source, *(copy.schema for copy in copies.copies)))}: "
        f"{counted(len(copies.clusters), 'group')}"
        for copies in repeated
    ]
    told += [
        f"{names[each].name}: {', '.join(str(member.table) for member in names[each].members)}"
        for each in one.clusters
        if each not in within
    ]
    told += [
        f"{finding.rule}: {finding.message}"
        for finding in (*report.waived_findings, *report.findings)
        if finding.id in one.findings and not set(finding.clusters) & set(one.clusters)
    ]
    return told


def waived_count(report: Report) -> int:
    """Return how many groups are waived, and findings that come from none of these; schemas that
    repeat each other are one.
    """
    return len({each for one in report.waived for each in covered(report, one)})


def waived_table(report: Report) -> Safe:
    rows = [
        (
            joined("; ", covered(report, one)),
            one.waiver.reason,
            one.waiver.until or "for good",
        )
        for one in report.waived
    ]
    return table(("Waived", "Reason", "Until"), rows, "lll")


def notices_table(report: Report) -> Safe:
    places = notice_places(report)
    rows = [
        (
            code(one.rule),
            one.severity,
            one.message,
            one.evidence,
            code(places[one.id]) if one.id in places else "",
        )
        for one in report.notices
    ]
    return table(("Rule", "Severity", "What", "Given", "Where"), rows, "lllll")


def notice_places(report: Report) -> dict[str, str]:
    """Return where to mend what notices are about, by their ids: `cmis-audit.toml:12`."""
    return {key: f"{place.file}:{place.line}" for key, place in report.notice_places}
