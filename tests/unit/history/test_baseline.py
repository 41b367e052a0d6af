"""What is known passes; what is new or has grown does not, and cannot hide behind it."""

import msgspec
from audited import recorded

from cmis_audit.history.baseline import against
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.rule import Severity
from cmis_audit.model.waiver import Waiver

INVOICES = ("invoices", "invoices_v2")
KNOWN = recorded(*INVOICES)


def told(*names: str) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in against(KNOWN, recorded(*names)).worse]


def test_what_is_known_passes() -> None:
    assert told(*INVOICES) == []
    assert told(*INVOICES, "lectures") == []
    assert told("invoices") == []


def test_a_new_group_is_told_once() -> None:
    [(what, why)] = told(*INVOICES, "vehicles", "vehicles_v2")
    assert what == "group 'vehicles' (app.vehicles, app.vehicles_v2)"
    assert why == ""


def test_a_group_that_has_grown_is_worse() -> None:
    assert told(*INVOICES, "invoices_v3") == [
        ("group 'invoices'", "it has taken in app.invoices_v3")
    ]


def test_a_group_that_has_shrunk_is_known() -> None:
    larger = recorded(*INVOICES, "invoices_v3")
    found = against(larger, KNOWN)
    assert found.worse == ()
    assert [one.partition(" ")[0] for one in found.fixed] == ["VER001"]


def test_what_is_mended_is_told() -> None:
    found = against(KNOWN, recorded("invoices"))
    assert {one.partition(" ")[0] for one in found.fixed} == {"DUP001", "VER001"}


def test_a_finding_whose_severity_has_risen_is_worse() -> None:
    findings = tuple(
        msgspec.structs.replace(one, severity=Severity.LOW) if one.rule == "VER001" else one
        for one in KNOWN.findings
    )
    milder = msgspec.structs.replace(KNOWN, findings=findings)
    [worse] = against(milder, KNOWN).worse
    assert (worse.severity, worse.why) == (Severity.HIGH, "its severity was low")
    assert against(KNOWN, milder).worse == ()


def test_what_is_waived_fails_nothing_and_what_is_waived_no_more_is_told() -> None:
    waiver = Waiver(reason="known", tables=("app.invoices", "app.invoices_v2"), until="2026-03-31")
    clean = recorded("lectures")
    held, ran_out = (
        recorded(*INVOICES, decisions=Decisions(waivers=(waiver,), today=day))
        for day in ("2026-03-31", "2026-04-01")
    )
    assert against(clean, held).worse == ()
    [notice] = against(held, ran_out).worse
    assert notice.what.startswith("WAV001")
    assert against(ran_out, ran_out).worse == ()


def test_other_rules_and_databases_are_named() -> None:
    source = msgspec.structs.replace(KNOWN.source, database="elsewhere")
    score = msgspec.structs.replace(KNOWN.score, pack_fingerprint="other")
    found = against(msgspec.structs.replace(KNOWN, source=source, score=score), KNOWN)
    assert not found.same_database
    assert not found.same_rules
    assert against(KNOWN, KNOWN).same_rules
