"""Stand-ins for what an SQL file takes for granted and a scratch server has not.

A dump speaks of roles that live in the cluster, of types and functions of extensions that are not
installed here, of schemas nobody creates. Each server error that says so has one remedy below; a
remedy either makes the missing thing or rewrites the statement without it, and is noted.
"""

import re
from collections.abc import Callable

import psycopg
from psycopg import sql

from cmis_audit.scratch.confined import ConfinedConnection, Failure
from cmis_audit.scratch.notes import Notes

ROLE_WHY = "of the cluster, not of the file: a role without login and privileges stands in"
SCHEMA_WHY = "used and not created by the file: created"
TYPE_WHY = "not known here, perhaps of an extension: a domain over text stands in"
FUNCTION_WHY = "not known here, perhaps of an extension: a function of that name stands in"
CLAUSE_WHY = "not known here: left out of the statements that name it"

_Remedy = Callable[[re.Match[str], str], str | None]

_UUID = "RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.gen_random_uuid()'"
_UUID_FUNCTIONS = (
    *("gen_random_uuid", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4"),
    *("uuid_generate_v7", "uuidv4", "uuidv7"),
)
_RANDOM = "SELECT pg_catalog.uuid_send(pg_catalog.gen_random_uuid())"
_DIGEST = "SELECT pg_catalog.decode(pg_catalog.md5($1), ''hex'')"
# Immutable where the extension's own is, or an index over it would be refused.
_FUNCTIONS = {
    **{f"{name}()": _UUID for name in _UUID_FUNCTIONS},
    "gen_random_bytes(integer)": f"RETURNS bytea LANGUAGE sql VOLATILE AS '{_RANDOM}'",
    "gen_salt(text)": "RETURNS text LANGUAGE sql VOLATILE AS 'SELECT $1'",
    "crypt(text, text)": "RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.md5($2||$1)'",
    "digest(text, text)": f"RETURNS bytea LANGUAGE sql IMMUTABLE AS '{_DIGEST}'",
    "unaccent(text)": "RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
    "similarity(text, text)": "RETURNS real LANGUAGE sql IMMUTABLE AS 'SELECT 0::real'",
}
_TRIGGER = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
_DECLARED = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?"
    r"(?:TYPE|DOMAIN|FUNCTION|AGGREGATE|TABLE|VIEW|MATERIALIZED\s+VIEW)\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?(?:{_NAME}\.)?({_NAME})",
    re.IGNORECASE,
)
_OWNER = re.compile(rf"\bOWNER\s+TO\s+({_NAME})", re.IGNORECASE)
_COLLATE = re.compile(rf"\s*\bCOLLATE\s+(?:{_NAME}\.)?({_NAME})", re.IGNORECASE)
_TABLESPACE = re.compile(rf"\s*\bTABLESPACE\s+({_NAME})", re.IGNORECASE)
_MAKES = re.compile(r"CREATE\b|ALTER\s+TABLE\b", re.IGNORECASE)
_MAKES_TABLE = re.compile(
    r"CREATE\s+(?:UNLOGGED\s+|FOREIGN\s+)?TABLE\b|ALTER\s+TABLE\b", re.IGNORECASE
)
_MAKES_TRIGGER = re.compile(r"CREATE\s+(?:\w+\s+){0,3}TRIGGER\b", re.IGNORECASE)


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def plain(name: str) -> str:
    """Return the name that an identifier of an SQL text stands for."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def declared_names(text: str) -> frozenset[str]:
    """Return the last parts of the names an SQL text creates types, relations or functions by."""
    return frozenset(plain(match[1]) for match in _DECLARED.finditer(text))


class Repairs:
    """The remedies of one load."""

    def __init__(
        self,
        admin: psycopg.Connection,
        confined: ConfinedConnection,
        *,
        loader: str,
        database: str,
        may_make: Callable[[str], bool],
        declared: frozenset[str],
        notes: Notes,
    ) -> None:
        """`admin` is connected to another database than the file's: in that it does nothing."""
        self.admin = admin
        self.confined = confined
        self.loader = loader
        self.database = database
        self.may_make = may_make
        self.declared = declared
        self.notes = notes
        self.generous = False
        """Whether what the file itself creates may be stood in for: it failed to come."""
        self.schemas: set[str] = set()
        """Those made here, so that a CREATE SCHEMA further down is no failure."""
        self._guess: tuple[str, str] | None = None
        self._remedies: tuple[tuple[str, re.Pattern[str], _Remedy], ...] = tuple(
            (sqlstate, re.compile(pattern, re.DOTALL), remedy)
            for sqlstate, pattern, remedy in (
                ("42704", r'role "(.+)" does not exist', self._role),
                ("42501", r'must be (?:able to SET ROLE|member of role) "(.+)"', self._membership),
                ("42501", r"permission denied for schema (.+)", self._owner_of_schema),
                ("3F000", r'schema "(.+)" does not exist', self._schema),
                ("3F000", r"no schema has been selected to create in", self._current_schema),
                ("42704", r'type "(.+?)(?:\[\])*" does not exist', self._type),
                ("42601", r'type modifier is not allowed for type "(.+)"', self._modifier),
                ("42883", r"function ([^(]+)\((.*)\) does not exist", self._function),
                ("42804", r".+ is of type (.+) but default expression is of type", self._returns),
                ("42704", r'collation "(.+)" for encoding ".+" does not', self._collation),
                ("42704", r'tablespace "(.+)" does not exist', self._tablespace),
            )
        )

    def remedy(self, failure: Failure, statement: str) -> str | None:
        """Return the statement to try next, the world or its words mended; None for no remedy."""
        for sqlstate, pattern, apply in self._remedies:
            if sqlstate == failure.sqlstate and (match := pattern.match(failure.message)):
                return apply(match, statement)
        return None

    def create_role(self, name: str) -> bool:
        """Make a role that may do nothing, and the loader a member of it."""
        role = sql.Identifier(name)
        if not self.may_make(name):
            return False
        # No attribute is named: NOSUPERUSER, NOLOGIN and the like are what CREATE ROLE gives.
        if not self._administer(sql.SQL("CREATE ROLE {}").format(role)):
            return False
        self.notes.named("role", name, ROLE_WHY)
        return self._join(name)

    def _administer(self, statement: sql.Composed) -> bool:
        try:
            self.admin.execute(statement)
        except psycopg.Error:
            return False
        return True

    def _join(self, name: str) -> bool:
        role = sql.Identifier(name)
        # The owner of a schema must be allowed to create it, so CREATE comes with the role.
        return self._administer(
            sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(self.loader))
        ) and self._administer(
            sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(self.database), role)
        )

    def _role(self, match: re.Match[str], statement: str) -> str | None:
        return statement if self.create_role(match[1]) else None

    def _membership(self, match: re.Match[str], statement: str) -> str | None:
        """Join a stand-in of an earlier file on the same server, and no role of another kind."""
        row = self.admin.execute(
            """SELECT true FROM pg_catalog.pg_roles r
               WHERE rolname = %s AND rolname !~ '^pg_'
                 AND NOT (rolsuper OR rolcanlogin OR rolcreaterole OR rolcreatedb
                          OR rolreplication OR rolbypassrls)
                 AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members WHERE member = r.oid)""",
            (match[1],),
        ).fetchone()
        if row is None or not self.may_make(match[1]) or not self._join(match[1]):
            return None
        self.notes.named("role", match[1], ROLE_WHY)
        return statement

    def _owner_of_schema(self, match: re.Match[str], statement: str) -> str | None:
        owner = _OWNER.search(statement)
        if owner is None:
            return None
        grant = f"GRANT USAGE, CREATE ON SCHEMA {quoted(match[1])} TO {owner[1]}"
        return None if self.confined.run(grant) else statement

    def _schema(self, match: re.Match[str], statement: str) -> str | None:
        if not _MAKES.match(statement):
            return None
        name = match[1]
        if self.confined.run(f"CREATE SCHEMA {quoted(name)}"):
            return None
        self.schemas.add(name)
        self.notes.named("schema", name, SCHEMA_WHY)
        return statement

    def _current_schema(self, _: re.Match[str], statement: str) -> str | None:
        path = self.confined.value("SHOW search_path") or ""
        for entry in re.findall(_NAME, path):
            name = plain(entry)
            if name not in ("$user", "pg_catalog") and not name.startswith("pg_temp"):
                found = re.compile("(.+)", re.DOTALL).match(name)
                return self._schema(found, statement) if found else None
        return None

    def _type(self, match: re.Match[str], statement: str) -> str | None:
        schema, name = _split(match[1])
        if not _MAKES.match(statement) or (name in self.declared and not self.generous):
            return None
        if self.confined.run(f"CREATE DOMAIN {_joined(schema, name)} AS text"):
            return None
        self.notes.named("type", match[1], TYPE_WHY)
        return statement

    def _modifier(self, match: re.Match[str], statement: str) -> str | None:
        _, name = _split(match[1])
        modified = re.compile(rf'(?<![\w$])("?{re.escape(name)}"?)\s*\([^()\']*\)', re.IGNORECASE)
        mended, count = modified.subn(r"\1", statement)
        return mended if count else None

    def _function(self, match: re.Match[str], statement: str) -> str | None:
        schema, name = _split(match[1])
        if name in self.declared and not self.generous:
            return None
        arguments = re.sub(r"\bunknown\b", "text", match[2])
        signature = f"{_joined(schema, name)}({arguments})"
        definition = _FUNCTIONS.get(f"{name}({arguments})")
        if definition is None:
            if _MAKES_TRIGGER.match(statement):
                definition = _TRIGGER
            elif _MAKES_TABLE.match(statement):
                definition = "RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
                self._guess = (signature, "text")
            else:
                return None
        if self.confined.run(f"CREATE FUNCTION {signature} {definition}"):
            return None
        self.notes.named("function", match[1], FUNCTION_WHY)
        return statement

    def _returns(self, match: re.Match[str], statement: str) -> str | None:
        """Give the function guessed last the type that its column asks for."""
        if self._guess is None or self._guess[1] == match[1]:
            return None
        signature, needed = self._guess[0], match[1]
        self._guess = (signature, needed)
        if self.confined.run(f"DROP FUNCTION {signature}"):
            return None
        body = f"RETURNS {needed} LANGUAGE sql AS 'SELECT NULL::{needed}'"
        return None if self.confined.run(f"CREATE FUNCTION {signature} {body}") else statement

    def _collation(self, match: re.Match[str], statement: str) -> str | None:
        return self._without(_COLLATE, "collation", match[1], statement)

    def _tablespace(self, match: re.Match[str], statement: str) -> str | None:
        return self._without(_TABLESPACE, "tablespace", match[1], statement)

    def _without(
        self, clause: re.Pattern[str], kind: str, missing: str, statement: str
    ) -> str | None:
        # The message has no quotes, and names such as "de_DE.utf8" have dots of their own.
        names = (missing, missing.partition(".")[2])
        mended = clause.sub(lambda found: "" if plain(found[1]) in names else found[0], statement)
        if mended == statement:
            return None
        self.notes.named(kind, missing, CLAUSE_WHY)
        return mended


def _split(message_name: str) -> tuple[str | None, str]:
    """Split `schema.name` of a server message, which writes both parts without quotes."""
    schema, dot, name = message_name.partition(".")
    return (schema, name) if dot else (None, message_name)


def _joined(schema: str | None, name: str) -> str:
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)
