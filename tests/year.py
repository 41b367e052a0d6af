"""A fictional year of the documented database, a snapshot a quarter: `python -m tests.year DIR`.

Winter: before the second versions of two tables. Spring: they have come. Summer: the content plans
are merged, by the files of a plan. Autumn: the content plans have a second version again.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from cmis_audit import resources
from cmis_audit.scratch.embedded import embedded_server
from cmis_audit.scratch.server import ScratchServer
from cmis_audit.scratch.trusted import analyze, run_files
from tests.find_psql import psql_command

DATABASE = "cmis_marketing"
DAYS = {
    "winter": (2026, 1, 5),
    "spring": (2026, 4, 6),
    "summer": (2026, 7, 6),
    "autumn": (2026, 10, 5),
}
MERGED = "c-48207d2fc6"
"""The cluster of content plans."""

BEFORE = "DROP TABLE cmis.content_plans_v2, cmis.social_accounts_v2 CASCADE"
LAST_USER = "DROP VIEW cmis.plan_overview"
"""Of the old names."""
AGAIN = """
CREATE TABLE cmis.content_plans_v2 (
    plan_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org_id uuid NOT NULL, name text,
    description text, start_date date, end_date date, campaign_id uuid, strategy text,
    created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now())
"""


def environment(season: str) -> dict[str, str]:
    """Return the surroundings of a program that runs on the day of a season."""
    bare = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PG", "CMIS_AUDIT", "SOURCE_DATE", "FORCE_COLOR"))
    }
    moment = int(datetime(*DAYS[season], tzinfo=UTC).timestamp())
    return {**bare, "SOURCE_DATE_EPOCH": str(moment), "NO_COLOR": "1", "COLUMNS": "100"}


def audit_program(season: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program on the day of a season."""
    return subprocess.run(
        [sys.executable, "-m", "cmis_audit", *arguments],
        cwd=folder,
        env=environment(season),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def make_year(folder: Path) -> None:
    """Write a snapshot a season, and beside them the plan that was followed in summer."""
    folder.mkdir(parents=True, exist_ok=True)
    with embedded_server(16) as server:
        base = server.create_database("base")
        run_files(base, (f for f in resources.demo_sql().iterdir() if f.name.endswith(".sql")))
        conninfo = _copied(server)
        _execute(conninfo, BEFORE)
        _snapshot(conninfo, "winter", folder)
        conninfo = _copied(server)
        _snapshot(conninfo, "spring", folder)
        _merge(conninfo, folder)
        _snapshot(conninfo, "summer", folder)
        _execute(conninfo, AGAIN)
        _snapshot(conninfo, "autumn", folder)


def _copied(server: ScratchServer) -> str:
    with psycopg.connect(server.conninfo(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE base")
    return server.conninfo(DATABASE)


def _snapshot(conninfo: str, season: str, folder: Path) -> None:
    analyze(conninfo)
    _checked(audit_program(season, folder, "snapshot", conninfo, "-o", f"{season}.json", "-q"))


def _merge(conninfo: str, folder: Path) -> None:
    """Plan from the spring's snapshot and run the plan's files, down to the old names."""
    wanted = ("--cluster", MERGED, "--yes-drop", "-q")
    _checked(audit_program("spring", folder, "plan", "spring.json", "-o", "plan", *wanted))
    [steps] = [path for path in (folder / "plan").iterdir() if path.is_dir()]
    for file in sorted(steps.glob("0[1-5]-*.sql"), key=_order):
        if file.name.endswith("_names.sql"):
            _execute(conninfo, LAST_USER)
        _checked(
            subprocess.run(
                [*psql_command(conninfo), "-f", str(file)],
                env={**environment("summer"), "PGOPTIONS": "", "LC_ALL": "C"},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        )


def _order(file: Path) -> tuple[str, int]:
    """Return where a file stands: `02-backfill.sql` before `02-backfill_indexes.sql`."""
    return file.name[:2], len(file.name)


def _execute(conninfo: str, text: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(text.encode())


def _checked(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise RuntimeError(done.stderr)


if __name__ == "__main__":
    make_year(Path(sys.argv[1]))
