"""Running somebody else's SQL on a scratch server: without privileges, and watched from outside.

What the role may not do, the server refuses. What it may do without end (loops, sleeps, floods of
rows, of notices, of tables) is ended by the watch, which the SQL cannot reach: a connection of its
own, and a clock on this side. A statement_timeout would not do, as every role may set its own.
"""

import re
import select
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import psycopg
from psycopg import pq

POLL_SECONDS = 0.1
SIZE_POLL_SECONDS = 0.4
ENDING_SECONDS = 3.0
MOST_ROWS = 200_000

Row = tuple[str | None, ...]

# The write-ahead log and temporary files belong to the server, and grow with what is loaded; on
# a server with other databases they grow with those as well.
_DATABASE_SIZE = "SELECT pg_catalog.pg_database_size(%s)"
_SERVER_SIZE = f"""{_DATABASE_SIZE}
     + (SELECT coalesce(sum(size), 0) FROM pg_catalog.pg_ls_tmpdir())
     + (SELECT coalesce(sum(size), 0) FROM pg_catalog.pg_ls_waldir())
"""


# RAISE in a block or function of a plan, and in nothing that they call.
_OWN_CHECK = re.compile(
    r"PL/pgSQL function (?:inline_code_block|cmis_audit_c_\w+\.\w+\([^)]*\)) line \d+ at RAISE"
)


class LimitReachedError(Exception):
    """The watch ended the load; the message says which limit, as the end of a sentence."""


class ServerLostError(Exception):
    """The connection broke though the watch did not break it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the server refused a statement."""

    sqlstate: str
    message: str
    """The primary message, of any length and content."""


class Watch:
    """The clock and the scales of one load."""

    def __init__(
        self,
        admin: psycopg.Connection,
        database: str,
        *,
        seconds: float,
        size_bytes: int,
        alone: bool = True,
        base_bytes: int | None = None,
    ) -> None:
        """`base_bytes` is from where growth counts, if that was weighed before.

        `alone` says that the server has nothing else to do.
        """
        self.admin = admin
        self.database = database
        self.seconds = seconds
        self.size_bytes = size_bytes
        self._size = _SERVER_SIZE if alone else _DATABASE_SIZE
        self._deadline = time.monotonic() + seconds
        self._next_weighing = 0.0
        if base_bytes is not None:
            self._next_weighing = time.monotonic() + SIZE_POLL_SECONDS
        self.base_bytes = self._weigh() if base_bytes is None else base_bytes

    def restart(self) -> None:
        """Give the time anew."""
        self._deadline = time.monotonic() + self.seconds

    def look(self) -> None:
        """Raise LimitReachedError if the time is up or the database has grown too large."""
        now = time.monotonic()
        if now > self._deadline:
            raise LimitReachedError(f"stopped after {self.seconds:g} s")
        if now > self._next_weighing:
            grown = self._weigh() - self.base_bytes
            # Weighing looks at every file, so with many tables it must become rare.
            cost = time.monotonic() - now
            self._next_weighing = now + max(SIZE_POLL_SECONDS, 10 * cost)
            if grown > self.size_bytes:
                raise LimitReachedError(
                    f"stopped when it had grown beyond {self.size_bytes / (1 << 20):,.0f} MiB"
                )

    def _weigh(self) -> int:
        row = self.admin.execute(self._size, (self.database,)).fetchone()
        return int(row[0]) if row else 0

    def end(self, pid: int) -> None:
        """End a backend and wait until it is gone, within a few seconds."""
        deadline = time.monotonic() + ENDING_SECONDS
        pause = 0.001
        while time.monotonic() < deadline:
            ending = self.admin.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone()
            if ending != (True,):
                return
            time.sleep(pause)
            pause = min(2 * pause, 0.02)


class ConfinedConnection:
    """A connection whose statements are somebody else's.

    libpq is used directly, row by row: a client that gathers results would be filled by
    `SELECT generate_series(1, 1e12)`, and one that waits for the server would wait for ever.
    """

    def __init__(self, conninfo: str, watch: Watch, *, discreet: bool = False) -> None:
        """`discreet` says that rows are somebody's: no message of the server is repeated."""
        self.discreet = discreet
        self._connection = psycopg.connect(
            conninfo, autocommit=True, application_name="cmis-audit load"
        )
        self._libpq = self._connection.pgconn
        self._libpq.notice_handler = None
        self._libpq.nonblocking = 1
        self._watch = watch
        self.pid = self._libpq.backend_pid

    def restart_watch(self) -> None:
        """Let the connection be used for something new, with all the time there is."""
        self._watch.restart()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection, and what it still does on the server."""
        with suppress(psycopg.Error):
            self._connection.close()
        # Also after Ctrl-C: a loop on the server does not notice that its client has left.
        with suppress(psycopg.Error):
            self._watch.end(self.pid)

    def run(self, statement: str) -> Failure | None:
        """Run one statement, throw its rows away, and return why it failed, or None."""
        failure, _ = self._converse(statement, ())
        return failure

    def rows(self, query: str, most: int = MOST_ROWS) -> list[Row] | Failure:
        """Return the rows of one query as text; raises LimitReachedError where there are more."""
        found: list[Row] = []
        failure, _ = self._converse(query, (), found, most)
        return found if failure is None else failure

    def copy_in(self, statement: str, blocks: Iterable[bytes]) -> Failure | None:
        """Run COPY ... FROM STDIN with these bytes."""
        failure, _ = self._converse(statement, blocks)
        return failure

    def value(self, query: str) -> str | None:
        """Return the first value of a query, as text; None where it fails or has none."""
        failure, value = self._converse(query, ())
        return None if failure else value

    def _converse(
        self,
        statement: str,
        blocks: Iterable[bytes],
        found: list[Row] | None = None,
        most: int = 0,
    ) -> tuple[Failure | None, str | None]:
        failure: Failure | None = None
        value: str | None = None
        try:
            self._libpq.send_query(statement.encode("utf-8", "replace"))
            self._libpq.set_single_row_mode()
            self._flush()
            while (result := self._next_result()) is not None:
                if result.status == pq.ExecStatus.COPY_IN:
                    self._send(blocks)
                elif result.status == pq.ExecStatus.COPY_OUT:
                    self._drain()
                elif result.status == pq.ExecStatus.FATAL_ERROR:
                    failure = failure or self._failure(result)
                elif found is not None:
                    found.extend(_row(result, number) for number in range(result.ntuples))
                    if len(found) > most:
                        raise LimitReachedError(f"stopped at more than {most:,} rows of a query")
                elif value is None and result.ntuples and result.nfields:
                    value = (result.get_value(0, 0) or b"").decode("utf-8", "replace")
        except psycopg.Error as error:
            raise ServerLostError(str(error).strip()) from error
        if self._libpq.status == pq.ConnStatus.BAD:
            raise ServerLostError(failure.message if failure else "the connection broke")
        return failure, value

    def _failure(self, result: pq.abc.PGresult) -> Failure:
        failure = _failure(result)
        return replace(failure, message=_discreet(result, failure)) if self.discreet else failure

    def _wait(self, ready: Callable[[], bool]) -> None:
        while not ready():
            self._watch.look()
            writing = [self._libpq.socket] if self._libpq.flush() else []
            select.select([self._libpq.socket], writing, [], POLL_SECONDS)
            self._libpq.consume_input()
            self._forget_notifications()
        self._watch.look()

    def _forget_notifications(self) -> None:
        while self._libpq.notifies() is not None:
            pass

    def _next_result(self) -> pq.abc.PGresult | None:
        self._wait(lambda: not self._libpq.is_busy())
        return self._libpq.get_result()

    def _flush(self) -> None:
        self._wait(lambda: not self._libpq.flush())

    def _send(self, blocks: Iterable[bytes]) -> None:
        # Flushed block by block: were a trigger never to return, the rest would pile up here.
        for block in blocks:
            self._libpq.put_copy_data(block)
            self._flush()
        self._libpq.put_copy_end()
        self._flush()

    def _drain(self) -> None:
        while True:
            size, _ = self._libpq.get_copy_data(1)
            if size < 0:
                return
            if size == 0:
                self._wait_for_input()

    def _wait_for_input(self) -> None:
        self._watch.look()
        select.select([self._libpq.socket], [], [], POLL_SECONDS)
        self._libpq.consume_input()


def _row(result: pq.abc.PGresult, number: int) -> Row:
    values = (result.get_value(number, column) for column in range(result.nfields))
    return tuple(None if each is None else each.decode("utf-8", "replace") for each in values)


def _failure(result: pq.abc.PGresult) -> Failure:
    message = _field(result, pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message.decode(
        "utf-8", "replace"
    )
    return Failure(sqlstate=_field(result, pq.DiagnosticField.SQLSTATE), message=message)


def _field(result: pq.abc.PGresult, name: pq.DiagnosticField) -> str:
    return (result.error_field(name) or b"").decode("utf-8", "replace")


def _discreet(result: pq.abc.PGresult, failure: Failure) -> str:
    """Return what may be told of a failure: a message may hold a value, and names do not.

    What a plan's own checks say is counts and names, after which come hashes.
    """
    if _OWN_CHECK.match(_field(result, pq.DiagnosticField.CONTEXT)):
        return failure.message.partition("; hash ")[0]
    names = [
        name
        for part in (
            pq.DiagnosticField.TABLE_NAME,
            pq.DiagnosticField.COLUMN_NAME,
            pq.DiagnosticField.CONSTRAINT_NAME,
            pq.DiagnosticField.DATATYPE_NAME,
        )
        if (name := _field(result, part))
    ]
    where = f" ({', '.join(names)})" if names else ""
    return f"SQLSTATE {failure.sqlstate}{where}"
