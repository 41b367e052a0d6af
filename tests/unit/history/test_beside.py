"""Packs beside the main one in comparison and trend: scores of their own, and nothing mixed."""

from decimal import Decimal

import msgspec
from audited import PACK, audited, made, recorded
from builders import catalog, table

from cmis_audit.comparing import (
    comparison_files,
    comparison_of,
    comparison_text,
    record_of_report,
    trend_files,
    trend_text,
    trends_of,
)
from cmis_audit.history.bridge import total
from cmis_audit.model.comparison import PackChange
from cmis_audit.model.decisions import UNDECIDED, Decisions
from cmis_audit.model.record import Record
from cmis_audit.model.waiver import Waiver
from cmis_audit.pipeline import audit, rule_packs

BESIDE = rule_packs(("governance", "density"), None)


def judged(
    *names: str, keyless: int = 0, day: str = "2026-01-05", decisions: Decisions = UNDECIDED
) -> Record:
    """Return an audit by three packs, with tables that have no primary key."""
    bare = [table(f"app.bare{place}", f"a{place} text") for place in range(keyless)]
    source = catalog(*map(made, names), *bare, read_at=f"{day}T00:00:00Z")
    return record_of_report(audit(source, PACK, beside=BESIDE, decisions=decisions))


def governance(old: Record, new: Record) -> PackChange:
    [found] = [one for one in comparison_of(old, new).beside if one.pack == "governance"]
    return found


def test_what_came_and_went_is_told_by_rule_and_leaves_the_main_score_alone() -> None:
    old, new = judged("invoices", keyless=1), judged("invoices", keyless=2)
    found = comparison_of(old, new)
    assert [one.pack for one in found.beside] == ["governance", "density"]
    assert found.old.score == found.new.score
    change = governance(old, new)
    came = [(one.rule, one.message) for one in change.came if one.rule == "GOV001"]
    assert came == [("GOV001", "app.bare1 has no primary key")]
    assert change.gone == ()
    assert governance(new, old).gone == change.came
    assert change.bridge is not None
    assert change.bridge.after < change.bridge.before
    assert total(change.bridge) == Decimal(change.bridge.after)
    assert not any(line.rule.startswith("GOV") for line in found.bridge.lines)


def test_findings_of_the_main_pack_are_not_told_again_but_their_points_are() -> None:
    density = comparison_of(judged("invoices"), judged("invoices", "invoices_v2")).beside[1]
    assert (density.pack, density.came, density.gone) == ("density", (), ())
    assert density.bridge is not None
    assert [line.rule for line in density.bridge.lines] == ["DUP001", "VER001"]
    assert total(density.bridge) == Decimal(density.bridge.after)


def test_what_is_waived_has_not_gone() -> None:
    old = judged("invoices", keyless=2)
    waiver = Waiver(reason="a log", tables=("app.bare1",), rule="GOV001")
    held = judged("invoices", keyless=2, decisions=Decisions(waivers=(waiver,), today="2026-01-05"))
    change = governance(old, held)
    assert [one for one in change.gone if one.rule == "GOV001"] == []
    assert change.bridge is not None
    [line] = [line for line in change.bridge.lines if line.rule == "GOV001"]
    assert (line.waived_before, line.waived_after) == (0, 1)
    assert "app.bare1" in comparison_of(old, held).newly_waived[0]


def test_an_audit_that_a_pack_did_not_judge_has_no_bridge() -> None:
    bare = recorded("invoices")
    change = governance(bare, judged("invoices", keyless=1))
    assert (change.old, change.bridge, change.came) == (None, None, ())
    assert not change.same_scale
    assert "not judged by it" in comparison_text(comparison_of(bare, judged("invoices")), width=120)
    assert comparison_of(bare, bare).beside == ()


def test_a_pack_that_was_the_main_one_is_known_again() -> None:
    main, *others = BESIDE
    source = catalog(made("invoices"), table("app.bare0", "a0 text"))
    first = record_of_report(audit(source, main, beside=tuple(others)))
    change = governance(first, judged("invoices", keyless=2))
    assert change.old is not None
    assert [one.message for one in change.came if one.rule == "GOV001"] == [
        "app.bare1 has no primary key"
    ]
    assert "GOV001" in {one.rule for one in governance(judged(keyless=2), first).gone}


def test_scores_of_a_pack_of_other_rules_are_not_of_one_scale() -> None:
    old, new = judged("invoices"), judged("invoices", keyless=1)
    [pack, *rest] = old.beside
    score = msgspec.structs.replace(pack.score, pack_fingerprint="other")
    other = msgspec.structs.replace(old, beside=(msgspec.structs.replace(pack, score=score), *rest))
    assert not governance(other, new).same_scale
    assert "Its rules are others now" in comparison_text(comparison_of(other, new), width=200)
    assert "Its rules are others now" not in comparison_text(comparison_of(old, new), width=200)
    text = trend_text(
        trends_of([other, judged("invoices", keyless=1, day="2026-04-06")]), color=False
    )
    assert "* scored by other rules" in text


def test_the_documents_hold_what_a_name_holds_as_text() -> None:
    evil = "<script>`\x1b[2J|"
    names = (table("app.bare", "a text"), table(f"app.{evil}", "b text"))
    old, new = (
        record_of_report(audit(catalog(made("invoices"), *some), PACK, beside=BESIDE))
        for some in ((), names)
    )
    found = comparison_of(old, new)
    assert "\x1b" not in comparison_text(found, width=80)
    page = comparison_files(found, ("markdown",))["compare.md"]
    assert "## Governance: a score of its own" in page
    assert "<script>" not in page
    assert "\x1b" not in page


def test_a_trend_has_a_line_for_each_pack_and_audit() -> None:
    old, new = judged("invoices", keyless=2), judged("invoices", keyless=1, day="2026-04-06")
    trends = trends_of([new, old])
    [first, last] = trends["shop"]
    assert [one.pack for one in last.beside] == ["density", "governance"]
    assert first.beside[1].rules == ()
    moved = {one.rule: (one.came, one.gone) for one in last.beside[1].rules}
    assert moved["GOV001"] == (0, 1)
    text = trend_text(trends, color=False)
    assert "Governance, a score of its own:" in text
    assert "GOV001 −1" in text
    files = trend_files(trends, ("markdown", "html"))
    assert "## Governance: a score of its own" in files["trend.md"]
    assert files["trend.html"].count("<svg") == 4 + 2
    assert "GOV001 −1" in files["trend.html"]


def test_a_report_without_packs_beside_draws_none() -> None:
    trends = trends_of([record_of_report(audited(frozenset({"invoices"})))])
    assert "a score of its own" not in trend_text(trends, color=False)
