"""Messages to the server, and the results of their statements as they come."""

import selectors
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from cmis_audit.source.connection import AnyConnection
from cmis_audit.source.row_index import Row

_END = None
"""After the last result of a message."""


class Wire:
    """A connection whose server is never kept waiting.

    A thread sends one message after the other and takes the results from the socket, whatever the
    caller is at meanwhile. A message is one of the simple protocol, of any number of statements:
    any pooler passes it on. When a statement fails, the server ends its message there, and
    messages that stand in line behind it are not sent.
    """

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection
        self._messages: SimpleQueue[bytes | None] = SimpleQueue()
        self._arrived: SimpleQueue[PGresult | Exception | None] = SimpleQueue()
        self._open = 0
        """Messages whose end the caller has not seen."""
        self._failed = Event()
        self._thread = Thread(target=self._work, name="catalog", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            # What still runs (interrupted, most likely) must not be waited for.
            self._failed.set()
            with suppress(psycopg.Error):
                self._connection.cancel_safe(timeout=5)
        self._messages.put(None)
        self._thread.join()

    def send(self, text: str) -> None:
        """Send the statements when those before them are done."""
        self._open += 1
        self._messages.put(text.encode())

    def rows(self) -> list[Row]:
        """Return the rows of the next statement that has any, as Python values.

        Raises psycopg.Error if it fails, or one before it; `give_up()` then goes on.
        """
        while True:
            arrived = self._arrived.get()
            if arrived is _END:
                self._open -= 1
            elif isinstance(arrived, Exception):
                raise arrived
            else:
                reader = Transformer(self._connection)
                reader.set_pgresult(arrived)
                return reader.load_rows(0, arrived.ntuples, tuple)

    def finish(self) -> None:
        """Wait for the end of what was sent; raises psycopg.Error if a statement failed."""
        failure = self._drained()
        if failure is not None:
            raise failure

    def give_up(self) -> None:
        """Leave out what was sent and has not been done."""
        self._drained()
        self._failed.clear()

    def _drained(self) -> Exception | None:
        failure = None
        while self._open:
            arrived = self._arrived.get()
            if arrived is _END:
                self._open -= 1
            elif isinstance(arrived, Exception):
                failure = failure or arrived
        return failure

    def _work(self) -> None:
        pgconn = self._connection.pgconn
        while (message := self._messages.get()) is not None:
            if not self._failed.is_set():
                try:
                    for result in _results(pgconn, message):
                        self._take(result)
                except Exception as error:  # for the caller's thread
                    self._fail(error)
            self._arrived.put(_END)

    def _take(self, result: PGresult) -> None:
        if result.status == ExecStatus.TUPLES_OK:
            self._arrived.put(result)
        elif result.status != ExecStatus.COMMAND_OK:
            self._fail(error_from_result(result, self._connection.info.encoding))

    def _fail(self, error: Exception) -> None:
        self._failed.set()
        self._arrived.put(error)


def _results(pgconn: PGconn, message: bytes) -> Iterator[PGresult]:
    """Send a message and return the result of each statement when it is there."""
    with selectors.DefaultSelector() as selector:
        selector.register(pgconn.socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
        pgconn.send_query(message)
        while pgconn.flush():
            for _, ready in selector.select():
                if ready & selectors.EVENT_READ:
                    pgconn.consume_input()
        selector.modify(pgconn.socket, selectors.EVENT_READ)
        while True:
            while pgconn.is_busy():
                selector.select()
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                return
            yield result
