"""A line of a file."""

from cmis_audit.model.value import Value


class Place(Value, frozen=True, kw_only=True, order=True):
    file: str
    """As it was given, with `/` between its parts."""
    line: int
    """From 1."""
