"""A consolidation plan: SQL for every cluster that says "consolidate", or why there is none; and,
where it is asked for, for those that are kept apart under names that mislead.

One cluster is one folder of files that plain `psql -v ON_ERROR_STOP=1 -f` runs, in the order of
`ClusterPlan.steps`. A file holds no psql command; where `Step.transaction` is false its statements
have to be sent one by one, as psql does (CREATE INDEX CONCURRENTLY, procedures that commit).

Everything that a plan makes beside its target tables lies in one schema of its own, `book`:

- `ledger`: one row a member: `member`, `rows_in`, `inserted`, `merged`, `rejected`, `hash_in`,
  `hash_out`, `verified_at`; written by `verify`, which a rename has not: its rows stay.
- `state`: one row: `plan`, `phase` reached, `catalog_md5` it was made from.
- one table of rejected rows for each member that can have any, in the member's own columns and
  `reject_reason`.

`rollback` of the expand phase drops it. After the contract phase it stays for the rejects.
"""

from enum import StrEnum

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.cluster import Kind
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value

PLAN_FORMAT_VERSION = 1

BOOK_COMMENT = "Books of a cmis-audit plan"
"""The comment of the schema; what lies there is nobody's duplicate."""


class Phase(StrEnum):
    EXPAND = "expand"
    BACKFILL = "backfill"
    VERIFY = "verify"
    SWITCH = "switch"
    CONTRACT = "contract"


class Strategy(StrEnum):
    """What becomes of the members of a cluster."""

    MERGE = "merge"
    """One target table takes the rows of all members."""
    ARCHIVE = "archive"
    """Copies go; what they hold beyond the table they copy is kept."""
    UNPIVOT = "unpivot"
    """Measurements of any shape go into one long table, partitioned by time."""
    RENAME = "rename"
    """Tables that are no duplicates get names that do not mislead; nothing else changes."""


class Hazard(StrEnum):
    """What a step may do to a running database."""

    DELETES_DATA = "deletes-data"
    ACCESS_EXCLUSIVE_LOCK = "access-exclusive-lock"
    BLOCKS_WRITES = "blocks-writes"
    LONG_SCAN = "long-scan"
    LOSSY_CAST = "lossy-cast"
    ASSUMED_TIME_ZONE = "assumed-time-zone"
    AUTHORIZATION_CHANGE = "authorization-change"
    STRICTER_CONSTRAINT = "stricter-constraint"
    WEAKER_CONSTRAINT = "weaker-constraint"
    CHANGED_BEHAVIOUR = "changed-behaviour"
    """Something that worked on the table does not on the view that takes its name."""


class HazardNote(Value, frozen=True, kw_only=True, order=True):
    hazard: Hazard
    subject: str
    """An object, as SQL writes it."""
    detail: str


class Lock(Value, frozen=True, kw_only=True, order=True):
    table: str
    mode: str
    """As PostgreSQL names it: `ACCESS EXCLUSIVE`."""


class Step(Value, frozen=True, kw_only=True):
    """One file."""

    file: str
    """Within the cluster's folder: `01-expand.sql`."""
    phase: Phase
    undo: bool = False
    """Whether it undoes the phase."""
    by_default: bool = True
    """Whether it stands in the order to be run; contract does only when asked for."""
    title: str
    transaction: bool
    """Whether the file is one transaction, from its BEGIN to its COMMIT."""
    lock_timeout_ms: int
    statement_timeout_ms: int
    """0 where there is none."""
    locks: tuple[Lock, ...] = ()
    hazards: tuple[HazardNote, ...] = ()
    sql: str


class ColumnSource(Value, frozen=True, kw_only=True):
    """How a column of the target comes from a column of a member, and back."""

    member: TableRef
    column: str
    type: str
    forward: str
    """SQL over the member's columns, which stand under their own names."""
    back: str
    """SQL over the target's columns, of the type that the member's column has."""
    exact: bool = True
    """Whether every value survives the way there and back; where not, rows are checked."""


class TargetColumn(Value, frozen=True, kw_only=True):
    name: str
    type: str
    nullable: bool
    default: str | None = None
    comment: str | None = None
    collation: str | None = None
    sources: tuple[ColumnSource, ...] = ()
    """None of a column that the plan adds, such as the one that names the source."""
    purpose: str = ""
    """Of an added column, what it is for."""
    identity: bool = False
    """Whether the server numbers the rows by it."""


class TargetReference(Value, frozen=True, kw_only=True):
    """A foreign key of a target."""

    columns: tuple[str, ...]
    parent: TableRef
    """A target, or what bears the name at present: perhaps a member of another plan."""
    parent_columns: tuple[str, ...]


class TargetTable(Value, frozen=True, kw_only=True):
    ref: TableRef
    final_name: str
    """What it may be called once the old names are given up."""
    columns: tuple[TargetColumn, ...]
    primary_key: tuple[str, ...]
    source_column: str
    """The column that says from which member a row came, by the member's label."""
    references: tuple[TargetReference, ...] = ()
    """Its foreign keys, from the switch on."""


class PlannedMember(Value, frozen=True, kw_only=True):
    """One old table."""

    table: TableRef
    """Its name before, and after the switch the name of the view that stands for it."""
    label: str
    """What the target's source column says of its rows."""
    moved_to: TableRef
    """Its name between switch and contract; of a rename, from the switch on."""
    key: tuple[str, ...]
    """The columns by which its rows are followed; none where it has no primary key."""
    rejects: TableRef | None = None
    """Where rows go that cannot be mapped; None where every row can."""


class LeftBehind(Value, frozen=True, kw_only=True, order=True):
    what: str
    why: str


class Dependent(Value, frozen=True, kw_only=True, order=True):
    """Something outside that hangs on an old table."""

    kind: str
    """`view`, `materialized view`, `function`, `foreign key`, `trigger`, `policy`, ..."""
    name: str
    what: str
    """What the plan does about it, or what has to be done."""


class ClusterPlan(Value, frozen=True, kw_only=True):
    cluster: str
    """Id of the cluster."""
    name: str
    kind: Kind
    strategy: Strategy
    folder: str
    """`01-social_posts`."""
    book: str
    """The schema that holds what the plan keeps for itself."""
    targets: tuple[TargetTable, ...]
    members: tuple[PlannedMember, ...]
    """In the order in which they are filled in."""
    steps: tuple[Step, ...]
    """Forward steps in order, then those that undo, each phase's after those of later phases."""
    dependents: tuple[Dependent, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    decisions: tuple[str, ...] = ()
    """What was chosen where something else was possible, in words."""


class Refusal(Value, frozen=True, kw_only=True):
    """A cluster that no safe plan was found for."""

    cluster: str
    name: str
    kind: Kind
    reasons: tuple[str, ...]


class Driver(Value, frozen=True, kw_only=True):
    r"""A file that runs those of several plans, one after the other: `\ir` of psql, and no SQL."""

    file: str
    phase: Phase
    undo: bool = False
    title: str
    runs: tuple[str, ...]
    """Files within the plan's folder: `01-users/01-expand.sql`."""
    sql: str


class SchemaPlan(Value, frozen=True, kw_only=True):
    """A schema that repeats another: the plans of its tables together, and then its own end."""

    schema: str
    source: str
    """The schema to keep."""
    folder: str
    """`05-schema-shop_backup`."""
    book: str
    """The schema in which is noted, while it is dropped, what it was."""
    clusters: tuple[str, ...]
    """Ids, in the order of their plans."""
    drivers: tuple[Driver, ...]
    """Forward, then those that undo; the latter have the plans in reverse."""
    drop: Step
    restore: Step
    left: tuple[str, ...]
    """What stands in it beside the tables that repeat others; while it does, the schema stays."""


class PlanOptions(Value, frozen=True, kw_only=True):
    """What the user decides."""

    clusters: tuple[str, ...] = ()
    """Ids; none for all that say "consolidate"."""
    renames: bool = False
    """Whether tables that are kept apart get the names that were suggested."""
    yes_drop: bool = False
    timezone: str = "UTC"
    """What a timestamp without a time zone is taken to be in."""
    batch_size: int = 5000
    target_schema: str | None = None
    partition_interval: str = "month"
    """`month`, `quarter` or `year`, of measurements."""
    lock_timeout_ms: int = 5_000
    statement_timeout_ms: int = 60_000


class PromisedCluster(Value, frozen=True, kw_only=True):
    cluster: str
    name: str
    tables: tuple[str, ...]
    """Of the cluster, to be merged; as SQL writes them."""
    payoff: float
    """What the score gains by this one alone."""


class Promise(Value, frozen=True, kw_only=True):
    """What there is, and what there will be once the plan has gone all the way."""

    tables_before: int
    tables_after: int
    """When the old tables are dropped."""
    clusters_before: int
    """To consolidate."""
    clusters_after: int
    score_before: int
    score_after: int
    clusters: tuple[PromisedCluster, ...]


class Plan(Value, frozen=True, kw_only=True):
    tool_version: str
    database: str
    server_version_number: int
    fingerprint: str
    """Of the whole catalog that the plan was made from."""
    options: PlanOptions
    clusters: tuple[ClusterPlan, ...]
    """In the order in which they are to be run; undoing goes the other way round."""
    refused: tuple[Refusal, ...]
    not_planned: tuple[Skipped, ...] = ()
    """Groups that need no merge, and what to do about them: names that mislead or hide others."""
    schemas: tuple[SchemaPlan, ...] = ()
    """Schemas that are to go with their tables."""
    promised: Promise | None = None
    """The figures that the next audit is held against."""


class Framework(StrEnum):
    """Who runs the files: psql, or what an application uses for its migrations."""

    SQL = "sql"
    LARAVEL = "laravel"
    ALEMBIC = "alembic"
    FLYWAY = "flyway"


class WrittenFile(Value, frozen=True, kw_only=True):
    """A file beside the plan's own, made of its steps or its target tables."""

    path: str
    """Within the plan's folder: `alembic/versions/1f0c….py`."""
    to: str
    """Where it belongs in the application: `alembic/versions/`."""
    what: str
    """`migration`, `undo`, `settings`, `model` or `test`."""
    text: str
