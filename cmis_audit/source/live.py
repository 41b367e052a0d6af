"""A live server as a source of the catalog."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg
from psycopg.adapt import Buffer, Loader

from cmis_audit.errors import SourceError
from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.overlap import Overlaps, Question
from cmis_audit.model.table_rows import RowSample
from cmis_audit.model.visibility import Visibility
from cmis_audit.source.connection import (
    NEWEST_MAJOR,
    OLDEST_MAJOR,
    AnyConnection,
    Limits,
    Target,
    connect,
    describe,
    place_of,
    secrets_of,
)
from cmis_audit.source.failures import Place, is_moved, query_failure
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.reader import (
    ACTIVITY,
    CATALOG,
    COLUMN_STATISTICS,
    CONSTRAINTS,
    INDEXES,
    RELATIONS,
    SESSION,
    TYPES,
    VISIBILITY,
    VISIBLE_COLUMNS,
    Batch,
    Parameters,
    Progress,
    Reader,
)
from cmis_audit.source.row_samples import RowReader
from cmis_audit.source.rows import CatalogBuilder, vanished
from cmis_audit.source.values import ValueReader
from cmis_audit.source.visibility import visibility_from_rows
from cmis_audit.uncollected import uncollected

_SWITCH_SECONDS = 0.0001
_ATTEMPTS = 3


class _MovedError(Exception):
    """Something went away while it was read; what to say if it happens once too often."""

    def __init__(self, failure: SourceError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class LiveSource:
    """Reads a PostgreSQL server, 13 to 18, as one role can see it."""

    def __init__(
        self,
        target: Target,
        *,
        now: datetime,
        limits: Limits | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._target = target
        self._now = now
        self._limits = limits or Limits()
        self._progress = progress
        self.round_trips = 0
        """Of the last read; connecting not counted."""

    def __repr__(self) -> str:
        return f"LiveSource({describe(self._target)})"

    def read(self) -> Catalog:
        """Return the catalog of the database.

        Raises SourceError in one line when the server cannot be reached or read.
        """
        with closing(connect(self._target, self._limits)) as connection, _undisturbed():
            reader, builder = self._read_settled(connection)
            if VISIBILITY.queries[0] in reader.rows:
                reader.skipped.extend(visibility_from_rows(reader.rows).hidden)
            skipped = (*reader.skipped, *_newer(connection.info.server_version))
            return builder.catalog(read_at=_iso(self._now), skipped=skipped)

    def visibility(self) -> Visibility:
        """Return what the role can and cannot see; raises SourceError as read() does."""
        with closing(connect(self._target, self._limits)) as connection:
            mandatory = Batch(what=VISIBILITY.what, queries=VISIBILITY.queries)
            reader = self._reader(connection)
            try:
                self._run(reader, connection, (SESSION, mandatory, VISIBLE_COLUMNS))
            except _MovedError as error:
                raise error.failure from None
            return visibility_from_rows(reader.rows)

    def identity(self) -> str:
        """Return what no other server has, copies of its files apart; raises as read() does."""
        with closing(connect(self._target, self._limits)) as connection:
            major = connection.info.server_version // 10000
            query = catalog_query("server_identity", major).encode()
            try:
                with connection.cursor() as cursor:
                    cursor.execute(query)
                    row = cursor.fetchone()
            except psycopg.Error as error:
                place = place_of(connection)
                raise self._failure(error, place, "pg_control_system()") from None
        return str(row[0]) if row else ""

    def overlaps(self, questions: Sequence[Question], rows: int) -> Overlaps:
        """Return what values the tables have in common, reading so many rows of each at most.

        What the role may not read is among what was skipped; raises SourceError as read() does.
        """
        with closing(connect(self._target, self._limits)) as connection:
            major = connection.info.server_version // 10000
            try:
                return ValueReader(connection, self._limits, major).overlaps(questions, rows)
            except psycopg.Error as error:
                raise self._failure(error, place_of(connection), "values") from None

    def rows(self, catalog: Catalog, tables: Sequence[TableRef], rows: int) -> RowSample:
        """Return up to so many rows of each of the tables, and the rows that they point at.

        What the role may not read is among what was skipped; raises SourceError as read() does.
        """
        with closing(connect(self._target, self._limits)) as connection:
            major = connection.info.server_version // 10000
            try:
                reader = RowReader(connection, self._limits, major, catalog.tables)
                return reader.sample(tables, rows)
            except psycopg.Error as error:
                raise self._failure(error, place_of(connection), "rows") from None

    def _read_settled(self, connection: AnyConnection) -> tuple[Reader, CatalogBuilder]:
        """Read until nothing was dropped meanwhile; the third time say so and go on."""
        for last in (*(False for _ in range(_ATTEMPTS - 1)), True):
            try:
                reader, builder = self._read_once(connection)
            except _MovedError as error:
                if last:
                    raise error.failure from None
                _roll_back(connection)
                continue
            gone = vanished(reader.rows)
            if gone and not last:
                continue
            if gone:
                reader.skipped.append(
                    Skipped(
                        what=f"{gone} definitions of constraints, indexes and the like",
                        why="another session dropped them while they were read",
                    )
                )
            return reader, builder
        raise AssertionError("the last attempt returns or raises")

    def _read_once(self, connection: AnyConnection) -> tuple[Reader, CatalogBuilder]:
        reader = self._reader(connection)
        builder = CatalogBuilder(reader.rows, connection.info.server_version)

        def build(read: Batch) -> None:
            if read is RELATIONS:
                _ = builder.index
            elif read is INDEXES:
                _ = builder.indexes
            elif read is TYPES:
                _ = builder.columns
            elif read is COLUMN_STATISTICS:
                _ = builder.column_statistics
            elif read is CONSTRAINTS:
                _ = builder.constraints
            elif read is ACTIVITY:
                _ = builder.tables

        self._run(reader, connection, CATALOG, builder.parameters, build)
        return reader, builder

    def _reader(self, connection: AnyConnection) -> Reader:
        _refuse_strangers(connection, place_of(connection))
        if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
            _tolerate_any_bytes(connection)
        return Reader(connection, self._limits, connection.info.server_version // 10000)

    def _run(
        self,
        reader: Reader,
        connection: AnyConnection,
        batches: Sequence[Batch],
        parameters: Parameters | None = None,
        meanwhile: Callable[[Batch], None] | None = None,
    ) -> None:
        place = place_of(connection)
        try:
            reader.read(
                batches, parameters=parameters, progress=self._progress, meanwhile=meanwhile
            )
        except psycopg.Error as error:
            failure = self._failure(error, place, reader.reading)
            if is_moved(error) and not connection.broken:
                raise _MovedError(failure) from None
            raise failure from None
        except UnicodeDecodeError as error:
            message = f"cannot read {reader.reading} from {place}: a name is not in UTF-8"
            raise SourceError(f"{message} ({error.reason})") from None
        finally:
            self.round_trips = reader.round_trips

    def _failure(self, error: psycopg.Error, place: Place, what: str) -> SourceError:
        limits = (self._limits.statement_timeout_ms, self._limits.lock_timeout_ms)
        return query_failure(error, place, what, limits, secrets_of(self._target))


def _refuse_strangers(connection: AnyConnection, place: Place) -> None:
    """Raise SourceError for what speaks PostgreSQL's protocol and is too old or something else."""
    said = connection.info.parameter_status("server_version") or "unknown"
    if "bouncer" in said.lower():
        raise SourceError(
            f"cannot read {place}: that is the console of a connection pooler; "
            "name a database that it serves"
        )
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise SourceError(
            f"cannot read {place}: server version {said[:40]} is not supported, "
            f"PostgreSQL {OLDEST_MAJOR} or later is needed"
        )


def _newer(version: int) -> tuple[Skipped, ...]:
    major = version // 10000
    if major <= NEWEST_MAJOR:
        return ()
    return (
        Skipped(
            what=f"what is new in PostgreSQL {major}",
            why=f"this version of cmis-audit knows PostgreSQL {OLDEST_MAJOR} to {NEWEST_MAJOR}",
        ),
    )


def _roll_back(connection: AnyConnection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK")


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector out, and let threads change often.

    The one that asks the server must not wait 5 ms, Python's default, for the one that makes values
    of what has come.
    """
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        with uncollected():
            yield
    finally:
        sys.setswitchinterval(interval)


class _TolerantText(Loader):
    """Text of a database in SQL_ASCII, which may hold any bytes."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "backslashreplace")


def _tolerate_any_bytes(connection: AnyConnection) -> None:
    for name in ("text", "name", "varchar", "bpchar", '"char"'):
        connection.adapters.register_loader(name, _TolerantText)
