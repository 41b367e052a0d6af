"""What a rule's SQL cannot show: statistics, privileges, size, and ids that stay apart."""

import time

import builders
import msgspec
import pytest

from cmis_audit.checks import CHECKS, not_judged
from cmis_audit.model.catalog import (
    Catalog,
    ForeignKey,
    Index,
    Sequence,
    Table,
    TableKind,
    TableStatistics,
)
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule
from cmis_audit.model.waiver import Waiver
from cmis_audit.pipeline import audit, rule_pack

PACK = rule_pack("governance", None)


def rule(code: str) -> Rule:
    return next(each for each in PACK.rules if each.code == code)


def found(code: str, catalog: Catalog) -> list[Finding]:
    return list(CHECKS[rule(code).check](rule(code), Facts(catalog=catalog, clusters=())))


def unjudged(code: str, catalog: Catalog) -> list[str]:
    return [each.what for each in not_judged((rule(code),), Facts(catalog=catalog, clusters=()))]


def used(name: str, scans: int | None, writes: int | None, rows: int | None) -> Table:
    known = TableStatistics(rows_estimate=rows, scans=scans, writes=writes)
    return builders.table(name, "id int pk", statistics=known)


BUSY = tuple(used(f"busy{number}", 5, 5, 5) for number in range(3))


def test_a_table_with_rows_that_nothing_reads_is_unused_and_one_without_is_empty() -> None:
    catalog = builders.catalog(*BUSY, used("kept", 0, 0, 900), used("hollow", 0, 0, 0))
    assert [each.subjects[0].name for each in found("GOV014", catalog)] == ["kept"]
    assert [each.subjects[0].name for each in found("GOV015", catalog)] == ["hollow"]


def test_a_read_table_without_writes_is_used_and_a_drained_queue_is_not_empty() -> None:
    catalog = builders.catalog(*BUSY, used("countries", 1, 0, 200), used("queue", 3, 80, 0))
    assert found("GOV014", catalog) == found("GOV015", catalog) == []


def test_a_database_that_was_built_and_not_used_is_not_judged() -> None:
    built = [used(f"built{number}", number, 0, None) for number in range(5)]
    assert found("GOV014", builders.catalog(*built)) == []
    assert unjudged("GOV014", builders.catalog(*built)) == ["tables that nothing reads or writes"]


def test_a_waiver_covers_what_another_pack_found() -> None:
    catalog = builders.catalog(builders.table("bare", "a int"), builders.table("plain", "a int"))
    waiver = Waiver(reason="on purpose", tables=("public.bare",), rule="GOV001")
    decisions = Decisions(waivers=(waiver,), today="2026-01-01")
    main = rule_pack("cmis", None)
    report = audit(catalog, main, decisions=decisions, beside=(PACK,))
    assert [each.rule for each in report.waived_findings] == ["GOV001"]
    assert [each.subjects[0].name for each in report.beside[0].findings] == ["plain"]
    assert report.beside[0].score.deductions[0].units == 1
    assert report.notices == ()


def test_a_scan_that_built_an_index_is_no_use() -> None:
    catalog = builders.catalog(*BUSY, used("new", 1, 0, None), used("read", 2, 0, None))
    assert [each.subjects[0].name for each in found("GOV014", catalog)] == ["new"]


def test_what_the_role_may_not_see_is_not_healthy() -> None:
    catalog = builders.catalog(used("a", None, None, None), used("b", None, None, None))
    assert found("GOV014", catalog) == found("GOV015", catalog) == []
    assert unjudged("GOV014", catalog) == ["tables that nothing reads or writes"]
    assert unjudged("GOV015", catalog) == ["empty tables"]


def test_where_most_are_idle_no_single_table_is() -> None:
    idle = [used(f"idle{number}", 0, 0, 0) for number in range(4)]
    assert len(found("GOV015", builders.catalog(*BUSY, *idle[:3]))) == 3
    catalog = builders.catalog(*BUSY, *idle)
    assert found("GOV015", catalog) == []
    assert unjudged("GOV014", catalog)
    assert unjudged("GOV015", catalog)


def test_a_foreign_table_has_no_keys_to_ask_for() -> None:
    far = builders.table("far", "id int", kind=TableKind.FOREIGN, server="elsewhere")
    assert found("GOV001", builders.catalog(far)) == []


def test_two_columns_of_one_table_are_two_findings() -> None:
    child = builders.table("a", "id int pk", "x int -> public.b", "y int -> public.b")
    findings = found("GOV008", builders.catalog(child, builders.table("b", "id int pk")))
    assert len({each.id for each in findings}) == 2


@pytest.mark.parametrize(
    ("index", "serves"),
    [
        (Index(name="i", method="btree", keys=("x",)), True),
        (Index(name="i", method="btree", keys=("x",), valid=False), False),
        (Index(name="i", method="btree", keys=("(lower(x))",)), False),
        (Index(name="i", method="btree", keys=("x",), predicate="(x IS NOT NULL)"), True),
        (Index(name="i", method="btree", keys=("x",), predicate="(x > 0)"), False),
        (Index(name="i", method="btree", keys=("id",), include=("x",)), False),
    ],
)
def test_which_indexes_serve_a_foreign_key(index: Index, serves: bool) -> None:
    child = builders.table("a", "id int pk", "x int -> public.b", indexes=(index,))
    catalog = builders.catalog(child, builders.table("b", "id int pk"))
    assert (found("GOV008", catalog) == []) is serves


def test_a_sequence_of_a_table_with_dots_and_quotes_in_its_name() -> None:
    odd = builders.table('s.odd "x".y', "id smallint pk", rows=30_000)
    name = '"odd ""x""".y'
    odd = msgspec.structs.replace(
        odd, ref=msgspec.structs.replace(odd.ref, schema="s", name='odd "x".y')
    )
    assert str(odd.ref) != name
    sequence = Sequence(
        ref=builders.ref("s.odd_seq"), type="smallint", owned_by=f"{odd.ref}.id", maximum=32767
    )
    catalog = builders.catalog(odd, sequences=(sequence,))
    (one,) = found("GOV017", catalog)
    assert "92%" in one.message


def test_a_table_never_analysed_leaves_its_sequence_unjudged() -> None:
    table = builders.table("a", "id smallint pk")
    sequence = Sequence(
        ref=builders.ref("a_seq"), type="smallint", owned_by="public.a.id", maximum=32767
    )
    catalog = builders.catalog(table, sequences=(sequence,))
    assert found("GOV017", catalog) == []
    assert unjudged("GOV017", catalog) == ["sequences near their end"]


def big(tables: int) -> Catalog:
    """Tables that give every rule something to look at, in one schema."""
    made = []
    for number in range(tables):
        name, before = f"table_{number}", f"table_{max(number - 1, 0)}"
        made.append(
            builders.table(
                name,
                f"{name}_id int pk",
                f"{before}_ref int",
                "tenant_id int",
                "created_at timestamp without time zone"
                if number % 9
                else "created_at timestamptz",
                "amount numeric" if number % 9 else "amount text",
                foreign_keys=(
                    ForeignKey(
                        name=f"{name}_fkey",
                        columns=(f"{before}_ref",),
                        target=builders.ref(before),
                        target_columns=(f"{before}_id",),
                    ),
                ),
                indexes=tuple(
                    Index(
                        name=f"{name}_{each}", method="btree", keys=("amount", "created_at")[:each]
                    )
                    for each in (1, 2)
                ),
                statistics=TableStatistics(rows_estimate=number % 3, scans=number % 2, writes=0),
            )
        )
    return builders.catalog(*made)


def test_many_tables_take_time_in_proportion() -> None:
    seconds = []
    for size in (1_000, 10_000):
        facts = Facts(catalog=big(size), clusters=())
        start = time.process_time()
        findings = [each for one in PACK.rules for each in CHECKS[one.check](one, facts)]
        seconds.append(time.process_time() - start)
        assert len(findings) > 2 * size
        assert len({each.id for each in findings}) == len(findings)
    assert seconds[1] < 40 * seconds[0], seconds  # what looks at every pair takes a hundred times


def test_the_packs_beside_leave_the_main_score_alone() -> None:
    catalog = big(40)
    alone = audit(catalog, rule_pack("cmis", None))
    both = audit(catalog, rule_pack("cmis", None), beside=(PACK,))
    assert both.score == alone.score
    assert both.findings == alone.findings
    assert both.not_assessed == alone.not_assessed
    (beside,) = both.beside
    assert beside.score.pack == "governance"
    assert {each.rule for each in beside.findings} <= {each.code for each in PACK.rules}
