"""What other packs say beside the main one: their scores, rules and worst findings."""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from cmis_audit.model.finding import Finding
from cmis_audit.model.report import PackReport
from cmis_audit.render.escape import Safe, code, joined, table
from cmis_audit.render.formula import charged
from cmis_audit.render.units import counted, points

SHOWN: Final = 3
"""Findings of a rule that the report tells; the rest stand in audit.json."""


def rules_table(pack: PackReport) -> Safe:
    """Return what each rule of a pack took off and what mending would give back."""
    severities = {rule.code: rule.severity for rule in pack.rules}
    rows: list[list[object]] = [
        [
            code(one.rule),
            one.title,
            severities[one.rule],
            charged(pack.score, one),
            f"−{points(one.points)}",
            f"+{points(one.payoff)}",
        ]
        for one in pack.score.deductions
    ]
    return table(["Rule", "Fault", "Severity", "Charged", "Points", "Payoff"], rows, "lllrrr")


def findings_table(pack: PackReport, prose: Callable[[str], Safe]) -> Safe:
    """Return the first findings of each rule, the dearest rule first."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in pack.findings:
        by_rule[finding.rule].append(finding)
    rows: list[list[object]] = []
    for one in pack.score.deductions:
        found = by_rule[one.rule]
        lines = [
            joined(" — ", [prose(part) for part in (each.message, each.evidence) if part])
            for each in found[:SHOWN]
        ]
        if len(found) > SHOWN:
            lines.append(Safe(f"and {counted(len(found) - SHOWN, 'more', 'more')} in audit.json"))
        rows.append([code(one.rule), joined(Safe("<br>"), lines)])
    return table(["Rule", "Findings"], rows, "ll")


def judged(pack: PackReport) -> str:
    """Return how many rules there are and how many of them found something."""
    return f"{len(pack.score.deductions)} of {counted(len(pack.rules), 'rule')} found something"
