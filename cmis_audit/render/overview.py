"""Tables of the Markdown report that speak of the database as a whole."""

from collections.abc import Callable, Sequence
from typing import Final

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.model.score import Score
from cmis_audit.render import evidence, outlook, risk
from cmis_audit.render.escape import Safe, Table, code, joined, table, text
from cmis_audit.render.formula import UNITS, charged, is_capped
from cmis_audit.render.schema_sections import SchemaSection
from cmis_audit.render.sections import ClusterSection
from cmis_audit.render.units import bar, counted, percent, points

Merge = ClusterSection | SchemaSection
"""What the tables over all merges have a line for."""

BIG_GROUP: Final = 6
"""Keep-apart groups with more members are told in one line."""
SHOWN: Final = 3
"""Members of a big group that the line names."""


def equation(score: Score) -> Safe:
    """Return the score as a sum: `100 − 20 − 3.75 = 76.25`."""
    terms = ["100", *(f"− {points(one.points)}" for one in score.deductions if one.points)]
    total = 100 - sum(one.points for one in score.deductions)
    floor = " → 0" if total < 0 else ""
    return code(f"{' '.join(terms)} = {points(total).replace('-', '−')}{floor}")


def deductions_table(report: Report) -> Table:
    """Return what each rule took off and how it was reckoned."""
    codes = {rule.code: rule.severity for rule in report.rules}
    rows: list[list[object]] = [
        [
            code(one.rule),
            one.title,
            codes.get(one.rule, evidence.MISSING),
            charged(report.score, one),
            points(one.cap),
            Safe(f"**−{points(one.points)}**") if one.points else 0,
            f"+{points(one.payoff)}",
        ]
        for one in report.score.deductions
    ]
    headers = ["Rule", "Fault", "Severity", "Charged", "Cap", "Points", "Payoff"]
    return table(headers, rows, "lllrrrr")


def beside(catalog: Catalog) -> str:
    """Return what the catalog shows beside duplication: missing keys and row security."""
    keyless = sum(one.primary_key is None for one in catalog.tables)
    guarded = sum(one.row_security for one in catalog.tables)
    keys = f"{counted(keyless, 'table')} without a primary key" if keyless else "no missing key"
    security = f"row-level security on {guarded}" if guarded else "row-level security on none"
    return f"{keys}, {security}, of {counted(len(catalog.tables), 'table')}."


def cap_remark(report: Report) -> str:
    """Return a sentence on the rules that are at their cap, where there are any."""
    capped = [one.rule for one in report.score.deductions if is_capped(report.score, one)]
    if not capped:
        return ""
    return (
        f"{', '.join(capped)} took off the most that the rule may: there a single merge gives back "
        "less than it costs, and the lines do not add up."
    )


def rules_table(report: Report) -> Table:
    """Return the rules that were run."""
    rows: list[list[object]] = [
        [
            code(rule.code),
            rule.title,
            rule.severity,
            f"{points(rule.points)} per {UNITS[rule.unit]}",
            points(rule.cap),
        ]
        for rule in report.rules
    ]
    return table(["Rule", "Fault", "Severity", "Points", "Cap"], rows, "lllrr")


def not_assessed_table(report: Report) -> Table:
    """Return what could not be read or judged, and why."""
    rows = [[code(one.what), one.why] for one in report.not_assessed]
    return table(["What", "Why"], rows, "ll")


def codes(refs: tuple[TableRef, ...]) -> list[Safe]:
    """Return the tables as code spans."""
    return [code(str(ref)) for ref in refs]


def glance_table(sections: Sequence[Merge]) -> Table:
    """Return the consolidate clusters, a line each."""
    rows: list[list[object]] = [
        [
            section.link,
            section.cluster.priority,
            section.what,
            section.cluster.tables_before,
            section.cluster.tables_after,
            f"{section.cluster.confidence:.2f}",
            f"+{points(section.payoff)}" if section.payoff else Safe("—"),
        ]
        for section in sections
    ]
    headers = [
        "Group",
        "Priority",
        "What it is",
        "Tables now",
        "After",
        "Confidence",
        "Points back",
    ]
    return table(headers, rows, "lllrrrr")


def payoff_table(sections: Sequence[Merge]) -> Table:
    """Return what each merge alone would do to the score, where it does, greatest gain first."""
    gaining = [section for section in sections if section.payoff]
    ordered = sorted(gaining, key=lambda section: -section.payoff)
    rows: list[list[object]] = [
        [
            section.link,
            f"+{points(section.payoff)}",
            section.score_then,
            code(bar(section.score_then, 100)),
        ]
        for section in ordered
    ]
    return table(["Merge", "Points back", "Score then", ""], rows, "lrrl")


def totals_table(sections: Sequence[Merge], total: outlook.Totals) -> Table:
    """Return tables before and after by cluster, with a total that counts each table once."""
    rows: list[list[object]] = [
        [
            section.link,
            section.cluster.tables_before,
            section.cluster.tables_after,
            percent(section.leaving, section.cluster.tables_before),
            section.cluster.priority,
        ]
        for section in sections
    ]
    cells = ("Total, each table once", total.before, total.after)
    bold = [Safe(f"**{cell}**") for cell in (*cells, percent(total.leaving, total.before))]
    rows.append([*bold, ""])
    headers = ["Group", "Tables now", "After", "Reduction", "Priority"]
    return table(headers, rows, "lrrrl", has_total=True)


def domain_table(rows: tuple[outlook.DomainRow, ...], total: outlook.DomainRow) -> Table:
    """Return tables before and after by word of the name; the last line counts a table once."""
    cells: list[list[object]] = [
        [
            code(row.word),
            row.tables,
            row.members,
            row.tables - row.leaving,
            percent(row.leaving, row.tables),
        ]
        for row in rows
    ]
    sums = (total.tables, total.members, total.tables - total.leaving)
    bold = [Safe(f"**{one}**") for one in (*sums, percent(total.leaving, total.tables))]
    cells.append([Safe("**Total, each table once**"), *bold])
    headers = ["Word", "Tables with it", "In the groups above", "After", "Reduction"]
    return table(headers, cells, "lrrrr", has_total=True)


def risk_table(sections: Sequence[Merge]) -> Table:
    """Return the risk factors of each cluster and the highest of them."""
    headers = ["Merge", *(factor.name for factor in sections[0].risks), "Overall"]
    rows: list[list[object]] = [
        [
            section.link,
            *map(_factor, section.risks),
            Safe(f"**{risk.overall(section.risks).name}**"),
        ]
        for section in sections
    ]
    return table(headers, rows, "l" * len(headers))


def keep_apart_table(clusters: list[Cluster], prose: Callable[[str], Safe]) -> Table:
    """Return the small look-alike groups with reason and suggested names."""
    rows: list[list[object]] = [
        [
            cluster.name,
            cluster.kind.replace("-", " "),
            joined(Safe("<br>"), [code(str(member.table)) for member in cluster.members]),
            prose(cluster.reason),
            joined(Safe("<br>"), _renames(cluster)) or evidence.MISSING,
        ]
        for cluster in clusters
    ]
    return table(["Group", "Kind", "Tables", "Why apart", "Clearer name"], rows, "lllll")


def family_lines(clusters: list[Cluster], prose: Callable[[str], Safe]) -> list[Safe]:
    """Return one line for each large look-alike group."""
    lines = []
    for cluster in clusters:
        shown = joined(", ", [code(str(one.table)) for one in cluster.members[:SHOWN]])
        more = len(cluster.members) - SHOWN
        lines.append(
            Safe(
                f"**{text(cluster.name)}** ({outlook.KINDS[cluster.kind]}, "
                f"{counted(len(cluster.members), 'table')}): {shown} and {more} more. "
                f"{prose(cluster.reason)}"
            )
        )
    return lines


def findings_table(report: Report, prose: Callable[[str], Safe]) -> Table:
    """Return every finding, in the report's order."""
    rows: list[list[object]] = [
        [
            finding.severity,
            finding.rule,
            joined(", ", [code(str(ref)) for ref in finding.subjects]) or evidence.MISSING,
            joined(
                Safe("<br>"), [prose(part) for part in (finding.message, finding.evidence) if part]
            ),
        ]
        for finding in report.findings
    ]
    return table(["Severity", "Rule", "Tables", "Finding"], rows, "llll")


def _factor(factor: risk.Factor) -> str:
    level = factor.level.name.lower()
    return level if factor.level is risk.Level.NONE else f"{level}: {factor.fact}"


def _renames(cluster: Cluster) -> list[Safe]:
    return [
        Safe(f"{code(str(member.table))} → {code(member.suggested_name)}")
        for member in cluster.members
        if member.suggested_name
    ]
