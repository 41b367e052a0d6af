"""A place to connect to, as psql understands it, and the connection."""

import re
import warnings
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, TypeAlias

import psycopg
from psycopg import conninfo, pq

from cmis_audit.errors import SourceError
from cmis_audit.model.value import Value
from cmis_audit.source.failures import Place, ambiguous_uri, connection_failure, unreadable_conninfo

OLDEST_MAJOR = 13
NEWEST_MAJOR = 18

AnyConnection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

_URI = re.compile(r"postgres(ql)?://", re.IGNORECASE)
_STRAY_AT = re.compile(r"[^:]+://([^@/]*@[^?]*|[^?]*/[^?]*)@")

# A server that vanishes without a word (a lost network) is noticed after some 60 seconds.
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


class Target(Value, frozen=True, kw_only=True):
    """Where to connect; what is None is left to libpq's own environment, as with psql."""

    source: str | None = None
    """A libpq URI, a conninfo string, or the name of a database."""
    host: str | None = None
    port: str | None = None
    user: str | None = None
    dbname: str | None = None
    """A database name, or again a URI or conninfo string."""
    password: str | None = None
    """As typed at a prompt; never from a command line."""

    def __repr__(self) -> str:
        return f"Target({describe(self)})"


class Limits(Value, frozen=True, kw_only=True):
    """How long a server may keep us, and we may hold on to it."""

    connect_timeout_s: int = 10
    """For each host tried; used where neither the target nor the environment sets its own."""
    statement_timeout_ms: int = 60_000
    lock_timeout_ms: int = 2_000
    idle_timeout_ms: int = 60_000
    """After so long without a word from us the server ends the transaction."""


def is_conninfo(text: str) -> bool:
    """Return whether psql would take the text for a URI or conninfo and not for a database name."""
    return "=" in text or _URI.match(text) is not None


def parameters(target: Target) -> dict[str, Any]:
    """Return the target as libpq parameters, without those that libpq's environment decides.

    Raises SourceError when the text cannot be parsed; the message does not repeat it.
    """
    given: dict[str, Any] = {}
    for text in (target.source, target.dbname):
        if text is None or text == "":
            continue
        if is_conninfo(text):
            given |= _parsed(text)
        else:
            given["dbname"] = text
    single = {
        "host": target.host,
        "port": target.port,
        "user": target.user,
        "password": target.password,
    }
    if target.host is not None:
        given.pop("hostaddr", None)
    return given | {key: value for key, value in single.items() if value is not None}


def describe(target: Target) -> str:
    """Return the place in words, without any password."""
    try:
        return str(_place(parameters(target)))
    except SourceError:
        return "unreadable connection string"


def connect(target: Target, limits: Limits) -> AnyConnection:
    """Return a connection in autocommit mode that has not asked the server anything yet.

    It prepares no statements and sends one simple query a call, so that it works through a pooler.
    Raises SourceError: one line that says what failed, where, and what to do.
    """
    wanted = parameters(target)
    effective = _environment() | wanted
    settings: dict[str, Any] = {
        **{key: value for key, value in _KEEPALIVES.items() if key not in effective},
        **wanted,
        "application_name": f"cmis-audit/{version('cmis-audit')}",
        "client_encoding": "utf8",
    }
    if not str(effective.get("connect_timeout") or "").strip():
        settings["connect_timeout"] = limits.connect_timeout_s
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            connection: AnyConnection = psycopg.connect(
                autocommit=True,
                prepare_threshold=None,
                cursor_factory=psycopg.ClientCursor,
                **settings,
            )
    except (psycopg.Error, OSError, ValueError, UnicodeError) as error:
        raise connection_failure(error, _place(wanted), _secrets(effective)) from None
    return connection


def place_of(connection: AnyConnection) -> Place:
    """Return where the connection leads."""
    info = connection.info
    return Place(host=info.host, port=str(info.port), database=info.dbname, user=info.user)


def secrets_of(target: Target) -> tuple[str, ...]:
    """Return what must never be printed: the passwords that the target or environment holds."""
    return _secrets(_environment() | parameters(target))


def _parsed(text: str) -> Mapping[str, Any]:
    # libpq takes `user:p@ss/word@host` for the host `ss`, and would have us print it.
    if _URI.match(text) and _STRAY_AT.match(text):
        raise ambiguous_uri()
    try:
        return conninfo.conninfo_to_dict(text)
    except (psycopg.Error, ValueError, UnicodeError) as error:
        raise unreadable_conninfo(error) from None


def _environment() -> dict[str, Any]:
    """Return libpq's defaults: PG* variables, service file, built-in values."""
    try:
        return {
            option.keyword.decode(): option.val.decode(errors="replace")
            for option in pq.Conninfo.get_defaults()
            if option.val
        }
    except psycopg.Error:
        return {}


def _place(wanted: Mapping[str, Any]) -> Place:
    known = _environment() | dict(wanted)
    user = str(known.get("user") or "")
    return Place(
        host=str(known.get("host") or known.get("hostaddr") or ""),
        port=str(known.get("port") or ""),
        database=str(known.get("dbname") or user),
        user=user,
        service=str(known.get("service") or ""),
    )


def _secrets(known: Mapping[str, Any]) -> tuple[str, ...]:
    values = (known.get(key) for key in ("password", "sslpassword", "oauth_client_secret"))
    return tuple(str(value) for value in values if value)
