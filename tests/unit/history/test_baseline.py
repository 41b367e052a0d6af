"""What is known passes; what is new or has grown does not, and cannot hide behind it."""

import json
from pathlib import Path

import msgspec
from audited import audited, recorded

from cmis_audit.cli.gates import failed_gates, remarks
from cmis_audit.history.baseline import against
from cmis_audit.history.reading import record_of
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.record import Record, RecordedFinding, RecordedPack, RecordedScore
from cmis_audit.model.rule import Severity
from cmis_audit.model.waiver import Waiver
from cmis_audit.render.audit_json import render_json
from cmis_audit.settings import Settings

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


def beside(record: Record, *findings: RecordedFinding, pack: str = "governance") -> Record:
    """Return an audit with another pack beside the main one, as it is read from its JSON."""
    read = RecordedPack(
        title=pack.capitalize(),
        score=RecordedScore(
            value=90, grade="A", pack=pack, pack_fingerprint=f"of {pack}", deductions=()
        ),
        findings=findings,
    )
    return msgspec.structs.replace(record, beside=(*record.beside, read))


def fault(
    number: int, table: str = "app.invoices", severity: Severity = Severity.HIGH
) -> RecordedFinding:
    return RecordedFinding(
        id=f"GOV001-{number}",
        rule="GOV001",
        severity=severity,
        subjects=(table,),
        message=f"{table} has no primary key",
    )


def test_what_packs_beside_find_is_told_apart_and_fails_nothing() -> None:
    known = beside(KNOWN, fault(1))
    found = against(known, beside(KNOWN, fault(1), fault(2, "app.lectures")))
    assert (found.worse, found.strangers, found.fixed) == ((), (), ())
    assert [one.what for one in found.beside] == ["GOV001 app.lectures has no primary key"]
    settings = Settings(baseline=Path("accepted.json"))
    assert failed_gates(audited(frozenset(INVOICES)), settings, found) == []
    [line] = remarks(found, settings)
    assert line == (
        "1 new or worse since accepted.json in packs beside the main one, which fail nothing: "
        "GOV001 app.lectures has no primary key"
    )
    milder = beside(KNOWN, fault(1, severity=Severity.LOW))
    assert [one.why for one in against(milder, known).beside] == ["its severity was low"]
    assert against(known, milder).beside == ()
    assert against(known, beside(KNOWN)).fixed == ("GOV001 app.invoices has no primary key",)


def test_a_pack_that_the_baseline_has_not_is_not_held_against_it() -> None:
    found = against(KNOWN, beside(KNOWN, fault(1)))
    assert (found.beside, found.strangers) == ((), ("Governance",))
    assert against(beside(KNOWN, fault(1)), KNOWN).fixed == ()


def test_what_two_packs_charge_is_told_once() -> None:
    now = beside(KNOWN, *KNOWN.findings, pack="density")
    clean = beside(recorded("lectures"), pack="density")
    found = against(clean, now)
    assert [one.what.partition(" (")[0] for one in found.worse] == ["group 'invoices'"]
    assert found.beside == ()


def test_a_pack_that_stood_beside_is_known_as_the_main_one() -> None:
    """The first pack is the one that gates look at; the baseline may have had it second."""
    score = msgspec.structs.replace(
        KNOWN.score, pack="governance", pack_fingerprint="of governance", deductions=()
    )
    main = msgspec.structs.replace(KNOWN, score=score, findings=(fault(1),), clusters=())
    found = against(beside(KNOWN, fault(1)), main)
    assert found.same_rules
    assert (found.worse, found.fixed) == ((), ())
    new = msgspec.structs.replace(main, findings=(fault(1), fault(2, "app.lectures")))
    assert len(against(beside(KNOWN, fault(1)), new).worse) == 1


def test_packs_beside_are_read_from_the_file() -> None:
    report = json.loads(render_json(audited(frozenset(INVOICES))))
    report["beside"] = [
        {
            "pack": "governance",
            "title": "Governance",
            "score": {**report["score"], "pack": "governance", "scale": None},
            "findings": [{**report["findings"][0], "id": "GOV001-1", "rule": "GOV001"}],
            "not_assessed": [],
        }
    ]
    [pack] = record_of(json.dumps(report).encode(), "a").beside
    assert (pack.score.pack, [one.id for one in pack.findings]) == ("governance", ["GOV001-1"])
