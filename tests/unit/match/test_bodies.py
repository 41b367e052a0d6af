"""What is read in the bodies of views and functions."""

import pytest

from cmis_audit.match.bodies import tables_together
from cmis_audit.model.catalog import Catalog, Function, View
from cmis_audit.model.names import TableRef


def ref(name: str) -> TableRef:
    return TableRef(schema="public", name=name)


KNOWN = {"orders", "orders_archive", "returns", "Odd Name"}


def named(schema: str, name: str) -> TableRef | None:
    return ref(name) if name in KNOWN and schema in ("", "public") else None


def said(definition: str = "", body: str = "") -> list[tuple[str, str, bool]]:
    catalog = Catalog(
        database="d",
        server_version="16",
        server_version_number=160000,
        read_at="",
        role="",
        views=(View(ref=ref("all_orders"), definition=definition),) if definition else (),
        functions=(
            Function(ref=ref("move"), arguments="", kind="function", language="sql", body=body),
        )
        if body
        else (),
    )
    return [(one.left.name, one.right.name, one.copies) for one in tables_together(catalog, named)]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            "SELECT id FROM orders UNION ALL SELECT id FROM public.orders_archive",
            [("orders", "orders_archive", False)],
        ),
        ('SELECT id FROM orders UNION SELECT id FROM "Odd Name"', [("Odd Name", "orders", False)]),
        ("SELECT id FROM orders JOIN returns USING (id) UNION SELECT id FROM orders_archive", []),
        ("SELECT id FROM orders, orders_archive", []),
        ("SELECT id FROM orders UNION SELECT id FROM elsewhere.returns", []),
        ("SELECT id FROM orders -- UNION SELECT id FROM returns", []),
    ],
)
def test_a_union_reads_two_tables_as_one(
    definition: str, expected: list[tuple[str, str, bool]]
) -> None:
    assert said(definition=definition) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "INSERT INTO orders_archive (id) SELECT id FROM orders WHERE old; DELETE FROM orders",
            [("orders", "orders_archive", True)],
        ),
        (
            "BEGIN insert into public.returns select * from only orders; END",
            [("orders", "returns", True)],
        ),
        ("INSERT INTO returns VALUES (1); SELECT 1 FROM orders", []),
        ("INSERT INTO orders SELECT * FROM orders", []),
    ],
)
def test_a_function_copies_rows(body: str, expected: list[tuple[str, str, bool]]) -> None:
    assert said(body=body) == expected


def test_a_huge_body_is_passed_over() -> None:
    assert said(body="INSERT INTO returns SELECT * FROM orders;" + " " * 20_000) == []
