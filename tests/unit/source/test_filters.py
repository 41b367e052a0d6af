"""Patterns as psql has them, choice as pg_dump makes it."""

import pytest

from cmis_audit.errors import UsageError
from cmis_audit.model.catalog import (
    Catalog,
    Column,
    Enum,
    ForeignKey,
    Function,
    Schema,
    Sequence,
    Table,
    View,
)
from cmis_audit.model.names import TableRef
from cmis_audit.source.filters import Filters, filtered


def ref(text: str) -> TableRef:
    schema, _, name = text.partition(".")
    return TableRef(schema=schema, name=name)


def catalog(*names: str) -> Catalog:
    refs = sorted(map(ref, names))
    return Catalog(
        database="shop",
        server_version="16.4",
        server_version_number=160004,
        read_at="2024-01-01T00:00:00Z",
        role="ann",
        schemas=tuple(Schema(name=name) for name in sorted({each.schema for each in refs})),
        tables=tuple(Table(ref=each, columns=(Column(name="id", type="int"),)) for each in refs),
        functions=tuple(
            Function(
                ref=TableRef(schema=name, name="f"), arguments="", kind="function", language="sql"
            )
            for name in sorted({each.schema for each in refs})
        ),
        sequences=tuple(
            Sequence(
                ref=TableRef(schema=each.schema, name=f"{each.name}_id_seq"),
                type="bigint",
                owned_by=f"{each}.id",
            )
            for each in refs
        ),
        enums=tuple(
            Enum(ref=TableRef(schema=name, name="e"), labels=("a",))
            for name in sorted({each.schema for each in refs})
        ),
    )


SHOP = catalog("sales.orders", "sales.Orders", "sales.order_lines", "crm.people", "crm.orders")


def names(kept: Catalog) -> list[str]:
    return [str(table.ref) for table in kept.tables]


def chosen(**patterns: tuple[str, ...]) -> list[str]:
    return names(filtered(SHOP, Filters(**patterns)))


def test_nothing_asked_is_everything() -> None:
    assert filtered(SHOP, Filters()) is SHOP


def test_schemas() -> None:
    assert chosen(schemas=("crm",)) == ["crm.orders", "crm.people"]
    assert chosen(schemas=("c*", "sal?s")) == names(SHOP)
    assert chosen(exclude_schemas=("crm",)) == names(filtered(SHOP, Filters(schemas=("sales",))))
    assert chosen(schemas=("crm", "sales"), exclude_schemas=("SALES",)) == chosen(schemas=("crm",))
    assert chosen(schemas=("shop.crm",)) == chosen(schemas=("crm",))


def test_tables() -> None:
    assert chosen(tables=("orders",)) == ["crm.orders", "sales.orders"]
    assert chosen(tables=("ORDERS",)) == ["crm.orders", "sales.orders"]
    assert chosen(tables=('"Orders"',)) == ['sales."Orders"']
    assert chosen(tables=("sales.o*",)) == ["sales.order_lines", "sales.orders"]
    assert chosen(tables=("shop.sales.orders",)) == ["sales.orders"]
    assert chosen(tables=("order(s|_lines)",)) == [
        "crm.orders",
        "sales.order_lines",
        "sales.orders",
    ]
    assert chosen(tables=("*.orders",), exclude_tables=("crm.*",)) == ["sales.orders"]
    assert chosen(exclude_tables=("nothing_like_it",)) == names(SHOP)
    # As in pg_dump, -t chooses whatever -n says; what is excluded stays out.
    assert chosen(tables=("people",), schemas=("sales",)) == ["crm.people"]
    assert chosen(tables=("orders",), exclude_schemas=("sales",)) == ["crm.orders"]


def test_what_belongs_together_stays_together() -> None:
    kept = filtered(SHOP, Filters(tables=("crm.people",)))
    assert [schema.name for schema in kept.schemas] == ["crm"]
    assert [sequence.ref.name for sequence in kept.sequences] == ["people_id_seq"]
    assert [function.ref.schema for function in kept.functions] == ["crm"]
    assert [enum.ref.schema for enum in kept.enums] == ["crm"]


def test_references_to_what_is_gone_stay() -> None:
    key = ForeignKey(name="f", columns=("id",), target=ref("crm.people"), target_columns=("id",))
    lines = Table(ref=ref("sales.lines"), foreign_keys=(key,))
    seen = View(ref=ref("sales.seen"), reads=(ref("crm.people"),))
    both = Catalog(
        database="shop",
        server_version="16.4",
        server_version_number=160004,
        read_at="",
        role="ann",
        schemas=(Schema(name="crm"), Schema(name="sales")),
        tables=(Table(ref=ref("crm.people")), lines),
        views=(seen,),
    )
    kept = filtered(both, Filters(schemas=("sales",)))
    assert kept.tables == (lines,)
    assert kept.views == (seen,)
    assert filtered(both, Filters(tables=("seen",))).views == (seen,)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(schemas=("crm", "nowhere*")), "no schema of shop matches -n nowhere*"),
        (Filters(tables=("orders", "crm.none")), "no table or view of shop matches -t crm.none"),
        (Filters(tables=("other.sales.orders",)), "names another database"),
        (Filters(tables=("*.sales.orders",)), "cannot be a pattern"),
        (Filters(tables=("a.b.c.d",)), "too many dotted names"),
        (Filters(schemas=("a.b.c",)), "too many dotted names"),
        (Filters(tables=("orders(",)), "not a valid regular expression"),
        (Filters(exclude_tables=("[[:nonsense:]]",)), "not a valid regular expression"),
    ],
)
def test_usage_errors(filters: Filters, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        filtered(SHOP, filters)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_quotes_dots_and_dollars() -> None:
    odd = catalog("public.a.b", 'public.q"q', "public.a$", "public.x[]", "public.new\nline")
    for pattern, name in (
        ('"a.b"', "a.b"),
        ('a"."b', "a.b"),
        ('q""q', None),
        ('"q""q"', 'q"q'),
        ("a$", "a$"),
        ("x[]", "x[]"),
        ("new?line", "new\nline"),
        ("[n]ew*", "new\nline"),
        ("[[:alpha:]]ew*", "new\nline"),
    ):
        if name is None:
            with pytest.raises(UsageError):
                filtered(odd, Filters(tables=(pattern,)))
        else:
            kept = filtered(odd, Filters(tables=(pattern,)))
            assert [table.ref.name for table in kept.tables] == [name], pattern
