"""How rows of somebody's production are read: a short transaction, and reasons without values."""

import psycopg

from cmis_audit.source.connection import Limits

# enable_seqscan: what is looked up by an index is not to be scanned for; a table without one is.
# synchronize_seqscans: a scan that begins where another one is would read other rows each time.
_BEGIN = """\
BEGIN READ ONLY;
SET LOCAL search_path = pg_catalog;
SET LOCAL statement_timeout = {statement};
SET LOCAL lock_timeout = {lock};
SET LOCAL idle_in_transaction_session_timeout = {idle};
SET LOCAL row_security = off;
SET LOCAL synchronize_seqscans = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SET LOCAL enable_seqscan = off;
SET LOCAL work_mem = '32MB';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL TimeZone = 'UTC';
"""


def beginning(limits: Limits) -> str:
    """Return the statements that begin such a transaction."""
    return _BEGIN.format(
        statement=int(limits.statement_timeout_ms),
        lock=int(limits.lock_timeout_ms),
        idle=int(limits.idle_timeout_ms),
    )


def why(error: psycopg.Error, limits: Limits) -> str:
    """Return the reason in words of our own: the server's may quote a value."""
    match error.sqlstate:
        case "42501":
            said = error.diag.message_primary or ""
            if "row-level security" in said or "row security" in said:
                return "row security applies to the role there"
            return "the role has no SELECT there"
        case "57014":
            return f"it took longer than {limits.statement_timeout_ms} ms"
        case "55P03":
            return f"another session holds a lock for more than {limits.lock_timeout_ms} ms"
        case "42P01" | "42703" | "3F000":
            return "another session dropped it meanwhile"
        case _:
            return f"the server refused to read them (SQLSTATE {error.sqlstate})"


def share(estimate: int | None, rows: int) -> str:
    """Return what reads about so many rows of a larger table; a little more, for LIMIT to cut."""
    if estimate is None or estimate <= rows:
        return ""
    percent = min(110 * rows / estimate, 100.0)
    return f"TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (0)"
