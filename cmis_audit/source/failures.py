"""What went wrong at a server, said in one line and without secrets."""

import re

import psycopg

from cmis_audit.errors import SourceError
from cmis_audit.model.value import Value

_SHORTEST_SECRET = 3
_LONGEST_REASON = 300

# What libpq puts before the reason: it repeats the place, which we say ourselves.
_PREFIXES = (
    re.compile(r"^connection (failed|is bad): ", re.IGNORECASE),
    re.compile(r"^connection to server (at \"[^\"]*\"|on socket \"[^\"]*\")[^:]*? failed: "),
    re.compile(r"^(could not (connect to|translate) (?=server))"),
    re.compile(r"^[A-Z]{4,}: +"),
)
_ALL_ATTEMPTS = re.compile(r"\s*Multiple connection attempts failed\..*", re.DOTALL)
# What follows the reason: libpq's own advice, and the other addresses it tried.
_FURTHER = re.compile(r"\n(?=\t|connection to server |DETAIL|HINT)")
_QUOTED = re.compile(r"\"[^\"]*\"?")

# Ours first: libpq says of password and no password what no language can hide, the rest is read
# from English messages and gets no advice in other languages.
_ADVICE = (
    (
        r"password authentication failed|SASL authentication",
        "check the password (~/.pgpass, PGPASSWORD, or -W to be asked)",
    ),
    (r"no password supplied", "supply a password (~/.pgpass, PGPASSWORD, or -W to be asked)"),
    (
        r"database .* does not exist|no such database",
        "check the name (psql -l lists the databases)",
    ),
    (r"role .* does not exist", "check the user (-U)"),
    (r"not permitted to log in", "use a role that may log in (-U)"),
    (
        r"connection refused|no such file or directory|no route|network is unreachable",
        "is the server running there? Check host and port (-h, -p)",
    ),
    (
        r"could not translate host name|service not known|failed to resolve host|getaddrinfo",
        "check the host name (-h)",
    ),
    (
        r"timeout expired|timed out",
        "nothing answered as a PostgreSQL server in time: check host, port and firewall, or set "
        "PGCONNECT_TIMEOUT",
    ),
    (
        r"invalid response to (SSL|GSSAPI) negotiation|expected authentication request|"
        r"lost synchronization|during SSL exchange|unexpected message|"
        r"server closed the connection unexpectedly",
        "is it a PostgreSQL server? Check host and port (-h, -p)",
    ),
    (r"pg_hba\.conf", "the server's pg_hba.conf does not let this user in from here"),
    (
        r"(does not|not) support(ed)? (SSL|TLS)|sslmode|certificate|SSL error",
        "check sslmode and certificates",
    ),
    (r"definition of service", "check PGSERVICE and ~/.pg_service.conf"),
    (
        r"starting up|shutting down|recovery mode|too many (clients|connections)|"
        r"remaining connection slots",
        "try again later",
    ),
    (r"permission denied for database|CONNECT privilege", "ask for GRANT CONNECT ON DATABASE"),
)
_ELSE = "check the connection settings"
_PORTS = re.compile(r"\d+(,\d*)*")


class PasswordWantedError(SourceError):
    """The server asks for a password and there is none: ask for one and try again."""


class Place(Value, frozen=True, kw_only=True):
    """Where a connection leads, without a password."""

    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    service: str = ""

    def __str__(self) -> str:
        if not self.host:
            server = "the local socket"
        elif self.host.startswith("/"):
            server = f"socket {self.host}"
        else:
            server = self.host
        words = [f'database "{self.database}"' if self.database else "the default database"]
        # `user:pass/word` without an @ is a port to libpq, and a password to whoever wrote it.
        readable = _PORTS.fullmatch(self.port)
        words.append(f"on {server}, port {self.port}" if readable else f"on {server}")
        if self.user:
            words.append(f'as user "{self.user}"')
        if self.service:
            words.append(f'(service "{self.service}")')
        return one_line(" ".join(words), ())


def one_line(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text in one line of at most 300 characters, no control characters, no secrets.

    A secret of one or two characters stays: it would be found in every word.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def connection_failure(error: BaseException, place: Place, secrets: tuple[str, ...]) -> SourceError:
    """Return the error for a connection that did not come about."""
    reason = _ALL_ATTEMPTS.sub("", str(error)).strip()
    for prefix in _PREFIXES:
        reason = prefix.sub("", reason)
    reason = one_line(_FURTHER.split(reason, maxsplit=1)[0], secrets) or type(error).__name__
    pgconn = getattr(error, "pgconn", None)
    if pgconn is not None and pgconn.needs_password:
        return PasswordWantedError(
            f"cannot connect to {place}: a password is wanted and none was supplied; "
            "supply one (~/.pgpass, PGPASSWORD, or -W to be asked)"
        )
    advice = _advice(str(error))
    return SourceError(f"cannot connect to {place}: {reason.rstrip('.')}; {advice}")


def unreadable_conninfo(error: BaseException) -> SourceError:
    """Return the error for a connection string that libpq cannot parse.

    What libpq quotes may be a piece of the password, so that is left out.
    """
    reason = one_line(_QUOTED.sub('"..."', str(error)), ())
    return SourceError(
        f"cannot read the connection string: {reason}; "
        "special characters in a URI's password must be percent-encoded"
    )


def ambiguous_uri() -> SourceError:
    """Return the error for a URI in which a part of the password would be taken for a host."""
    return SourceError(
        "cannot read the connection string: an @ or / in a URI's user or password must be written "
        "as %40 or %2F"
    )


def _advice(message: str) -> str:
    for pattern, advice in _ADVICE:
        if re.search(pattern, message, re.IGNORECASE | re.DOTALL):
            return advice
    return _ELSE


def is_lost(error: psycopg.Error) -> bool:
    """Return whether the error says that there is no server on the other side any more."""
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state.startswith(("08", "57P")) or state in ("25P03", "25P04")


def is_moved(error: psycopg.Error) -> bool:
    """Return whether an object went away between the snapshot and a pg_get_*() function.

    Those read the catalog as it is now, whatever the transaction's snapshot: `cache lookup failed`
    and `could not open relation` are internal errors, a name that is gone is undefined.
    """
    return error.sqlstate in ("XX000", "42P01", "42703", "42704", "42883", "3F000")


def query_failure(
    error: psycopg.Error,
    place: Place,
    what: str,
    limit_ms: tuple[int, int],
    secrets: tuple[str, ...],
) -> SourceError:
    """Return the error for a read that failed; `limit_ms` is the statement and the lock timeout."""
    reason = one_line((error.diag.message_primary or str(error)).partition("\n")[0], secrets)
    reason = reason.rstrip(".")
    statement_ms, lock_ms = limit_ms
    if is_lost(error):
        said = reason or "connection lost"
        return SourceError(
            f"lost the server while reading {what} from {place}: {said}; "
            "nothing was written, run it again when the server is back"
        )
    match error.sqlstate:
        case "57014":
            tail = (
                f"{reason} (the limit is {statement_ms} ms); "
                "raise it with --statement-timeout or try when the server is less busy"
            )
        case "55P03":
            tail = (
                f"{reason}: another session holds a lock for more than {lock_ms} ms; "
                "try again later or raise it with --lock-timeout"
            )
        case "42501":
            tail = f"{reason}; ask the administrator for that privilege"
        case "42P01" | "42703" | "42883" | "42704" | "42601" | "0A000" | "3F000":
            tail = f"{reason}; is it PostgreSQL? Its system catalog is not what was expected"
        case "XX000":
            tail = f"{reason}; objects come and go all the time, try again in a quiet moment"
        case _:
            tail = f"{reason}; see the server's log"
    return SourceError(f"cannot read {what} from {place}: {tail}")
