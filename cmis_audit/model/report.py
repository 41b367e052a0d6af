"""All that a report says, as one value: what the emitters turn into text."""

from cmis_audit.model.catalog import Catalog, Skipped
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.finding import Finding
from cmis_audit.model.history import Past
from cmis_audit.model.place import Place, TablePlace
from cmis_audit.model.plan import Plan
from cmis_audit.model.rehearsal import Rehearsal
from cmis_audit.model.rule import Rule
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import Score
from cmis_audit.model.value import Value
from cmis_audit.model.waiver import Waived

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


class PackReport(Value, frozen=True, kw_only=True):
    """What another pack says: a score of its own, never mixed with the main one."""

    title: str
    score: Score
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    not_assessed: tuple[Skipped, ...] = ()
    """What its rules could not judge; what the catalog could not tell is the report's."""


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
    plan: Plan | None = None
    """The SQL that merges the clusters, where it was made."""
    beside: tuple[PackReport, ...] = ()
    """What other packs say, in the order asked for."""
    code: CodeSurvey | None = None
    """Where code names the tables; None where no code was searched."""
    waived: tuple[Waived, ...] = ()
    """Waivers that hold, and what the score leaves out because of them."""
    waived_findings: tuple[Finding, ...] = ()
    """Findings that a waiver covers; they are not among `findings`."""
    lapsed: tuple[Waived, ...] = ()
    """Waivers that have expired or cover nothing."""
    notices: tuple[Finding, ...] = ()
    """Faults of waivers and register; they cost no points."""
    notice_places: tuple[tuple[str, Place], ...] = ()
    """Where what a notice is about stands in the settings file, by the notice's id."""
    notice_rules: tuple[Rule, ...] = ()
    """What the notices are findings of."""
    trend: tuple[Past, ...] = ()
    """Earlier audits and this one, oldest first; empty where there is no history."""
    places: tuple[TablePlace, ...] = ()
    """Where the tables stand in the file that was audited; empty where nothing asks for it."""

    @property
    def waived_clusters(self) -> frozenset[str]:
        """The ids of the clusters that a waiver covers."""
        return frozenset(each for one in self.waived for each in one.clusters)

    @property
    def waived_schema_copies(self) -> frozenset[str]:
        """The ids of the repeated schemas that a waiver covers."""
        return frozenset(each for one in self.waived for each in one.schema_copies)
