"""A waiver of schemas that repeat each other: all that says nothing else, and nothing beside."""

import json

import pytest
from builders import catalog, table
from jsonschema import Draft202012Validator

from cmis_audit import pipeline, writing
from cmis_audit.comparing import record_of_report
from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.report import Report
from cmis_audit.model.waiver import Waiver, WaiverStatus
from cmis_audit.pipeline import rule_pack
from cmis_audit.resources import report_schemas

SCHEMA = json.loads((report_schemas() / "audit.schema.json").read_text("utf-8"))
PACK = rule_pack("cmis", None)
TODAY = "2026-06-15"
FORM = {
    "users": ("id bigint pk", "email text", "password_hash text", "locale text", "seen_at date"),
    "orders": ("id bigint pk", "user_id bigint", "total numeric", "currency text"),
    "products": ("id bigint pk", "sku text unique", "price numeric", "title text"),
    "shipments": ("id bigint pk", "order_id bigint", "carrier text", "tracking text"),
    "reviews": ("id bigint pk", "product_id bigint", "rating int", "body text"),
}
LEDGER = ("id bigint pk", "account_code text", "debit numeric", "credit numeric", "booked_on date")
APART = (table("books.ledgers", *LEDGER), table("books.ledgers_v2", *LEDGER))


def schema(name: str) -> list[Table]:
    return [table(f"{name}.{bare}", *columns) for bare, columns in FORM.items()]


def under(*waivers: Waiver, schemas: tuple[str, ...] = ("shop", "shop_v2")) -> Report:
    tables = [one for name in schemas for one in schema(name)]
    decisions = Decisions(waivers=waivers, today=TODAY)
    return pipeline.audit(catalog(*tables, *APART), PACK, decisions=decisions)


CHARGED = under()
[COPIES] = CHARGED.schema_copies
BOTH = ("shop", "shop_v2")


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver(reason="until the move", schemas=BOTH),
        Waiver(reason="until the move", schemas=(*BOTH, "elsewhere"), until=TODAY),
        Waiver(reason="until the move", id=COPIES.id),
    ],
    ids=["by schemas", "by more, on its last day", "by id"],
)
def test_a_waived_copy_is_charged_nothing_and_the_rest_is(waiver: Waiver) -> None:
    report = under(waiver)
    [held] = report.waived
    assert held.schema_copies == (COPIES.id,)
    assert set(held.clusters) == set(COPIES.clusters)
    assert len(held.clusters) == len(FORM)
    charged = {str(ref) for one in report.findings for ref in one.subjects}
    assert charged == {"books.ledgers", "books.ledgers_v2"}
    assert not report.notices
    assert record_of_report(report).waived.keys() == set(COPIES.clusters)


def test_every_format_tells_it_once() -> None:
    report = under(Waiver(reason="until the *move*", schemas=BOTH, until="2026-12-31"))
    documents = writing.documents(report, ("markdown", "html", "json", "summary"))
    line = "schemas shop, shop_v2: 5 groups | until the &#42;move&#42; | 2026-12-31"
    assert line in documents["report.md"]
    told = json.loads(documents["audit.json"])
    Draft202012Validator(SCHEMA).validate(told)
    assert told["waivers"][0]["schemas"] == list(BOTH)
    assert told["waivers"][0]["covers"][0] == COPIES.id
    assert told["schema_copies"][0]["waived"]
    assert "A second version of a schema" not in documents["report.md"]
    assert "shop, shop_v2" in documents["report.html"]
    shown = writing.summary(report, color=False, width=100, files=())
    assert "1 waived" in shown
    assert "ledgers" in shown
    assert "shop_v2" not in shown


def test_another_copy_is_not_covered_and_is_named() -> None:
    waiver = Waiver(reason="until the move", schemas=BOTH)
    report = under(waiver, schemas=(*BOTH, "shop_old"))
    assert report.score == under(schemas=(*BOTH, "shop_old")).score
    [notice] = report.notices
    assert notice.rule == "WAV002"
    assert notice.message == (
        "the waiver of schemas shop, shop_v2 covers nothing: shop_old repeats them besides"
    )
    [gone] = under(Waiver(reason="x", schemas=("shop", "till"))).notices
    assert gone.message == "the waiver of schemas shop, till covers nothing"
    [lost] = under(Waiver(reason="x", id="s-0000000000")).notices
    assert lost.rule == "WAV002"


def test_the_day_after_its_last_the_schemas_are_charged_again() -> None:
    report = under(Waiver(reason="until the move", schemas=BOTH, until="2026-06-14"))
    assert report.score == CHARGED.score
    [lapsed] = report.lapsed
    assert (lapsed.status, lapsed.schema_copies) == (WaiverStatus.EXPIRED, (COPIES.id,))
    [notice] = report.notices
    assert notice.message == (
        "the waiver of schemas shop, shop_v2 ended on 2026-06-14; "
        "charged again: schemas shop, shop_v2"
    )


def test_two_schemas_that_a_person_must_judge_can_be_waived() -> None:
    pair = ("north", "south")
    asked = under(schemas=pair)
    assert [one.verdict for one in asked.schema_copies] == [Verdict.REVIEW]
    said = "tenants or a copy"
    assert said in writing.summary(asked, color=False, width=100, files=())
    held = under(Waiver(reason="two branches", schemas=pair), schemas=pair)
    assert not held.notices
    assert said not in writing.summary(held, color=False, width=100, files=())
    assert "north, south" in writing.documents(held, ("markdown",))["report.md"]
    assert asked.score == held.score


def test_what_is_no_copy_is_unmatched() -> None:
    tenants = ("t1", "t2", "t3")
    report = under(Waiver(reason="x", schemas=tenants), schemas=tenants)
    assert [one.verdict for one in report.schema_copies] == [Verdict.KEEP_APART]
    assert [one.rule for one in report.notices] == ["WAV002"]
