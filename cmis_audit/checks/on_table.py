"""What the checks of single tables share: which tables they look at, and findings on one."""

from collections.abc import Iterator

from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.catalog import Table, TableKind
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule


def stored_tables(facts: Facts) -> Iterator[Table]:
    """Yield the tables that this database keeps itself; partitions are folded into theirs."""
    return (table for table in facts.catalog.tables if table.kind is not TableKind.FOREIGN)


def finding_on(
    rule: Rule, table: TableRef, message: str, evidence: str, *, part: str = ""
) -> Finding:
    return Finding(
        id=finding_id(rule.code, (table,), part),
        rule=rule.code,
        severity=rule.severity,
        subjects=(table,),
        message=message,
        evidence=evidence,
    )


def words_of(rule: Rule, name: str) -> frozenset[str]:
    """Return a parameter that is a list of words; the page must set it."""
    found = next((each.value for each in rule.parameters if each.name == name), None)
    return frozenset(found) if isinstance(found, tuple) else frozenset()


def number_of(rule: Rule, name: str, default: float) -> float:
    found = next((each.value for each in rule.parameters if each.name == name), default)
    return float(found) if isinstance(found, int | float) else default
