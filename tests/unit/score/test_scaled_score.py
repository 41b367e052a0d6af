"""The laws of a score by size: no floor, no way to lose by mending, deductions that add up."""

from fractions import Fraction
from itertools import count

import builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.model.cluster import Cluster
from cmis_audit.model.finding import Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack, Severity
from cmis_audit.model.score import Score
from cmis_audit.rulepack import load_pack
from cmis_audit.score import score

DENSITY, GOVERNANCE = load_pack("density"), load_pack("governance")
_numbers = count()


def ref(number: int) -> TableRef:
    return TableRef(schema="s", name=f"t{number}")


TABLES = tuple(map(ref, range(300)))


def finding(code: str, tables: tuple[int, ...], clusters: tuple[str, ...] = ()) -> Finding:
    return Finding(
        id=f"{code}-{next(_numbers)}",
        rule=code,
        severity=Severity.HIGH,
        subjects=tuple(map(ref, tables)),
        message="",
        evidence="",
        clusters=clusters,
    )


def duplicates(sizes: list[int]) -> tuple[list[Finding], list[Cluster]]:
    """Clusters of the given sizes, each of tables of its own, and what is found about them."""
    findings, clusters, start = [], [], 0
    for number, size in enumerate(sizes):
        members = range(start, start + size)
        start += size
        tables = [builders.table(ref(each), "id int pk") for each in members]
        clusters.append(builders.cluster(f"c{number}", *tables, id=f"c{number}"))
        findings.append(finding("DUP001", tuple(members), (f"c{number}",)))
        findings.append(finding("VER001", (members[-1],), (f"c{number}",)))
    return findings, clusters


def told(findings: list[Finding], clusters: list[Cluster], pack: RulePack = DENSITY) -> Score:
    return score(findings, clusters, pack, (), TABLES)


def test_the_formula_by_hand() -> None:
    findings, clusters = duplicates([3, 2])
    made = told(findings, clusters)
    assert made.tables == 297  # three tables go
    dense = Fraction(2 * 100, 297)
    duplicate = 60 * 12 * dense / (60 + 12 * dense)
    version = 45 * 10 * dense / (45 + 10 * dense)
    by_hand = 84 * (1 - duplicate / 100) * (1 - version / 100)
    assert made.exact == pytest.approx(float(by_hand))
    assert made.start == 84


def test_a_larger_database_with_as_many_duplicates_in_a_hundred_scores_the_same() -> None:
    small, some = duplicates([2] * 2)
    large, many = duplicates([2] * 8)
    one = score(small, some, DENSITY, (), TABLES[:52])
    other = score(large, many, DENSITY, (), TABLES[:208])
    assert one.exact == other.exact < 84


def test_a_handful_of_tables_counts_as_more() -> None:
    findings, clusters = duplicates([2])
    assert score(findings, clusters, DENSITY, (), TABLES[:2]).exact == pytest.approx(
        score(findings, clusters, DENSITY, (), TABLES[:21]).exact
    )


def test_no_best_grade_beside_something_severe() -> None:
    severe, mild = finding("GOV001", (1,)), finding("GOV004", (1,))
    assert told([severe], [], GOVERNANCE).value <= 84
    assert told([severe], [], GOVERNANCE).grade == "B"
    assert told([mild], [], GOVERNANCE).value >= 99
    assert told([], [], GOVERNANCE).exact == 100


SIZES = st.lists(st.integers(2, 12), max_size=24)


@given(SIZES.filter(bool), st.data())
def test_each_merge_raises_the_score_by_its_payoff(sizes: list[int], data: st.DataObject) -> None:
    findings, clusters = duplicates(sizes)
    before = told(findings, clusters)
    gone = data.draw(st.sampled_from(clusters))
    kept = [each for each in findings if gone.id not in each.clusters]
    left = [each for each in clusters if each.id != gone.id]
    # what was merged away is no table any more
    merged = {member.table for member in gone.members if member.role == "merge"}
    tables = [table for table in TABLES if table not in merged]
    after = score(kept, left, DENSITY, (), tables)
    gain = next(each.points for each in before.payoffs if each.cluster == gone.id)
    assert after.exact > before.exact
    assert after.exact - before.exact == pytest.approx(gain)


CODES = st.sampled_from([rule.code for rule in GOVERNANCE.rules])
FINDINGS = st.lists(st.builds(finding, CODES, st.tuples(st.integers(0, 299))), max_size=400)


@given(FINDINGS)
def test_deductions_add_up_to_what_is_missing(findings: list[Finding]) -> None:
    made = told(findings, [], GOVERNANCE)
    assert 100 - sum(each.points for each in made.deductions) == pytest.approx(made.exact)
    assert 0 < made.exact <= 100
    for each in made.deductions:
        rest = [one for one in findings if one.rule != each.rule]
        assert each.points > 0
        assert each.payoff > 0
        # of a rule whose remedy is to drop, the tables go with the findings
        gone = {table for one in findings if one.rule == each.rule for table in one.subjects}
        drops = next(rule.drops for rule in GOVERNANCE.rules if rule.code == each.rule)
        tables = [table for table in TABLES if not (drops and table in gone)]
        after = score(rest, [], GOVERNANCE, (), tables)
        assert each.payoff == pytest.approx(after.exact - made.exact)


@given(FINDINGS.filter(bool), st.data())
def test_mending_one_finding_never_lowers_and_mostly_raises(
    findings: list[Finding], data: st.DataObject
) -> None:
    before = told(findings, [], GOVERNANCE)
    gone = data.draw(st.sampled_from(findings))
    rest = [each for each in findings if each.id != gone.id]
    rule = next(each for each in GOVERNANCE.rules if each.code == gone.rule)
    dropped = set(gone.subjects) if rule.drops else set()
    rest = [each for each in rest if not dropped.intersection(each.subjects)]
    after = score(rest, [], GOVERNANCE, (), [each for each in TABLES if each not in dropped])
    again = rule.unit == "table" and any(
        each.rule == gone.rule and each.subjects == gone.subjects for each in rest
    )
    assert after.exact == before.exact if again else after.exact > before.exact
