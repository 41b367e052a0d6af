"""Faults of what a team has decided, as findings: they are listed and gated, and cost no points.

The score speaks of the database; a waiver that has run out is a fault of nobody's tables.
"""

import hashlib
from collections.abc import Iterable

from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule, Severity, Unit


def _rule(code: str, title: str, severity: Severity, page: str) -> Rule:
    return Rule(
        code=code,
        title=title,
        severity=severity,
        check="decisions",
        unit=Unit.TABLE,
        points=0.0,
        cap=0.0,
        page=page,
    )


EXPIRED_WAIVER = _rule(
    "WAV001",
    "Expired waiver",
    Severity.MEDIUM,
    "The last day of a waiver has passed. What it covered is charged again: mend it, or decide "
    "anew with another day and reason.",
)
UNMATCHED_WAIVER = _rule(
    "WAV002",
    "Unmatched waiver",
    Severity.MEDIUM,
    "A waiver covers nothing. Either the fault is gone and the waiver can go too, or the group has "
    "other tables than when it was waived: the id of a group changes with its tables, and a waiver "
    "by tables covers no group that has grown beyond them. Take it out, or decide anew.",
)
MISSING_TABLE = _rule(
    "REG001",
    "Registered table is not there",
    Severity.LOW,
    "The register names a table that was not read: it was dropped, renamed, is a view, or is out "
    "of the reader's sight. Take it out of the register or mend its name.",
)
MISSING_TWIN = _rule(
    "REG002",
    "Canonical for a table that is not there",
    Severity.LOW,
    "A registered table stands for one that was not read. If that was merged, the register can "
    "forget it.",
)
CONTESTED = _rule(
    "REG003",
    "Two tables canonical for the same",
    Severity.MEDIUM,
    "The register contradicts itself: two tables claim to stand for the same table or concept, or "
    "for each other. Neither claim is used until one is withdrawn.",
)

RULES = (MISSING_TABLE, MISSING_TWIN, CONTESTED, EXPIRED_WAIVER, UNMATCHED_WAIVER)


def notice(
    rule: Rule, key: Iterable[str], message: str, evidence: str, subjects: Iterable[TableRef] = ()
) -> Finding:
    """Return a finding whose id stays while the words of the key do."""
    digest = hashlib.sha256("\0".join([rule.code, *key]).encode()).hexdigest()[:8]
    return Finding(
        id=f"{rule.code}-{digest}",
        rule=rule.code,
        severity=rule.severity,
        subjects=tuple(sorted(subjects)),
        message=message,
        evidence=evidence,
    )
