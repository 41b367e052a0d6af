"""`cmis-audit plan`: files for psql and for people, the same each time, and nothing executed."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from find_psql import psql_command
from jsonschema import Draft202012Validator
from planned import catalog

from cmis_audit.model.canonical import fingerprint
from cmis_audit.resources import report_schemas

TWINS = """
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer
);
CREATE TABLE customers_v2 (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer
);
INSERT INTO customers SELECT n, 'c' || n FROM generate_series(1, 5) n;
INSERT INTO customers_v2 SELECT n, 'd' || n FROM generate_series(1, 7) n;
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def twins(database: str) -> str:
    with psycopg.connect(database) as connection:
        connection.execute(TWINS.encode())
    return database


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cmis_audit", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_the_files_run_in_their_order(twins: str, run: Run, tmp_path: Path) -> None:
    before = fingerprint(catalog(twins))
    done = run("plan", twins, "-o", "made", "--batch-size", "2")
    assert done.returncode == 0, done.stderr
    assert fingerprint(catalog(twins)) == before, "nothing was executed"
    folder = tmp_path / "made"
    document = json.loads((folder / "plan.json").read_text("utf-8"))
    schema = json.loads((report_schemas() / "plan.schema.json").read_text("utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(document)]
    assert document["order"][-1] == "01-customers/04-switch.sql"
    executed(twins, folder, document["order"])
    with psycopg.connect(twins) as connection:
        counted = connection.execute("SELECT count(*) FROM customers_unified").fetchone()
    assert counted == (12,)
    readme = (folder / "README.md").read_text("utf-8")
    assert "psql -v ON_ERROR_STOP=1 -f 01-customers/01-expand.sql" in readme


def executed(conninfo: str, folder: Path, names: list[str]) -> None:
    for name in names:
        command = [*psql_command(conninfo), "-f", folder / name]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("copies_first", [True, False])
def test_what_was_deleted_does_not_live_again(
    twins: str, run: Run, tmp_path: Path, copies_first: bool
) -> None:
    with psycopg.connect(twins) as connection:
        connection.execute(
            "CREATE TABLE customers_bak_20240301 AS SELECT * FROM customers;"
            "INSERT INTO customers_bak_20240301 VALUES (99, 'gone')"
        )
    assert run("plan", twins, "-o", "made", "--yes-drop").returncode == 0
    folder = tmp_path / "made"
    document = json.loads((folder / "plan.json").read_text("utf-8"))
    copies, merged = document["clusters"]
    assert (copies["folder"], copies["strategy"]) == ("01-copies-of-customers", "archive")
    assert (merged["folder"], merged["strategy"]) == ("02-customers", "merge")
    order = document["order"]
    if not copies_first:
        order = [name for name in order if name.startswith("02-")]
        order += [name for name in document["order"] if name not in order]
    executed(twins, folder, order)
    with psycopg.connect(twins) as connection:
        rows = connection.execute(
            "SELECT count(*) FILTER (WHERE company_name = 'gone'), count(*) FROM customers_unified"
        ).fetchone()
        kept = connection.execute(
            f"SELECT company_name FROM {copies['book']}.kept_1".encode()
        ).fetchall()
    assert rows == (0, 12)
    assert kept == [("gone",)]


@pytest.mark.parametrize("framework", ["sql", "laravel", "alembic", "flyway"])
def test_the_same_catalog_gives_the_same_bytes(
    twins: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, framework: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run("snapshot", twins, "-o", "shop.json").returncode == 0
    for name in ("one", "two"):
        source = "shop.json" if name == "one" else twins
        done = run("plan", source, "-o", name, "--write", framework)
        assert done.returncode == 0, done.stderr
    texts = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in tree}
        for name in ("one", "two")
        for tree in [[p for p in sorted((tmp_path / name).rglob("*")) if p.is_file()]]
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) > 9
    document = json.loads((tmp_path / "one" / "plan.json").read_text("utf-8"))
    schema = json.loads((report_schemas() / "plan.schema.json").read_text("utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(document)]
    readme = (tmp_path / "one" / "README.md").read_text("utf-8")
    beside = {
        str(path) for path in texts[0] if path.suffix != ".sql" or path.parts[0] == framework
    } - {"README.md", "plan.json"}
    assert {each["path"] for each in document["written"]} == beside
    assert bool(beside) == (framework != "sql")
    for each in document["written"]:
        content = texts[0][Path(each["path"])]
        assert each["sha256"] == hashlib.sha256(content).hexdigest()
        assert f"`{each['path']}`" in readme


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cluster", "c-nothing"), "there is no cluster 'c-nothing'"),
        (("--target-schema", "nowhere"), "no schema 'nowhere' was read"),
        (("--timezone", "Mars/Base"), "there is no time zone 'Mars/Base'"),
        (("-o", "-"), "give a directory"),
        (("--batch-size", "0"), "batch-size"),
        (("--write", "flyway", "--after", "v1"), "'v1' is no Flyway version"),
        (("--write", "alembic", "--after", "a b"), "'a b' is no Alembic revision"),
        (("--write", "laravel", "--after", "1"), "only Alembic's revisions and Flyway's versions"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    twins: str, run: Run, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = run("plan", twins, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_nothing_to_consolidate_is_said(database: str, run: Run, tmp_path: Path) -> None:
    done = run("plan", database, "-o", "made")
    assert done.returncode == 0
    assert "nothing to consolidate" in done.stdout
    assert "There is nothing to run." in (tmp_path / "made" / "README.md").read_text("utf-8")


def test_planning_is_quick(database: str) -> None:
    """Not the audit: the plan alone, for fifty clusters."""
    from cmis_audit import pipeline, writing
    from cmis_audit.model.plan import PlanOptions

    with psycopg.connect(database) as connection:
        for number in range(50):
            word = "".join(chr(97 + int(digit)) * 3 for digit in f"{number:02d}")
            for ending in ("", "_v2"):
                connection.execute(
                    f"CREATE TABLE {word}{ending} (id bigint PRIMARY KEY, {word}_name text, "
                    f"{word}_email text, {word}_vat text, {word}_limit numeric)".encode()
                )
    report = pipeline.audit(catalog(database), pipeline.rule_pack("cmis", None))
    began = time.perf_counter()
    plan = pipeline.plan_of(report, PlanOptions())
    assert len(plan.clusters) == 50
    assert writing.plan_files(plan, report.catalog)
    assert time.perf_counter() - began < 10  # a fraction of one, unless it looks at every pair
