"""What each check says of clusters, and of those that it leaves alone."""

import builders
import pytest

from cmis_audit.checks import CHECKS, PARAMETERS, run_checks
from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.cluster import Cluster, Kind, Verdict
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule, Severity

A, B, C, D = (builders.table(f"cmis.{name}", "id uuid pk") for name in "abcd")


def rule(check: str, code: str = "ABC001", **fields: object) -> Rule:
    return builders.rule(code, check=check, **fields)


def facts(*clusters: Cluster, versions: tuple[tuple[TableRef, str], ...] = ()) -> Facts:
    return Facts(catalog=builders.catalog(A, B, C, D), clusters=clusters, version_tables=versions)


def found(check: str, given: Facts) -> list[Finding]:
    return list(CHECKS[check](rule(check), given))


def names(findings: list[Finding]) -> list[str]:
    return [str(each.subjects[0]) for each in findings]


def test_every_check_says_which_parameters_it_takes() -> None:
    assert PARAMETERS.keys() == CHECKS.keys()


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("verdict", [Verdict.KEEP_APART, Verdict.REVIEW])
@pytest.mark.parametrize("kind", list(Kind))
def test_only_what_is_to_be_consolidated_is_charged(
    check: str, verdict: Verdict, kind: Kind
) -> None:
    cluster = builders.cluster("x", A, B, related=(C,), verdict=verdict, kind=kind)
    assert found(check, facts(cluster)) == []


def test_a_duplicate_cluster_is_one_finding_whatever_its_size() -> None:
    one = builders.cluster("one", A, B, related=(C,), reason="They are alike.")
    two = builders.cluster("two", C, D)
    first, second = found("duplicate_cluster", facts(one, two))
    assert first.subjects == (A.ref, B.ref)
    assert first.clusters == ("cluster-one",)
    assert first.evidence == "They are alike."
    assert first.message == "2 tables store 'one' (and 1 more belongs to it); merge into cmis.a"
    assert second.clusters == ("cluster-two",)


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        ("fragmented_metrics", Kind.FRAGMENTED_METRICS),
        ("overlapping_entity", Kind.OVERLAPPING_ENTITY),
    ],
)
def test_every_table_of_the_kind_is_charged_once(check: str, kind: Kind) -> None:
    one = builders.cluster("one", A, B, related=(C,), kind=kind)
    two = builders.cluster("two", D, related=(C,), kind=kind)
    findings = found(check, facts(one, two))
    assert sorted(names(findings)) == ["cmis.a", "cmis.b", "cmis.c", "cmis.d"]
    clusters = {str(each.subjects[0]): each.clusters for each in findings}
    assert clusters["cmis.a"] == ("cluster-one",)
    assert clusters["cmis.c"] == ("cluster-one", "cluster-two")


@pytest.mark.parametrize("check", ["fragmented_metrics", "overlapping_entity"])
@pytest.mark.parametrize("kind", [Kind.VERSION, Kind.RENAMED_TWIN, Kind.CROSS_SCHEMA])
def test_other_kinds_are_not_charged_there(check: str, kind: Kind) -> None:
    assert found(check, facts(builders.cluster("one", A, B, kind=kind))) == []


def test_a_version_table_carries_the_cluster_that_would_do_away_with_it() -> None:
    merged = builders.cluster("merged", A, B)
    related = builders.cluster("related", C, D, related=(B,))
    versions = ((B.ref, "v2"), (TableRef(schema="cmis", name="z_new"), "new"))
    first, second = found("version_suffix", facts(merged, related, versions=versions))
    assert (first.subjects, first.clusters) == ((B.ref,), ("cluster-merged",))
    assert "'v2'" in first.message
    assert second.clusters == ()


def test_an_id_is_of_the_rule_and_the_tables_alone() -> None:
    assert finding_id("R1", (A.ref, B.ref)) == finding_id("R1", (B.ref, A.ref))
    assert finding_id("R1", (A.ref,)) != finding_id("R2", (A.ref,))
    assert finding_id("R1", (A.ref,)) != finding_id("R1", (A.ref, B.ref))
    dotted = TableRef(schema="a.b", name="c"), TableRef(schema="a", name="b.c")
    assert finding_id("R1", dotted[:1]) != finding_id("R1", dotted[1:])
    assert finding_id("DUP001", (A.ref,)).startswith("DUP001-")


def test_findings_come_worst_first_whatever_the_order_of_rules_and_clusters() -> None:
    rules = (
        rule("duplicate_cluster", "LOW001", severity=Severity.LOW),
        rule("duplicate_cluster", "HIG001", severity=Severity.HIGH),
    )
    one, two = builders.cluster("one", C, D), builders.cluster("two", A, B)
    findings = run_checks(rules, facts(one, two))
    order = [(each.rule, str(each.subjects[0])) for each in findings]
    assert order == [
        ("HIG001", "cmis.a"),
        ("HIG001", "cmis.c"),
        ("LOW001", "cmis.a"),
        ("LOW001", "cmis.c"),
    ]
    assert findings == run_checks(rules[::-1], facts(two, one))
