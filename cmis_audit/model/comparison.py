"""What became of a database between two audits."""

from enum import StrEnum

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.rule import Severity
from cmis_audit.model.value import Value

COMPARISON_FORMAT_VERSION = 1


class Change(StrEnum):
    """What became of a group of duplicates, in the order in which it is told."""

    REGROWN = "regrown"
    """It was there once, was closed, and is there again."""
    BORN = "born"
    GROWN = "grown"
    CHANGED = "changed"
    """Tables came and others went."""
    SHRUNK = "shrunk"
    CLOSED = "closed"


class Side(Value, frozen=True, kw_only=True):
    """One of the two audits."""

    database: str
    read_at: str
    fingerprint: str
    score: int
    grade: str
    pack: str
    pack_fingerprint: str
    tables: int
    clusters: int
    duplicates: int
    """Tables that would go if every cluster were merged."""
    waived: int


class ClusterChange(Value, frozen=True, kw_only=True):
    change: Change
    name: str
    kind: str
    before: str | None
    """Its id then."""
    after: str | None
    """Its id now."""
    tables: tuple[str, ...]
    """To be merged now; of a closed cluster, those of then."""
    came: tuple[str, ...]
    gone: tuple[str, ...]
    payoff: float
    """What merging it would return now; of a closed one, would have returned then."""
    note: str = ""


class BridgeLine(Value, frozen=True, kw_only=True):
    """What a rule does to the score between the two."""

    rule: str
    title: str
    units_before: int
    units_after: int
    points_before: float
    """Taken off, after the cap."""
    points_after: float
    change: float
    """Of the score: positive where less is taken off now."""
    by_units: float | None = None
    """The part of the change that the units make, at the price and cap of then."""
    by_price: float | None = None
    """The part that another price or cap makes. None where the price of a unit is not told."""
    over_cap_before: float = 0.0
    """What the cap spared."""
    over_cap_after: float = 0.0
    waived_before: int = 0
    """Findings that a waiver kept from being charged."""
    waived_after: int = 0
    came: tuple[str, ...] = ()
    """The findings that are new, by id."""
    gone: tuple[str, ...] = ()


class Bridge(Value, frozen=True, kw_only=True):
    """Every point between two scores: `before`, the lines and the three rests make `after`."""

    before: int
    after: int
    lines: tuple[BridgeLine, ...]
    floor: float
    """What "never below 0" adds now against then."""
    rounding: float
    unexplained: float
    """What does not follow from the deductions; 0 for files as the program writes them."""


class PackSide(Value, frozen=True, kw_only=True):
    """What a pack beside the main one says in one of the two audits."""

    score: int
    grade: str
    pack_fingerprint: str
    findings: int


class NamedFinding(Value, frozen=True, kw_only=True):
    id: str
    rule: str
    severity: Severity
    message: str


class PackChange(Value, frozen=True, kw_only=True):
    """What became of a score of its own: it is no part of the main one."""

    pack: str
    title: str
    old: PackSide | None
    """None where the pack did not judge."""
    new: PackSide | None
    same_scale: bool
    bridge: Bridge | None
    """None where the pack judged but one of the two."""
    came: tuple[NamedFinding, ...]
    """Of findings that the main pack has not; by rule. What a waiver has taken out has not gone."""
    gone: tuple[NamedFinding, ...]


class Resemblance(Value, frozen=True, kw_only=True):
    table: str
    bits: float
    cluster: str
    name: str
    verdict: Verdict
    reason: str


class NewTable(Value, frozen=True, kw_only=True):
    table: str
    resembles: tuple[Resemblance, ...]
    """Strongest first; none where nothing it resembles was found."""


class Outcome(Value, frozen=True, kw_only=True):
    """A figure that a plan promised, and what came."""

    figure: str
    before: int
    promised: int
    came: int
    kept: bool
    """Whether it came as promised or better."""


class Delivery(Value, frozen=True, kw_only=True):
    """What became of a plan's promises."""

    made_from_old: bool
    """Whether the plan was made from the older of the two states."""
    outcomes: tuple[Outcome, ...]


class Comparison(Value, frozen=True, kw_only=True):
    tool_version: str
    old: Side
    new: Side
    same_scale: bool
    """Whether both were scored by the same pack."""
    clusters: tuple[ClusterChange, ...]
    unchanged: int
    bridge: Bridge
    new_tables: tuple[NewTable, ...] | None
    """None where one of the audits does not name its tables."""
    dropped_tables: tuple[str, ...] | None
    newly_waived: tuple[str, ...] = ()
    """Names of clusters, messages of findings."""
    no_longer_waived: tuple[str, ...] = ()
    history: int | None = None
    """Earlier audits that were asked about regrown clusters; None where no history was given."""
    delivery: Delivery | None = None
    beside: tuple[PackChange, ...] = ()
    """Packs that judged beside the main one in one of the two or in both."""
