"""A waiver covers what it names and nothing beside; one that does not hold is a finding."""

import pytest
from audited import audited, made
from builders import catalog, table

from cmis_audit import pipeline, writing
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.plan import PlanOptions
from cmis_audit.model.report import Report
from cmis_audit.model.waiver import Waiver, WaiverStatus
from cmis_audit.pipeline import plan_of
from cmis_audit.render.results import report_results

TABLES = frozenset({"invoices", "invoices_v2", "vehicles", "vehicles_v2"})
INVOICES = ("app.invoices", "app.invoices_v2")
TODAY = "2026-06-15"
CHARGED = audited(TABLES)
CLUSTER = next(one for one in CHARGED.clusters if one.name == "invoices")


def under(*waivers: Waiver) -> Report:
    return audited(TABLES, Decisions(waivers=waivers, today=TODAY))


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver(reason="known", id=CLUSTER.id),
        Waiver(reason="known", tables=INVOICES),
        Waiver(reason="known", tables=(*INVOICES, "app.lectures")),
        Waiver(reason="known", tables=INVOICES, until=TODAY),
    ],
    ids=["by id", "by tables", "by more tables", "on its last day"],
)
def test_a_waived_group_is_not_charged(waiver: Waiver) -> None:
    report = under(waiver)
    assert (CHARGED.score.exact, report.score.exact) == (84.5, 92.25)
    [waived] = report.waived
    assert waived.clusters == (CLUSTER.id,)
    assert {one.rule for one in report.waived_findings} == {"DUP001", "VER001"}
    assert {one.id for one in report.waived_findings} == set(waived.findings)
    assert {str(ref) for one in report.findings for ref in one.subjects}.isdisjoint(INVOICES)
    assert report.clusters == CHARGED.clusters
    assert not report.notices


def test_with_a_rule_only_its_findings_are_covered() -> None:
    report = under(Waiver(reason="the name stays", tables=INVOICES, rule="VER001"))
    assert report.score.exact == 88.25
    assert [one.rule for one in report.waived_findings] == ["VER001"]
    assert not report.waived_clusters


def test_a_group_that_has_grown_beyond_the_waiver_is_charged() -> None:
    grown = TABLES | {"invoices_v3"}
    known = Waiver(reason="known", tables=INVOICES, rule="DUP001")
    report = audited(grown, Decisions(waivers=(known,), today=TODAY))
    assert report.score == audited(grown).score
    [notice] = report.notices
    assert notice.rule == "WAV002"
    assert "the group 'invoices' has app.invoices_v3 besides" in notice.message


def test_the_day_after_its_last_a_waiver_has_expired() -> None:
    report = under(Waiver(reason="until the move", tables=INVOICES, until="2026-06-14"))
    assert report.score == CHARGED.score
    assert not report.waived
    [lapsed] = report.lapsed
    assert (lapsed.status, lapsed.clusters) == (WaiverStatus.EXPIRED, (CLUSTER.id,))
    [notice] = report.notices
    assert notice.rule == "WAV001"
    assert "ended on 2026-06-14; charged again: 'invoices'" in notice.message
    assert "until the move" in notice.evidence
    assert tuple(map(str, notice.subjects)) == INVOICES


def test_a_waiver_covers_findings_of_packs_beside() -> None:
    loose = table("app.loose", "note text", "amount numeric")
    source = catalog(*map(made, ("lectures", "vehicles")), loose)
    waiver = Waiver(reason="a scratch pad", tables=("app.loose",), rule="GOV001")
    decisions = Decisions(waivers=(waiver,), today=TODAY)
    main, *beside = pipeline.rule_packs(("cmis", "governance"), None)
    report = pipeline.audit(source, main, decisions=decisions, beside=tuple(beside))
    assert not report.notices
    assert [one.rule for one in report.waived_findings] == ["GOV001"]
    assert "GOV001" not in {one.rule for pack in report.beside for one in pack.findings}
    told = {one.rule: one.waived for one in report_results(report).results}
    assert told["GOV001"] == "a scratch pad"
    bare = Decisions(waivers=(Waiver(reason="x", tables=("app.loose",)),), today=TODAY)
    wide = pipeline.audit(source, main, decisions=bare, beside=tuple(beside))
    assert not wide.waived_findings, "without its rule nothing but the first pack is meant"
    assert [one.rule for one in wide.notices] == ["WAV002"]
    alone = pipeline.audit(source, main, decisions=decisions)
    assert [one.rule for one in alone.notices] == ["WAV002"]


def test_a_waiver_that_covers_nothing_is_a_finding() -> None:
    report = under(Waiver(reason="gone", id="c-0000000000"), Waiver(reason="x", id=CLUSTER.id))
    assert [one.status for one in report.lapsed] == [WaiverStatus.UNMATCHED]
    assert [one.rule for one in report.notices] == ["WAV002"]
    assert report.score.exact == 92.25


def test_what_is_waived_is_planned_only_when_asked_for() -> None:
    report = under(Waiver(reason="known", id=CLUSTER.id))
    plan = plan_of(report, PlanOptions())
    assert [one.name for one in plan.clusters] == ["vehicles"]
    assert any(one.what == "invoices" for one in plan.not_planned)
    asked = plan_of(report, PlanOptions(clusters=(CLUSTER.id,)))
    assert [one.name for one in asked.clusters] == ["invoices"]


def test_a_plan_promises_figures() -> None:
    promised = plan_of(CHARGED, PlanOptions(clusters=(CLUSTER.id,))).promised
    assert promised is not None
    assert (promised.tables_before, promised.tables_after) == (4, 3)
    assert (promised.clusters_before, promised.clusters_after) == (2, 1)
    assert (promised.score_before, promised.score_after) == (85, 92)
    assert promised.clusters[0].tables == INVOICES


def test_every_format_tells_what_is_waived_and_what_has_run_out() -> None:
    report = under(
        Waiver(reason="the *app* writes both", id=CLUSTER.id, until="2026-12-31"),
        Waiver(reason="moved", tables=("app.vehicles", "app.vehicles_v2"), until="2026-01-31"),
    )
    documents = writing.documents(report, ("markdown", "html"))
    markdown, page = documents["report.md"], documents["report.html"]
    assert "the &#42;app&#42; writes both | 2026-12-31" in markdown
    assert "| `WAV001` | medium |" in markdown
    assert "### 2." not in markdown, "a waived group is not among those to merge"
    assert "the *app* writes both" in page
    assert "WAV001" in page
    shown = writing.summary(report, color=False, width=100, files=())
    assert "1 waived · 1 notice" in shown
    assert "WAV001 the waiver of app.vehicles" in shown
