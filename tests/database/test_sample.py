"""`--sample`: values are compared on the server, and only counts are ever seen of them."""

import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from fix_postgres import counted
from psycopg.conninfo import make_conninfo

from cmis_audit import pipeline, reading
from cmis_audit.model.match import Evidence, Match
from cmis_audit.model.names import TableRef
from cmis_audit.model.overlap import Overlap, Question
from cmis_audit.model.report import Report
from cmis_audit.source.connection import Limits, Target
from cmis_audit.source.live import LiveSource

NOW = datetime(2024, 5, 6, tzinfo=UTC)
SECRET = "tq7-secret"

# Two renamed twins; each has the addresses `u0@...` to `u<n>@...` from its own start.
# No statistics that the test has not asked for.
TWINS = f"""
CREATE TABLE customers (
    id bigint PRIMARY KEY, full_name text, email_address text UNIQUE, phone text, iban text,
    signed_up_at timestamptz
) WITH (autovacuum_enabled = false);
CREATE TABLE clients (
    id bigint PRIMARY KEY, name text, mail text UNIQUE, telephone text, iban text,
    created_on timestamptz
) WITH (autovacuum_enabled = false);
CREATE FUNCTION fill(target regclass, first int, last int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s SELECT n, ''n'' || n %% 3, %L || n || ''@Example.org'', NULL,
                    NULL, ''2024-01-01''::timestamptz FROM generate_series(%s, %s) n',
                   target, '{SECRET}', first, last);
END $$;
"""


def run(conninfo: str, sql: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(sql)


def audited(conninfo: str, rows: int, limits: Limits | None = None) -> Report:
    intake = reading.Intake(target=Target(source=conninfo), limits=limits or Limits(), now=NOW)
    compare = reading.comparison_of_values(intake, rows) if rows else None
    pack = pipeline.rule_pack("cmis", None)
    return pipeline.audit(reading.catalog_of(intake), pack, compare=compare)


def pair(report: Report, left: str, right: str) -> Match:
    (found,) = {
        match.left.name + match.right.name: match
        for cluster in report.clusters
        for match in cluster.pairs
        if (match.left.name, match.right.name) == (left, right)
    }.values()
    return found


def sampled(match: Match) -> list[Evidence]:
    return [
        piece
        for piece in (*match.evidence, *match.counter_evidence)
        if piece.signal in ("sample", "common-values")
    ]


@pytest.fixture
def twins(each_database: str) -> str:
    run(each_database, TWINS)
    return each_database


@pytest.fixture
def role(twins: str) -> Iterator[Callable[[str], str]]:
    """`role("GRANT ... TO {}")`: the conninfo of a new role that may log in."""
    name = f"cmis_sampler_{secrets.token_hex(4)}"
    run(twins, f"CREATE ROLE {name} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA public TO {name}")

    def granted(sql: str) -> str:
        run(twins, sql.format(name))
        return make_conninfo(twins, user=name, password="x")

    yield granted
    run(twins, f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_values_that_both_hold_are_counted_and_nobody_sees_one(twins: str, tmp_path: Path) -> None:
    run(twins, "SELECT fill('clients', 1, 64); SELECT fill('customers', 2, 900)")
    counted(twins)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    options = ("--sample", "5000", "-v", "-o")
    written = []
    for folder in ("first", "second"):
        done = subprocess.run(
            [sys.executable, "-m", "cmis_audit", "audit", twins, *options, str(tmp_path / folder)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=True,
        )
        files = sorted(each for each in (tmp_path / folder).rglob("*") if each.is_file())
        written.append({file.name: file.read_text("utf-8") for file in files})
        everything = done.stdout + done.stderr + "".join(written[-1].values())
        assert SECRET not in everything
        for number in (1, 2, 64):
            for value in (f"{SECRET}{number}@Example.org", f"{SECRET}{number}@example.org"):
                for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
                    assert digest(value.encode()).hexdigest()[:12] not in everything
    ledgers = json.loads(written[0]["audit.json"])["clusters"][0]["pairs"][0]["evidence"]
    assert [piece for piece in ledgers if piece["signal"] == "sample"] == [
        {
            "signal": "sample",
            "bits": 2.95,
            "detail": "63 of 64 values of mail also stand in public.customers, "
            "column email_address",
        }
    ]
    without_scans = [re.sub(r'"scans": \d+', "", str(files)) for files in written]
    assert without_scans[0] == without_scans[1]


def test_different_natural_keys_speak_against_and_numbers_never_speak(twins: str) -> None:
    run(twins, "SELECT fill('clients', 1, 64); SELECT fill('customers', 65, 128)")
    plain, match = (pair(audited(twins, rows), "clients", "customers") for rows in (0, 5000))
    (reason,) = sampled(match)
    assert reason.bits == -3.0
    assert reason.detail.startswith("0 of 64 values of mail also stand in public.customers")
    assert match.bits == round(plain.bits - 3.0, 2)
    # the same ids and names, and nothing else that is filled
    run(twins, "UPDATE clients SET mail = NULL; UPDATE customers SET id = id - 64")
    assert sampled(pair(audited(twins, 5000), "clients", "customers")) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("TRUNCATE customers", id="one empty"),
        pytest.param("TRUNCATE customers, clients", id="both empty"),
        pytest.param("UPDATE customers SET email_address = NULL", id="no values"),
        pytest.param(
            "DELETE FROM clients WHERE id > 7; DELETE FROM customers WHERE id > 7", id="few values"
        ),
        pytest.param(
            "ALTER TABLE customers DROP CONSTRAINT customers_email_address_key;"
            "ALTER TABLE clients DROP CONSTRAINT clients_mail_key;"
            "UPDATE clients SET mail = 'm' || id % 9; UPDATE customers SET email_address = 'x'",
            id="values that tell no rows apart",
        ),
        pytest.param(
            "ALTER TABLE customers DROP CONSTRAINT customers_email_address_key;"
            "ALTER TABLE clients DROP CONSTRAINT clients_mail_key;"
            "UPDATE clients SET mail = 'other' || id",
            id="no natural key, though nothing is shared",
        ),
    ],
)
def test_what_says_nothing_leaves_the_ledger_as_it_was(twins: str, change: str) -> None:
    run(twins, "SELECT fill('clients', 1, 64); SELECT fill('customers', 1, 64)")
    run(twins, change)
    plain, match = (pair(audited(twins, rows), "clients", "customers") for rows in (0, 5000))
    assert match == plain


def test_huge_odd_and_padded_values(twins: str) -> None:
    run(
        twins,
        "ALTER TABLE clients ALTER iban TYPE char(40), DROP CONSTRAINT clients_mail_key;"
        "ALTER TABLE customers DROP CONSTRAINT customers_email_address_key;"
        "ALTER TABLE customers ADD blob bytea; ALTER TABLE clients ADD blob bytea;"
        "SELECT fill('clients', 1, 40); SELECT fill('customers', 1, 40);"
        "UPDATE clients SET mail = repeat(md5(id::text), 200000) WHERE id < 12;"
        "UPDATE customers SET email_address = repeat(md5(id::text), 200000) WHERE id < 12;"
        "DELETE FROM clients WHERE id > 11; DELETE FROM customers WHERE id > 11;"
        "UPDATE clients SET iban = ' DE' || id, blob = '\\x0000ff'::bytea;"
        "UPDATE customers SET iban = 'de' || id || '  ', blob = '\\x0000ff'::bytea",
    )
    report = audited(twins, 5000)
    (reason,) = sampled(pair(report, "clients", "customers"))
    assert (reason.bits, reason.detail.split(" also")[0]) == (3.0, "11 of 11 values of iban")
    assert report.not_assessed == ()


WITHOUT_INDEX = (
    "ALTER TABLE customers DROP CONSTRAINT customers_email_address_key;"
    "ALTER TABLE clients DROP CONSTRAINT clients_mail_key;"
)


def test_of_a_larger_table_a_part_is_read_and_nothing_is_called_missing(twins: str) -> None:
    run(twins, WITHOUT_INDEX)
    run(twins, "SELECT fill('clients', 1, 20000); SELECT fill('customers', 1, 20000); ANALYZE")
    (reason,) = sampled(pair(audited(twins, 2000), "clients", "customers"))
    assert 0 < reason.bits <= 3.0
    assert re.search(r"sampled values of .* in the \d+% of its rows that were read", reason.detail)
    run(twins, "TRUNCATE clients; SELECT fill('clients', 50001, 70000); ANALYZE")
    assert sampled(pair(audited(twins, 2000), "clients", "customers")) == []
    run(twins, "TRUNCATE clients; SELECT fill('clients', 50001, 50100); ANALYZE")
    assert sampled(pair(audited(twins, 2000), "clients", "customers")) == []


def test_an_index_of_the_larger_table_finds_values_in_the_whole_of_it(twins: str) -> None:
    run(twins, "SELECT fill('customers', 1, 6000)")
    # in another order, so that no blocks of the two hold the same rows
    run(twins, "SELECT fill('clients', n, n) FROM generate_series(3000, 1, -1) n; ANALYZE")
    (reason,) = sampled(pair(audited(twins, 500), "clients", "customers"))
    assert (reason.bits, reason.detail) == (
        3.0,
        "256 of 256 sampled values of mail also stand in public.customers, column email_address",
    )
    run(twins, "UPDATE clients SET mail = mail || 'x'; ANALYZE")
    (reason,) = sampled(pair(audited(twins, 500), "clients", "customers"))
    assert reason.bits == -3.0
    scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'customers'"
    with psycopg.connect(twins, autocommit=True) as connection:
        before = connection.execute(scans).fetchone()
        audited(twins, 500)
        connection.execute("SELECT pg_sleep(1), pg_stat_clear_snapshot()")
        after = connection.execute(scans).fetchone()
    assert before and after
    assert after[0] == before[0]


def test_a_stale_estimate_is_not_taken_for_the_whole(twins: str) -> None:
    run(twins, "ALTER TABLE clients SET (autovacuum_enabled = off)")
    run(twins, "SELECT fill('clients', 1, 10); SELECT fill('customers', 5001, 5100); ANALYZE")
    run(twins, "SELECT fill('clients', 11, 6000)")
    assert sampled(pair(audited(twins, 1000), "clients", "customers")) == []
    assert sampled(pair(audited(twins, 9000), "clients", "customers"))[0].bits == 3.0


def test_a_role_without_select_is_told_and_the_audit_goes_on(
    twins: str, role: Callable[[str], str]
) -> None:
    run(twins, "SELECT fill('clients', 1, 64); SELECT fill('customers', 1, 64)")
    conninfo = role("GRANT SELECT ON customers TO {0}; GRANT SELECT (id, name) ON clients TO {0}")
    plain, report = audited(conninfo, 0), audited(conninfo, 5000)
    assert report.clusters == plain.clusters
    (note,) = set(report.not_assessed) - set(plain.not_assessed)
    assert note.what == "values of public.clients and public.customers"
    assert note.why == "the role has no SELECT there"


def test_row_security_is_respected_and_told(twins: str, role: Callable[[str], str]) -> None:
    run(twins, "SELECT fill('clients', 1, 64); SELECT fill('customers', 65, 128)")
    run(twins, "ALTER TABLE clients ENABLE ROW LEVEL SECURITY")
    run(twins, "CREATE POLICY few ON clients USING (id < 40)")
    conninfo = role("GRANT SELECT ON customers, clients TO {}")
    plain, report = audited(conninfo, 0), audited(conninfo, 5000)
    assert report.clusters == plain.clusters
    (note,) = set(report.not_assessed) - set(plain.not_assessed)
    assert note.why == "row security applies to the role there"


def test_a_lock_is_not_waited_for_and_no_transaction_stays_open(twins: str) -> None:
    run(twins, "SELECT fill('clients', 1, 64)")
    question = Question(
        left=TableRef(schema="public", name="clients"),
        right=TableRef(schema="public", name="customers"),
        columns=(("mail", "email_address"),),
        left_rows=None,
        right_rows=None,
    )
    other = Question(
        left=question.left,
        right=question.left,
        columns=(("mail", "mail"),),
        left_rows=None,
        right_rows=None,
    )
    source = LiveSource(Target(source=twins), now=NOW, limits=Limits(lock_timeout_ms=50))
    with psycopg.connect(twins) as blocker:
        blocker.execute("LOCK TABLE customers")
        answers = source.overlaps((question, other), 100)
        (note,) = answers.skipped
        assert note.why == "another session holds a lock for more than 50 ms"
    assert [each.sampled for each in answers.pairs if each.right.name == "customers"] == [()]
    assert [each.sampled[0].shared for each in answers.pairs if each.sampled] == [64]


def test_no_function_or_cast_of_a_user_is_called(twins: str) -> None:
    run(
        twins,
        "CREATE TYPE citext AS (v text);"
        "CREATE FUNCTION spring(citext) RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the trap was sprung'; END $$;"
        "CREATE CAST (citext AS text) WITH FUNCTION spring(citext) AS IMPLICIT;"
        "ALTER TABLE clients DROP mail, ADD mail citext;"
        "ALTER TABLE customers DROP email_address, ADD email_address citext",
    )
    for table in ("clients", "customers"):
        run(twins, f"INSERT INTO {table} (id) SELECT n FROM generate_series(1, 40) n")
    run(twins, "UPDATE clients SET mail = row('a' || id)")
    run(twins, "UPDATE customers SET email_address = row('a' || id)")
    report = audited(twins, 5000)
    assert not [note for note in report.not_assessed if "values" in note.what]
    (reason,) = sampled(pair(report, "clients", "customers"))
    assert reason.detail.startswith("40 of 40 values of mail")


def test_common_values_of_a_rare_column_are_compared_on_the_server(twins: str) -> None:
    for table, names in (("clients", "mail"), ("customers", "email_address")):
        run(twins, f"ALTER TABLE {table} DROP CONSTRAINT {table}_{names}_key")
        run(twins, f"SELECT fill('{table}', 1, 3000)")
        run(twins, f"UPDATE {table} SET iban = '{SECRET}' || (sqrt(id)::int)")
    run(twins, "ANALYZE")
    found = [each.common for each in _asked(twins) if each.common]
    assert [(one.left, one.right, one.shared, one.agreement) for one in found[0]] == [
        ("iban", "iban", 55, 1.0)
    ]
    reasons = sampled(pair(audited(twins, 10), "clients", "customers"))
    assert [(one.signal, one.bits) for one in reasons] == [("common-values", 1.0)]
    run(twins, f"UPDATE customers SET iban = '{SECRET}' || (id % 55); ANALYZE")
    assert sampled(pair(audited(twins, 10), "clients", "customers")) == []


def _asked(conninfo: str) -> tuple[Overlap, ...]:
    question = Question(
        left=TableRef(schema="public", name="clients"),
        right=TableRef(schema="public", name="customers"),
        columns=(("iban", "iban"),),
        left_rows=3000,
        right_rows=3000,
    )
    return LiveSource(Target(source=conninfo), now=NOW).overlaps((question,), 10).pairs


def test_a_lost_server_is_an_error_in_one_line(twins: str) -> None:
    from cmis_audit.errors import SourceError

    source = LiveSource(Target(source=make_conninfo(twins, dbname="no_such")), now=NOW)
    with pytest.raises(SourceError, match="cannot connect"):
        source.overlaps((), 10)


@pytest.mark.parametrize("name", ["shop.sql", "shop.json"])
def test_a_file_has_no_rows_to_sample(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("CREATE TABLE a (id int)")
    done = subprocess.run(
        [sys.executable, "-m", "cmis_audit", "audit", name, "--sample", "10"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"{name} is a file and holds no rows to sample" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == [name]
