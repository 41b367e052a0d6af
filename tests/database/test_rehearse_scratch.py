"""`cmis-audit rehearse --scratch DSN`: on somebody's server, which is left as it was found."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from cmis_audit.scratch.server import ScratchServer

SHOP = """
CREATE ROLE keeper;
CREATE ROLE "Reader ""1";
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, org text, company_name text, contact_email text,
    vat_number text, credit_limit numeric, payment_terms integer, created_at timestamptz
);
CREATE TABLE customers_v2 (
    customer_id bigint PRIMARY KEY, org text, company_name text, contact_email text,
    vat_number text, credit_limit numeric, payment_terms integer, created_at timestamptz
);
"""
SECURED = "".join(
    f"""
ALTER TABLE {name} OWNER TO keeper;
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON {name} TO "Reader ""1" USING (org = current_setting('app.org', true));
GRANT SELECT, INSERT ON {name} TO "Reader ""1";
"""
    for name in ("customers", "customers_v2")
)
FORCED = "ALTER TABLE customers FORCE ROW LEVEL SECURITY;"
QUICK = ("--rows", "20", "--bench-rows", "50")
STATE = """
SELECT 'database', datname::text, datacl::text FROM pg_database
UNION ALL SELECT 'role', rolname::text, rolconfig::text FROM pg_roles
UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text FROM pg_auth_members
UNION ALL SELECT 'settings', setdatabase::text, setconfig::text FROM pg_db_role_setting
UNION ALL SELECT 'table', oid::regclass::text, NULL FROM pg_class WHERE oid >= 16384
ORDER BY 1, 2, 3
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cmis_audit", "rehearse", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@contextmanager
def left_as_found(dsn: str) -> Iterator[None]:
    def state() -> list[tuple]:
        with psycopg.connect(dsn) as connection:
            return connection.execute(STATE).fetchall()

    before = state()
    yield
    assert state() == before


@contextmanager
def role(dsn: str, rights: str) -> Iterator[str]:
    """A DSN of a role that has a name and a password of its own."""
    name = "somebody"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret-word' {rights}".encode())
        try:
            yield make_conninfo(dsn, user=name, password="secret-word")
        finally:
            admin.execute(f"DROP ROLE {name}".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.sql").write_text(SHOP + SECURED)
    return tmp_path


def rehearsed_on(folder: Path, dsn: str) -> dict:
    """What stands in the files; roles are called there as they are in the catalog."""
    done = run(folder, "shop.sql", "-o", "made", "--scratch", dsn, *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    text = "".join((folder / "made" / n).read_text() for n in ("rehearsal.json", "report.md"))
    assert not re.search(r"cmis_audit_[0-9a-f]{8}_", text)
    found = json.loads((folder / "made" / "rehearsal.json").read_text())
    (cluster,) = found["clusters"]
    assert (cluster["status"], cluster["stopped"]) == ("measured", "")
    assert cluster["isolation"]["roles"] == ['Reader "1', "cmis_audit_visitor"]
    assert cluster["isolation"]["tenants"] > 0
    return found


def test_debians_server_is_left_as_it_was(debian_server: str, folder: Path) -> None:
    """A role that has the name of one of the catalog's is there, and no business of ours."""
    with psycopg.connect(debian_server, autocommit=True) as admin:
        admin.execute("CREATE ROLE keeper LOGIN SUPERUSER")
        try:
            with left_as_found(debian_server):
                found = rehearsed_on(folder, debian_server)
        finally:
            admin.execute("DROP ROLE keeper")
    assert found["scratch"]["server_version"].startswith("15.")


def test_it_says_what_the_embedded_server_says(each_scratch: ScratchServer, folder: Path) -> None:
    with left_as_found(each_scratch.conninfo()):
        found = rehearsed_on(folder, each_scratch.conninfo())
    done = run(folder, "shop.sql", "-o", "own", *QUICK)
    assert done.returncode == 0
    own = json.loads((folder / "own" / "rehearsal.json").read_text())
    for key in ("ledger", "isolation", "writes", "undone"):
        assert found["clusters"][0][key] == own["clusters"][0][key], key
    assert found["finish"] == own["finish"]


@pytest.mark.parametrize("version", ["debian", 18])
def test_a_role_that_makes_databases_and_roles_will_do(
    debian_server: str, other_server, folder: Path, version: str | int
) -> None:
    base = debian_server if version == "debian" else other_server(version).conninfo()
    with role(base, "CREATEDB CREATEROLE") as dsn, left_as_found(base):
        rehearsed_on(folder, dsn)
        (folder / "shop.sql").write_text(SHOP + SECURED + FORCED)
        done = run(folder, "shop.sql", "-o", "made", "--scratch", dsn, *QUICK)
        assert done.returncode == 2
        assert "look past it; give a superuser" in done.stderr
    if version == 18:
        with role(base, "CREATEDB CREATEROLE BYPASSRLS") as dsn, left_as_found(base):
            done = run(folder, "shop.sql", "-o", "made", "--scratch", dsn, *QUICK)
            assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("rights", ["", "CREATEDB", "CREATEROLE"])
def test_a_role_that_may_not_is_told_so(debian_server: str, folder: Path, rights: str) -> None:
    with role(debian_server, rights) as dsn, left_as_found(debian_server):
        done = run(folder, "shop.sql", "-o", "made", "--scratch", dsn, *QUICK)
    assert done.returncode == 2
    assert "may not make databases and roles" in done.stderr
    assert "secret-word" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / "made").exists()


def test_the_server_that_is_audited_is_never_the_scratch_server(
    debian_server: str, database: str, folder: Path
) -> None:
    for source, scratch in (
        (make_conninfo(debian_server, dbname="template1"), debian_server),
        (database, make_conninfo(database, dbname="postgres")),
    ):
        with left_as_found(scratch):
            done = run(folder, source, "-o", "made", "--scratch", scratch)
        assert done.returncode == 2
        assert "leads to the server of SOURCE" in done.stderr
        assert not (folder / "made").exists()


@pytest.mark.parametrize(
    ("scratch", "said"),
    [
        ("staging", "neither embedded nor docker nor a connection string"),
        ("host=/nowhere password=hunter22", "connect"),
        ("postgresql://me:hunter22@localhost:1/x", "connect"),
    ],
)
def test_a_place_that_is_none_is_said_in_a_line(folder: Path, scratch: str, said: str) -> None:
    done = run(folder, "shop.sql", "-o", "made", "--scratch", scratch)
    assert done.returncode == 2
    assert said in done.stderr
    assert "hunter22" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / "made").exists()


def test_a_container_needs_docker(folder: Path) -> None:
    """Where there is none; a container itself is not among the things tested here."""
    environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/no-docker.sock"}
    done = subprocess.run(
        [sys.executable, "-m", "cmis_audit", "rehearse", "shop.sql", "--scratch", "docker"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment,
    )
    assert done.returncode == 2
    assert "--scratch docker: no container of postgres:18" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    hidden = "import sys; sys.modules['testcontainers'] = None; import cmis_audit.cli.main as m; "
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}m.run()", "rehearse", "shop.sql", "--scratch", "docker"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "pip install testcontainers" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("moment", ["cloning", "filling", "rows written in between", "measuring"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_whoever_interrupts_it_finds_nothing_left(
    debian_server: str, folder: Path, moment: str, name: str
) -> None:
    number = getattr(signal, name)
    with left_as_found(debian_server):
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "cmis_audit", "rehearse", "-v", "shop.sql", "-o", "made"),
                *("--scratch", debian_server),
            ],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if moment in line:
                    break
            process.send_signal(number)
            process.stderr.read()
        assert process.returncode == (130 if name == "SIGINT" else 143)
    assert [each.name for each in folder.iterdir()] == ["shop.sql"]


def test_what_breaks_off_leaves_nothing(debian_server: str, folder: Path) -> None:
    """The server refuses connections of the roles that are made, as many a pg_hba.conf does."""
    with psycopg.connect(debian_server, autocommit=True) as admin:
        (path,) = admin.execute("SHOW hba_file").fetchone() or ("",)
        kept = Path(path).read_text()
        try:
            Path(path).write_text("local all postgres trust\nlocal all all reject\n")
            admin.execute("SELECT pg_reload_conf()")
            with left_as_found(debian_server):
                done = run(folder, "shop.sql", "-o", "made", "--scratch", debian_server)
        finally:
            Path(path).write_text(kept)
            admin.execute("SELECT pg_reload_conf()")
    assert done.returncode == 2
    assert "the scratch server failed" in done.stderr
    assert not (folder / "made").exists()
