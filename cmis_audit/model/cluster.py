"""What CLUSTER says: which tables belong together, and what to do about it."""

from enum import StrEnum

from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import MetricShape
from cmis_audit.model.value import Value


class Verdict(StrEnum):
    CONSOLIDATE = "consolidate"
    KEEP_APART = "keep-apart"
    REVIEW = "review"


class Kind(StrEnum):
    """What sort of group it is. The first seven are duplicates, the rest look-alikes."""

    VERSION = "version"
    COPY = "copy"
    CROSS_SCHEMA = "cross-schema"
    RENAMED_TWIN = "renamed-twin"
    OVERLAPPING_ENTITY = "overlapping-entity"
    FRAGMENTED_METRICS = "fragmented-metrics"
    SPLIT = "split"
    """A table that was split in several and stayed; the parts are canonical, each for its share."""
    SAME_WORD = "same-word"
    FAMILY = "family"
    HISTORY = "history"
    SATELLITE = "satellite"
    SERIES = "series"
    VIEW = "view"
    LOOKUP = "lookup"
    GRAIN = "grain"
    TYPED_STORE = "typed-store"
    TENANTS = "tenants"
    LAYERS = "layers"
    LIKENESS = "likeness"


class Role(StrEnum):
    CANONICAL = "canonical"
    MERGE = "merge"
    RELATED = "related"


class Priority(StrEnum):
    """How urgent a cluster is, the most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return 0 for the most urgent."""
        return list(Priority).index(self)


class Member(Value, frozen=True, kw_only=True):
    table: TableRef
    role: Role
    columns: int
    rows_estimate: int | None
    shape: MetricShape | None = None
    """Of a member of a fragmented-metrics cluster."""
    naming: str | None = None
    """The column that names the metric, of a name/value or kpi/target member."""
    measures: tuple[str, ...] = ()
    """The columns that hold measured values, of a member with a shape."""
    note: str = ""
    """Why it has its role, in words."""
    suggested_name: str | None = None
    """Of a keep-apart member whose name misleads."""


class Cell(Value, frozen=True, kw_only=True):
    table: TableRef
    column: str
    type: str


class ComparisonRow(Value, frozen=True, kw_only=True):
    """One concept over all members of a cluster; a member without it has no cell."""

    concept: str
    cells: tuple[Cell, ...]
    """In the order of the cluster's members."""
    type_drift: bool


class Cluster(Value, frozen=True, kw_only=True):
    id: str
    """Stable while the members stay the same."""
    name: str
    verdict: Verdict
    kind: Kind
    confidence: float
    """Of the clusters said with 0.9, nine in ten should be right."""
    priority: Priority
    reason: str
    canonical: TableRef | None
    canonical_reason: str = ""
    tables_before: int
    tables_after: int
    members: tuple[Member, ...]
    """Canonical first, then merge, then related; by name within a role."""
    pairs: tuple[Match, ...] = ()
    comparison: tuple[ComparisonRow, ...] = ()
    issues: tuple[str, ...] = ()
    """What is wrong with the present state, in words."""
