"""All that a report says, as one value: what the emitters turn into text."""

from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.finding import Finding
from cmis_audit.model.rehearsal import Rehearsal
from cmis_audit.model.rule import Rule
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import Score
from cmis_audit.model.value import Value

FORMAT_VERSION = 1


class Totals(Value, frozen=True, kw_only=True):
    schemas: int
    """Schemas that hold a table."""
    tables: int
    views: int
    columns: int
    """Of the tables."""
    foreign_keys: int
    rows_estimate: int | None
    """Sum over the tables that were ever analysed; None when none was."""
    bytes: int | None


class Report(Value, frozen=True, kw_only=True):
    tool_version: str
    catalog: Catalog
    fingerprint: str
    totals: Totals
    score: Score
    clusters: tuple[Cluster, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    not_assessed: tuple[Skipped, ...]
    schema_copies: tuple[SchemaCopies, ...] = ()
    """To consolidate, to decide, then tenants."""
    rehearsal: Rehearsal | None = None
    """What came of trying the plans, where they were tried."""
