"""How a score comes about, in words and in the figures of one score."""

from typing import Final

from cmis_audit.model.rule import Scale, Unit
from cmis_audit.model.score import Deduction, Score
from cmis_audit.render.units import counted, points

UNITS: Final = {Unit.CLUSTER: "group", Unit.TABLE: "table", Unit.FINDING: "finding"}


def formula(scale: Scale | None) -> str:
    """Return how a pack makes its score, in a few sentences."""
    if scale is None:
        return (
            "Score = 100 − the sum over the rules of the smaller of units × points and cap; never "
            "below 0, rounded half up."
        )
    return (
        f"Score = start × the product over the rules of (1 − t ÷ 100), rounded half up, with "
        f"t = cap × points × d ÷ (cap + points × d) and d = units for every {scale.per_tables} "
        "tables: a rule takes its points for each unit at first and never quite its cap, so that "
        "mending any finding moves the score. The start is 100, and "
        f"{points(scale.ceiling)} while a finding of severity high or critical is open. Counted "
        "are the tables that would remain if all duplicates were merged and what is to be dropped "
        f"were gone, {scale.least_tables} at least. What is missing to 100 is shared out among the "
        "rules by their t, what the start is short of among the severe ones."
    )


def charged(score: Score, one: Deduction) -> str:
    """Return what a rule was charged for: `5 groups × 4`, `7 tables (3.1 in 100) × 2`."""
    units = counted(one.units, UNITS[one.unit])
    if score.scale is None:
        return f"{units} × {points(one.points_per_unit)}"
    per = score.scale.per_tables
    dense = one.units * per / max(score.tables, score.scale.least_tables)
    return f"{units} ({points(dense)} in {per}) × {points(one.points_per_unit)}"


def is_capped(score: Score, one: Deduction) -> bool:
    """Tell whether a rule found more than it may take off."""
    return score.scale is None and one.units * one.points_per_unit > one.cap
