"""CHECK: facts and a rule give findings. The one registry of checks, and the one final sort."""

from collections.abc import Callable, Iterable, Iterator

from cmis_audit.checks.column_types import (
    column_type_conflict,
    foreign_key_type,
    mixed_timestamps,
)
from cmis_audit.checks.duplicate_cluster import duplicate_cluster
from cmis_audit.checks.fragmented_metrics import fragmented_metrics
from cmis_audit.checks.indexes import foreign_key_without_index, invalid_index, redundant_index
from cmis_audit.checks.leftovers import leftover_table
from cmis_audit.checks.naming import key_name, name_style, table_number
from cmis_audit.checks.overlapping_entity import overlapping_entity
from cmis_audit.checks.primary_key import no_primary_key
from cmis_audit.checks.references import reference_without_foreign_key
from cmis_audit.checks.row_security import (
    row_security_not_forced,
    row_security_without_policy,
    tenant_without_row_security,
)
from cmis_audit.checks.sequences import (
    sequence_near_end,
    sequence_wider_than_column,
    unjudged_sequences,
)
from cmis_audit.checks.usage import (
    empty_table,
    unjudged_emptiness,
    unjudged_use,
    unused_table,
)
from cmis_audit.checks.version_suffix import version_suffix
from cmis_audit.model.catalog import Skipped
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule, Severity

Check = Callable[[Rule, Facts], Iterator[Finding]]
"""Pure: the same rule and facts give the same findings in the same order."""

CHECKS: dict[str, Check] = {
    "column_type_conflict": column_type_conflict,
    "duplicate_cluster": duplicate_cluster,
    "empty_table": empty_table,
    "foreign_key_type": foreign_key_type,
    "foreign_key_without_index": foreign_key_without_index,
    "fragmented_metrics": fragmented_metrics,
    "invalid_index": invalid_index,
    "key_name": key_name,
    "leftover_table": leftover_table,
    "mixed_timestamps": mixed_timestamps,
    "name_style": name_style,
    "no_primary_key": no_primary_key,
    "overlapping_entity": overlapping_entity,
    "redundant_index": redundant_index,
    "reference_without_foreign_key": reference_without_foreign_key,
    "row_security_not_forced": row_security_not_forced,
    "row_security_without_policy": row_security_without_policy,
    "sequence_near_end": sequence_near_end,
    "sequence_wider_than_column": sequence_wider_than_column,
    "table_number": table_number,
    "tenant_without_row_security": tenant_without_row_security,
    "unused_table": unused_table,
    "version_suffix": version_suffix,
}

PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(CHECKS, ()),
    "column_type_conflict": ("ignore", "share", "tables"),
    "key_name": ("share", "tables"),
    "leftover_table": ("always", "beside"),
    "name_style": ("share", "tables"),
    "reference_without_foreign_key": ("satellites",),
    "sequence_near_end": ("share",),
    "table_number": ("share", "tables", "uncountable"),
    "tenant_without_row_security": ("share", "tenants"),
}
"""The parameters that a page may set under `[params]`, of each check."""

UNJUDGED: dict[str, Callable[[Facts], Iterator[Skipped]]] = {
    "empty_table": unjudged_emptiness,
    "sequence_near_end": unjudged_sequences,
    "unused_table": unjudged_use,
}
"""What a check could not judge: it is told, and never taken for healthy."""

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def run_checks(rules: Iterable[Rule], facts: Facts) -> tuple[Finding, ...]:
    """Return the findings of all rules, worst severity first, then by rule and tables."""
    findings = [finding for rule in rules for finding in CHECKS[rule.check](rule, facts)]
    return tuple(
        sorted(findings, key=lambda each: (_RANK[each.severity], each.rule, each.subjects, each.id))
    )


def not_judged(rules: Iterable[Rule], facts: Facts) -> tuple[Skipped, ...]:
    """Return what the rules could not judge, sorted."""
    checks = {rule.check for rule in rules} & UNJUDGED.keys()
    return tuple(sorted({skipped for check in checks for skipped in UNJUDGED[check](facts)}))
