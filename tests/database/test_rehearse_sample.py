"""`cmis-audit rehearse --sample-rows`: real rows go to the clone, and into nothing else."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psycopg
import pytest
from planned import Planned, catalog, execute, plan
from psycopg.conninfo import make_conninfo
from rehearsed import before_the_end, changed, rehearsed

from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Phase
from cmis_audit.model.rehearsal import ClusterRehearsal, Status
from cmis_audit.model.table_rows import RowSample
from cmis_audit.rehearse.isolation import VISITOR
from cmis_audit.rehearse.rehearsal import Options
from cmis_audit.source.connection import Limits, Target
from cmis_audit.source.live import LiveSource

SHOP = """
CREATE TABLE regions (id int PRIMARY KEY, up int REFERENCES regions, name text);
CREATE TABLE orgs (id uuid PRIMARY KEY, region_id int REFERENCES regions, name text);
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs, company_name text,
    contact_email text, vat_number text UNIQUE, credit_limit numeric, created_at timestamptz);
CREATE TABLE customers_v2 (
    customer_id bigint PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs, company_name text,
    contact_email text, vat_number text UNIQUE, credit_limit numeric, created_at timestamptz);
INSERT INTO regions SELECT n, nullif(n - 1, 0), 'SECRETREGION' || n FROM generate_series(1, 9) n;
INSERT INTO orgs SELECT CAST(md5(n::text) AS uuid), n % 9 + 1, 'SECRETORG' || n
    FROM generate_series(1, 300) n;
INSERT INTO customers SELECT 7700000 + n, CAST(md5((1 + n % 7)::text) AS uuid), 'SECRETNAME' || n,
    'SECRETMAIL' || n || E'\\t\\\\N\\n', 'SECRETVAT' || n, n / 7.0, now()
    FROM generate_series(1, 400) n;
-- Equal rows, rows of equal keys that differ, and rows of its own.
INSERT INTO customers_v2 SELECT * FROM customers WHERE customer_id <= 7700020;
UPDATE customers_v2 SET company_name = 'SECRETOTHER' WHERE customer_id > 7700010;
INSERT INTO customers_v2 SELECT customer_id + 1000000, org_id, 'SECRETLATER', contact_email,
    NULL, credit_limit, created_at FROM customers;
"""
SECRET = re.compile(r"SECRET|770\d{4}|870\d{4}|[0-9a-f]{8}-[0-9a-f]{4}-")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TENANTS = "".join(
    f"""
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON {name} USING (org_id = current_setting('app.org', true)::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {VISITOR};
"""
    for name in ("customers", "customers_v2")
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cmis_audit", "rehearse", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def read(database: str, rows: int, *tables: str, limits: Limits | None = None) -> RowSample:
    found = catalog(database)
    source = LiveSource(Target(source=database), now=NOW, limits=limits)
    return source.rows(found, [TableRef(schema="public", name=name) for name in tables], rows)


def by_name(sample: RowSample) -> dict[str, list[tuple[str | None, ...]]]:
    return {each.table.name: list(each.rows) for each in sample.tables}


def test_rows_come_with_the_rows_that_they_point_at(database: str) -> None:
    execute(database, SHOP + "ANALYZE;")
    sample = read(database, 40, "customers", "customers_v2")
    assert sample.skipped == ()
    rows = by_name(sample)
    assert [len(rows[name]) for name in ("customers", "customers_v2")] == [40, 40]
    assert [row[0] for row in rows["customers"]] == [str(7700001 + n) for n in range(40)]
    assert rows["customers"][0][3:5] == ("SECRETMAIL1\t\\N\n", "SECRETVAT1")
    assert len(rows["orgs"]) == 7, "those that are pointed at, each once"
    regions = {row[0] for row in rows["regions"]}
    assert {row[1] for row in rows["orgs"]} <= regions
    assert {row[1] for row in rows["regions"]} - {None} <= regions, "up the chain"
    assert read(database, 40, "customers", "customers_v2") == sample


def test_nothing_but_reading_and_no_longer_than_allowed(database: str) -> None:
    execute(database, SHOP)
    execute(
        database,
        """
        CREATE DOMAIN code AS text CHECK (length(value) > 0);
        CREATE TABLE kinds (code code PRIMARY KEY);
        CREATE TABLE things (id int, code code REFERENCES kinds, big text, doubled int
            GENERATED ALWAYS AS (id * 2) STORED);
        CREATE TABLE hidden (id int PRIMARY KEY);
        INSERT INTO kinds VALUES ('a');
        INSERT INTO things SELECT n, 'a', repeat(md5(n::text), 10000)
            FROM generate_series(1, 2) n;
        ALTER TABLE things ALTER big SET STORAGE EXTERNAL;
        INSERT INTO things SELECT 3, 'a', repeat(md5('3'), 10000);
        INSERT INTO hidden VALUES (1);
        """,
    )
    sample = read(database, 10, "things")
    rows = by_name(sample)
    assert [row[0] for row in rows["things"]] == ["1", "2"], "the third takes too much"
    assert len(rows["things"][0]) == 3, "without what is generated"
    assert "kinds" not in rows
    assert [each.what for each in sample.skipped] == ["public.things: foreign key things_code_fkey"]
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE hidden")
        sample = read(database, 10, "hidden", "regions", limits=Limits(lock_timeout_ms=100))
    assert set(by_name(sample)) == {"regions"}
    assert "holds a lock for more than 100 ms" in sample.skipped[0].why


def test_what_the_role_may_not_read_is_said(database: str) -> None:
    execute(database, SHOP)
    execute(
        database,
        "CREATE ROLE cmis_reader LOGIN PASSWORD 'x'; GRANT SELECT ON orgs, regions, "
        "customers TO cmis_reader; ALTER TABLE customers ENABLE ROW LEVEL SECURITY;",
    )
    try:
        reader = make_conninfo(database, user="cmis_reader", password="x")
        sample = read(reader, 10, "customers", "customers_v2", "orgs")
    finally:
        execute(database, "DROP OWNED BY cmis_reader; DROP ROLE cmis_reader")
    assert set(by_name(sample)) == {"orgs", "regions"}
    assert [each.why for each in sample.skipped] == [
        "row security applies to the role there",
        "the role has no SELECT there",
    ]


def test_no_value_of_a_row_is_in_what_is_written(database: str, tmp_path: Path) -> None:
    execute(database, SHOP)
    done = run(tmp_path, database, "-o", "made", "--sample-rows", "200", "--bench-rows", "50", "-v")
    assert done.returncode == 0, done.stderr
    files = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert "Rows of the source in the clone: 415.\n" in done.stdout
    assert len(files) > 5
    for path in files:
        assert not SECRET.search(path.read_text()), path.name
    assert not SECRET.search(done.stdout + done.stderr)
    found = msgspec.json.decode((tmp_path / "made" / "rehearsal.json").read_bytes())
    assert found["sampled"] == 200
    assert found["given"] == 200 + 200 + 7 + 8
    assert found["filling"] == []
    (cluster,) = found["clusters"]
    assert cluster["status"] == "measured", cluster["stopped"]
    later = next(line for line in cluster["ledger"] if line["member"].endswith("_v2"))
    told = sum(int(each["key"].split()[0]) for each in later["rejects"])
    assert told >= later["rejected"] > 0
    report = (tmp_path / "made" / "report.md").read_text()
    assert "the reading of up to 200 rows of each table to be merged" in report


def test_a_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text("CREATE TABLE a (id int);")
    done = run(tmp_path, "shop.sql", "--sample-rows", "10")
    assert done.returncode == 2
    assert "shop.sql is a file and holds no rows to take along" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["shop.sql"]


@pytest.fixture
def sampled(database: str) -> tuple[Planned, Options]:
    execute(database, SHOP)
    sample = read(database, 50, "customers", "customers_v2")
    planned = plan(database, "customers", "customers_v2", yes_drop=True)
    return planned, Options(rows=50, bench_rows=0, sampled=50, given=sample.tables)


def told(found: ClusterRehearsal) -> str:
    text = msgspec.json.encode(found).decode()
    assert not SECRET.search(text)
    return text


@pytest.mark.parametrize(
    ("phase", "hurt"),
    [
        (Phase.VERIFY, "SELECT CAST(company_name AS int) FROM public.customers;"),
        (
            Phase.VERIFY,
            "CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'%', (SELECT max(company_name) FROM public.customers); END $$; SELECT public.f();",
        ),
        (
            Phase.SWITCH,
            "DO $$ BEGIN EXECUTE (SELECT company_name FROM public.orgs LIMIT 1); END $$;",
        ),
    ],
    ids=["cast", "raise", "syntax"],
)
def test_no_refusal_tells_a_value(
    sampled: tuple[Planned, Options], phase: Phase, hurt: str
) -> None:
    planned, options = sampled
    worse = changed(planned.plan, before_the_end(hurt), phase)
    found = rehearsed(catalog(planned.conninfo), worse, options).clusters[0]
    assert found.status == Status.GENERATED
    assert "SQLSTATE" in told(found)


def test_what_a_plan_says_itself_is_told(sampled: tuple[Planned, Options]) -> None:
    planned, options = sampled
    lost = f"DELETE FROM {planned.target} WHERE ctid = (SELECT max(ctid) FROM {planned.target});"
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ;"
    worse = changed(planned.plan, lambda sql: sql.replace(begin, f"{begin}\n{lost}"), Phase.VERIFY)
    found = rehearsed(catalog(planned.conninfo), worse, options).clusters[0]
    assert found.status == Status.GENERATED
    assert found.refused is not None
    assert " is not conserved: " in found.refused.message
    assert "hash" not in found.refused.message


def test_rows_that_the_clone_refuses_are_counted(database: str) -> None:
    execute(database, SHOP)
    sample = read(database, 50, "customers", "customers_v2")
    execute(database, "ALTER TABLE customers_v2 ADD CHECK (customer_id < 7700000) NOT VALID")
    planned = plan(database, "customers", "customers_v2", yes_drop=True)
    options = Options(rows=20, bench_rows=0, sampled=50, given=sample.tables)
    outcome = rehearsed(catalog(database), planned.plan, options)
    assert not SECRET.search(msgspec.json.encode(outcome.filling).decode())
    assert "took 0 of 50 rows of its own: SQLSTATE 23514 (customers_v2_customer_id_check) (50)" in {
        each.why for each in outcome.filling
    }
    told(outcome.clusters[0])


def test_tenants_are_numbers(database: str) -> None:
    execute(database, f"CREATE ROLE {VISITOR}")
    try:
        execute(database, SHOP + TENANTS)
        sample = read(database, 50, "customers", "customers_v2")
        planned = plan(database, "customers", "customers_v2", yes_drop=True)
        leak = f"CREATE POLICY everybody ON {planned.target} USING (true);"
        leaking = changed(planned.plan, before_the_end(leak), Phase.EXPAND)
        options = Options(rows=50, bench_rows=0, sampled=50, given=sample.tables)
        found = rehearsed(catalog(database), leaking, options).clusters[0]
    finally:
        execute(database, f"DROP OWNED BY {VISITOR}; DROP ROLE {VISITOR}")
    assert found.isolation is not None
    assert found.isolation.tenants > 1
    assert found.status == Status.CONSERVED
    assert f"{VISITOR}, tenant 1" in told(found)
