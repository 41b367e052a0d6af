"""What a database is made of, as far as a role may read it: the result of INTROSPECT.

Every tuple is sorted (columns and keys by position, all else by name), so that one catalog has one
form whatever the order in which the server gave its rows.
"""

from enum import StrEnum

from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.value import Value


class TableKind(StrEnum):
    TABLE = "table"
    PARTITIONED = "partitioned"
    FOREIGN = "foreign"


class ViewKind(StrEnum):
    VIEW = "view"
    MATERIALIZED = "materialized"


class Skipped(Value, frozen=True, kw_only=True, order=True):
    """Something that could not be read or judged, and why."""

    what: str
    why: str


class CatalogValue(Value, frozen=True, kw_only=True, omit_defaults=True):
    """A value that leaves its defaults out of JSON: a snapshot is less than half as long then."""


class Column(CatalogValue, frozen=True, kw_only=True):
    name: str
    type: str
    """format_type(): `character varying(50)`, `text[]`, `cmis.email`."""
    nullable: bool = True
    default: str | None = None
    identity: str | None = None
    """`always` or `by default`."""
    generated: str | None = None
    """The expression of a generated column; its `default` is None then."""
    collation: str | None = None
    """Only where it differs from the type's own."""
    comment: str | None = None


class Key(CatalogValue, frozen=True, kw_only=True):
    """A primary key or unique constraint."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    nulls_not_distinct: bool = False


class ForeignKey(CatalogValue, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    target: TableRef
    target_columns: tuple[str, ...]
    on_update: str = "no action"
    on_delete: str = "no action"
    match: str = "simple"
    deferrable: bool = False
    validated: bool = True


class Check(CatalogValue, frozen=True, kw_only=True):
    name: str
    columns: tuple[str, ...]
    definition: str
    """pg_get_constraintdef(), from `CHECK` on."""
    validated: bool = True


class Exclusion(CatalogValue, frozen=True, kw_only=True):
    name: str
    definition: str


class Index(CatalogValue, frozen=True, kw_only=True):
    """An index that does not merely carry a primary key, unique or exclusion constraint."""

    name: str
    method: str
    keys: tuple[str, ...]
    """Column names, or expressions in parentheses, in key order."""
    include: tuple[str, ...] = ()
    predicate: str | None = None
    unique: bool = False
    valid: bool = True
    nulls_not_distinct: bool = False
    definition: str = ""
    """pg_get_indexdef(); empty where the other fields say it all, as of most: see `on()`."""

    def on(self, table: TableRef) -> str:
        """Return the statement that makes it, as pg_get_indexdef() writes it."""
        keys = (key if key.startswith("(") else quote_ident(key) for key in self.keys)
        return self.definition or self.made(table, ", ".join(keys))

    def made(self, table: TableRef, keys: str) -> str:
        """Return the statement with the keys as they are written."""
        unique = "UNIQUE " if self.unique else ""
        text = (
            f"CREATE {unique}INDEX {quote_ident(self.name)} ON {table} "
            f"USING {quote_ident(self.method)} ({keys})"
        )
        if self.include:
            text += f" INCLUDE ({', '.join(map(quote_ident, self.include))})"
        if self.nulls_not_distinct:
            text += " NULLS NOT DISTINCT"
        return text if self.predicate is None else f"{text} WHERE {self.predicate}"


class Trigger(CatalogValue, frozen=True, kw_only=True):
    name: str
    function: str
    definition: str
    enabled: bool = True


class Rule(CatalogValue, frozen=True, kw_only=True):
    """A rewrite rule of a table."""

    name: str
    names: tuple[TableRef, ...] = ()
    """The other relations that it names."""


class Policy(CatalogValue, frozen=True, kw_only=True):
    name: str
    command: str
    """`all`, `select`, `insert`, `update` or `delete`."""
    permissive: bool
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None


class Grant(CatalogValue, frozen=True, kw_only=True):
    grantee: str
    """`public` for everybody."""
    privileges: tuple[str, ...]
    grantable: tuple[str, ...] = ()


class ColumnStatistics(CatalogValue, frozen=True, kw_only=True):
    """What the planner knows of a column's values; never the values themselves."""

    column: str
    null_fraction: float
    distinct: float
    """pg_stats.n_distinct: a count when positive, minus the share of the rows when negative."""
    average_width_bytes: int


class TableStatistics(CatalogValue, frozen=True, kw_only=True):
    """What changes while the structure stays: never part of a fingerprint."""

    rows_estimate: int | None = None
    """None where the table was never analysed; of a partitioned table, the sum over partitions."""
    total_bytes: int | None = None
    heap_bytes: int | None = None
    index_bytes: int | None = None
    scans: int | None = None
    """Sequential and index scans since the statistics were last reset; None where not readable."""
    writes: int | None = None
    """Rows inserted, updated and deleted since then."""
    last_use: str | None = None
    """Last scan, ISO 8601 (PostgreSQL 16 and later)."""
    columns: tuple[ColumnStatistics, ...] = ()
    index_sizes: tuple[tuple[str, int], ...] = ()
    """Index name and bytes, sorted by name."""


class Table(CatalogValue, frozen=True, kw_only=True):
    """An ordinary, partitioned or foreign table; a partition is folded into its parent."""

    ref: TableRef
    kind: TableKind = TableKind.TABLE
    columns: tuple[Column, ...] = ()
    primary_key: Key | None = None
    uniques: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    publications: tuple[str, ...] = ()
    """Those of which it, or a partition of it, is part."""
    row_security: bool = False
    force_row_security: bool = False
    policies: tuple[Policy, ...] = ()
    comment: str | None = None
    owner: str | None = None
    grants: tuple[Grant, ...] = ()
    unlogged: bool = False
    partition_key: str | None = None
    partitions: int = 0
    """How many partitions were folded, at every level."""
    inherits: tuple[TableRef, ...] = ()
    server: str | None = None
    """Of a foreign table, the name of its foreign server."""
    statistics: TableStatistics | None = None


class View(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    kind: ViewKind = ViewKind.VIEW
    columns: tuple[Column, ...] = ()
    definition: str | None = None
    reads: tuple[TableRef, ...] = ()
    """The relations it names directly."""
    groups_by_key: tuple[TableRef, ...] = ()
    """Those whose primary key it groups by alone while it takes other columns: no view will do."""
    comment: str | None = None
    owner: str | None = None
    grants: tuple[Grant, ...] = ()
    security_invoker: bool = False


class Function(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    arguments: str
    """pg_get_function_identity_arguments()."""
    kind: str
    """`function`, `procedure`, `aggregate` or `window`."""
    language: str
    returns: str | None = None
    body: str | None = None
    reads: tuple[TableRef, ...] = ()
    """The relations pg_depend knows of; those in a body kept as a string are not among them."""
    security_definer: bool = False
    comment: str | None = None


class Sequence(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    type: str
    owned_by: str | None = None
    """`schema.table.column`, quoted; None for a sequence of its own."""
    increment: int = 1
    maximum: int | None = None
    last_value: int | None = None


class Enum(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    labels: tuple[str, ...]
    comment: str | None = None


class Domain(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    base_type: str
    nullable: bool = True
    default: str | None = None
    checks: tuple[Check, ...] = ()
    comment: str | None = None


class CompositeType(CatalogValue, frozen=True, kw_only=True):
    ref: TableRef
    attributes: tuple[Column, ...]
    comment: str | None = None


class Extension(CatalogValue, frozen=True, kw_only=True):
    name: str
    version: str
    schema: str


class Schema(CatalogValue, frozen=True, kw_only=True):
    name: str
    owner: str | None = None
    comment: str | None = None
    usable: bool = True
    """Whether the reading role has USAGE on it."""


class Catalog(CatalogValue, frozen=True, kw_only=True):
    """One database at one moment, as one role could see it."""

    database: str
    server_version: str
    """`16.4`."""
    server_version_number: int
    """`160004`."""
    read_at: str
    """ISO 8601, UTC, to the second."""
    role: str
    """Who read it."""
    comment: str | None = None
    schemas: tuple[Schema, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composite_types: tuple[CompositeType, ...] = ()
    extensions: tuple[Extension, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What could not be read, sorted."""
    redacted: bool = False
    """Whether comments, expressions, bodies, statistics and roles were left out on purpose."""
