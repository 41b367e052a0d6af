"""Laws of comparing audits: what must hold whatever two databases look like."""

from decimal import Decimal

from audited import POOL, audited, recorded
from hypothesis import given, settings
from hypothesis import strategies as some

from cmis_audit.comparing import comparison_of
from cmis_audit.history.bridge import bridge, total
from cmis_audit.model.comparison import Change
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.record import (
    Record,
    RecordedDeduction,
    RecordedScore,
    RecordedSource,
    RecordedTotals,
)
from cmis_audit.model.score import rounded
from cmis_audit.model.waiver import Waiver

FEW = settings(max_examples=40, deadline=None)
schemas = some.sets(some.sampled_from(POOL), max_size=9).map(sorted)
MIRRORED = {
    Change.BORN: Change.CLOSED,
    Change.CLOSED: Change.BORN,
    Change.GROWN: Change.SHRUNK,
    Change.SHRUNK: Change.GROWN,
    Change.CHANGED: Change.CHANGED,
}


@some.composite
def deductions(draw: some.DrawFn, rule: str) -> RecordedDeduction:
    """One rule's, priced or, as a file of other makers may have it, at any points."""
    units = draw(some.integers(1, 40))
    price = draw(some.decimals(0, 20, places=4))
    cap = draw(some.decimals(0, 80, places=4))
    odd = draw(some.none() | some.decimals(0, 60, places=4))
    points = odd if odd is not None else min(cap, price * units)
    return RecordedDeduction(
        rule=rule,
        title=rule,
        points=float(points),
        points_per_unit=draw(some.sampled_from((float(price), None))),
        cap=float(cap),
        unit="table",
        units=units,
        findings=tuple(f"{rule}-{number}" for number in range(units)),
    )


@some.composite
def scored(draw: some.DrawFn) -> Record:
    rules = draw(some.sets(some.sampled_from(("A1", "B2", "C3", "D4", "E5"))))
    found = tuple(draw(deductions(rule)) for rule in sorted(rules))
    taken = sum((Decimal(repr(one.points)) for one in found), Decimal(0))
    drift = draw(some.sampled_from((0, 0, 0, 3)))
    return Record(
        source=RecordedSource(database="d", server_version="16", read_at="", fingerprint=""),
        totals=RecordedTotals(tables=0),
        score=RecordedScore(
            value=max(0, rounded(max(Decimal(0), 100 - taken)) - drift),
            grade="A",
            pack="p",
            pack_fingerprint="f",
            deductions=found,
        ),
        clusters=(),
        findings=(),
    )


@given(scored(), scored())
def test_a_bridge_reaches_the_other_side(old: Record, new: Record) -> None:
    assert total(bridge(old, new)) == new.score.value


@FEW
@given(schemas, schemas)
def test_a_bridge_between_audits_leaves_nothing_unexplained(a: list[str], b: list[str]) -> None:
    found = bridge(recorded(*a), recorded(*b))
    assert total(found) == found.after
    assert found.unexplained == 0
    assert abs(found.rounding) <= 1


@FEW
@given(schemas)
def test_nothing_changes_between_an_audit_and_itself(names: list[str]) -> None:
    found = comparison_of(recorded(*names), recorded(*names), earlier=[])
    assert found.clusters == ()
    assert found.new_tables == found.dropped_tables == ()
    assert all(line.change == 0 and not line.came and not line.gone for line in found.bridge.lines)


@FEW
@given(schemas, schemas)
def test_back_is_the_mirror_of_forth(a: list[str], b: list[str]) -> None:
    forth = comparison_of(recorded(*a), recorded(*b))
    back = comparison_of(recorded(*b), recorded(*a))
    told = {
        (MIRRORED[one.change], one.after, one.before, one.gone, one.came) for one in forth.clusters
    }
    assert told == {(o.change, o.before, o.after, o.came, o.gone) for o in back.clusters}
    assert forth.unchanged == back.unchanged
    assert {one.table for one in forth.new_tables or ()} == set(back.dropped_tables or ())


@FEW
@given(schemas)
def test_when_all_is_waived_nothing_is_charged(names: list[str]) -> None:
    plain = audited(frozenset(names))
    waivers = tuple(Waiver(reason="known", id=one.id) for one in plain.findings)
    report = audited(frozenset(names), Decisions(waivers=waivers, today="2026-01-05"))
    assert report.score.value == 100
    assert not report.notices
    assert {one.id for one in report.waived_findings} == {one.id for one in plain.findings}
    tables = tuple(f"app.{name}" for name in names)
    by_tables = (Waiver(reason="known", tables=tables),) if names else ()
    whole = audited(frozenset(names), Decisions(waivers=by_tables, today="2026-01-05"))
    assert whole.score.value == 100
