"""What a guard says of new and changed tables: each alarm beside a near miss that gives none."""

from pathlib import Path

import msgspec
import pytest
from builders import catalog, table
from guarded import BASE, COLUMNS, GROUND, INVOICES

from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.run import run_migrations
from cmis_audit.guarding import judge
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.guard import Alarm, Charge, Guarded
from cmis_audit.render.guard_text import instead


def guarded(sql: str, base: Catalog = BASE) -> Guarded:
    after = run_migrations([MigrationFile(path="m.sql", language=Language.SQL, text=sql)], base)
    assert after.unread == ()
    return judge(base, after.catalog, after.touched, GROUND)


def alarms(sql: str, base: Catalog = BASE) -> list[tuple[Charge, str, str]]:
    found = guarded(sql, base).alarms
    return [(one.charge, one.table.table.name, one.twin.name) for one in found]


def only(sql: str, base: Catalog = BASE) -> Alarm:
    [alarm] = guarded(sql, base).alarms
    return alarm


def test_a_near_copy_is_named_with_its_evidence_and_what_would_do() -> None:
    alarm = only(f"CREATE TABLE bills ({COLUMNS}, paid_by uuid DEFAULT 'x' NOT NULL, paid_at date)")
    assert (alarm.charge, alarm.table.table.name, alarm.twin.name) == (
        Charge.NEAR_COPY, "bills", "invoices",
    )  # fmt: skip
    assert alarm.remedy == (
        "ALTER TABLE public.invoices\n"
        "    ADD COLUMN paid_by uuid DEFAULT 'x' NOT NULL,\n"
        "    ADD COLUMN paid_at date;",
    )
    assert ("net_total", "net_total") in alarm.shared_columns
    assert alarm.evidence[0].bits > 5


def test_the_third_of_a_group_is_not_explained_by_the_first_two() -> None:
    two = only(f"CREATE TABLE bills ({COLUMNS})")
    assert "public.bills and public.invoices" in two.reason
    after = run_migrations(
        [
            MigrationFile(
                path="1", language=Language.SQL, text=f"CREATE TABLE invoices_v2 ({COLUMNS})"
            )
        ],
        BASE,
    ).catalog
    three = only(f"CREATE TABLE bills ({COLUMNS})", after)
    assert three.reason == (
        "With it 3 tables store 'invoices': public.invoices, public.bills, public.invoices_v2."
    )


def test_a_table_of_its_own_is_none() -> None:
    assert alarms("CREATE TABLE visits (id bigint PRIMARY KEY, seen_at date, guide text)") == []
    beside = "id bigint PRIMARY KEY, invoice_id bigint REFERENCES invoices, quantity int, sku text"
    assert alarms(f"CREATE TABLE invoice_items ({beside})") == []


@pytest.mark.parametrize("name", ["invoices_v2", "v2_invoices", "invoices_new"])
def test_a_version_beside_its_original_is_always_named(name: str) -> None:
    """Whether its columns say so or are others."""
    assert alarms(f"CREATE TABLE {name} ({COLUMNS})") == [(Charge.NEAR_COPY, name, "invoices")]
    other = "id bigint PRIMARY KEY, payload jsonb, batch text"
    [(charge, new, twin)] = alarms(f"CREATE TABLE {name} ({other})")
    assert (charge, new, twin) == (Charge.VERSION, name, "invoices")


ASKED = (
    "id bigint PRIMARY KEY, issued_on date, due_on date, body text, memo text, bank text, "
    "swift text, iban text, payer text"
)


def test_a_version_is_named_where_of_another_name_a_person_would_be_asked() -> None:
    """A question alone fails nothing; a second version does."""
    asked = "id bigint PRIMARY KEY, invoice_number text, issued_on date, due_on date, method text, "
    asked += "memo text, amount_paid numeric, bank text"
    assert alarms(f"CREATE TABLE bills ({asked})") == [(Charge.REVIEW, "bills", "invoices")]
    assert "Compare it with public.invoices before" in advice(only(f"CREATE TABLE bills ({asked})"))
    version = only(f"CREATE TABLE v2_invoices ({ASKED})")
    assert (version.charge, version.verdict) == (Charge.VERSION, Verdict.REVIEW)
    assert version.cluster is not None


def advice(alarm: Alarm) -> str:
    return instead(alarm)[0]


def test_what_to_do_is_said_as_surely_as_it_is_known() -> None:
    sure = only(f"CREATE TABLE bills ({COLUMNS}, paid_at date)")
    assert advice(sure) == "Instead, give public.invoices what it lacks:"
    full = only(f"CREATE TABLE bills ({COLUMNS})")
    assert advice(full) == "Instead, use public.invoices: it has every column already."
    doubtful = msgspec.structs.replace(sure, confidence=0.49)
    question = msgspec.structs.replace(sure, charge=Charge.REVIEW, verdict=Verdict.REVIEW)
    told = "Compare it with public.invoices before; if both store the same, public.invoices lacks:"
    assert advice(doubtful) == advice(question) == told
    assert advice(msgspec.structs.replace(question, remedy=())).endswith("every column already.")
    assert "same migrations" in advice(
        msgspec.structs.replace(question, remedy=(), twin_is_new=True)
    )
    version = only(f"CREATE TABLE v2_invoices ({ASKED})")
    assert advice(version).startswith("Change public.invoices itself, or replace it")
    assert "ALTER TABLE public.invoices" in instead(version)[1]


def test_a_version_without_an_original_is_none() -> None:
    assert alarms("CREATE TABLE receipts_v2 (id bigint PRIMARY KEY, payload jsonb)") == []
    assert alarms("DROP TABLE shipments; CREATE TABLE shipments_v2 (id bigint, x jsonb)") == []


def test_the_next_of_a_series_is_no_version() -> None:
    columns = ("id bigint pk", "payload text", "stored_at timestamp with time zone")
    series = catalog(*BASE.tables, *(table(f"shard_{n}", *columns) for n in range(1, 5)))
    new = "id bigint PRIMARY KEY, payload text, stored_at timestamptz"
    assert alarms(f"CREATE TABLE shard_5 ({new})", series) == []
    hundreds = catalog(*(table(f"shard_{n}", *columns) for n in range(98, 104)))
    assert alarms(f"CREATE TABLE shard_97 ({new})", hundreds) == []
    plain = catalog(table("shard", "code text"), *hundreds.tables)
    assert alarms(f"CREATE TABLE shard_97 ({new})", plain) == [
        (Charge.VERSION, "shard_97", "shard")
    ]


def test_of_two_new_ones_the_later_repeats_the_earlier() -> None:
    other = COLUMNS.replace("REFERENCES customers", "")
    base = catalog(*(one for one in BASE.tables if one.ref.name != "invoices"))
    [alarm] = guarded(
        f"CREATE TABLE bills ({other});\nCREATE TABLE bills_v2 ({other});", base
    ).alarms
    assert (alarm.table.table.name, alarm.twin.name) == ("bills_v2", "bills")
    assert alarm.twin_is_new
    assert alarm.remedy == ()


def test_what_stood_together_before_is_no_news() -> None:
    base = catalog(*BASE.tables, table("invoices_v2", *INVOICES))
    assert alarms("ALTER TABLE invoices_v2 ADD COLUMN note text", base) == []
    assert alarms("ALTER TABLE invoices_v2 RENAME TO invoices_v3", base) == [
        (Charge.VERSION, "invoices_v3", "invoices")
    ]


def test_a_table_that_grows_into_another_is_told() -> None:
    base = catalog(*BASE.tables, table("bills", "id bigint pk", "note text"))
    grown = ", ".join(
        f"ADD COLUMN {one}" for one in COLUMNS.replace("id bigint PRIMARY KEY, ", "").split(",")
    )
    assert alarms(f"ALTER TABLE bills {grown}", base) == [(Charge.NEAR_COPY, "bills", "invoices")]


def test_the_same_migrations_say_the_same(tmp_path: Path) -> None:
    sql = f"CREATE TABLE bills ({COLUMNS})"
    assert guarded(sql) == guarded(sql)
    assert guarded(sql).alarms[0].id == guarded(sql + "; CREATE TABLE x (id int)").alarms[0].id
