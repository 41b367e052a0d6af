"""What CLUSTER says of whole schemas: which repeat which, and where they have drifted apart."""

from enum import StrEnum

from cmis_audit.model.cluster import Priority, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.value import Value


class SchemaKind(StrEnum):
    """What a schema that repeats another is. The first three are to be consolidated."""

    VERSION = "version"
    BACKUP = "backup"
    COPY = "copy"
    ALIKE = "alike"
    """Neither name says which is the copy: perhaps two tenants, so a person must decide."""
    TENANT = "tenant"


class ColumnDrift(Value, frozen=True, kw_only=True):
    """A column that both tables have, under another name or of another type."""

    source: str
    copy: str
    source_type: str
    """Of tenants with `not null`: theirs must agree in that too, a backup often loses it."""
    copy_type: str


class TablePair(Value, frozen=True, kw_only=True):
    """A table and what repeats it in the other schema, with all that is not the same."""

    source: TableRef
    copy: TableRef
    cluster: str | None
    """The id of the cluster that holds both; None where their evidence is not enough for one, and
    for tenants, whose tables are not compared."""
    only_in_source: tuple[str, ...]
    """Columns, in their order."""
    only_in_copy: tuple[str, ...]
    changed: tuple[ColumnDrift, ...]
    keys_only_in_source: tuple[str, ...]
    """Primary, unique and foreign keys, in words; targets in their own schema go without it."""
    keys_only_in_copy: tuple[str, ...]

    @property
    def has_drifted(self) -> bool:
        """Tell whether anything but the place differs."""
        return bool(self.columns_differ or self.changed or self.keys_differ)

    @property
    def columns_differ(self) -> bool:
        return bool(self.only_in_source or self.only_in_copy)

    @property
    def keys_differ(self) -> bool:
        return bool(self.keys_only_in_source or self.keys_only_in_copy)


class SchemaCopy(Value, frozen=True, kw_only=True):
    """One schema that repeats the source."""

    schema: str
    kind: SchemaKind
    confidence: float
    """Of a copy, the mean of the pairs' clusters times the share of equal names that are in one."""
    reason: str
    tables: int
    """How many the schema has."""
    repeated: int
    """How many tables of the source it repeats."""
    pairs: tuple[TablePair, ...]
    """One to one, by name; sorted by the source's table. Of a tenant, those that have drifted."""
    only_in_source: tuple[TableRef, ...]
    only_in_copy: tuple[TableRef, ...]


class SchemaCopies(Value, frozen=True, kw_only=True):
    """A schema and all that repeat it."""

    id: str
    """Stable while the schemas stay the same."""
    verdict: Verdict
    priority: Priority
    """High where two schemas are in use, low where one was put away."""
    source: str
    """The schema to keep, or the template of the tenants."""
    source_reason: str
    tables: int
    """How many the source has."""
    copies: tuple[SchemaCopy, ...]
    """By name."""
    clusters: tuple[str, ...]
    """Ids, sorted, of the clusters that say nothing but that the schemas repeat each other."""
