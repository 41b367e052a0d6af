"""What no pair says: a part that was folded in, a table for any owner, parents in common."""

from builders import catalog, table

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.matches import find_matches
from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)

SHOP = (
    table("customers", "id bigint pk", "full_name text", "email_address text"),
    table("invoices", "id bigint pk", "customer_id bigint -> customers", "total numeric"),
    table("products", "id bigint pk", "sku text", "price numeric", "title text"),
)


def clusters_of(*tables: Table) -> tuple[Cluster, ...]:
    read = catalog(*SHOP, *tables)
    return build_clusters(read, find_matches(read, PACK), PACK)


def of_verdict(verdict: Verdict, *tables: Table) -> list[Cluster]:
    return [each for each in clusters_of(*tables) if each.verdict == verdict]


def related(*tables: Table) -> set[str]:
    return {
        member.table.name
        for cluster in of_verdict(Verdict.CONSOLIDATE, *tables)
        for member in cluster.members
        if member.role == Role.RELATED
    }


CHANGES = table(
    "change_log", "seq integer pk", "relation_name text", "operation text", "txn_number integer"
)
NEW_CHANGES = table(
    "change_log_v2",
    "seq bigint pk",
    "relation_name text",
    "operation text",
    "txn_number bigint",
    "old_content json",
    "new_content json",
)


def part(*columns: str) -> Table:
    return table("change_log_body", "seq integer pk -> change_log", *columns)


def test_a_part_that_the_other_keeps_in_its_own_columns_is_named() -> None:
    assert related(CHANGES, NEW_CHANGES, part("content text")) == {"change_log_body"}


def test_a_part_that_nobody_folded_in_is_left_alone() -> None:
    assert related(CHANGES, NEW_CHANGES, part("remark text")) == set()
    assert related(CHANGES, NEW_CHANGES, part()) == set()


NOTES = table(
    "item_notes",
    "id bigint pk",
    "owner_type text",
    "owner_id bigint",
    "body text",
    "pinned boolean",
)


def notes_of(owner: str, *columns: str) -> Table:
    return table(f"{owner}_notes", "id bigint pk", f"{owner}_id bigint -> {owner}s", *columns)


def test_a_table_for_any_owner_is_held_against_those_for_one() -> None:
    asked = of_verdict(
        Verdict.REVIEW,
        NOTES,
        notes_of("invoice", "body text", "pinned boolean"),
        notes_of("customer", "body text", "pinned boolean", "colour text"),
    )
    assert [[member.table.name for member in one.members] for one in asked] == [
        ["item_notes", "customer_notes", "invoice_notes"]
    ]
    assert asked[0].canonical is not None
    assert asked[0].canonical.name == "item_notes"
    rows = {row.concept: len(row.cells) for row in asked[0].comparison}
    assert rows["body"] == 3
    assert rows["owner_type"] == 1


def test_no_question_about_an_owner_that_is_always_the_same_table() -> None:
    bound = table(
        "item_notes",
        "id bigint pk",
        "owner_type text",
        "owner_id bigint -> customers",
        "body text",
        "pinned boolean",
    )
    special = notes_of("invoice", "body text", "pinned boolean")
    assert not of_verdict(Verdict.REVIEW, bound, special)


def test_no_question_about_notes_that_hold_something_else() -> None:
    assert not of_verdict(Verdict.REVIEW, NOTES, notes_of("invoice", "due_on date", "fee numeric"))


FILLER = tuple(
    table(f"filler_{word}", "id bigint pk", f"{word}_value integer")
    for word in ("amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath")
)
OVERRIDES = (
    "id bigint pk",
    "invoice_id bigint -> invoices",
    "product_id bigint -> products",
    "units numeric",
    "surcharge numeric",
)


def signals(left: str, right: str, *tables: Table) -> set[str]:
    read = catalog(*SHOP, *FILLER, *tables)
    return {
        piece.signal
        for match in find_matches(read, PACK).matches
        if {match.left.name, match.right.name} == {left, right}
        for piece in match.evidence
    }


def test_belonging_to_the_same_two_tables_speaks_for_unrelated_names() -> None:
    twins = table("exceptions", *OVERRIDES), table("corrections", *OVERRIDES)
    assert "parents" in signals("corrections", "exceptions", *twins)


def test_one_parent_more_says_nothing() -> None:
    one = table("exceptions", *OVERRIDES)
    other = table("corrections", *OVERRIDES, "customer_id bigint -> customers")
    assert "parents" not in signals("corrections", "exceptions", one, other)
