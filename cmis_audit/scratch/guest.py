"""A server of the user's, as a guest: what is made there bears one prefix, and goes in the end.

Databases and roles are made under names that nobody else has, so that two rehearsals do not meet
and nothing that was there before is touched. Leaving removes all that bears the prefix, whatever
ended the work: an error, Ctrl-C, a signal that asks the process to end. Only SIGKILL leaves it.
"""

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from cmis_audit.errors import ScratchError
from cmis_audit.scratch.server import ScratchServer

OLDEST, OLDEST_WITHOUT_SUPERUSER = 130000, 150000
GIVES_BYPASS = 160000
"""From here on whoever may look past row security may let others do so."""
LEAVING_SECONDS = 20.0
_ENDING = ("SIGTERM", "SIGHUP")

_RIGHTS = """
SELECT rolsuper, rolcreatedb AND rolcreaterole, rolbypassrls
FROM pg_catalog.pg_roles WHERE rolname = current_user
"""
_DATABASES = (
    "SELECT datname::text FROM pg_catalog.pg_database WHERE starts_with(datname::text, %s) "
    "ORDER BY 1"
)
_ROLES = (
    "SELECT rolname::text FROM pg_catalog.pg_roles WHERE starts_with(rolname::text, %s) ORDER BY 1"
)
_STILL_AT_WORK = """
SELECT pid FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_catalog.pg_backend_pid()
  AND (application_name = %(prefix)s OR starts_with(usename::text, %(prefix)s))
"""


@contextmanager
def guest_server(dsn: Mapping[str, object], place: str) -> Iterator[ScratchServer]:
    """Give a running server that the user named, and leave it as it was found.

    `dsn` are libpq parameters, `place` says in words where they lead, without a password. The role
    must be a superuser, or may make databases and roles. Raises ScratchError.
    """
    prefix = f"cmis_audit_{secrets.token_hex(4)}"
    given = {"connect_timeout": 10, **dsn, "application_name": prefix}
    base = make_conninfo(**{key: str(value) for key, value in given.items()})
    try:
        with psycopg.connect(base, autocommit=True) as connection:
            server = _looked_at(connection, base, prefix, place)
    except psycopg.Error as error:
        raise ScratchError(f"--scratch: cannot connect to {place}: {_first_line(error)}") from None
    with _ending_as_interrupt():
        try:
            yield server
        finally:
            with _unheard():
                _leave(server, place)


def _looked_at(
    connection: psycopg.Connection[TupleRow], base: str, prefix: str, place: str
) -> ScratchServer:
    """Return the server, having seen that it will do."""
    number = connection.info.server_version
    version = f"{number // 10000}.{number % 10000}"
    if number < OLDEST:
        raise ScratchError(f"--scratch: {place} is PostgreSQL {version}; 13 or later is needed")
    superuser, creates, bypasses = connection.execute(_RIGHTS).fetchone() or (False, False, False)
    if not superuser and number < OLDEST_WITHOUT_SUPERUSER:
        raise ScratchError(
            f"--scratch: {place} is PostgreSQL {version}: a rehearsal there needs a superuser"
        )
    if not superuser and not creates:
        raise ScratchError(
            f"--scratch: the role at {place} may not make databases and roles: "
            "ALTER ROLE ... CREATEDB CREATEROLE, or give a superuser"
        )
    return ScratchServer(
        base=base,
        host=connection.info.host,
        version=version,
        version_number=number,
        prefix=prefix,
        superuser=superuser,
        bypasses=superuser or (bypasses and number >= GIVES_BYPASS),
    )


def _leave(server: ScratchServer, place: str) -> None:
    """Drop every database and role of ours. Raises ScratchError naming what stays behind."""
    left = "databases and roles"
    try:
        with psycopg.connect(
            server.conninfo(),
            autocommit=True,
            application_name=f"{server.prefix}:leaving",
            options="-c lock_timeout=10s -c statement_timeout=60s",
        ) as admin:
            _end_all(admin, server.prefix)
            for kind, query in (("DATABASE", _DATABASES), ("ROLE", _ROLES)):
                for name in _names(admin, query, server.prefix):
                    forced = " WITH (FORCE)" if kind == "DATABASE" else ""
                    with suppress(psycopg.Error):
                        admin.execute(
                            sql.SQL(f"DROP {kind} IF EXISTS {{}}{forced}").format(
                                sql.Identifier(name)
                            )
                        )
            found = [
                *_names(admin, _DATABASES, server.prefix),
                *_names(admin, _ROLES, server.prefix),
            ]
            if not found:
                return
            left = ", ".join(found)
            why = "they could not be dropped"
    except psycopg.Error as error:
        why = _first_line(error)
    raise ScratchError(
        f"--scratch: {left} of the rehearsal may stay behind at {place}, "
        f"with names that begin with {server.prefix}: {why}"
    )


def _end_all(admin: psycopg.Connection[TupleRow], prefix: str) -> None:
    """End what we still do there: a CREATE DATABASE that was interrupted goes on, else."""
    deadline = time.monotonic() + LEAVING_SECONDS
    while time.monotonic() < deadline:
        working = admin.execute(_STILL_AT_WORK, {"prefix": prefix}).fetchall()
        if not working:
            return
        for (pid,) in working:
            with suppress(psycopg.Error):
                admin.execute("SELECT pg_catalog.pg_terminate_backend(%s)", (pid,))
        time.sleep(0.05)


def _names(admin: psycopg.Connection[TupleRow], query: str, prefix: str) -> list[str]:
    return [str(name) for (name,) in admin.execute(query.encode(), (f"{prefix}_",))]


@contextmanager
def _ending_as_interrupt() -> Iterator[None]:
    """Let a signal that ends the process end the work first, as Ctrl-C does."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _handling(end, _ENDING):
        yield


@contextmanager
def _unheard() -> Iterator[None]:
    """Let nothing interrupt the cleaning up, which takes seconds."""
    with _handling(signal.SIG_IGN, ("SIGINT", *_ENDING)):
        yield


@contextmanager
def _handling(
    handler: Callable[[int, FrameType | None], object] | signal.Handlers, names: tuple[str, ...]
) -> Iterator[None]:
    """Give signals another handler for a while; only the main thread can."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in names:
            number = getattr(signal, name, None)
            if number is not None:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
