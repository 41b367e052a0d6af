"""The PostgreSQL server of the tests, and a fresh database of it for each test that wants one.

CMIS_AUDIT_TEST_DSN   a libpq conninfo of a superuser or a role with CREATEDB; else
CMIS_AUDIT_TEST_PG    16 (default) or 18: the embedded server of that version; else
                      a container, where Docker is there; else the tests that need a server are
                      skipped with the reason, or fail where CI or CMIS_AUDIT_REQUIRE_DB is set.
"""

import os
import secrets
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cmis_audit.errors import ScratchError
from cmis_audit.scratch.embedded import embedded_server
from cmis_audit.scratch.server import ScratchServer

ROOM_BYTES = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class TestServer:
    """A server on which the tests may create databases."""

    __test__ = False

    origin: str
    version: str
    version_number: int
    base_conninfo: str = field(repr=False)

    def conninfo(self, dbname: str | None = None) -> str:
        return make_conninfo(self.base_conninfo, **({"dbname": dbname} if dbname else {}))


Found = TypeVar("Found")


class NoServerError(Exception):
    """Why no server could be had."""


class _Servers:
    """What was started in this session, each server once, all stopped at its end."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.scratch: dict[int, ScratchServer] = {}
        self.main: TestServer | NoServerError | None = None

    def of_version(self, version: int) -> TestServer:
        scratch = self.scratch_of_version(version)
        return TestServer(
            origin="embedded wheel",
            version=scratch.version,
            version_number=scratch.version_number,
            base_conninfo=scratch.conninfo(),
        )

    def scratch_of_version(self, version: int) -> ScratchServer:
        if version not in self.scratch:
            server = embedded_server(version, base=_memory())
            self.scratch[version] = self.stack.enter_context(server)
        return self.scratch[version]

    def main_server(self) -> TestServer:
        if self.main is None:
            try:
                self.main = self._choose()
            except NoServerError as reason:
                self.main = reason
        if isinstance(self.main, NoServerError):
            raise self.main
        return self.main

    def _choose(self) -> TestServer:
        if dsn := os.environ.get("CMIS_AUDIT_TEST_DSN"):
            return _reached(dsn, "CMIS_AUDIT_TEST_DSN")
        version = os.environ.get("CMIS_AUDIT_TEST_PG", "16")
        try:
            return self.of_version(int(version))
        except (ScratchError, ValueError) as error:
            embedded_reason = str(error)
        try:
            return self._container(version)
        except Exception as error:
            container_reason = str(error).partition("\n")[0] or repr(error)
            reasons = f"embedded: {embedded_reason}; container: {container_reason}"
            raise NoServerError(f"no CMIS_AUDIT_TEST_DSN; {reasons}") from error

    def _container(self, version: str) -> TestServer:
        # The library has moved this class, and warns from the old place.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from testcontainers.postgres import PostgresContainer

        container = self.stack.enter_context(
            PostgresContainer(f"postgres:{version}", driver=None, username="postgres")
        )
        return _reached(container.get_connection_url(), f"container postgres:{version}")


def _memory() -> Path | None:
    """Return a folder in memory, if it has room: on a disk a database takes seven times as long."""
    folder = Path("/dev/shm")
    room = folder.is_dir() and shutil.disk_usage(folder).free > ROOM_BYTES
    return folder if room else None


def _reached(dsn: str, origin: str) -> TestServer:
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            number = connection.info.server_version
    except psycopg.Error as error:
        raise NoServerError(f"{origin}: {str(error).partition(chr(10))[0]}") from error
    return TestServer(
        origin=origin,
        version=f"{number // 10000}.{number % 10000}",
        version_number=number,
        base_conninfo=dsn,
    )


SERVERS = pytest.StashKey[_Servers]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "since(major, why): wants PostgreSQL `major` or later")
    servers = _Servers()
    config.stash[SERVERS] = servers
    config.add_cleanup(servers.stack.close)


def _required() -> bool:
    return bool(os.environ.get("CI") or os.environ.get("CMIS_AUDIT_REQUIRE_DB"))


def pytest_report_header(config: pytest.Config) -> str:
    if config.option.collectonly:
        return "postgres: not started"
    try:
        server = config.stash[SERVERS].main_server()
    except NoServerError as reason:
        return f"postgres: none: {reason}"
    return f"postgres: {server.version} ({server.origin})"


def _or_named(get: Callable[[], Found]) -> Found:
    """Return the server, or say by name why there is none: a failure where one is required."""
    try:
        return get()
    except (NoServerError, ScratchError) as reason:
        if _required():
            pytest.fail(f"no PostgreSQL server for the tests: {reason}", pytrace=False)
        pytest.skip(f"no PostgreSQL server for the tests: {reason}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what the server of this session is too old for, and say why."""
    for mark in item.iter_markers("since"):
        major, why = mark.args
        found = _or_named(item.config.stash[SERVERS].main_server).version_number // 10000
        if found < major:
            pytest.skip(f"PostgreSQL {found}: {why} came with {major}")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> TestServer:
    """The server of this session, as the header names it."""
    return _or_named(request.config.stash[SERVERS].main_server)


@pytest.fixture(scope="session")
def other_server(request: pytest.FixtureRequest) -> Callable[[int], TestServer]:
    """`other_server(18)`: the embedded server of a version, started once a session."""
    servers = request.config.stash[SERVERS]
    return lambda version: _or_named(lambda: servers.of_version(version))


@pytest.fixture(params=["given"] if os.environ.get("CMIS_AUDIT_TEST_DSN") else [16, 18])
def each_server(
    request: pytest.FixtureRequest, other_server: Callable[[int], TestServer]
) -> TestServer:
    """Each embedded version in turn; where a server is given, that one."""
    if request.param == "given":
        return _or_named(request.config.stash[SERVERS].main_server)
    return other_server(request.param)


@pytest.fixture(params=[16, 18])
def each_scratch(request: pytest.FixtureRequest) -> ScratchServer:
    """Each embedded version in turn, as `cmis_audit.scratch` knows it."""
    servers = request.config.stash[SERVERS]
    return _or_named(lambda: servers.scratch_of_version(request.param))


@pytest.fixture
def database(server: TestServer) -> Iterator[str]:
    """The conninfo of a fresh, empty database, dropped afterwards whoever is still in it."""
    yield from fresh_database(server)


@pytest.fixture
def each_database(each_server: TestServer) -> Iterator[str]:
    """As `database`, on each embedded version in turn."""
    yield from fresh_database(each_server)


def gone(conninfo: str) -> None:
    """Wait until every other session has ended: only then is all that it did counted."""
    _until(conninfo, lambda connection: connection.execute(_OTHERS).fetchone() is None)


def counted(conninfo: str) -> None:
    """Wait until what was done is in the server's statistics and changes them no more.

    Before 15 a process of its own collects them, and writes them down twice a second.
    """
    gone(conninfo)
    seen: object = None
    since = time.monotonic()

    def unchanged(connection: psycopg.Connection) -> bool:
        nonlocal seen, since
        now = connection.execute(_COUNTS).fetchone()
        if now != seen:
            seen, since = now, time.monotonic()
        wait = 1.5 if connection.info.server_version < 150000 else 0
        return time.monotonic() - since >= wait

    _until(conninfo, unchanged)


def _until(conninfo: str, true: Callable[[psycopg.Connection], bool]) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        last = time.monotonic() + 30
        while not true(connection):
            if time.monotonic() > last:
                raise TimeoutError
            time.sleep(0.05)


_OTHERS = """
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_COUNTS = """
SELECT md5(string_agg(t::text, '' ORDER BY relid))
FROM pg_stat_all_tables AS t WHERE schemaname !~ '^pg_'
"""


def fresh_database(server: TestServer) -> Iterator[str]:
    name = f"cmis_test_{os.getpid()}_{secrets.token_hex(4)}"
    _as_admin(server, sql.SQL("CREATE DATABASE {} TEMPLATE template0"), name)
    try:
        yield server.conninfo(name)
    finally:
        # A test may have killed the server or dropped the database itself.
        with suppress(psycopg.OperationalError):
            _as_admin(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)


def _as_admin(server: TestServer, statement: sql.SQL, name: str) -> None:
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name)))
