"""Points, caps, the floor, grades and payoffs, on the documented figures and on any."""

from itertools import count

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.model.cluster import Cluster, Verdict
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Grade, Rule, RulePack, Severity, Unit
from cmis_audit.model.score import Score
from cmis_audit.rulepack import load_pack
from cmis_audit.score import score

CMIS = load_pack("cmis")
_numbers = count()


def finding(rule: str, tables: int = 1, clusters: tuple[str, ...] = ()) -> Finding:
    number = next(_numbers)
    return Finding(
        id=f"{rule}-{number}",
        rule=rule,
        severity=Severity.HIGH,
        subjects=tuple(TableRef(schema="s", name=f"t{number}_{each}") for each in range(tables)),
        message="",
        evidence="",
        clusters=clusters,
    )


def cluster(name: str, verdict: Verdict = Verdict.CONSOLIDATE) -> Cluster:
    return builders.cluster(name, builders.table(name, "id uuid pk"), id=name, verdict=verdict)


def pack(*rules: Rule) -> RulePack:
    grades = (Grade(grade="A", label="Good", at_least=85), Grade(grade="F", label="", at_least=0))
    return RulePack(
        name="test",
        title="Test",
        fingerprint="",
        rules=rules,
        grades=grades,
        lexicon=CMIS.lexicon,
        weights=(),
    )


def documented() -> tuple[list[Finding], tuple[Cluster, ...]]:
    """What the checks say of the documented database."""
    tables = {"posts": 5, "accounts": 2, "plans": 2, "metrics": 8, "integrations": 2}
    versions = {"posts": 2, "accounts": 1, "plans": 1}
    findings = [finding("DUP001", number, (name,)) for name, number in tables.items()]
    findings += [
        finding("VER001", 1, (name,)) for name, number in versions.items() for _ in range(number)
    ]
    findings += [finding("MET001", 1, ("metrics",)) for _ in range(10)]
    findings += [finding("OVL001", 1, ("integrations",)) for _ in range(3)]
    apart = cluster("assets", Verdict.KEEP_APART)
    return findings, (*(cluster(name) for name in tables), apart)


def payoffs(result: Score) -> dict[str, float]:
    return {each.cluster: each.points for each in result.payoffs}


def test_the_documented_database() -> None:
    findings, clusters = documented()
    result = score(findings, clusters, CMIS)
    assert (result.value, result.grade, result.label) == (52, "C", "Needs Improvement")
    assert [(each.rule, each.points, each.units) for each in result.deductions] == [
        ("DUP001", 20, 5),
        ("VER001", 15, 4),
        ("MET001", 10, 10),
        ("OVL001", 3, 3),
    ]
    assert [each.payoff for each in result.deductions] == [20, 15, 10, 3]
    assert payoffs(result) == {
        "posts": 11.5,
        "accounts": 7.75,
        "plans": 7.75,
        "metrics": 14,
        "integrations": 7,
    }


def test_half_points_round_up() -> None:
    findings, clusters = documented()
    left = [each for each in findings if each.clusters != ("plans",)]
    result = score(left, clusters, CMIS)
    assert (result.exact, result.value) == (59.75, 60)
    half = pack(builders.rule("A001", points=0.5, cap=100.0, unit=Unit.TABLE))
    assert score([finding("A001")], (), half).value == 100
    assert score([finding("A001") for _ in range(3)], (), half).value == 99
    tenth = pack(builders.rule("A001", points=0.1, cap=100.0, unit=Unit.TABLE))
    assert score([finding("A001") for _ in range(3)], (), tenth).exact == 99.7


def test_a_clean_database() -> None:
    result = score([], (), CMIS)
    assert (result.value, result.grade, result.deductions, result.payoffs) == (100, "A", (), ())


def test_over_the_cap_one_cluster_returns_nothing() -> None:
    findings = [finding("DUP001", 2, (f"c{number}",)) for number in range(12)]
    result = score(findings, tuple(cluster(f"c{number}") for number in range(12)), CMIS)
    assert result.value == 60
    assert result.deductions[0].units == 12
    assert result.deductions[0].payoff == 40
    assert set(payoffs(result).values()) == {0}


def test_below_zero_nothing_is_returned_before_the_floor_is_left() -> None:
    rules = (
        builders.rule("A001", points=90.0, cap=90.0),
        builders.rule("B001", points=30.0, cap=30.0),
    )
    result = score([finding("A001"), finding("B001")], (), pack(*rules))
    assert (result.value, result.grade) == (0, "F")
    assert [(each.rule, each.payoff) for each in result.deductions] == [("A001", 70), ("B001", 10)]


def test_a_finding_of_two_clusters_goes_with_both_only() -> None:
    shared = finding("MET001", 1, ("one", "two"))
    result = score([shared], (cluster("one"), cluster("two")), CMIS)
    assert payoffs(result) == {"one": 0, "two": 0}


def test_a_unit_is_what_the_rule_says_and_not_a_finding() -> None:
    by_table = pack(builders.rule("A001", points=1.0, cap=99.0, unit=Unit.TABLE))
    by_cluster = pack(builders.rule("A001", points=1.0, cap=99.0, unit=Unit.CLUSTER))
    five = finding("A001", 5, ("c",))
    assert score([five], (), by_table).deductions[0].units == 5
    assert score([five, finding("A001", 1, ("c",))], (), by_cluster).deductions[0].units == 1
    assert score([finding("A001"), finding("A001")], (), by_cluster).deductions[0].units == 2


@pytest.mark.parametrize(
    ("taken", "grade"), [(14.5, "A"), (14.51, "A"), (15.5, "A"), (15.51, "F"), (16, "F")]
)
def test_the_grade_is_of_the_score_that_is_shown(taken: float, grade: str) -> None:
    rules = pack(builders.rule("A001", points=taken, cap=100.0))
    assert score([finding("A001")], (), rules).grade == grade


CODES = ("DUP001", "VER001", "MET001", "OVL001")
CLUSTERS = ("one", "two", "three")
FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(CODES),
        st.integers(1, 6),
        st.lists(st.sampled_from(CLUSTERS), max_size=3, unique=True).map(tuple),
    ),
    max_size=60,
)


@given(FINDINGS, FINDINGS)
def test_more_findings_never_raise_the_score(some: list[Finding], more: list[Finding]) -> None:
    before, after = score(some, (), CMIS), score(some + more, (), CMIS)
    assert 0 <= after.exact <= before.exact <= 100
    assert 0 <= after.value <= before.value <= 100


@given(FINDINGS)
def test_payoffs_are_what_mending_returns(findings: list[Finding]) -> None:
    clusters = tuple(cluster(name) for name in CLUSTERS)
    result = score(findings, clusters, CMIS)
    # the caps of the pack add up to 100, so the floor is never left by a step over it
    assert sum(each.payoff for each in result.deductions) == pytest.approx(100 - result.exact)
    for each in result.deductions:
        rest = [one for one in findings if one.rule != each.rule]
        assert each.payoff == pytest.approx(score(rest, clusters, CMIS).exact - result.exact)
        assert 0 <= each.payoff <= each.points <= each.cap
    assert all(0 <= points <= 100 - result.exact for points in payoffs(result).values())


@given(FINDINGS, st.randoms())
def test_the_order_of_findings_makes_no_difference(findings: list[Finding], random) -> None:
    mixed = findings[:]
    random.shuffle(mixed)
    assert score(mixed, (), CMIS).exact == score(findings, (), CMIS).exact


def test_a_repeated_schema_gives_back_what_all_its_clusters_do() -> None:
    names = [f"c{number}" for number in range(14)]
    findings = [finding("DUP001", 2, (name,)) for name in names]
    clusters = [cluster(name) for name in names]
    copies = builders.schema_copies("shop", "shop_v2", clusters=tuple(names[:12]))
    made = score(findings, clusters, CMIS, (copies,))
    # 14 groups at 4 points stand at the cap of 40; without 12 of them 8 points are left to take.
    assert made.exact == 60
    assert {gain.points for gain in made.payoffs} == {0}
    assert [(gain.schema_copies, gain.points) for gain in made.schema_payoffs] == [(copies.id, 32)]
