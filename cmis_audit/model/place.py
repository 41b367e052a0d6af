"""A line of a file."""

from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


class Place(Value, frozen=True, kw_only=True, order=True):
    file: str
    """As it was given, with `/` between its parts."""
    line: int
    """From 1."""


class TablePlace(Value, frozen=True, kw_only=True, order=True):
    """Where a table stands in the file that was audited."""

    table: TableRef
    place: Place
