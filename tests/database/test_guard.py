"""A guard end to end: what it reads of SQL is what a server makes of it, and how it ends."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fix_postgres import TestServer, fresh_database
from guarded import EMPTY, NOW, catalog_of, structure
from jsonschema import Draft202012Validator

from bench.generate import fill
from cmis_audit import reading
from cmis_audit.guard.files import Language, MigrationFile
from cmis_audit.guard.run import run_migrations
from cmis_audit.resources import demo_sql, report_schemas
from cmis_audit.scratch.trusted import run_files

LABELLED = Path(__file__).parent.parent / "labelled"
SCHEMAS = {
    "demo": sorted((one for one in demo_sql().iterdir() if one.name.endswith(".sql")), key=str),
    **{one.stem: [one] for one in sorted(LABELLED.glob("*.sql"))},
}
COPY = """CREATE TABLE cmis.campaigns_v2 (LIKE cmis.campaigns INCLUDING ALL);
ALTER TABLE cmis.campaigns_v2 ADD COLUMN discount numeric(5,2);
"""
SECONDS = 2.0


@pytest.fixture
def home(other_server: Callable[[int], TestServer]) -> Iterator[str]:
    """A database on PostgreSQL 16 with pgvector, which the demo wants."""
    yield from fresh_database(other_server(16))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_reading_sql_gives_what_the_server_makes_of_it(name: str, home: str) -> None:
    files = [
        MigrationFile(path=one.name, language=Language.SQL, text=one.read_text("utf-8"))
        for one in SCHEMAS[name]
    ]
    after = run_migrations(files, EMPTY)
    run_files(home, SCHEMAS[name])
    there = catalog_of(home)
    assert after.unread == ()
    assert {one.ref: structure(one) for one in after.catalog.tables} == {
        one.ref: structure(one) for one in there.tables
    }
    assert len(after.touched) == len(there.tables)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documented database, as a file."""
    file = tmp_path_factory.mktemp("guard") / "catalog.json"
    file.write_text(reading.snapshot_text(reading.demo_catalog(NOW)), "utf-8")
    return file


def guard(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "cmis_audit", "guard", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )


def test_a_copy_fails_and_names_its_original(tmp_path: Path, snapshot: Path) -> None:
    (tmp_path / "V7__offers.sql").write_text(COPY)
    run = guard(tmp_path, "V7__offers.sql", "--against", snapshot)
    assert run.returncode == 1
    assert (
        "V7__offers.sql:1: NEAR-COPY: new table cmis.campaigns_v2 is a near-copy of the existing "
        "cmis.campaigns" in run.stdout
    )
    assert "ALTER TABLE cmis.campaigns\n        ADD COLUMN discount numeric(5,2);" in run.stdout
    assert run.stderr == ""
    assert guard(tmp_path, "V7__offers.sql", "--against", snapshot, "--exit-zero").returncode == 0


def test_waivers_and_code_of_the_settings_file_hold(tmp_path: Path, snapshot: Path) -> None:
    (tmp_path / "V7__offers.sql").write_text(COPY)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "read.py").write_text('run("SELECT * FROM cmis.campaigns")\n')
    waiver = (
        '[[waivers]]\ntables = ["cmis.campaigns", "cmis.campaigns_v2"]\nreason = "a trial"\n'
        '[[tables]]\nname = "cmis.campaigns"\nowner = "planning"\n'
    )
    (tmp_path / "cmis-audit.toml").write_text(waiver)
    run = guard(tmp_path, "V7__offers.sql", "--against", snapshot, "--code", "api")
    assert (run.returncode, run.stderr) == (0, "")
    assert "waived until further notice: a trial" in run.stdout
    assert "the register has cmis.campaigns: owner planning" in run.stdout
    assert "cmis.campaigns is used in 1 file: api/read.py:1" in run.stdout
    (tmp_path / "cmis-audit.toml").write_text(waiver.replace('trial"', 'trial"\nuntil=2026-01-01'))
    run = guard(tmp_path, "V7__offers.sql", "--against", snapshot)
    assert run.returncode == 1
    assert "its waiver ended on 2026-01-01; the reason given: a trial" in run.stdout


def test_a_table_of_its_own_passes(tmp_path: Path, snapshot: Path) -> None:
    (tmp_path / "m").mkdir()
    new = "CREATE TABLE cmis.parking_lots (id bigint PRIMARY KEY, gate text, opened_by text);"
    (tmp_path / "m" / "V7__lots.sql").write_text(new)
    run = guard(tmp_path, "m", "--against", snapshot)
    assert (run.returncode, run.stderr) == (0, "")
    assert "none repeats another" in run.stdout


def test_what_is_not_read_is_no_pass(tmp_path: Path, snapshot: Path) -> None:
    (tmp_path / "m.sql").write_text("DO $$ BEGIN EXECUTE 'CREATE TABLE x (id int)'; END $$;")
    run = guard(tmp_path, "m.sql", "--against", snapshot)
    assert run.returncode == 2
    assert "m.sql:1: NOT READ: DO $$" in run.stdout
    assert "--base BASE --head MIGRATED" in run.stdout
    run = guard(tmp_path, "m.sql", "--against", snapshot, "-q", "-o", "out", "--format", "sarif")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        "cmis-audit: not all of the migrations could be read, see m.sql:1; "
        "compare two databases instead, with --base and --head\n"
    )


def test_two_databases_say_the_same_as_the_migration(
    tmp_path: Path, snapshot: Path, home: str
) -> None:
    run_files(home, SCHEMAS["demo"])
    (tmp_path / "m.sql").write_text(COPY)
    run_files(home, [tmp_path / "m.sql"])
    by_file = guard(tmp_path, "m.sql", "--against", snapshot, "--format", "json")
    by_head = guard(tmp_path, "--base", snapshot, "--head", home, "--format", "json")
    assert (by_file.returncode, by_head.returncode) == (1, 1), by_head.stderr
    told = [json.loads(one.stdout) for one in (by_file, by_head)]
    schema = json.loads((report_schemas() / "guard.schema.json").read_text("utf-8"))
    for each in told:
        Draft202012Validator(schema).validate(each)
    said = [each["alarms"] for each in told]
    one, other = ([(each["id"], each["twin"], each["bits"]) for each in alarms] for alarms in said)
    assert one == other
    assert (said[0][0]["place"], said[1][0]["place"]) == ({"file": "m.sql", "line": 1}, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["m.sql"], "--against SOURCE is missing"),
        (["m.sql", "--base", "a.json"], "--base and --head need none"),
        (["--base", "a.json"], "give migrations and --against SOURCE"),
        (["--against", "a.json"], "no migration is given"),
        (["m.sql", "--against", "a.json", "--format", "sariff"], "did you mean 'sarif'"),
        (["m.sql", "--against", "a.json", "--format", "text,json"], "-o DIR"),
        (["m.sql", "--against", "a.json"], "a.json: there is no such file"),
        (["none.sql", "--against", "a.json"], "none.sql"),
        (["m.sql", "--against", "a.json", "--code", "none"], "none"),
    ],
)
def test_a_wrong_command_line_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "m.sql").write_text("SELECT 1;")
    run = guard(tmp_path, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_thousand_tables_take_less_than_two_seconds(tmp_path: Path, database: str) -> None:
    fill(database, 1000, 5, 10)
    source = catalog_of(database)
    (tmp_path / "catalog.json").write_text(reading.snapshot_text(source), "utf-8")
    name = source.tables[0].ref
    (tmp_path / "m.sql").write_text(f"CREATE TABLE {name.schema}.{name.name}_v2 (LIKE {name});")
    seconds = []
    for _ in range(3):
        before = os.times()
        run = guard(tmp_path, "m.sql", "--against", "catalog.json")
        after = os.times()
        # Of the processor, which is what it takes: other tests run at the same time.
        used = after.children_user + after.children_system
        seconds.append(used - before.children_user - before.children_system)
        assert run.returncode == 1
    assert min(seconds) < SECONDS
