"""Why a score is not what it was: every point between two audits, in decimal arithmetic."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from cmis_audit.model.comparison import Bridge, BridgeLine
from cmis_audit.model.record import Record, RecordedDeduction, RecordedScore
from cmis_audit.model.score import rounded

_NONE = Decimal(0)
_FULL = Decimal(100)


def bridge(old: Record, new: Record) -> Bridge:
    """Return what each rule, the floor at 0 and the rounding do to the score between the two."""
    return bridge_of(old.score, new.score, waived_by_rule(old), waived_by_rule(new))


def waived_by_rule(record: Record) -> Counter[str]:
    return Counter(one.rule for one in record.waived_findings)


def bridge_of(
    old: RecordedScore,
    new: RecordedScore,
    waived_before: Mapping[str, int],
    waived_after: Mapping[str, int],
) -> Bridge:
    """Return every point between two scores of one pack.

    Score before, the changes of the lines, `floor`, `rounding` and `unexplained` add up to the
    score after, exactly.
    """
    before = {one.rule: one for one in old.deductions}
    after = {one.rule: one for one in new.deductions}
    lines = [
        _line(
            before.get(rule),
            after.get(rule),
            (waived_before.get(rule, 0), waived_after.get(rule, 0)),
        )
        for rule in sorted({*before, *after})
    ]
    then, now = _Rests(old), _Rests(new)
    return Bridge(
        before=old.value,
        after=new.value,
        lines=tuple(sorted(lines, key=lambda one: (-abs(one.change), one.rule))),
        floor=float(now.floor - then.floor),
        rounding=float(now.rounding - then.rounding),
        unexplained=float(now.unexplained - then.unexplained),
    )


def total(found: Bridge) -> Decimal:
    """Return the score before with all that the bridge tells: the score after."""
    rests = (found.floor, found.rounding, found.unexplained)
    changes = (_decimal(each) for each in (*(one.change for one in found.lines), *rests))
    return sum(changes, Decimal(found.before))


class _Rests:
    """What stands between 100 minus the deductions and the score as it is shown."""

    def __init__(self, score: RecordedScore) -> None:
        left = _FULL - _sum(_decimal(one.points) for one in score.deductions)
        exact = max(_NONE, left)
        shown = rounded(exact)
        self.floor = exact - left
        self.rounding = shown - exact
        self.unexplained = Decimal(score.value - shown)


def _line(
    before: RecordedDeduction | None, after: RecordedDeduction | None, waived: tuple[int, int]
) -> BridgeLine:
    told = after or before
    assert told is not None
    then = _decimal(before.points) if before else _NONE
    now = _decimal(after.points) if after else _NONE
    found_before, found_after = (set(one.findings) if one else set() for one in (before, after))
    by_units = _by_units(before, after)
    return BridgeLine(
        rule=told.rule,
        title=told.title,
        units_before=before.units if before else 0,
        units_after=after.units if after else 0,
        points_before=float(then),
        points_after=float(now),
        change=float(then - now),
        by_units=None if by_units is None else float(by_units),
        by_price=None if by_units is None else float(then - now - by_units),
        over_cap_before=_over_cap(before),
        over_cap_after=_over_cap(after),
        waived_before=waived[0],
        waived_after=waived[1],
        came=tuple(sorted(found_after - found_before)),
        gone=tuple(sorted(found_before - found_after)),
    )


def _by_units(before: RecordedDeduction | None, after: RecordedDeduction | None) -> Decimal | None:
    """Return what the units alone would have changed, at the price and cap of then."""
    priced = before or after
    if priced is None or any(_uncapped(one) is None for one in (before, after) if one):
        return None
    then = _decimal(before.points) if before else _NONE
    return then - _charge(priced, after.units if after else 0)


def _uncapped(one: RecordedDeduction) -> Decimal | None:
    """Return units times price; None where the points do not come from that."""
    if one.points_per_unit is None or _charge(one, one.units) != _decimal(one.points):
        return None
    return _decimal(one.points_per_unit) * one.units


def _charge(one: RecordedDeduction, units: int) -> Decimal:
    return min(_decimal(one.cap), _decimal(one.points_per_unit or 0) * units)


def _over_cap(one: RecordedDeduction | None) -> float:
    uncapped = _uncapped(one) if one else None
    return 0.0 if one is None or uncapped is None else float(uncapped - _decimal(one.points))


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, _NONE)


def _decimal(number: float) -> Decimal:
    """Return the number as the file has it."""
    return Decimal(repr(number))
