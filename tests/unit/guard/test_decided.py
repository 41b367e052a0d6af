"""What a team has decided and what code says, in an alarm: each beside a near miss."""

from pathlib import Path

import msgspec
import pytest
from builders import catalog, table
from guarded import BASE, COLUMNS, GROUND, INVOICES

from cmis_audit.cli.guard import _status
from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.run import run_migrations
from cmis_audit.guarding import judge
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.decisions import Decisions, Registered
from cmis_audit.model.guard import Charge, Guarded
from cmis_audit.model.names import TableRef
from cmis_audit.model.waiver import Waiver
from cmis_audit.render.guards import GUARD_EMITTERS

BILLS = f"CREATE TABLE bills ({COLUMNS});"
PAIR = ("public.bills", "public.invoices")
TODAY = "2026-06-15"


def guarded(
    sql: str,
    *waivers: Waiver,
    base: Catalog = BASE,
    register: tuple[Registered, ...] = (),
    code: Path | None = None,
) -> Guarded:
    after = run_migrations([MigrationFile(path="m.sql", language=Language.SQL, text=sql)], base)
    decisions = Decisions(waivers=waivers, register=register, today=TODAY)
    ground = msgspec.structs.replace(GROUND, decisions=decisions, code=(code,) if code else ())
    return judge(base, after.catalog, after.touched, ground)


def text(found: Guarded) -> str:
    return GUARD_EMITTERS["text"].render(found)


PLAIN = guarded(BILLS)


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver(reason="two books", tables=PAIR),
        Waiver(reason="two books", tables=PAIR, until=TODAY),
        Waiver(reason="two books", tables=PAIR, rule="GRD001"),
        Waiver(reason="two books", id=PLAIN.alarms[0].id),
        Waiver(reason="two books", id=PLAIN.alarms[0].cluster),
    ],
    ids=["by tables", "on its last day", "with the rule", "by alarm", "by group"],
)
def test_what_is_waived_is_told_and_fails_nothing(waiver: Waiver) -> None:
    found = guarded(BILLS, waiver)
    [alarm] = found.alarms
    assert (alarm.charge, alarm.waived) == (Charge.NEAR_COPY, True)
    assert _status(found, strict=True) == 0
    assert "none repeats another, 1 waived" in text(found)
    assert "m.sql:1: waived: new table public.bills is a near-copy" in text(found)
    assert f"waived until {waiver.until or 'further notice'}: two books" in text(found)


@pytest.mark.parametrize(("schema", "held"), [("shop_v2", True), ("shop_v3", False)])
def test_a_copy_of_a_schema_that_is_waived_may_grow(schema: str, *, held: bool) -> None:
    """The next table of the copy is no news; another copy is."""
    names = ("customers", "products", "shipments", "warehouses", "invoices")
    shop = [
        msgspec.structs.replace(one, ref=TableRef(schema="shop", name=one.ref.name))
        for one in BASE.tables
    ]
    rows = {one.ref.name: ", ".join(f"{c.name} {c.type}" for c in one.columns) for one in shop}
    made = [f"CREATE TABLE {schema}.{name} ({rows[name]});" for name in names]
    base = run_migrations(
        [MigrationFile(path="b.sql", language=Language.SQL, text="\n".join(made[:-1]))],
        catalog(*shop),
    ).catalog
    waiver = Waiver(reason="until the move", schemas=("shop", "shop_v2"))
    found = guarded(made[-1], waiver, base=base)
    [alarm] = found.alarms
    assert str(alarm.twin) == "shop.invoices"
    assert alarm.waived is held


@pytest.mark.parametrize(
    "waiver",
    [
        Waiver(reason="other tables", tables=("public.bills", "public.products")),
        Waiver(reason="another fault", tables=PAIR, rule="GRD002"),
        Waiver(reason="another group", id="c-0000000000"),
    ],
    ids=["tables", "rule", "id"],
)
def test_what_a_waiver_does_not_cover_fails_without_a_word_of_it(waiver: Waiver) -> None:
    assert guarded(BILLS, waiver) == PLAIN
    assert _status(PLAIN, strict=False) == 1


def test_a_waiver_that_has_run_out_is_told_and_fails() -> None:
    found = guarded(BILLS, Waiver(reason="two books", tables=PAIR, until="2026-06-14"))
    assert _status(found, strict=False) == 1
    assert "1 repeats another" in text(found)
    assert "its waiver ended on 2026-06-14; the reason given: two books" in text(found)


def test_of_two_waivers_the_one_that_holds_counts() -> None:
    old = Waiver(reason="until the move", tables=PAIR, until="2026-06-14")
    assert guarded(BILLS, old, Waiver(reason="for good", tables=PAIR)).alarms[0].waived


def test_a_third_table_is_not_covered_by_the_waiver_of_two() -> None:
    third = f"{BILLS}\nCREATE TABLE invoices_v2 ({COLUMNS});"
    found = guarded(third, Waiver(reason="two books", tables=PAIR))
    assert [(one.table.table.name, one.waived) for one in found.alarms] == [
        ("invoices_v2", False), ("bills", True),
    ]  # fmt: skip
    assert _status(found, strict=False) == 1


def test_the_register_names_owner_and_canonical_table() -> None:
    books = Registered(
        name="public.invoices", owner="finance", purpose="what customers owe",
        canonical_for=("public.bills",),
    )  # fmt: skip
    far = Registered(name="public.products", owner="shop", canonical_for=("public.wares",))
    found = guarded(BILLS, register=(books, far))
    assert found.alarms[0].registered == (books,)
    assert (
        "the register has public.invoices: owner finance, for 'what customers owe', "
        "canonical for public.bills" in text(found)
    )
    assert "public.products" not in text(found)


def test_the_register_decides_which_of_two_is_repeated() -> None:
    """As in an audit: the group keeps the table that is registered for it."""
    base = catalog(*BASE.tables, table("bills", *INVOICES))
    sql = f"CREATE TABLE invoices_v2 ({COLUMNS});"
    twins = {}
    for name in ("bills", "invoices"):
        kept = Registered(name=f"public.{name}", canonical_for=("what customers owe",))
        first = guarded(sql, base=base, register=(kept,)).alarms[0]
        assert first.charge is Charge.NEAR_COPY
        twins[name] = first.twin.name
    assert twins == {"bills": "bills", "invoices": "invoices"}


def test_code_says_where_the_twin_comes_from_and_who_uses_it(tmp_path: Path) -> None:
    (tmp_path / "V1__books.sql").write_text(
        "-- what customers owe\nCREATE TABLE invoices (id bigint);\n"
    )
    for number in range(5):
        (tmp_path / f"a{number}.py").write_text('rows = run("SELECT id FROM invoices")\n')
    found = guarded(BILLS, code=tmp_path)
    said = found.alarms[0].twin_code
    assert said is not None
    assert (said.files, len(said.uses), said.comment) == (5, 3, "what customers owe")
    shown = text(found)
    assert f"created in {tmp_path.as_posix()}/V1__books.sql:2 (what customers owe)" in shown
    assert "used in 5 files" in shown
    assert f"{tmp_path.as_posix()}/a0.py:1" in shown
    assert "and 2 more" in shown


def test_code_that_does_not_name_the_twin_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('rows = run("SELECT id FROM products")\n')
    assert guarded(BILLS, code=tmp_path).alarms[0].twin_code is None


def test_every_format_tells_what_is_waived() -> None:
    found = guarded(BILLS, Waiver(reason="two books", tables=PAIR, until="2026-12-31"))
    said = {name: one.render(found) for name, one in GUARD_EMITTERS.items()}
    assert all("two books" in each for each in said.values())
    assert said["github"].startswith("::notice ")
    assert '<skipped message="two books">' in said["junit"]
    assert 'failures="0"' in said["junit"]
    assert '"suppressions"' in said["sarif"]
