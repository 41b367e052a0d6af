"""What came of running a plan on a scratch clone."""

from enum import StrEnum

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Phase
from cmis_audit.model.value import Value

REHEARSAL_FORMAT_VERSION = 1


class Status(StrEnum):
    """How far a plan has come; each word means those before it as well."""

    GENERATED = "generated"
    """There are files."""
    ACCEPTED = "accepted"
    """PostgreSQL took every statement, forward, back and forward again."""
    CONSERVED = "conserved"
    """Every row is accounted for, and reads under the old name as it did before."""
    ISOLATED = "isolated"
    """No role sees another row than before."""
    UNDONE = "undone"
    """After the way back catalog and rows are those of the start."""
    MEASURED = "measured"
    """Queries and bytes were compared."""


class Refused(Value, frozen=True, kw_only=True):
    """A statement that the server did not take."""

    file: str
    line: int
    statement: str
    """Its beginning."""
    sqlstate: str
    message: str


class StepRun(Value, frozen=True, kw_only=True):
    """One file, run once."""

    file: str
    phase: Phase
    undo: bool
    again: bool
    """Whether it was run after the way back, or a second time in its place."""
    milliseconds: float


class Reject(Value, frozen=True, kw_only=True, order=True):
    key: str
    """The row's key as text; the whole row where it has none."""
    reason: str


class LedgerLine(Value, frozen=True, kw_only=True):
    """What became of the rows of one old table, counted here beside the plan's own ledger."""

    member: TableRef
    rows_in: int
    """In the old table, when the plan's verify file had run."""
    inserted: int
    merged: int
    rejected: int
    """As the plan's own ledger has them; of a rename, which has none, the rows under the new name
    are the ones inserted."""
    counted: int | None
    """Rows of the target that name this table as their source; None where one row is many there."""
    rows_switched: int
    """In the old table when the names changed, with what was written since."""
    rows_out: int
    """Under the old name after that."""
    same: bool
    """Whether those are the same rows, value by value."""
    rejects: tuple[Reject, ...] = ()
    """The first of them."""

    @property
    def conserved(self) -> bool:
        """Return whether nothing was lost: every row counted, and every value as it was."""
        balanced = self.rows_in == self.inserted + self.merged + self.rejected
        return balanced and self.counted in (None, self.inserted) and self.same


class Isolation(Value, frozen=True, kw_only=True):
    """Who sees what, before and after."""

    row_security: bool
    """Whether any member has it."""
    roles: tuple[str, ...]
    tenants: int
    """Different values of the settings that policies ask for; 0 where none does."""
    comparisons: int
    differences: tuple[str, ...]
    not_tried: str = ""
    """Why there was nothing to compare."""


class Writes(Value, frozen=True, kw_only=True):
    """What was written to the old names while the plan was under way, and after the switch."""

    before_switch: int
    """Rows written after the backfill, which the plan has to catch up."""
    after_switch: int
    refused: tuple[str, ...] = ()
    """What the tables took and the old names do not take any more, and why."""
    other: tuple[str, ...] = ()
    """Where the same writes left other rows under the old names than in the tables."""


class Undone(Value, frozen=True, kw_only=True):
    """What is not as it was at the start after one way back; nothing, if all is well."""

    after: Phase
    """The last phase that was undone together with those before it."""
    catalog: tuple[str, ...]
    rows: tuple[str, ...]


class Timing(Value, frozen=True, kw_only=True):
    """Of several warm runs, in milliseconds."""

    median: float
    lowest: float
    highest: float
    blocks: int
    """Shared blocks that one run touches."""


class QueryMeasure(Value, frozen=True, kw_only=True):
    what: str
    before: Timing
    after: Timing
    """Of the target itself."""
    old_name: Timing | None = None
    """Of the query as it was, through the view that has the old name."""

    @property
    def factor(self) -> float:
        """Return how many times faster it has become; below 1 it is slower."""
        return self.before.median / self.after.median if self.after.median else 0.0


class Bytes(Value, frozen=True, kw_only=True):
    heap: int
    toast: int
    indexes: int

    @property
    def total(self) -> int:
        """Return what is kept on disk in all."""
        return self.heap + self.toast + self.indexes


class Measures(Value, frozen=True, kw_only=True):
    rows: int
    """In all members together."""
    runs: int
    queries: tuple[QueryMeasure, ...]
    before: Bytes
    """Of the members."""
    after: Bytes
    """Of the targets, with the rows that were set aside."""


class ClusterRehearsal(Value, frozen=True, kw_only=True):
    cluster: str
    name: str
    folder: str
    status: Status
    stopped: str = ""
    """Why the next word was not reached."""
    refused: Refused | None = None
    steps: tuple[StepRun, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()
    isolation: Isolation | None = None
    writes: Writes | None = None
    undone: tuple[Undone, ...] = ()
    measures: Measures | None = None
    notes: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Return whether the plan may be trusted: only measuring is left, or nothing."""
        return self.status in (Status.UNDONE, Status.MEASURED)


class SchemaRehearsal(Value, frozen=True, kw_only=True):
    """A schema whose tables went together, and then the schema itself."""

    schema: str
    folder: str
    dropped: bool
    """Whether it was, at the end; the plan itself refuses it while anything stands there."""
    refused: Refused | None = None
    """What the server did not take of the files."""
    steps: tuple[StepRun, ...] = ()
    rows: tuple[str, ...] = ()
    """What the old names did not show as before, when all tables had been switched together."""
    undone: tuple[Undone, ...] = ()
    """After the switch of all, and after the drop."""
    notes: tuple[str, ...] = ()
    """What the files themselves refused, and what was not tried for that."""

    @property
    def proven(self) -> bool:
        """Return whether nothing was refused or lost, and all was as before after the way back."""
        whole = not any(each.catalog or each.rows for each in self.undone)
        return self.refused is None and not self.rows and whole


class Finish(Value, frozen=True, kw_only=True):
    """The clone, audited again at the end."""

    clusters_left: tuple[str, ...]
    """Names of the rehearsed clusters that are still found, or lack their new names."""
    score_before: int
    score_after: int


class Rehearsal(Value, frozen=True, kw_only=True):
    tool_version: str
    database: str
    fingerprint: str
    """Of the catalog that was cloned."""
    server_version: str
    """Of the scratch server."""
    seed: int
    rows: int
    """Asked for in each member."""
    given: int
    """Rows of the original that the clone was filled with; all others were made up."""
    sampled: int
    """Rows asked for of each member, where they were read from a live source; 0 where not."""
    clone: tuple[Skipped, ...]
    """In what the clone differs from its original."""
    filling: tuple[Skipped, ...]
    """Tables that did not get their rows, and why."""
    clusters: tuple[ClusterRehearsal, ...]
    schemas: tuple[SchemaRehearsal, ...] = ()
    finish: Finish | None
