"""A health score that can be followed point by point."""

from decimal import ROUND_HALF_UP, Decimal

from cmis_audit.model.rule import Scale, Unit
from cmis_audit.model.value import Value


class Deduction(Value, frozen=True, kw_only=True):
    rule: str
    title: str
    points: float
    """Taken off: units times points per unit, capped; or its share of what a scale takes off.

    All deductions together are what is missing to 100, unless they are more than that.
    """
    points_per_unit: float
    cap: float
    unit: Unit
    units: int
    findings: tuple[str, ...]
    payoff: float
    """What the score would gain if every finding of the rule were mended."""


class ClusterPayoff(Value, frozen=True, kw_only=True):
    """What the score would gain if the cluster were merged, all rules together."""

    cluster: str
    points: float


class SchemaPayoff(Value, frozen=True, kw_only=True):
    """What the score would gain if all clusters that say a schema is repeated were merged."""

    schema_copies: str
    points: float


class Score(Value, frozen=True, kw_only=True):
    value: int
    """0 to 100, rounded half up."""
    exact: float
    grade: str
    label: str
    pack: str
    pack_fingerprint: str
    deductions: tuple[Deduction, ...]
    payoffs: tuple[ClusterPayoff, ...]
    schema_payoffs: tuple[SchemaPayoff, ...] = ()
    scale: Scale | None = None
    """How the pack charges by size."""
    tables: int = 0
    """By how many tables a scale charges: those that remain when what is to go has gone."""
    start: float = 100.0
    """What the rules took off from: 100, or the scale's ceiling."""


def rounded(exact: Decimal | float) -> int:
    """Return a score as it is shown: 0 to 100, rounded half up."""
    whole = Decimal(str(exact)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return min(max(int(whole), 0), 100)
