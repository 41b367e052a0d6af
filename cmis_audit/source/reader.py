"""One read of a server's catalog: one transaction, a fixed number of round trips.

A batch of queries is one round trip: one simple-protocol message, which any pooler passes on. The
whole read takes 11, the one for `doctor` 3, whatever the size of the schema.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.value import Value
from cmis_audit.source.column_rows import type_parameters
from cmis_audit.source.connection import AnyConnection, Limits
from cmis_audit.source.failures import is_lost
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.row_index import Row
from cmis_audit.source.rows import session_of

Progress = Callable[[int, int, str], None]
"""Called before each batch with how many are done, how many there are, and what comes."""


class Batch(Value, frozen=True, kw_only=True):
    """Queries that go to the server together."""

    what: str
    queries: tuple[str, ...]
    optional: bool = False
    """A failure is noted and the read goes on; locks that it took are given back at once."""
    loses: str = ""
    """Of an optional batch, what the catalog lacks without it."""


SESSION = Batch(what="the session", queries=("session",))
VISIBILITY = Batch(
    what="privileges", queries=("visibility",), optional=True, loses="what the role cannot see"
)
VISIBLE_COLUMNS = Batch(what="privileges on columns", queries=("visible_columns",))
DEFAULTS = Batch(what="defaults", queries=("defaults",))
CONSTRAINTS = Batch(what="constraints and indexes", queries=("constraints", "indexes"))
COLUMN_STATISTICS = Batch(
    what="column statistics",
    queries=("column_statistics",),
    optional=True,
    loses="statistics of columns",
)

CATALOG = (
    SESSION,
    Batch(
        what="tables",
        queries=(
            "schemas",
            "roles",
            "extensions",
            "extension_members",
            "relations",
            "inheritance",
            "comments",
        ),
    ),
    Batch(what="columns", queries=("columns",)),
    Batch(what="types", queries=("types", "collations")),
    DEFAULTS,
    CONSTRAINTS,
    COLUMN_STATISTICS,
    Batch(
        what="functions, triggers, policies, grants, types",
        queries=(
            "functions",
            "dependencies",
            "triggers",
            "policies",
            "grants",
            "sequences",
            "enums",
            "domains",
        ),
    ),
    Batch(
        what="view definitions",
        queries=("views", "bodies"),
        optional=True,
        loses="definitions of views and parsed bodies of functions",
    ),
    Batch(
        what="activity",
        queries=("activity",),
        optional=True,
        loses="how much tables are used",
    ),
    VISIBILITY,
)
# In this order because the client makes columns and constraints of the rows it has while the
# server works on the dear batches that follow.

_BEGIN = """\
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = {statement};
SET LOCAL lock_timeout = {lock};
SET LOCAL idle_in_transaction_session_timeout = {idle};
SET LOCAL jit = off;
SET LOCAL work_mem = '32MB';
SET LOCAL DateStyle = 'ISO';
SET LOCAL extra_float_digits = 1;
"""
# jit: compiling these short queries takes longer than running them. work_mem: columns.sql sorts
# some 60 bytes a column and would go through a temporary file on the server's disk.


class Reader:
    """A read-only repeatable-read transaction that collects the rows of batches."""

    def __init__(self, connection: AnyConnection, limits: Limits, major: int) -> None:
        self._connection = connection
        self._limits = limits
        self._major = major
        self._prefix = _BEGIN.format(
            statement=int(limits.statement_timeout_ms),
            lock=int(limits.lock_timeout_ms),
            idle=int(limits.idle_timeout_ms),
        )
        if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
            # A database that checks no encoding: its bytes come as they are.
            self._prefix += "SET LOCAL client_encoding = 'SQL_ASCII';\n"
        self.rows: dict[str, Sequence[Row]] = {}
        self.skipped: list[Skipped] = []
        self.round_trips = 0
        self.reading = "the session"
        self.elapsed: dict[str, float] = {}
        """Seconds each batch took: the server, and making Python values of what came."""

    def read(
        self,
        batches: Iterable[Batch],
        progress: Progress | None = None,
        meanwhile: Callable[[Batch], None] | None = None,
    ) -> None:
        """Run the batches and end the transaction with the last.

        While the server works on a batch, `meanwhile` is called with the one before it. Raises
        psycopg.Error when a batch that is not optional fails.
        """
        batches = tuple(batches)
        with ThreadPoolExecutor(1, thread_name_prefix="catalog") as pool:
            for done, batch in enumerate(batches):
                self.reading = batch.what
                if progress is not None:
                    progress(done, len(batches), batch.what)
                running = pool.submit(self._run, batch, last=done == len(batches) - 1)
                try:
                    if meanwhile is not None and done > 0:
                        meanwhile(batches[done - 1])
                    running.result()
                except BaseException:
                    # Interrupted, most likely: what still runs must not be waited for.
                    if not running.done():
                        with suppress(psycopg.Error):
                            self._connection.cancel_safe(timeout=5)
                    raise
        if progress is not None:
            progress(len(batches), len(batches), "done")

    def _run(self, batch: Batch, *, last: bool) -> None:
        began = time.perf_counter()
        prefix, self._prefix = self._prefix, ""
        end = ";\nROLLBACK" if last else ""
        if batch.optional:
            prefix += "SAVEPOINT optional;\n"
            end = ";\nROLLBACK TO SAVEPOINT optional" + end
        queries = tuple(self._chosen(name) for name in batch.queries)
        texts = ";\n".join(catalog_query(name, self._major) for name in queries)
        try:
            results = self._results(prefix + texts + end, self._parameters(batch))
        except psycopg.Error as error:
            if not batch.optional or is_lost(error) or self._connection.broken:
                raise
            self._prefix = "ROLLBACK TO SAVEPOINT optional;\n"
            reason = error.diag.message_primary or type(error).__name__
            self.skipped.append(Skipped(what=batch.loses, why=" ".join(reason.split())))
            return
        self.elapsed[batch.what] = time.perf_counter() - began
        self.rows.update(zip(queries, results, strict=True))

    def _chosen(self, query: str) -> str:
        """Return the query, or the one that stands in for it where the role may read less."""
        if query == "column_statistics" and not session_of(self.rows).reads_statistics:
            return "readable_statistics"
        return query

    def _parameters(self, batch: Batch) -> dict[str, Any] | None:
        return type_parameters(self.rows) if "types" in batch.queries else None

    def _results(self, text: str, parameters: dict[str, Any] | None) -> list[Sequence[Row]]:
        self.round_trips += 1
        results: list[Sequence[Row]] = []
        with self._connection.cursor() as cursor:
            cursor.execute(sql.SQL(text), parameters)
            while True:
                if cursor.description is not None:
                    results.append(cursor.fetchall())
                if not cursor.nextset():
                    return results
