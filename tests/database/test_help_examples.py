"""The examples of every command's `--help` are run as they stand, on things of the names they use.

A database, a host and a user are put in place of `shop`, `db.lan` and `auditor`; files are made.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from fix_postgres import TestServer, fresh_database

from cmis_audit.cli.main import main as program

SCHEMA = """
CREATE TABLE public.customers (
    customer_id bigint PRIMARY KEY, company_name text, contact_email text, vat_number text,
    credit_limit numeric, payment_terms integer
);
CREATE TABLE public.customers_v2 (LIKE public.customers INCLUDING ALL);
CREATE SCHEMA sales;
CREATE TABLE sales.visits (visit_id bigint PRIMARY KEY, city text, seen_on date);
CREATE TABLE sales.visits_log (visit_id bigint, said text);
"""
MIGRATION = "CREATE TABLE sales.orders (order_id bigint PRIMARY KEY, placed_on date, note text);"
OWN_RULE = "rules/cmis/DUP001-duplicate-table-pattern.md"
ROOT = Path(__file__).parents[2]
SLOW = ("demo", "rehearse")
ELSEWHERE = {"cmis-audit demo"}
"""Run by test_demo_rehearsal.py, which looks closer."""
# `shop.json` is a file; `/tmp/` may stand in the path of a socket that was put in.
_NAMES = re.compile(
    r"""(?P<beside>(?<=--scratch )postgresql://\S+)"""
    r"""|(?P<uri>"?postgresql://[^"\s]+"?)|(?P<folder>(?<=\s)/tmp/)"""
    r"""|(?<=\s)(?:shop|db\.lan|auditor)(?=\s|$)"""
)


def examples() -> Iterator[tuple[str, str]]:
    """Yield each command line with the command that tells it."""
    for name, command in {"": program, **program.commands}.items():
        for line in (command.epilog or "").split("\n"):
            if line.strip().startswith("cmis-audit "):
                # What stands after two blanks says what the line is for.
                yield name, line.strip().partition("  ")[0]


EXAMPLES = sorted(set(examples()))


def test_every_command_has_an_example_of_its_own() -> None:
    for name in program.commands:
        assert any(f"cmis-audit {name}" in line for own, line in EXAMPLES if own == name), name


@pytest.fixture(scope="module")
def shop(server: TestServer, other_server: Callable[[int], TestServer]) -> Iterator[dict[str, str]]:
    """How to reach a database that holds what the examples are about, and a server beside it."""
    databases = fresh_database(server)
    conninfo = next(databases)  # closed by the second next() below
    with psycopg.connect(conninfo) as connection:
        connection.execute(SCHEMA)
        info = connection.info
        place = {"host": info.host, "port": str(info.port), "user": info.user}
        place |= {"dbname": info.dbname, "password": info.password or "", "conninfo": conninfo}
        version = 16 if info.server_version >= 170000 else 18
    place["beside"] = other_server(version).conninfo("postgres")
    yield place
    next(databases, None)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, shop: dict[str, str]) -> Path:
    """Every file that an example names."""
    tmp_path = tmp_path_factory.mktemp("files")
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "V12__orders.sql").write_text(MIGRATION)
    for name in ("api", "worker"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "q.py").write_text("run('SELECT * FROM customers_v2')")
    rules = tmp_path / "our-rules"
    rules.mkdir()
    (rules / "DUP001-duplicate-table-pattern.md").write_text((ROOT / OWN_RULE).read_text("utf-8"))
    for name in ("dump.sql", "schema.sql"):
        (tmp_path / name).write_text(SCHEMA)
    done = run(tmp_path, shop, "cmis-audit snapshot shop -o shop.json")
    assert done.returncode == 0, done.stderr
    for name in ("catalog.json", "migrated.json", "spring.json", "summer.json"):
        (tmp_path / name).write_bytes((tmp_path / "shop.json").read_bytes())
    for line in (
        "cmis-audit audit spring.json -q -o spring --history audits",
        "cmis-audit plan spring.json -q -o plan",
    ):
        done = run(tmp_path, shop, line)
        assert done.returncode == 0, done.stderr
    (tmp_path / "accepted.json").write_bytes((tmp_path / "spring" / "audit.json").read_bytes())
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path, files: Path) -> Path:
    """A folder of its own with these files, for one example."""
    return shutil.copytree(files, tmp_path / "own")


def _put_in(found: re.Match[str]) -> str:
    if found["beside"]:
        return "beside"
    names = {"shop": "dbname", "db.lan": "host", "auditor": "user"}
    return "conninfo" if found["uri"] else names[found[0]]


def run(folder: Path, shop: dict[str, str], line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in a shell, with the program on its path and names of ours in it."""
    line = _NAMES.sub(
        lambda found: f"{folder}/" if found["folder"] else shlex.quote(shop[_put_in(found)]),
        line,
    )
    for target in re.findall(r"> ~/(\S+)/", line):
        (folder / target).mkdir(parents=True)
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "cmis-audit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmis_audit "$@"\n')
    (tools / "cmis-audit").chmod(0o755)
    known = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    known |= {"HOME": str(folder), "PATH": f"{tools}:{known['PATH']}"}
    known |= {"PGHOST": shop["host"], "PGPORT": shop["port"], "PGUSER": shop["user"]}
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**known, "PGPASSWORD": shop["password"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=[pytest.mark.slow] if line.split()[1] in SLOW else [])
        for line in sorted({line for _, line in EXAMPLES} - ELSEWHERE)
    ],
)
def test_an_example_does_what_it_says(line: str, folder: Path, shop: dict[str, str]) -> None:
    done = run(folder, shop, line)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode == 1:  # a gate, which says so
        assert "guard" in line or "--fail" in done.stderr
