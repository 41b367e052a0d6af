"""One read of a server's catalog: one transaction, a fixed number of round trips.

Queries go to the server in messages of as many batches as can be asked with what is known. The
whole read takes three, the one for `doctor` one, whatever the size of the schema; a message is
ready before the one before it is done.
"""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.value import Value
from cmis_audit.source.connection import AnyConnection, Limits
from cmis_audit.source.failures import is_lost
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.row_index import Row
from cmis_audit.source.rows import session_of
from cmis_audit.source.wire import Wire

Progress = Callable[[int, int, str], None]
"""Called before each batch with how many are done, how many there are, and what comes."""
Parameters = Callable[[str], dict[str, Any] | None]
"""What a query is asked with, when those that it comes after have been read."""


class Batch(Value, frozen=True, kw_only=True):
    """Queries that go to the server together."""

    what: str
    queries: tuple[str, ...]
    optional: bool = False
    """A failure is noted and the read goes on; locks that it took are given back at once."""
    loses: str = ""
    """Of an optional batch, what the catalog lacks without it."""
    after: tuple[str, ...] = ()
    """Queries whose rows say what this batch asks, or how."""
    apart: bool = False
    """Begins a message. The server sends rows when it has 8 KiB of them or a message ends, so that
    what is before would otherwise wait for what comes after."""
    of_superusers: bool = True
    """Whether it says anything that is not so for every superuser; else they have no rows."""


SESSION = Batch(what="the session", queries=("session",))
VISIBILITY = Batch(
    what="privileges",
    queries=("visibility",),
    optional=True,
    loses="what the role cannot see",
    after=("session",),
    of_superusers=False,
)
VISIBLE_COLUMNS = Batch(what="privileges on columns", queries=("visible_columns",))
RELATIONS = Batch(
    what="tables",
    queries=(
        "schemas",
        "roles",
        "extensions",
        "extension_members",
        "relations",
        "inheritance",
    ),
)
ACTIVITY = Batch(
    what="activity",
    queries=("activity",),
    optional=True,
    loses="how much tables are used",
)
COLUMNS = Batch(what="columns", queries=("columns",))
CONSTRAINTS = Batch(
    what="constraints, triggers, policies and grants",
    queries=("constraints", "triggers", "rules", "publications", "policies", "grants"),
)
TYPES = Batch(
    what="types, defaults and comments",
    queries=("types", "collations", "defaults", "comments"),
    after=("columns",),
)
INDEXES = Batch(what="indexes", queries=("indexes",))
COLUMN_STATISTICS = Batch(
    what="column statistics",
    queries=("column_statistics",),
    optional=True,
    loses="statistics of columns",
    after=("session",),
)

CATALOG = (
    SESSION,
    RELATIONS,
    COLUMNS,
    INDEXES,
    TYPES,
    CONSTRAINTS,
    COLUMN_STATISTICS,
    ACTIVITY,
    Batch(
        what="functions and types",
        queries=("functions", "dependencies", "sequences", "enums", "domains"),
        apart=True,
    ),
    Batch(
        what="view definitions",
        queries=("views", "bodies"),
        optional=True,
        loses="definitions of views and parsed bodies of functions",
    ),
    VISIBILITY,
)
# In this order because the client makes values of what it has while the server works on what
# follows, and has the more to do of the two: columns, which nearly all else needs, come as soon as
# can be, their types are asked for while indexes are read, and the tables, which need nothing of
# what comes after their activity, are made while the rest is read.

_BEGIN = """\
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = {statement};
SET LOCAL lock_timeout = {lock};
SET LOCAL idle_in_transaction_session_timeout = {idle};
SET LOCAL jit = off;
SET LOCAL work_mem = '32MB';
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL DateStyle = 'ISO';
SET LOCAL extra_float_digits = 1"""
# jit: compiling these short queries takes longer than running them. work_mem: what is joined and
# summed up in memory would go through temporary files on the server's disk. Parallel workers: they
# are for those whose server it is.


class Reader:
    """A read-only repeatable-read transaction that collects the rows of batches."""

    def __init__(self, connection: AnyConnection, limits: Limits, major: int) -> None:
        self._connection = connection
        self._limits = limits
        self._major = major
        self._first = _BEGIN.format(
            statement=int(limits.statement_timeout_ms),
            lock=int(limits.lock_timeout_ms),
            idle=int(limits.idle_timeout_ms),
        )
        """What the next message begins with."""
        if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
            # A database that checks no encoding: its bytes come as they are.
            self._first += ";\nSET LOCAL client_encoding = 'SQL_ASCII'"
        self.rows: dict[str, Sequence[Row]] = {}
        self.skipped: list[Skipped] = []
        self.round_trips = 0
        self.reading = "the session"

    def read(
        self,
        batches: Sequence[Batch],
        *,
        parameters: Parameters | None = None,
        progress: Progress | None = None,
        meanwhile: Callable[[Batch], None] | None = None,
    ) -> None:
        """Run the batches and end the transaction with the last.

        Calls `meanwhile` with each batch whose rows are there; the server goes on with the others.
        Raises psycopg.Error when a batch that is not optional fails.
        """
        with Wire(self._connection) as wire:
            asked = self._ask(wire, batches, 0, parameters)
            for done, batch in enumerate(batches):
                self.reading = batch.what
                if progress is not None:
                    progress(done, len(batches), batch.what)
                if not self._take(wire, batch):
                    asked = done + 1  # what stood behind it was left out
                asked = self._ask(wire, batches, asked, parameters)
                if meanwhile is not None:
                    meanwhile(batch)
            if self._first:
                wire.send("ROLLBACK")
            wire.finish()
        if progress is not None:
            progress(len(batches), len(batches), "done")

    def _ask(
        self, wire: Wire, batches: Sequence[Batch], asked: int, parameters: Parameters | None
    ) -> int:
        """Send all that can be asked now; return how many batches have been asked."""
        statements: list[str] = []
        while asked < len(batches) and self.rows.keys() >= set(batches[asked].after):
            if batches[asked].apart:
                self._send(wire, statements)
                statements = []
            statements += self._statements(batches[asked], parameters)
            asked += 1
            if asked == len(batches):
                statements.append("ROLLBACK")
        self._send(wire, statements)
        return asked

    def _send(self, wire: Wire, statements: list[str]) -> None:
        if statements:
            wire.send(";\n".join([self._first, *statements] if self._first else statements))
            self._first = ""
            self.round_trips += 1

    def _statements(self, batch: Batch, parameters: Parameters | None) -> list[str]:
        found = []
        for query in self._queries(batch):
            text = catalog_query(query, self._major)
            given = parameters(query) if parameters is not None else None
            if given is not None:
                text = psycopg.ClientCursor(self._connection).mogrify(text.encode(), given)
            found.append(text)
        if found and batch.optional:
            return ["SAVEPOINT optional", *found, "ROLLBACK TO SAVEPOINT optional"]
        return found

    def _queries(self, batch: Batch) -> tuple[str, ...]:
        """Return the names of the queries, or of those that stand in where the role is another."""
        if not batch.of_superusers and session_of(self.rows).superuser:
            return ()
        if batch is COLUMN_STATISTICS and not session_of(self.rows).reads_statistics:
            return ("readable_statistics",)
        return batch.queries

    def _take(self, wire: Wire, batch: Batch) -> bool:
        """Take the rows of a batch; return False if it failed and the catalog can do without."""
        queries = self._queries(batch)
        try:
            rows: dict[str, Sequence[Row]] = {query: wire.rows() for query in queries}
        except psycopg.Error as error:
            if not batch.optional or is_lost(error) or self._connection.broken:
                raise
            wire.give_up()
            self._first = "ROLLBACK TO SAVEPOINT optional"
            reason = error.diag.message_primary or type(error).__name__
            self.skipped.append(Skipped(what=batch.loses, why=" ".join(reason.split())))
            return False
        self.rows.update(rows or dict.fromkeys(batch.queries, ()))
        return True
