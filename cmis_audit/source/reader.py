"""One read of a server's catalog: one transaction, a fixed number of round trips.

A batch of queries is one round trip: one simple-protocol message, which any pooler passes on. The
whole read takes 11, the one for `doctor` 3, whatever the size of the schema. The server is not
kept waiting: it has the next batch before the rows of the last are Python values.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeAlias

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


AnyCursor: TypeAlias = psycopg.Cursor[Row]
_Answer: TypeAlias = tuple[tuple[str, ...], AnyCursor]


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


SESSION = Batch(what="the session", queries=("session",))
VISIBILITY = Batch(
    what="privileges", queries=("visibility",), optional=True, loses="what the role cannot see"
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
COLUMNS = Batch(what="columns", queries=("columns",))
TYPES = Batch(
    what="types, defaults and comments",
    queries=("types", "collations", "defaults", "comments"),
    after=("columns",),
)
CONSTRAINTS = Batch(
    what="constraints, triggers, policies and grants",
    queries=("constraints", "triggers", "rules", "publications", "policies", "grants"),
)
INDEXES = Batch(what="indexes", queries=("indexes",))
COLUMN_STATISTICS = Batch(
    what="column statistics",
    queries=("column_statistics",),
    optional=True,
    loses="statistics of columns",
    after=("session",),
)
ACTIVITY = Batch(
    what="activity",
    queries=("activity",),
    optional=True,
    loses="how much tables are used",
)

CATALOG = (
    SESSION,
    RELATIONS,
    COLUMNS,
    TYPES,
    INDEXES,
    COLUMN_STATISTICS,
    CONSTRAINTS,
    ACTIVITY,
    Batch(
        what="functions and types",
        queries=("functions", "dependencies", "sequences", "enums", "domains"),
    ),
    Batch(
        what="view definitions",
        queries=("views", "bodies"),
        optional=True,
        loses="definitions of views and parsed bodies of functions",
    ),
    VISIBILITY,
)
# In this order because the client makes values of the rows it has while the server works on what
# follows: columns, indexes, their statistics, constraints, and last the tables, which need nothing
# of what comes after their activity.

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
# jit: compiling these short queries takes longer than running them. work_mem: what is joined and
# summed up in memory would go through temporary files on the server's disk.


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
        self._failed = False

    def read(
        self,
        batches: Iterable[Batch],
        progress: Progress | None = None,
        meanwhile: Callable[[Batch], None] | None = None,
    ) -> None:
        """Run the batches and end the transaction with the last.

        The server is sent one batch after the other by a thread that waits for nothing but the
        rows a batch depends on. This one makes Python values of what has come, and calls
        `meanwhile` with each batch that is loaded. Raises psycopg.Error when a batch that is not
        optional fails.
        """
        batches = tuple(batches)
        waiting = deque(batches)
        asked: deque[Future[_Answer | None]] = deque()

        def ask() -> None:
            while waiting and self.rows.keys() >= set(waiting[0].after):
                following = waiting.popleft()
                parameters = self._parameters(following)
                asked.append(pool.submit(self._ask, following, parameters, last=not waiting))

        with ThreadPoolExecutor(1, thread_name_prefix="catalog") as pool:
            try:
                ask()
                for done, batch in enumerate(batches):
                    self.reading = batch.what
                    if progress is not None:
                        progress(done, len(batches), batch.what)
                    self._load(asked[0].result())
                    asked.popleft()
                    ask()
                    if meanwhile is not None:
                        meanwhile(batch)
            except BaseException:
                self._abandon(asked)
                raise
        if progress is not None:
            progress(len(batches), len(batches), "done")

    def _abandon(self, asked: Iterable["Future[_Answer | None]"]) -> None:
        """Ask nothing more; what still runs (interrupted, most likely) must not be waited for."""
        self._failed = True
        if not all(each.cancel() or each.done() for each in asked):
            with suppress(psycopg.Error):
                self._connection.cancel_safe(timeout=5)

    def _ask(
        self, batch: Batch, parameters: dict[str, Any] | None, *, last: bool
    ) -> "_Answer | None":
        """Return what the server says, not yet as Python values; None if it refuses."""
        if self._failed:
            return None
        prefix, self._prefix = self._prefix, ""
        end = ";\nROLLBACK" if last else ""
        if batch.optional:
            prefix += "SAVEPOINT optional;\n"
            end = ";\nROLLBACK TO SAVEPOINT optional" + end
        queries = tuple(self._chosen(name) for name in batch.queries)
        texts = ";\n".join(catalog_query(name, self._major) for name in queries)
        cursor = self._connection.cursor()
        self.round_trips += 1
        try:
            cursor.execute(sql.SQL(prefix + texts + end), parameters)
        except psycopg.Error as error:
            if not batch.optional or is_lost(error) or self._connection.broken:
                self._failed = True
                raise
            self._prefix = "ROLLBACK TO SAVEPOINT optional;\n"
            reason = error.diag.message_primary or type(error).__name__
            self.skipped.append(Skipped(what=batch.loses, why=" ".join(reason.split())))
            return None
        return queries, cursor

    def _chosen(self, query: str) -> str:
        """Return the query, or the one that stands in for it where the role may read less."""
        if query == "column_statistics" and not session_of(self.rows).reads_statistics:
            return "readable_statistics"
        return query

    def _parameters(self, batch: Batch) -> dict[str, Any] | None:
        return type_parameters(self.rows) if "types" in batch.queries else None

    def _load(self, answer: "_Answer | None") -> None:
        if answer is not None:
            queries, cursor = answer
            with cursor:
                self.rows.update(zip(queries, self._results(cursor), strict=True))

    def _results(self, cursor: AnyCursor) -> list[Sequence[Row]]:
        """Return the rows of each query as Python values."""
        results: list[Sequence[Row]] = []
        while True:
            if cursor.description is not None:
                results.append(cursor.fetchall())
            if not cursor.nextset():
                return results
