"""Rows of a table, as they were read: for a clone that is to hold what its original holds."""

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


class TableRows(Value, frozen=True, kw_only=True):
    table: TableRef
    columns: tuple[str, ...]
    """Without those that are generated."""
    rows: tuple[tuple[str | None, ...], ...]
    """Values as text, in the order of the columns."""


class RowSample(Value, frozen=True, kw_only=True):
    """Rows of somebody's: for a clone, and never for a report."""

    tables: tuple[TableRows, ...]
    skipped: tuple[Skipped, ...]
    """What could not be read, and why."""
