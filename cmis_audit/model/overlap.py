"""What two tables' columns have in common, in numbers: no value and no hash of one is kept."""

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


class Question(Value, frozen=True, kw_only=True):
    """Two tables and the columns whose values are to be compared; `left` sorts before `right`."""

    left: TableRef
    right: TableRef
    columns: tuple[tuple[str, str], ...]
    """Left and right name, of text or what can be written as text."""
    left_rows: int | None
    """As estimated; None where the table was never analysed."""
    right_rows: int | None
    indexed: tuple[tuple[str, str], ...] = ()
    """Those of the columns whose values can be looked up in the table of more rows by an index."""

    @property
    def left_is_larger(self) -> bool:
        return (self.left_rows or 0) > (self.right_rows or 0)


class SampledColumn(Value, frozen=True, kw_only=True):
    """How many different values two columns share, among the rows that were read."""

    left: str
    right: str
    left_filled: int
    """Rows with a value."""
    left_values: int
    """Different values."""
    right_filled: int
    right_values: int
    shared: int
    """Values that stand in both."""


class LookedUpColumn(Value, frozen=True, kw_only=True):
    """How many of some values of a column stand in the whole of the other table."""

    left: str
    right: str
    from_left: bool
    """Whether they are values of the left one."""
    values: int
    found: int


class CommonValues(Value, frozen=True, kw_only=True):
    """How alike the planner's lists of most common values are."""

    left: str
    right: str
    left_values: int
    right_values: int
    shared: int
    agreement: float
    """What both say of the shared values' frequencies, over what the fuller list says of all."""


class Overlap(Value, frozen=True, kw_only=True):
    """The answer to a question."""

    left: TableRef
    right: TableRef
    left_read: float = 1.0
    """The share of the table's rows that were read; 1 is all of them."""
    right_read: float = 1.0
    sampled: tuple[SampledColumn, ...] = ()
    looked_up: tuple[LookedUpColumn, ...] = ()
    """Where the larger table was not read whole, through its index."""
    common: tuple[CommonValues, ...] = ()


class Overlaps(Value, frozen=True, kw_only=True):
    """All answers; what could not be read is said."""

    pairs: tuple[Overlap, ...] = ()
    """Sorted by pair."""
    skipped: tuple[Skipped, ...] = ()
