"""Whatever goes wrong with a server is one line: what was tried, on what, and what to do."""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from cmis_audit.errors import SourceError
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import quote_ident
from cmis_audit.source import live
from cmis_audit.source.connection import Limits, Target
from cmis_audit.source.failures import PasswordWantedError
from cmis_audit.source.live import LiveSource
from cmis_audit.source.queries import catalog_query

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SECRET = "s3cret-p@ss/word"
QUICK = Limits(connect_timeout_s=2)


class Server(Protocol):
    def conninfo(self, dbname: str | None = None) -> str: ...


def source(target: str | Target, limits: Limits = QUICK, **more: Any) -> LiveSource:
    if isinstance(target, str):
        target = Target(source=target)
    return LiveSource(target, now=NOW, limits=limits, **more)


def failure(target: str | Target, limits: Limits = QUICK, **more: Any) -> str:
    with pytest.raises(SourceError) as caught:
        source(target, limits, **more).read()
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    assert SECRET not in message
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return message


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """A TCP server that says the same to everybody, or nothing at all."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clients: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    clients.append(client)
                    if answer is not None:
                        client.recv(100)
                        client.sendall(answer)
                        client.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for client in clients:
                client.close()


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_refused() -> None:
    port = unused_port()
    message = failure(f"postgresql://ann:{'x' * 20}@127.0.0.1:{port}/shop")
    assert message.startswith(
        f'cannot connect to database "shop" on 127.0.0.1, port {port} as user "ann": '
    )
    assert "Connection refused" in message
    assert "is the server running there?" in message
    assert "xxxxx" not in message


def test_no_socket(tmp_path: Path) -> None:
    message = failure(Target(source="shop", host=str(tmp_path), port="1", user="ann"))
    assert f"socket {tmp_path}, port 1" in message
    assert "is the server running there?" in message


def test_unknown_host() -> None:
    message = failure("postgresql://ann@no-such-host.invalid/shop")
    assert "no-such-host.invalid" in message
    assert "check the host name" in message


def test_unknown_database(server: Server) -> None:
    message = failure(server.conninfo("no such\ndatabase"))
    assert 'database "no such' in message
    assert "does not exist" in message
    assert "check the name" in message


def test_unknown_service() -> None:
    message = failure("service=nowhere")
    assert "nowhere" in message
    assert "PGSERVICE" in message


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://ann:{SECRET}@host/db",
        "postgresql://ann:s3cret/word@host/db",
        "postgresql://ann:s3cret@word@host/db",
        f"postgresql://ann:secret word@host:{SECRET}/db",
        f"host=h password='{SECRET}",
        f"password={SECRET} nonsense={SECRET}",
        "host=h no_such_option=1",
    ],
)
def test_unreadable_strings_are_not_repeated(text: str) -> None:
    message = failure(text)
    assert "p@ss" not in message
    assert "s3cret" not in message
    assert "word" not in message.replace("password", "")


def test_a_target_does_not_show_its_password() -> None:
    target = Target(source="postgresql://ann:s3cret%40x@h/db", password=SECRET)
    for text in (repr(target), str(target), repr(source(target))):
        assert "s3cret" not in text
        assert 'database "db" on h' in text


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own on a TCP port that wants passwords; its conninfo, as superuser."""
    binaries = _server_binaries()
    if binaries is None:
        pytest.skip("no server binaries that can be started here")
    root, as_user = binaries
    home = Path(tmp_path_factory.mktemp("guarded"))
    if as_user:
        home = Path(subprocess.check_output([*as_user, "mktemp", "-d"], text=True).strip())
    data = home / "data"
    port = unused_port()
    secret = home / "secret"
    subprocess.run([*as_user, "sh", "-c", f"printf %s {SECRET!r} > {secret}"], check=True)
    subprocess.run(
        [*as_user, f"{root}/initdb", "-D", data, "-U", "boss", "-A", "scram-sha-256",
         f"--pwfile={secret}", "-E", "UTF8", "--locale=C"],
        check=True, capture_output=True,
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
    subprocess.run(
        [*as_user, f"{root}/pg_ctl", "-D", data, "-w", "-l", home / "log", "-o", options, "start"],
        check=True, capture_output=True,
    )  # fmt: skip
    try:
        yield make_conninfo(
            host="127.0.0.1", port=port, user="boss", password=SECRET, dbname="postgres"
        )
    finally:
        subprocess.run(
            [*as_user, f"{root}/pg_ctl", "-D", data, "-m", "immediate", "stop"],
            check=True, capture_output=True,
        )  # fmt: skip
        subprocess.run([*as_user, "rm", "-rf", home], check=True)


def _server_binaries() -> tuple[str, list[str]] | None:
    """Where initdb is, and how to run it: PostgreSQL refuses to run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = shutil.which("initdb")
    candidates = [str(each.parent) for each in reversed(found)]
    if path is not None:
        candidates.append(str(Path(path).parent))
    if not candidates:
        return None
    if os.geteuid() != 0:
        return candidates[0], []
    runuser = shutil.which("runuser")
    done = subprocess.run(["id", "postgres"], capture_output=True, check=False)
    if runuser is None or done.returncode != 0:
        return None
    return candidates[0], [runuser, "-u", "postgres", "--"]


def test_wrong_password(guarded: str) -> None:
    message = failure(make_conninfo(guarded, password="guess-work"))
    assert 'password authentication failed for user "boss"' in message
    assert "check the password" in message
    assert "guess-work" not in message


def test_no_password(guarded: str) -> None:
    parts = {k: v for k, v in conninfo_to_dict(guarded).items() if k != "password"}
    message = failure(make_conninfo(**parts))
    assert "a password is wanted and none was supplied" in message
    with pytest.raises(PasswordWantedError):
        source(make_conninfo(**parts)).read()


def test_a_typed_password_and_the_environment(
    guarded: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parts = {k: str(v) for k, v in conninfo_to_dict(guarded).items()}
    typed = Target(
        source="postgres",
        host=parts["host"],
        port=parts["port"],
        user="boss",
        password=SECRET,
    )
    assert source(typed).read().role == "boss"
    passfile = tmp_path / "pass"
    passfile.write_text(f"*:*:*:boss:{SECRET}\n")
    passfile.chmod(0o600)
    service = tmp_path / "service"
    service.write_text(f"[here]\nhost={parts['host']}\nport={parts['port']}\nuser=boss\n")
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    monkeypatch.setenv("PGSERVICE", "here")
    monkeypatch.setenv("PGDATABASE", "postgres")
    assert source(Target()).read().role == "boss"
    assert source(Target(source="postgres")).read().database == "postgres"
    assert source("service=here dbname=postgres").read().database == "postgres"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00\x00\x00",
        b"E" * 100,
    ],
)
def test_something_else_answers(answer: bytes) -> None:
    with listening(answer) as port:
        message = failure(f"host=127.0.0.1 port={port} user=ann dbname=shop")
    assert f"127.0.0.1, port {port}" in message
    assert "is it a PostgreSQL server?" in message


def test_nobody_answers() -> None:
    began = time.monotonic()
    with listening(None) as port:
        message = failure(f"host=127.0.0.1 port={port} user=ann dbname=shop")
    assert time.monotonic() - began < 6
    assert "timeout" in message
    assert "nothing answered" in message


def test_a_role_with_nothing_but_connect(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA secret; CREATE TABLE secret.t (a int PRIMARY KEY)")
        connection.execute("INSERT INTO secret.t VALUES (1); ANALYZE secret.t")
        connection.execute("CREATE VIEW secret.v AS SELECT a FROM secret.t")
        connection.execute(
            "CREATE TABLE rls (a int); ALTER TABLE rls ENABLE ROW LEVEL SECURITY;"
            "INSERT INTO rls VALUES (1); ANALYZE rls"
        )
        connection.execute("DROP ROLE IF EXISTS nobody_much")
        connection.execute("CREATE ROLE nobody_much LOGIN PASSWORD 'pw-of-nobody'")
        connection.execute("GRANT SELECT ON rls TO nobody_much")
    try:
        target = Target(source=database, user="nobody_much", password="pw-of-nobody")
        reader = source(target)
        catalog = reader.read()
        full = source(database).read()
        visibility = reader.visibility()
        everything = source(database).visibility()
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DROP OWNED BY nobody_much; DROP ROLE nobody_much")
    assert catalog.role == "nobody_much"
    structure = [(t.ref, t.columns, t.primary_key) for t in catalog.tables]
    assert structure == [(t.ref, t.columns, t.primary_key) for t in full.tables]
    assert [view.definition for view in catalog.views] == [view.definition for view in full.views]
    statistics = catalog.tables[1].statistics
    assert statistics is not None
    assert statistics.rows_estimate == 1
    assert statistics.columns == ()
    assert [(each.what, each.why) for each in catalog.skipped] == [
        (
            "column statistics of 1 table in schema public",
            "row security applies to role nobody_much there",
        ),
        (
            "column statistics of 1 table in schema secret",
            "role nobody_much has no SELECT there",
        ),
    ]
    assert visibility.hidden == catalog.skipped
    public, secret = visibility.schemas
    assert (public.relations, public.relations_listed) == (1, 1)
    assert (secret.relations, secret.relations_listed, secret.usable) == (2, 0, False)
    assert (secret.columns, secret.columns_listed) == (2, 0)
    assert [grant.statement for grant in visibility.grants] == [
        "GRANT USAGE ON SCHEMA secret TO nobody_much;",
        "GRANT SELECT ON ALL TABLES IN SCHEMA secret TO nobody_much;",
        "ALTER ROLE nobody_much BYPASSRLS;",
    ]
    assert everything.superuser
    assert everything.grants == everything.hidden == full.skipped == ()


def test_no_connect(database: str) -> None:
    name = conninfo_to_dict(database)["dbname"]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS locked_out")
        connection.execute("CREATE ROLE locked_out LOGIN PASSWORD 'pw-of-locked'")
        connection.execute(
            sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(str(name)))
        )
    try:
        message = failure(Target(source=database, user="locked_out", password="pw-of-locked"))
        assert "permission denied for database" in message
        assert "GRANT CONNECT" in message
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DROP ROLE locked_out")


def test_the_server_is_lost_in_mid_read(database: str) -> None:
    def kill(done: int, _: int, __: str) -> None:
        if done == 1:  # the types are asked when the columns have come, so there is more to do
            with psycopg.connect(database, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND application_name LIKE 'cmis-audit/%'"
                )

    message = failure(database, progress=kill)
    assert re.match(
        "lost the server while reading (columns|tables|types, defaults and comments) from ", message
    )
    assert "run it again" in message


def test_a_statement_takes_too_long(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for number in range(4):
            connection.execute(
                "".join(f"CREATE TABLE t{number}_{n} (id int, a text);" for n in range(300))
            )
    message = failure(database, Limits(statement_timeout_ms=1))
    assert "the limit is 1 ms" in message
    assert "--statement-timeout" in message


def test_a_locked_table_costs_only_the_definitions(database: str) -> None:
    """pg_get_viewdef() locks what a view reads; all else is read past any lock."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t")
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        catalog = source(database, Limits(lock_timeout_ms=100)).read()
    assert [table.ref.name for table in catalog.tables] == ["t"]
    (view,) = catalog.views
    assert view.definition is None
    assert [column.name for column in view.columns] == ["a"]
    assert view.reads == (catalog.tables[0].ref,)
    (skipped,) = catalog.skipped
    assert "definitions of views" in skipped.what
    assert "lock timeout" in skipped.why


@pytest.mark.parametrize(
    ("failing", "lost"),
    [
        (("activity",), {"how much tables are used"}),
        (("column_statistics", "readable_statistics"), {"statistics of columns"}),
        (("bodies",), {"definitions of views and parsed bodies of functions"}),
        (
            ("column_statistics", "activity", "views"),
            {
                "statistics of columns",
                "how much tables are used",
                "definitions of views and parsed bodies of functions",
            },
        ),
    ],
)
def test_what_fails_costs_nothing_else(
    database: str, monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...], lost: set[str]
) -> None:
    """What was asked behind a query that fails is asked again."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x');"
            "CREATE VIEW v AS SELECT a FROM t;"
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
            "CREATE TYPE mood AS ENUM ('sad', 'glad')"
        )
    whole = source(database).read()

    def refused(name: str, major: int) -> str:
        return "SELECT 1 / 0" if name in failing else catalog_query(name, major)

    monkeypatch.setattr("cmis_audit.source.reader.catalog_query", refused)
    catalog = source(database).read()
    assert {each.what: each.why for each in catalog.skipped} == dict.fromkeys(
        lost, "division by zero"
    )
    assert catalog.functions == whole.functions
    assert catalog.enums == whole.enums
    assert catalog.tables[0].columns == whole.tables[0].columns
    assert catalog.tables[0].primary_key == whole.tables[0].primary_key
    assert [view.columns for view in catalog.views] == [view.columns for view in whole.views]
    assert catalog.schemas == whole.schemas


def test_too_old_or_something_compatible(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OLDEST_MAJOR", 99)
    assert "PostgreSQL 99 or later is needed" in failure(database)
    monkeypatch.setattr(live, "OLDEST_MAJOR", 11)
    monkeypatch.setattr(live, "NEWEST_MAJOR", 12)
    (skipped,) = source(database).read().skipped
    assert skipped.what.startswith("what is new in PostgreSQL ")


def test_a_server_without_the_catalog(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_catalog(name: str, _: int) -> str:
        return "SELECT * FROM pg_nonesuch" if name == "relations" else "SELECT 1 WHERE false"

    monkeypatch.setattr("cmis_audit.source.reader.catalog_query", other_catalog)
    assert "is it PostgreSQL?" in failure(database)


def test_an_interrupt_ends_what_runs(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(name: str, major: int) -> str:
        return "SELECT pg_sleep(60)" if name == "columns" else catalog_query(name, major)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cmis_audit.source.reader.catalog_query", slow)
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            source(database).read()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < 10


def test_statistics_are_the_same_by_either_way(each_database: str) -> None:
    """A superuser reads them from pg_statistic, others from pg_stats."""
    with psycopg.connect(each_database, autocommit=True) as connection:
        connection.execute(
            f"CREATE TABLE t (a int, gone int, {quote_ident(chr(31))} text, c float8);"
            "ALTER TABLE t DROP gone;"
            "INSERT INTO t SELECT i % 7, CASE WHEN i % 3 = 0 THEN 'x' || i END, i / 3.0 "
            "FROM generate_series(1, 1000) i;"
            "CREATE TABLE full_parent (n int); CREATE TABLE child (n int) INHERITS (full_parent);"
            "CREATE TABLE bare_parent (n int); CREATE TABLE heir (n int) INHERITS (bare_parent);"
            "CREATE TABLE whole (n int) PARTITION BY LIST (n);"
            "CREATE TABLE part PARTITION OF whole DEFAULT;"
            "INSERT INTO full_parent SELECT 1 FROM generate_series(1, 100);"
            "INSERT INTO child SELECT i FROM generate_series(1, 100) i;"
            "INSERT INTO heir SELECT i % 3 FROM generate_series(1, 99) i;"
            "INSERT INTO whole SELECT i % 5 FROM generate_series(1, 100) i;"
            "ANALYZE;"
            "DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN PASSWORD 'pw-of-looker';"
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker"
        )
    try:
        all_open = source(each_database).read().tables
        target = Target(source=each_database, user="looker", password="pw-of-looker")
        by_view = source(target).read().tables
    finally:
        with psycopg.connect(each_database, autocommit=True) as connection:
            connection.execute("DROP OWNED BY looker; DROP ROLE looker")
    known = {each.ref.name: each.statistics.columns for each in by_view if each.statistics}
    assert known == {each.ref.name: each.statistics.columns for each in all_open if each.statistics}
    assert [each.column for each in known["t"]] == ["a", "\x1f", "c"]
    # A parent's own where it has any; else, as of what is partitioned, those of its children.
    distinct = {name: [each.distinct for each in columns] for name, columns in known.items()}
    assert distinct["full_parent"] == [1]
    assert distinct["bare_parent"] == [3]
    assert distinct["whole"] == [5]


@contextmanager
def restless(conninfo: str, script: str) -> Iterator[Callable[[], int]]:
    """Run a script again and again meanwhile; the value tells how often it was done."""
    stop = threading.Event()
    rounds = 0
    trouble: list[Exception] = []

    def work() -> None:
        nonlocal rounds
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                while not stop.is_set():
                    connection.execute(script)
                    rounds += 1
        except psycopg.Error as error:
            trouble.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield lambda: rounds
    finally:
        stop.set()
        thread.join(30)
    assert not trouble


def test_others_create_and_drop_meanwhile(each_database: str) -> None:
    with psycopg.connect(each_database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA still")
        for number in range(50):
            connection.execute(
                f"CREATE TABLE still.t{number} (id int PRIMARY KEY, a text DEFAULT 'x', "
                f"CHECK (id > 0)); CREATE VIEW still.v{number} AS SELECT a FROM still.t{number}"
            )
    churn = """
        CREATE TYPE busy AS ENUM ('a');
        CREATE TABLE passing (id int PRIMARY KEY, b busy DEFAULT 'a', c text DEFAULT 'y',
            g text GENERATED ALWAYS AS (upper(c)) STORED, CHECK (id > 0));
        CREATE INDEX passing_c ON passing (lower(c)) WHERE c <> '';
        CREATE VIEW seen AS SELECT b FROM passing;
        CREATE FUNCTION called(busy) RETURNS int LANGUAGE sql AS 'SELECT 1';
        DROP FUNCTION called(busy);
        DROP VIEW seen;
        DROP TABLE passing;
        DROP TYPE busy;
    """
    catalogs: list[Catalog] = []
    with restless(each_database, churn) as rounds:
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            catalogs.append(source(each_database).read())
        assert rounds() > 5
    for catalog in catalogs:
        still = [table for table in catalog.tables if table.ref.schema == "still"]
        assert len(still) == 50
        assert all(len(table.checks) == 1 and table.primary_key for table in still)
        assert all("???" not in c.type for table in still for c in table.columns)


def test_what_vanishes_is_read_again_and_in_the_end_left_out(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = iter([2, 1, 0])
    monkeypatch.setattr(live, "vanished", lambda _: next(attempts, 0))
    assert source(database).read().skipped == ()
    monkeypatch.setattr(live, "vanished", lambda _: 4)
    (skipped,) = source(database).read().skipped
    assert skipped.what.startswith("4 definitions")
