"""Extensions an SQL file asks for: the harmless ones, before its first statement runs.

Only then is the database as the server made it. An extension's script runs as a superuser, and
what a hostile file had put into its schema beforehand could be run with it.
"""

import re
from dataclasses import dataclass

import psycopg
from psycopg import sql

from cmis_audit.scratch.notes import Notes
from cmis_audit.scratch.repair import plain

# Types, functions and index methods only: nothing here reaches a file, a program or a network.
ALLOWED = frozenset(
    {
        *("bloom", "btree_gin", "btree_gist", "citext", "cube", "dict_int", "dict_xsyn"),
        *("earthdistance", "fuzzystrmatch", "hstore", "intarray", "isn", "lo", "ltree"),
        *("pg_trgm", "pgcrypto", "seg", "tablefunc", "tsm_system_rows", "tsm_system_time"),
        *("unaccent", "uuid-ossp", "vector"),
    }
)
PRESENT = frozenset({"plpgsql"})

_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
CREATE_EXTENSION = re.compile(
    rf"\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?({_NAME})"
    rf"(?:\s+WITH)?(?:\s+SCHEMA\s+({_NAME}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An extension named by the file."""

    name: str
    schema: str | None


def wanted_extensions(text: str) -> tuple[Wanted, ...]:
    """Return the extensions of an SQL text, in its order, each once.

    A mention in a comment or a string counts as well: to install one more harmless extension costs
    less than to cut the file into statements twice.
    """
    found: dict[str, Wanted] = {}
    for match in CREATE_EXTENSION.finditer(text):
        name = plain(match[1])
        found.setdefault(name, Wanted(name=name, schema=plain(match[2]) if match[2] else None))
    return tuple(found.values())


def install_extensions(
    pristine: psycopg.Connection, wanted: tuple[Wanted, ...], loader: str, notes: Notes
) -> set[str]:
    """Install what is allowed and available; return the schemas made for it.

    `pristine` is a superuser's connection to the database before anything else was done in it.
    """
    available = {
        row[0] for row in pristine.execute("SELECT name FROM pg_catalog.pg_available_extensions")
    }
    schemas: set[str] = set()
    for extension in wanted:
        if extension.name in PRESENT:
            continue
        why: str | None
        if extension.name not in ALLOWED:
            why = "not among the extensions that are installed for a file"
        elif extension.name not in available:
            why = "not available on the scratch server"
        else:
            why = _install(pristine, extension, loader, schemas)
        if why:
            notes.named("extension", extension.name, why)
    return schemas


def _install(
    pristine: psycopg.Connection, extension: Wanted, loader: str, schemas: set[str]
) -> str | None:
    target: sql.Composable = sql.SQL("")
    try:
        if extension.schema is not None:
            pristine.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(
                    sql.Identifier(extension.schema), sql.Identifier(loader)
                )
            )
            schemas.add(extension.schema)
            target = sql.SQL(" SCHEMA {}").format(sql.Identifier(extension.schema))
        pristine.execute(
            sql.SQL("CREATE EXTENSION {}{}").format(sql.Identifier(extension.name), target)
        )
    except psycopg.Error as error:
        return str(error).partition("\n")[0]
    return None
