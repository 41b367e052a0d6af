"""What a role can and cannot see of a database, and which grants would help."""

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.value import Value


class SchemaVisibility(Value, frozen=True, kw_only=True):
    """One schema: what exists (pg_catalog) against what is open to the role."""

    name: str
    usable: bool
    """Whether the role has USAGE on it."""
    relations: int
    """Tables, partitions, foreign tables and views that exist."""
    relations_listed: int
    """Those of them that information_schema lists: the role has some privilege on them."""
    columns: int
    columns_listed: int
    tables: int
    """Tables that exist; partitions are not counted."""
    tables_selectable: int
    """Those of them whose rows, and so whose column statistics, the role may read."""
    tables_row_secured: int
    """Those of the selectable whose statistics row security hides from the role."""


class HelpfulGrant(Value, frozen=True, kw_only=True):
    """A statement for an administrator, and what the role could see then."""

    statement: str
    gains: str


class Visibility(Value, frozen=True, kw_only=True):
    """The result of the cross-check of pg_catalog against information_schema and privileges.

    The structure of a database is open to every role that may connect; statistics are not.
    """

    database: str
    server: str
    """`PostgreSQL 16.4`."""
    role: str
    superuser: bool
    memberships: tuple[str, ...] = ()
    """Of pg_monitor, pg_read_all_data and pg_read_all_stats those that the role has."""
    tracks_activity: bool = True
    """Whether the server counts scans and writes at all (track_counts)."""
    schemas: tuple[SchemaVisibility, ...] = ()
    hidden: tuple[Skipped, ...] = ()
    """What the role cannot see, and why."""
    grants: tuple[HelpfulGrant, ...] = ()
    """None where nothing is hidden that a grant could open."""
