"""CHECK: facts and a rule give findings. The one registry of checks, and the one final sort."""

from collections.abc import Callable, Iterable, Iterator

from cmis_audit.checks.duplicate_cluster import duplicate_cluster
from cmis_audit.checks.fragmented_metrics import fragmented_metrics
from cmis_audit.checks.overlapping_entity import overlapping_entity
from cmis_audit.checks.version_suffix import version_suffix
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule, Severity

Check = Callable[[Rule, Facts], Iterator[Finding]]
"""Pure: the same rule and facts give the same findings in the same order."""

CHECKS: dict[str, Check] = {
    "duplicate_cluster": duplicate_cluster,
    "fragmented_metrics": fragmented_metrics,
    "overlapping_entity": overlapping_entity,
    "version_suffix": version_suffix,
}

PARAMETERS: dict[str, tuple[str, ...]] = dict.fromkeys(CHECKS, ())
"""The parameters that a page may set under `[params]`, of each check: none needs one so far."""

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def run_checks(rules: Iterable[Rule], facts: Facts) -> tuple[Finding, ...]:
    """Return the findings of all rules, worst severity first, then by rule and tables."""
    findings = [finding for rule in rules for finding in CHECKS[rule.check](rule, facts)]
    return tuple(
        sorted(findings, key=lambda each: (_RANK[each.severity], each.rule, each.subjects, each.id))
    )
