"""An SQL file, loaded into a fresh database of a scratch server as far as it will go.

The file is somebody else's and taken for hostile: its statements run as a role that may nothing
but fill this one database, under a watch of time and size (`confined`), and psql's backslash
commands are only recognised. What fails is repaired by a stand-in (`repair`), tried again when the
rest has been loaded, or listed.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from cmis_audit.errors import ScratchError, SourceError
from cmis_audit.model.catalog import Skipped
from cmis_audit.scratch.confined import (
    ConfinedConnection,
    LimitReachedError,
    ServerLostError,
    Watch,
)
from cmis_audit.scratch.extensions import install_extensions, wanted_extensions
from cmis_audit.scratch.loader import Loader
from cmis_audit.scratch.notes import Notes, excerpt
from cmis_audit.scratch.repair import Repairs, declared_names
from cmis_audit.scratch.server import CREATE_DATABASE, ScratchServer
from cmis_audit.sqlfile.statements import Script
from cmis_audit.sqlfile.text import read_sql_text

Progress = Callable[[int, int], None]
"""Called with the line reached and the lines of the file."""

ROLE = "cmis_audit_loader"
# Relations of the file, an extension's own apart; 16384 is the first object id of a user's.
_CONNECT = re.compile(r"(?m)^\\c(?:onnect)?[ \t]+(?:-reuse-previous=\w+[ \t]+)?(\S+)")

_TABLES = """
SELECT count(*) FROM pg_catalog.pg_class c
WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND oid >= 16384
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = c.oid AND deptype = 'e')
"""
# Of the role after the load, when its catalog is read.
CONNECTIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of time and space one file may take."""

    seconds: float = 120.0
    """Of the whole load, repeated attempts and ANALYZE included."""
    bytes: int = 2 << 30
    """By which the database may grow, with temporary files and write-ahead log."""
    file_bytes: int = 128 << 20
    data_bytes: int = 16 << 20
    """Of rows (COPY data, INSERT statements) that are loaded; those beyond are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A database made of a file."""

    database: str
    """Named after the file."""
    role: str
    """Who owns what the file made, apart from what it gave to others."""
    conninfo: str = field(repr=False)
    """As that role, which may do nothing else."""
    skipped: tuple[Skipped, ...]
    """What could not be loaded or was stood in for, sorted."""


def load_sql(
    path: Path,
    server: ScratchServer,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Load an SQL file (DDL or a plain dump) into a new database of a throw-away server.

    The server is best made for this one file: what stands in for a role belongs to the server, so
    a second file finds the roles of the first one there and does not list them.

    Raises SourceError where the file cannot be read, reaches a limit, or yields no table.
    """
    limits = limits or Limits()
    source = read_sql_text(path, limits.file_bytes)
    _refuse_several_databases(path, source.text)
    notes = Notes()
    if source.note:
        notes.plain(path.name, source.note)
    return _load_text(path, source.text, server, limits=limits, notes=notes, progress=progress)


def load_text(name: str, text: str, server: ScratchServer, limits: Limits | None = None) -> Loaded:
    """Load SQL that was made elsewhere, under a name for the database; as `load_sql` does."""
    return _load_text(
        Path(name), text, server, limits=limits or Limits(), notes=Notes(), progress=None
    )


def _load_text(
    path: Path,
    text: str,
    server: ScratchServer,
    *,
    limits: Limits,
    notes: Notes,
    progress: Progress | None,
) -> Loaded:
    try:
        with psycopg.connect(
            server.conninfo(), autocommit=True, options="-c lock_timeout=5s"
        ) as admin:
            place = _new_place(admin, server, path, limits)
            _load(
                path,
                text,
                place,
                admin=admin,
                limits=limits,
                notes=notes,
                progress=progress,
            )
            conninfo = _reopened(admin, place)
    except psycopg.Error as error:
        raise ScratchError(f"{path}: the scratch server failed: {_first_line(error)}") from error
    return Loaded(
        database=place.database, role=place.role, conninfo=conninfo, skipped=notes.skipped()
    )


def _refuse_several_databases(path: Path, text: str) -> None:
    """Raise SourceError for what pg_dumpall writes: databases poured into one are no database."""
    named = {found[1].strip("\"'") for found in _CONNECT.finditer(text)} - {"-", "template1"}
    if len(named) > 1:
        listed = ", ".join(sorted(named)[:5]) + (" ..." if len(named) > 5 else "")
        raise SourceError(
            f"{path}: holds several databases ({listed}); dump the one to audit with "
            "`pg_dump --schema-only -d NAME`"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A new database and the role that may fill it."""

    server: ScratchServer
    database: str
    role: str
    password: str = field(repr=False)

    def conninfo(self) -> str:
        return make_conninfo(
            self.server.conninfo(self.database), user=self.role, password=self.password
        )


def _new_place(
    admin: psycopg.Connection, server: ScratchServer, path: Path, limits: Limits
) -> _Place:
    database = f"{server.prefix}_clone" if server.prefix else _name_of(path)
    database = _free(admin, "SELECT datname FROM pg_catalog.pg_database", database)
    role = f"{server.prefix}_loader" if server.prefix else ROLE
    role = _free(admin, "SELECT rolname FROM pg_catalog.pg_roles", role)
    password = secrets.token_urlsafe(24)
    # One connection, so that nothing can be left running beside the one that is watched. The
    # database stays the superuser's: its owner could lock everybody out of it.
    for statement in (
        "CREATE ROLE {role} LOGIN PASSWORD {password} CONNECTION LIMIT 1 NOSUPERUSER NOCREATEDB"
        " NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        "ALTER ROLE {role} SET client_min_messages = error",
        # What a superuser need not be told, and what only a superuser may say.
        "ALTER ROLE {role} SET temp_file_limit = {temporary}"
        if server.superuser
        else "GRANT {role} TO CURRENT_USER",
        CREATE_DATABASE,
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {role}",
    ):
        admin.execute(
            sql.SQL(statement).format(
                role=sql.Identifier(role),
                password=sql.Literal(password),
                temporary=sql.Literal(f"{max(1, limits.bytes >> 10)}kB"),
                database=sql.Identifier(database),
            )
        )
    return _Place(server=server, database=database, role=role, password=password)


def _name_of(path: Path) -> str:
    """Return a database name that says which file it was: printable, at most 50 bytes."""
    stem = unicodedata.normalize("NFC", path.stem)
    kept = re.sub(r"[^\w.-]+", "_", stem).encode()[:50].decode("utf-8", "ignore")
    return kept if kept.strip("_") else "sql_file"


def _free(admin: psycopg.Connection, taken_query: str, name: str) -> str:
    taken = {row[0] for row in admin.execute(taken_query)}
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _load(
    path: Path,
    text: str,
    place: _Place,
    *,
    admin: psycopg.Connection,
    limits: Limits,
    notes: Notes,
    progress: Progress | None,
) -> None:
    schemas = _prepare(place, text, notes)
    watch = Watch(
        *(admin, place.database),
        seconds=limits.seconds,
        size_bytes=limits.bytes,
        alone=not place.server.prefix,
    )
    script = Script(text)
    with ConfinedConnection(place.conninfo(), watch) as confined:
        repairs = Repairs(
            *(admin, confined),
            loader=place.role,
            database=place.database,
            may_make=place.server.may_make,
            declared=declared_names(text),
            notes=notes,
        )
        repairs.schemas |= schemas
        loader = Loader(script, confined, repairs, notes, data_bytes=limits.data_bytes)
        try:
            loader.load(progress)
            tables = confined.value(_TABLES)
        except LimitReachedError as reached:
            raise SourceError(f"{path}: loading {_where(loader, str(reached))}") from reached
        except ServerLostError as lost:
            raise SourceError(f"{path}: {_where(loader, f'the server gave up ({lost})')}") from lost
        if loader.statements == 0:
            raise SourceError(f"{path} holds no SQL statement: there is nothing to audit")
        reason = notes.first_failure()
        if tables == "0" and reason:
            hint = "; it looks like a dump of MySQL" if _like_mysql(text) else ""
            raise SourceError(f"{path}: no table could be loaded{hint}: {reason}")
        _analyze(confined, notes)


def _prepare(place: _Place, text: str, notes: Notes) -> set[str]:
    """Do what only a superuser can, while nothing of the file is in the database."""
    with psycopg.connect(place.server.conninfo(place.database), autocommit=True) as pristine:
        pristine.execute(
            sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(place.role))
        )
        return install_extensions(pristine, wanted_extensions(text), place.role, notes)


def _where(loader: Loader, what: str) -> str:
    statement = loader.current
    place = f" at line {statement.line} ({excerpt(statement)})" if statement else ""
    remedy = "; raise --load-timeout" if "stopped after" in what else ""
    if "grown" in what:
        remedy = "; give the schema alone (pg_dump --schema-only)"
    return f"{what}{place}{remedy}"


def _like_mysql(text: str) -> bool:
    return "`" in text or re.search(r"\bENGINE\s*=\s*\w+", text) is not None


def _analyze(confined: ConfinedConnection, notes: Notes) -> None:
    """Let the planner count the rows; index expressions of the file run in it, watched as well."""
    try:
        for statement in ("RESET ROLE", "RESET ALL", "ANALYZE"):
            if failure := confined.run(statement):
                notes.plain("row estimates", failure.message)
    except (LimitReachedError, ServerLostError) as stopped:
        notes.plain("row estimates", f"ANALYZE {stopped}")


def _reopened(admin: psycopg.Connection, place: _Place) -> str:
    """Undo what a role may do to its own next session, and return how to read the database."""
    fresh = _Place(
        server=place.server,
        database=place.database,
        role=place.role,
        password=secrets.token_urlsafe(24),
    )
    for statement in (
        "ALTER ROLE {role} RESET ALL",
        "ALTER ROLE {role} IN DATABASE {database} RESET ALL",
        "ALTER ROLE {role} PASSWORD {password} CONNECTION LIMIT {connections}",
    ):
        admin.execute(
            sql.SQL(statement).format(
                role=sql.Identifier(fresh.role),
                database=sql.Identifier(fresh.database),
                password=sql.Literal(fresh.password),
                connections=sql.Literal(CONNECTIONS),
            )
        )
    return fresh.conninfo()


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
