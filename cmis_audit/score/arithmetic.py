"""Points, caps, grades and payoffs, in decimal arithmetic: 3.75 is 3.75 and halves round up.

Without a scale a score is 100 minus the capped points of each rule, never below 0. With one it is
the product of what each rule leaves: it has no floor to lie on, and each finding that is mended
moves it, however many there are.
"""

from collections.abc import Iterable
from decimal import Decimal

from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Grade, Rule, RulePack, Scale, Severity
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import ClusterPayoff, Deduction, SchemaPayoff, Score, rounded
from cmis_audit.score.charge import Charge

_FULL = Decimal(100)
_NONE = Decimal(0)
_NO_CLUSTERS: frozenset[str] = frozenset()
_SEVERE = (Severity.CRITICAL, Severity.HIGH)


def score(
    findings: Iterable[Finding],
    clusters: Iterable[Cluster],
    pack: RulePack,
    schema_copies: Iterable[SchemaCopies] = (),
    tables: Iterable[TableRef] = (),
) -> Score:
    """Return what the findings leave of 100, with what mending returns; `tables` are all there are.

    Deductions stand largest first; rules without a finding have none. A payoff is counted on exact
    values, after caps and the floor: what is over a cap returns nothing until the rest is mended.
    """
    clusters = [each for each in clusters if each.verdict is Verdict.CONSOLIDATE]
    charged = _charged(findings, pack.rules)
    remaining = 0 if pack.scale is None else _remaining(tables, clusters, charged)
    charges = _Linear(charged) if pack.scale is None else _Scaled(charged, pack.scale, remaining)
    exact = charges.left()
    shares = charges.shares()
    deductions = [
        _deduction(each, shares[each.rule.code], charges.left(mended=each) - exact)
        for each in charged
        if each.findings
    ]
    grade = _grade(rounded(exact), pack.grades)
    return Score(
        value=rounded(exact),
        exact=float(exact),
        grade=grade.grade,
        label=grade.label,
        pack=pack.name,
        pack_fingerprint=pack.fingerprint,
        deductions=tuple(sorted(deductions, key=lambda each: (-each.points, each.rule))),
        payoffs=tuple(
            ClusterPayoff(
                cluster=cluster.id,
                points=float(charges.left(frozenset((cluster.id,))) - exact),
            )
            for cluster in clusters
        ),
        schema_payoffs=tuple(
            SchemaPayoff(
                schema_copies=one.id,
                points=float(charges.left(frozenset(one.clusters)) - exact),
            )
            for one in schema_copies
            if one.verdict is Verdict.CONSOLIDATE
        ),
        scale=pack.scale,
        tables=remaining,
        start=float(charges.start()),
    )


def score_if_merged(
    findings: Iterable[Finding], rules: Iterable[Rule], merged: frozenset[str], now: Score
) -> int:
    """Return what the score would be if clusters were merged; it is `now` before they are."""
    charged = _charged(findings, rules)
    charges = _Linear(charged) if now.scale is None else _Scaled(charged, now.scale, now.tables)
    return rounded(charges.left(merged))


def _charged(findings: Iterable[Finding], rules: Iterable[Rule]) -> list[Charge]:
    by_rule: dict[str, tuple[Rule, list[Finding]]] = {rule.code: (rule, []) for rule in rules}
    for finding in findings:
        by_rule[finding.rule][1].append(finding)
    return [Charge(rule, found) for rule, found in by_rule.values()]


class _Linear:
    """Each rule takes its points, up to its cap."""

    def __init__(self, charges: list[Charge]) -> None:
        self._charges = charges

    def start(self) -> Decimal:
        return _FULL

    def left(self, merged: frozenset[str] = _NO_CLUSTERS, mended: Charge | None = None) -> Decimal:
        """Return the exact score if clusters were merged, or the findings of a rule mended."""
        taken = (_points(each, merged) for each in self._charges if each is not mended)
        return max(_NONE, _FULL - sum(taken, _NONE))

    def shares(self) -> dict[str, Decimal]:
        return {each.rule.code: _points(each) for each in self._charges}


class _Scaled:
    """Each rule takes a part of what the others leave, by how dense its findings are.

    The number of tables is the one that remains when everything is mended: merging or dropping
    tables leaves what else is charged as dense as it was.
    """

    def __init__(self, charges: list[Charge], scale: Scale, tables: int) -> None:
        self._charges = charges
        self._scale = scale
        self._factor = Decimal(scale.per_tables) / max(tables, scale.least_tables)

    def start(self, merged: frozenset[str] = _NO_CLUSTERS, mended: Charge | None = None) -> Decimal:
        """Return the ceiling while something severe is open, else 100."""
        severe = any(
            each.rule.severity in _SEVERE and each is not mended and each.units(merged)
            for each in self._charges
        )
        return decimal(self._scale.ceiling) if severe else _FULL

    def left(self, merged: frozenset[str] = _NO_CLUSTERS, mended: Charge | None = None) -> Decimal:
        left = self.start(merged, mended)
        for each in self._charges:
            if each is not mended:
                left *= 1 - self._taken(each, merged) / 100
        return left

    def _taken(self, charge: Charge, merged: frozenset[str] = _NO_CLUSTERS) -> Decimal:
        """Return the per cent that a rule takes: at first by the unit, never quite its cap."""
        cap = decimal(charge.rule.cap)
        asked = decimal(charge.rule.points) * charge.units(merged) * self._factor
        return cap * asked / (cap + asked)

    def shares(self) -> dict[str, Decimal]:
        """Return what each rule took off, so that all together are what is missing to 100.

        What the rules take is shared out by the per cent of each; what the ceiling takes, among
        those that are severe.
        """
        taken = {each.rule.code: self._taken(each) for each in self._charges}
        severe = {
            each.rule.code: taken[each.rule.code]
            for each in self._charges
            if each.rule.severity in _SEVERE
        }
        start = self.start()
        by_rules = _shared(start - self.left(), taken)
        by_ceiling = _shared(_FULL - start, severe)
        return {code: by_rules[code] + by_ceiling.get(code, _NONE) for code in taken}


def _shared(whole: Decimal, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    every = sum(weights.values(), _NONE)
    return {key: whole * weight / every if every else _NONE for key, weight in weights.items()}


def _remaining(
    tables: Iterable[TableRef], clusters: Iterable[Cluster], charges: list[Charge]
) -> int:
    """Return how many tables remain when every duplicate is merged and what is to go has gone."""
    clusters = tuple(clusters)
    merged = {
        member.table
        for cluster in clusters
        for member in cluster.members
        if member.role is Role.MERGE
    }
    dropped = {
        ref
        for charge in charges
        if charge.rule.drops
        for finding in charge.findings
        for ref in finding.subjects
    }
    leaving = sum(cluster.tables_before - cluster.tables_after for cluster in clusters)
    return len(set(tables) - (dropped - merged)) - leaving


def _points(charge: Charge, merged: frozenset[str] = _NO_CLUSTERS) -> Decimal:
    return min(decimal(charge.rule.cap), decimal(charge.rule.points) * charge.units(merged))


def _deduction(charge: Charge, points: Decimal, payoff: Decimal) -> Deduction:
    rule = charge.rule
    return Deduction(
        rule=rule.code,
        title=rule.title,
        points=float(points),
        points_per_unit=rule.points,
        cap=rule.cap,
        unit=rule.unit,
        units=charge.units(),
        findings=tuple(finding.id for finding in charge.findings),
        payoff=float(payoff),
    )


def _grade(value: int, grades: tuple[Grade, ...]) -> Grade:
    return next((grade for grade in grades if value >= grade.at_least), grades[-1])


def decimal(number: float) -> Decimal:
    """Return the number as it is written in the pack, not as binary stores it."""
    return Decimal(repr(number))
