"""Points, caps, grades and payoffs, in decimal arithmetic: 3.75 is 3.75 and halves round up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from decimal import Decimal

from cmis_audit.model.cluster import Cluster, Verdict
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
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
    charges = _charges(findings, pack.rules)
    exact = charges.without(frozenset())
    deductions = [_deduction(each, charges, exact) for each in charges.by_rule if each.findings]
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
                points=float(charges.without(frozenset((cluster.id,))) - exact),
            )
            for cluster in clusters
            if cluster.verdict is Verdict.CONSOLIDATE
        ),
        schema_payoffs=tuple(
            SchemaPayoff(
                schema_copies=one.id,
                points=float(charges.without(frozenset(one.clusters)) - exact),
            )
            for one in schema_copies
            if one.verdict is Verdict.CONSOLIDATE
        ),
    )


def score_if_merged(
    findings: Iterable[Finding], rules: Iterable[Rule], merged: frozenset[str]
) -> int:
    """Return what the score would be if clusters were merged."""
    return rounded(_charges(findings, rules).without(merged))


class _Charge:
    """What a rule takes off for its findings: a price for each distinct cluster or table.

    A finding outside every cluster is a unit of its own where clusters are charged.
    """

    def __init__(self, rule: Rule, findings: list[Finding]) -> None:
        self.rule = rule
        self.findings = findings
        self._within: dict[str, list[int]] = defaultdict(list)
        self._times: Counter[str | TableRef] = Counter()
        for place, finding in enumerate(findings):
            self._times.update(self._charged(finding))
            for cluster in set(finding.clusters):
                self._within[cluster].append(place)

    def _charged(self, finding: Finding) -> Set[str | TableRef]:
        if self.rule.unit is Unit.TABLE:
            return set(finding.subjects)
        return set(finding.clusters or (finding.id,))

    def units(self, merged: frozenset[str] = frozenset()) -> int:
        """Return how many distinct clusters or tables are charged if some clusters were merged.

        A finding goes when no other cluster holds it; one that stands in two clusters needs both.
        """
        if self.rule.unit is not Unit.TABLE:
            return len(self._times) - sum(cluster in self._times for cluster in merged)
        gone: Counter[str | TableRef] = Counter()
        touched = {place for cluster in merged for place in self._within.get(cluster, ())}
        for finding in (self.findings[place] for place in touched):
            if merged.issuperset(finding.clusters):
                gone.update(self._charged(finding))
        return len(self._times) - sum(self._times[each] == times for each, times in gone.items())

    def points(self, merged: frozenset[str] = frozenset()) -> Decimal:
        return min(_decimal(self.rule.cap), _decimal(self.rule.points) * self.units(merged))


class _Charges:
    """What all rules take off."""

    def __init__(self, by_rule: list[_Charge]) -> None:
        self.by_rule = by_rule

    def without(self, merged: frozenset[str], mended: _Charge | None = None) -> Decimal:
        """Return the exact score if clusters were merged, or the findings of a rule mended."""
        left = (each.points(merged) for each in self.by_rule if each is not mended)
        return max(_NONE, _FULL - sum(left, _NONE))


def _charges(findings: Iterable[Finding], rules: Iterable[Rule]) -> _Charges:
    by_rule: dict[str, tuple[Rule, list[Finding]]] = {rule.code: (rule, []) for rule in rules}
    for finding in findings:
        by_rule[finding.rule][1].append(finding)
    return _Charges([_Charge(rule, found) for rule, found in by_rule.values()])


def _deduction(charge: _Charge, charges: _Charges, exact: Decimal) -> Deduction:
    rule = charge.rule
    return Deduction(
        rule=rule.code,
        title=rule.title,
        points=float(charge.points()),
        points_per_unit=rule.points,
        cap=rule.cap,
        unit=rule.unit,
        units=charge.units(),
        findings=tuple(finding.id for finding in charge.findings),
        payoff=float(charges.without(frozenset(), charge) - exact),
    )


def _grade(value: int, grades: tuple[Grade, ...]) -> Grade:
    return next((grade for grade in grades if value >= grade.at_least), grades[-1])


def _decimal(number: float) -> Decimal:
    """Return the number as it is written in the pack, not as binary stores it."""
    return Decimal(repr(number))
