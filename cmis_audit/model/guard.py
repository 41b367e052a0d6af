"""What GUARD says: what migrations do to tables, and which of these repeat others."""

from enum import StrEnum

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.cluster import Kind, Verdict
from cmis_audit.model.decisions import Registered
from cmis_audit.model.match import Evidence
from cmis_audit.model.names import TableRef
from cmis_audit.model.place import Place
from cmis_audit.model.value import Value
from cmis_audit.model.waiver import Waived, WaiverStatus


class Change(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    """Its columns are others than they were."""
    RENAMED = "renamed"


class Touched(Value, frozen=True, kw_only=True, order=True):
    """A table that is not what it was."""

    table: TableRef
    change: Change
    origin: TableRef | None = None
    """What the table was before; None where there was none."""
    place: Place | None = None
    """Where it is done; None where two databases are compared."""


class Unread(Value, frozen=True, kw_only=True, order=True):
    """What a migration does that could not be read; it may create any table."""

    place: Place
    what: str
    why: str


class Charge(StrEnum):
    """What an alarm is about."""

    NEAR_COPY = "near-copy"
    """The engine says to consolidate the two."""
    VERSION = "version"
    """Named as a version of a table that is there, whatever its columns."""
    REVIEW = "review"
    """The engine asks a person."""

    @property
    def rule(self) -> str:
        """The code under which other programs and waivers know it."""
        return f"GRD{list(Charge).index(self) + 1:03}"


class TwinCode(Value, frozen=True, kw_only=True):
    """What code says of the table that is repeated."""

    created: Place | None
    comment: str
    """What its author wrote where it is created."""
    files: int
    """How many files use it."""
    uses: tuple[Place, ...]
    """The first place in each of the first of them."""


class Alarm(Value, frozen=True, kw_only=True):
    """A new or changed table that repeats another one."""

    id: str
    """Stable while the two tables keep their names."""
    charge: Charge
    table: Touched
    twin: TableRef
    twin_is_new: bool
    """Whether the other one comes with the migrations too."""
    verdict: Verdict | None
    """None where the name alone speaks."""
    kind: Kind | None
    confidence: float | None
    reason: str
    bits: float | None
    """None where no ledger was kept of the two."""
    evidence: tuple[Evidence, ...] = ()
    """For and against, the weightiest first."""
    shared_columns: tuple[tuple[str, str], ...] = ()
    """Column of the table, column of the twin."""
    remedy: tuple[str, ...] = ()
    """SQL that gives the twin what it lacks; empty where it lacks nothing or is new itself."""
    cluster: str | None = None
    """The id of the group that the two stand in; None where the name alone speaks."""
    twin_code: TwinCode | None = None
    """None where no code was searched, or none names the twin."""
    registered: tuple[Registered, ...] = ()
    """What the team's register says of the two."""
    waiver: Waived | None = None
    """What covers the alarm, or did until its last day."""

    @property
    def waived(self) -> bool:
        """Whether a waiver holds: then the alarm is told and fails nothing."""
        return self.waiver is not None and self.waiver.status is WaiverStatus.HOLDS


class Guarded(Value, frozen=True, kw_only=True):
    """All that a guard says."""

    tool_version: str
    against: str
    """The database that the tables are compared with."""
    files: tuple[str, ...]
    """Of migrations, in the order in which they apply; empty where databases are compared."""
    tables: int
    """How many there are when the migrations have run."""
    touched: tuple[Touched, ...]
    alarms: tuple[Alarm, ...]
    """Those that fail first, then by place; what is waived comes last."""
    unread: tuple[Unread, ...] = ()
    notes: tuple[Skipped, ...] = ()
    """What is worth knowing and leaves nothing out."""
