"""The register settles the table to keep; where it contradicts itself it settles nothing."""

import pytest
from audited import audited

from cmis_audit.model.cluster import Cluster, Verdict
from cmis_audit.model.decisions import Decisions, Registered
from cmis_audit.model.report import Report

TABLES = frozenset({"invoices", "invoices_v2", "lectures"})
OLD, NEW = "app.invoices", "app.invoices_v2"


def under(*register: Registered) -> Report:
    return audited(TABLES, Decisions(register=register, today="2026-06-15"))


def group(*register: Registered) -> Cluster:
    [one] = [c for c in under(*register).clusters if c.verdict is Verdict.CONSOLIDATE]
    return one


@pytest.mark.parametrize(
    ("claim", "said"), [(OLD, f"canonical for {OLD}"), ("billing", "canonical for 'billing'")]
)
def test_the_registered_table_is_kept(claim: str, said: str) -> None:
    assert str(group().canonical) == OLD
    found = group(Registered(name=NEW, canonical_for=(claim,)))
    assert str(found.canonical) == NEW
    assert said in found.canonical_reason
    assert "register" not in group().canonical_reason


@pytest.mark.parametrize(
    "register",
    [
        (Registered(name=NEW, owner="billing"),),
        (Registered(name=NEW, canonical_for=("app.lectures",)),),
        (
            Registered(name=NEW, canonical_for=("billing",)),
            Registered(name=OLD, canonical_for=("billing",)),
        ),
    ],
    ids=["for nothing", "for a table elsewhere", "contested"],
)
def test_else_the_tables_speak_for_themselves(register: tuple[Registered, ...]) -> None:
    assert str(group(*register).canonical) == OLD


def test_two_purposes_do_not_overturn_but_are_said() -> None:
    one, other = (Registered(name=n, purpose=p) for n, p in ((OLD, "sales"), (NEW, "purchases")))
    assert "different purposes" in group(one, other).issues[-1]
    same = Registered(name=NEW, purpose="Sales")
    assert group(one, same) == group()


def test_owners_have_to_agree() -> None:
    register = (Registered(name=OLD, owner="web"), Registered(name=NEW, owner="billing"))
    assert group(*register).issues[-1] == "Their owners have to agree: billing, web"


@pytest.mark.parametrize(
    ("register", "code", "said"),
    [
        ((Registered(name="app.gone"),), "REG001", "app.gone is registered"),
        ((Registered(name=OLD, canonical_for=("app.gone",)),), "REG002", "canonical for app.gone"),
        (
            (
                Registered(name=OLD, canonical_for=("billing",)),
                Registered(name=NEW, canonical_for=("billing",)),
            ),
            "REG003",
            "both canonical for billing",
        ),
        (
            (
                Registered(name=OLD, canonical_for=(NEW,)),
                Registered(name=NEW, canonical_for=(OLD,)),
            ),
            "REG003",
            "canonical for each other",
        ),
    ],
)
def test_what_does_not_fit_is_a_finding(
    register: tuple[Registered, ...], code: str, said: str
) -> None:
    report = under(*register)
    [notice] = report.notices
    assert notice.rule == code
    assert said in notice.message
    assert report.score == audited(TABLES).score


def test_a_register_that_fits_is_silent() -> None:
    assert not under(Registered(name=OLD, owner="web", canonical_for=(NEW, "billing"))).notices
