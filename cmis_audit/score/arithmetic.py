"""Points, caps, grades and payoffs, in decimal arithmetic: 3.75 is 3.75 and halves round up."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cmis_audit.model.cluster import Cluster, Verdict
from cmis_audit.model.finding import Finding
from cmis_audit.model.rule import Grade, Rule, RulePack, Unit
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import ClusterPayoff, Deduction, SchemaPayoff, Score, rounded

_FULL = Decimal(100)
_NONE = Decimal(0)


def score(
    findings: Iterable[Finding],
    clusters: Iterable[Cluster],
    pack: RulePack,
    schema_copies: Iterable[SchemaCopies] = (),
) -> Score:
    """Return 100 minus the capped points of each rule, never below 0, with what mending returns.

    Deductions stand largest first; rules without a finding have none. A payoff is counted on exact
    values, after caps and the floor: what is over a cap returns nothing until the rest is mended.
    """
    by_rule: dict[str, list[Finding]] = {rule.code: [] for rule in pack.rules}
    for finding in findings:
        by_rule[finding.rule].append(finding)
    taken = {rule.code: _points(rule, by_rule[rule.code]) for rule in pack.rules}
    exact = _exact(taken)
    deductions = [
        _deduction(rule, by_rule[rule.code], taken, exact)
        for rule in pack.rules
        if by_rule[rule.code]
    ]
    value = rounded(exact)
    grade = _grade(value, pack.grades)
    return Score(
        value=value,
        exact=float(exact),
        grade=grade.grade,
        label=grade.label,
        pack=pack.name,
        pack_fingerprint=pack.fingerprint,
        deductions=tuple(sorted(deductions, key=lambda each: (-each.points, each.rule))),
        payoffs=tuple(
            ClusterPayoff(
                cluster=cluster.id,
                points=float(_without(frozenset((cluster.id,)), pack, by_rule) - exact),
            )
            for cluster in clusters
            if cluster.verdict is Verdict.CONSOLIDATE
        ),
        schema_payoffs=tuple(
            SchemaPayoff(
                schema_copies=one.id,
                points=float(_without(frozenset(one.clusters), pack, by_rule) - exact),
            )
            for one in schema_copies
            if one.verdict is Verdict.CONSOLIDATE
        ),
    )


def _exact(taken: Mapping[str, Decimal]) -> Decimal:
    return max(_NONE, _FULL - sum(taken.values(), _NONE))


def _points(
    rule: Rule, findings: Iterable[Finding], merged: frozenset[str] = frozenset()
) -> Decimal:
    return min(_decimal(rule.cap), _decimal(rule.points) * _units(rule.unit, findings, merged))


def _units(unit: Unit, findings: Iterable[Finding], merged: frozenset[str] = frozenset()) -> int:
    """Return how many distinct clusters, those that are merged aside, or tables are charged.

    A finding outside every cluster is a unit of its own where clusters are charged.
    """
    if unit is Unit.TABLE:
        return len({table for finding in findings for table in finding.subjects})
    keys = {key for finding in findings for key in (finding.clusters or (finding.id,))}
    return len(keys - merged)


def _deduction(
    rule: Rule, findings: list[Finding], taken: Mapping[str, Decimal], exact: Decimal
) -> Deduction:
    return Deduction(
        rule=rule.code,
        title=rule.title,
        points=float(taken[rule.code]),
        points_per_unit=rule.points,
        cap=rule.cap,
        unit=rule.unit,
        units=_units(rule.unit, findings),
        findings=tuple(finding.id for finding in findings),
        payoff=float(_exact({**taken, rule.code: _NONE}) - exact),
    )


def _without(
    merged: frozenset[str], pack: RulePack, by_rule: Mapping[str, list[Finding]]
) -> Decimal:
    """Return the exact score if some clusters were merged.

    A finding goes when no other cluster holds it; one that stands in two clusters needs both.
    """
    taken = {}
    for rule in pack.rules:
        left = [
            each
            for each in by_rule[rule.code]
            if not each.clusters or not merged.issuperset(each.clusters)
        ]
        taken[rule.code] = _points(rule, left, merged)
    return _exact(taken)


def _grade(value: int, grades: tuple[Grade, ...]) -> Grade:
    return next((grade for grade in grades if value >= grade.at_least), grades[-1])


def _decimal(number: float) -> Decimal:
    """Return the number as it is written in the pack, not as binary stores it."""
    return Decimal(repr(number))
