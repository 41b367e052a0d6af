"""A loaded database to work in: files run as psql runs them, and states kept and brought back.

All of it runs as the role that loaded the database, which is confined (`confined`). It may look
past row security, as whoever runs a migration must.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cmis_audit.model.rehearsal import Refused
from cmis_audit.scratch.confined import (
    ConfinedConnection,
    Failure,
    LimitReachedError,
    ServerLostError,
    Watch,
)
from cmis_audit.scratch.intake import Limits, Loaded
from cmis_audit.scratch.notes import excerpt
from cmis_audit.scratch.server import ScratchServer
from cmis_audit.sqlfile.statements import MetaCommand, Script, Statement

CONNECTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    database: str
    role: str


class Workplace:
    """A context: within it the database can be worked in, and sessions be had."""

    def __init__(
        self,
        server: ScratchServer,
        loaded: Loaded,
        limits: Limits | None = None,
        *,
        discreet: bool = False,
    ) -> None:
        """With `discreet` no session repeats what the server says: it may quote rows."""
        self._discreet = discreet
        self._server = server
        self._names = _Names(database=loaded.database, role=loaded.role)
        self._limits = limits or Limits()
        self._password = secrets.token_urlsafe(24)
        self._admin: psycopg.Connection | None = None
        self._states: set[str] = set()
        self._base_bytes: int | None = None
        self._shared: ConfinedConnection | None = None

    def __enter__(self) -> Self:
        self._admin = psycopg.connect(self._server.conninfo(), autocommit=True)
        self._do(
            "ALTER ROLE {role} PASSWORD {password} CONNECTION LIMIT {connections}"
            + (" BYPASSRLS" if self._server.bypasses else ""),
            password=sql.Literal(self._password),
            connections=sql.Literal(CONNECTIONS),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close_shared()
        if self._admin is not None:
            self._admin.close()

    @property
    def conninfo(self) -> str:
        """Return how to reach the database as the role that works in it."""
        return make_conninfo(
            self._server.conninfo(self._names.database),
            user=self._names.role,
            password=self._password,
        )

    @contextmanager
    def session(self) -> Iterator[ConfinedConnection]:
        """Give a connection that others may have used before and will use after."""
        shared, self._shared = self._shared, None
        session = shared if shared is not None and _answers(shared) else self.fresh_session()
        session.restart_watch()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        if self._shared is None:
            self._shared = session
        else:
            session.close()

    def fresh_session(self) -> ConfinedConnection:
        """Return a connection that nobody has used; it is a context."""
        return ConfinedConnection(self.conninfo, self._watch(), discreet=self._discreet)

    def run_file(self, name: str, text: str) -> Refused | None:
        """Run a file as `psql -v ON_ERROR_STOP=1 -f` does, and return what stopped it."""
        with self.fresh_session() as session:
            for piece in Script(text).pieces():
                if isinstance(piece, MetaCommand):
                    failure = Failure(sqlstate="", message="a command of psql's: no plan holds any")
                else:
                    found = _run(session, piece)
                    if found is None:
                        continue
                    failure = found
                return Refused(
                    file=name,
                    line=piece.line,
                    statement=piece.name if isinstance(piece, MetaCommand) else excerpt(piece),
                    sqlstate=failure.sqlstate,
                    message=failure.message,
                )
        return None

    def save(self, name: str) -> None:
        """Keep the present state under a name, in the place of an earlier one of that name."""
        self._close_shared()
        if name in self._states:
            self._do("DROP DATABASE {state}", state=self._state(name))
        self._copy(sql.Identifier(self._names.database), self._state(name))
        self._do("REVOKE ALL ON DATABASE {state} FROM PUBLIC", state=self._state(name))
        self._states.add(name)

    def restore(self, name: str) -> None:
        """Go back to the state of that name."""
        self._close_shared()
        self._do("DROP DATABASE {database} WITH (FORCE)")
        self._copy(self._state(name), sql.Identifier(self._names.database))
        self._do("REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        self._do("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {role}")

    def _close_shared(self) -> None:
        if self._shared is not None:
            self._shared.close()
            self._shared = None

    def _state(self, name: str) -> sql.Identifier:
        return sql.Identifier(f"{self._names.database}:{name}")

    def _copy(self, origin: sql.Identifier, copy: sql.Identifier) -> None:
        self._do("CREATE DATABASE {copy} TEMPLATE {origin}", copy=copy, origin=origin)

    def _watch(self) -> Watch:
        watch = Watch(
            self._connected(),
            self._names.database,
            seconds=self._limits.seconds,
            size_bytes=self._limits.bytes,
            alone=not self._server.prefix,
            base_bytes=self._base_bytes,
        )
        self._base_bytes = watch.base_bytes
        return watch

    def _connected(self) -> psycopg.Connection:
        if self._admin is None:
            raise RuntimeError("the workplace is used outside of its context")
        if self._admin.closed:
            # The server went down, and has come back.
            self._admin = psycopg.connect(self._server.conninfo(), autocommit=True)
        return self._admin

    def _do(self, statement: str, **parts: sql.Composable) -> None:
        self._connected().execute(
            sql.SQL(statement).format(
                role=sql.Identifier(self._names.role),
                database=sql.Identifier(self._names.database),
                **parts,
            )
        )


def _answers(session: ConfinedConnection) -> bool:
    """Return whether a connection is of use still: the server may have gone down meanwhile."""
    session.restart_watch()
    try:
        return session.run("SELECT 1") is None
    except (LimitReachedError, ServerLostError, psycopg.Error):
        session.close()
        return False


def _run(session: ConfinedConnection, statement: Statement) -> Failure | None:
    try:
        return session.run(statement.text)
    except (LimitReachedError, ServerLostError, psycopg.OperationalError) as error:
        message = str(error).strip().partition("\n")[0]
        return Failure(sqlstate="", message=message)
