"""What is said of two audits: each change beside one that is nearly it and is not."""

import msgspec
import pytest
from audited import audited, recorded

from cmis_audit.comparing import comparison_of, comparison_text
from cmis_audit.errors import SourceError
from cmis_audit.history.bridge import bridge
from cmis_audit.history.reading import is_audit, plan_record_of, record_of
from cmis_audit.model.comparison import Change, ClusterChange, Comparison
from cmis_audit.model.record import Record

INVOICES = ("invoices", "invoices_v2")
VEHICLES = ("vehicles", "vehicles_v2")


def changes(old: Record, new: Record, **how: object) -> list[ClusterChange]:
    return list(comparison_of(old, new, **how).clusters)


def test_a_group_is_born_and_closed() -> None:
    before, after = recorded("invoices", *VEHICLES), recorded(*INVOICES, "vehicles")
    born, closed = changes(before, after)
    assert (born.change, born.tables) == (Change.BORN, ("app.invoices", "app.invoices_v2"))
    assert (closed.change, closed.note) == (Change.CLOSED, "dropped: app.vehicles_v2")
    assert closed.after is None
    assert born.before is None


def test_a_group_that_takes_in_a_table_has_grown_and_is_the_same() -> None:
    before, after = recorded(*INVOICES), recorded(*INVOICES, "invoices_v3")
    [grown] = changes(before, after)
    assert grown.change is Change.GROWN
    assert grown.came == ("app.invoices_v3",)
    assert grown.before != grown.after
    [shrunk] = changes(after, before)
    assert (shrunk.change, shrunk.gone) == (Change.SHRUNK, ("app.invoices_v3",))


def test_where_one_table_came_and_another_went_it_has_changed() -> None:
    [changed] = changes(recorded(*INVOICES), recorded("invoices", "invoices_backup"))
    assert changed.change is Change.CHANGED
    assert (changed.came, changed.gone) == (("app.invoices_backup",), ("app.invoices_v2",))


def test_only_a_history_tells_what_has_grown_again() -> None:
    first = recorded(*INVOICES, read_at="2025-10-05T00:00:00Z")
    old, new = recorded("invoices"), recorded("invoices", "invoices_v3")
    assert [one.change for one in changes(old, new)] == [Change.BORN]
    [again] = changes(old, new, earlier=[first])
    assert again.change is Change.REGROWN
    assert "2025-10-05" in again.note
    assert "app.invoices_v2" in again.note


@pytest.mark.parametrize(
    "other",
    [
        recorded(*INVOICES, read_at="2026-02-01T00:00:00Z"),
        recorded(*VEHICLES, read_at="2025-10-05T00:00:00Z"),
    ],
    ids=["read later", "of other tables"],
)
def test_not_every_earlier_audit_speaks(other: Record) -> None:
    old, new = recorded("invoices"), recorded("invoices", "invoices_v3")
    assert [one.change for one in changes(old, new, earlier=[other])] == [Change.BORN]


def test_an_audit_of_another_database_speaks_neither() -> None:
    first = recorded(*INVOICES, read_at="2025-10-05T00:00:00Z")
    source = msgspec.structs.replace(first.source, database="elsewhere")
    first = msgspec.structs.replace(first, source=source)
    old, new = recorded("invoices"), recorded("invoices", "invoices_v3")
    assert [one.change for one in changes(old, new, earlier=[first])] == [Change.BORN]


def test_new_tables_are_told_with_what_they_resemble() -> None:
    found = comparison_of(recorded("invoices"), recorded(*INVOICES, "lectures"))
    assert found.new_tables is not None
    twin, alone = found.new_tables
    assert [one.table for one in twin.resembles] == ["app.invoices"]
    assert twin.resembles[0].bits > 0
    assert alone.resembles == ()
    assert found.dropped_tables == ()


def test_an_audit_that_does_not_name_its_tables_tells_none() -> None:
    old = msgspec.structs.replace(recorded("invoices"), tables=None)
    found = comparison_of(old, recorded(*INVOICES))
    assert found.new_tables is None
    assert "cannot be told" in comparison_text(found, width=80)


def repriced(record: Record, price: float) -> Record:
    deductions = tuple(
        msgspec.structs.replace(one, points_per_unit=price, points=min(one.cap, price * one.units))
        for one in record.score.deductions
    )
    value = round(100 - sum(one.points for one in deductions))
    score = msgspec.structs.replace(
        record.score, deductions=deductions, value=value, pack_fingerprint="other"
    )
    return msgspec.structs.replace(record, score=score)


def test_another_price_is_told_apart_from_more_units() -> None:
    old, new = recorded(*INVOICES), repriced(recorded(*INVOICES, *VEHICLES), 5.0)
    found = comparison_of(old, new)
    line = next(one for one in found.bridge.lines if one.rule == "DUP001")
    assert (line.by_units, line.by_price) == (-4.0, -2.0)
    assert not found.same_scale
    assert "not of one scale" in comparison_text(found, width=200)
    assert "not of one scale" not in comparison_text(comparison_of(old, old), width=200)


def test_a_score_that_does_not_follow_from_its_deductions_is_named() -> None:
    old = recorded(*INVOICES)
    wrong = msgspec.structs.replace(
        old, score=msgspec.structs.replace(old.score, value=old.score.value - 7)
    )
    assert bridge(old, wrong).unexplained == -7
    assert bridge(old, old).unexplained == 0


def test_lines_are_no_wider_than_the_terminal() -> None:
    found = comparison_of(recorded("invoices", "lectures"), recorded(*INVOICES, "invoices_v3"))
    text = comparison_text(found, width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "\x1b" not in text


def test_a_name_cannot_act_on_the_terminal() -> None:
    found = comparison_of(recorded(*INVOICES), recorded(*INVOICES))
    hostile = msgspec.structs.replace(found.new, database="shop\x1b[2J")
    evil: Comparison = msgspec.structs.replace(found, new=hostile)
    assert "\x1b" not in comparison_text(evil, width=80)


AUDIT = b'{"format_version": %b, "tool": {"name": "cmis-audit"}, "score": {}}'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no audit.json"),
        (b"[1, 2]", "is no audit.json"),
        (b'{"format": "cmis-audit-snapshot", "format_version": 1}', "is no audit.json"),
        (b'{"tool": {"name": "eslint"}, "score": 1}', "is no audit.json"),
        (AUDIT % b"2", "its format version is 2"),
        (AUDIT % b"1", "damaged: "),
    ],
)
def test_what_is_no_audit_is_named(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"old.json.*{message}"):
        record_of(data, "old.json")
    assert is_audit(AUDIT % b"2")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (AUDIT % b"1", "is no plan.json"),
        (b'{"format_version": 1, "tool": {"name": "cmis-audit"}, "order": []}', "no figures"),
        (
            b'{"format_version": 9, "tool": {"name": "cmis-audit"}, "order": [], "promised": {}}',
            "its format version is 9",
        ),
    ],
)
def test_what_is_no_plan_is_named(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"plan.json.*{message}"):
        plan_record_of(data, "plan.json")


def test_the_pool_is_what_these_tests_take_it_for() -> None:
    assert [len(one.members) for one in audited(frozenset(INVOICES)).clusters] == [2]
