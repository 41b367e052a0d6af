"""An audit as its `audit.json` tells it: what later audits are held against.

Only what a comparison asks for is kept; tables are named as SQL writes them. Keys that older files
lack have a default.
"""

from cmis_audit.model.cluster import Role, Verdict
from cmis_audit.model.plan import Promise
from cmis_audit.model.rule import Severity
from cmis_audit.model.value import Value


class RecordedSource(Value, frozen=True, kw_only=True):
    database: str
    server_version: str
    read_at: str
    fingerprint: str


class RecordedTotals(Value, frozen=True, kw_only=True):
    tables: int


class RecordedDeduction(Value, frozen=True, kw_only=True):
    rule: str
    title: str
    points: float
    cap: float
    unit: str
    units: int
    findings: tuple[str, ...]
    points_per_unit: float | None = None


class RecordedScore(Value, frozen=True, kw_only=True):
    value: int
    grade: str
    pack: str
    pack_fingerprint: str
    deductions: tuple[RecordedDeduction, ...]


class RecordedMember(Value, frozen=True, kw_only=True):
    table: str
    role: Role


class RecordedPair(Value, frozen=True, kw_only=True):
    left: str
    right: str
    bits: float


class RecordedCluster(Value, frozen=True, kw_only=True):
    id: str
    name: str
    verdict: Verdict
    kind: str
    tables_before: int
    tables_after: int
    reason: str
    members: tuple[RecordedMember, ...]
    pairs: tuple[RecordedPair, ...]
    payoff: float = 0.0

    @property
    def core(self) -> frozenset[str]:
        """The tables that would become one; those that are only related are not among them."""
        return frozenset(one.table for one in self.members if one.role is not Role.RELATED)


class RecordedFinding(Value, frozen=True, kw_only=True):
    id: str
    rule: str
    severity: Severity
    subjects: tuple[str, ...]
    message: str
    clusters: tuple[str, ...] = ()


class RecordedPack(Value, frozen=True, kw_only=True):
    """A pack beside the main one."""

    title: str
    score: RecordedScore
    findings: tuple[RecordedFinding, ...]


class RecordedWaiver(Value, frozen=True, kw_only=True):
    status: str
    covers: tuple[str, ...]
    """The ids of clusters and findings."""


class Record(Value, frozen=True, kw_only=True):
    source: RecordedSource
    totals: RecordedTotals
    score: RecordedScore
    clusters: tuple[RecordedCluster, ...]
    findings: tuple[RecordedFinding, ...]
    tables: tuple[str, ...] | None = None
    """All tables; None in files that do not name them."""
    waived_findings: tuple[RecordedFinding, ...] = ()
    waivers: tuple[RecordedWaiver, ...] = ()
    notices: tuple[RecordedFinding, ...] = ()
    beside: tuple[RecordedPack, ...] = ()

    @property
    def packs(self) -> dict[str, str]:
        """The fingerprints of all packs that judged, the main one and those beside, by name."""
        beside = {one.score.pack: one.score.pack_fingerprint for one in self.beside}
        return {self.score.pack: self.score.pack_fingerprint} | beside

    def pack(self, name: str) -> RecordedPack | None:
        """Return what a pack says, whether it is the main one or one beside."""
        if name == self.score.pack:
            return RecordedPack(title=name, score=self.score, findings=self.findings)
        return next((one for one in self.beside if one.score.pack == name), None)

    @property
    def duplicates(self) -> tuple[RecordedCluster, ...]:
        """The clusters to consolidate."""
        return tuple(one for one in self.clusters if one.verdict is Verdict.CONSOLIDATE)

    @property
    def leaving(self) -> int:
        """How many tables would go if every one of these were merged."""
        return sum(one.tables_before - one.tables_after for one in self.duplicates)

    @property
    def waived(self) -> dict[str, str]:
        """The clusters, and findings that come from none of these, that a waiver covers.

        By id, with what they are called.
        """
        covered = {each for one in self.waivers if one.status == "holds" for each in one.covers}
        found = {one.id: f"group '{one.name}'" for one in self.clusters if one.id in covered}
        for one in self.waived_findings:
            if found.keys().isdisjoint(one.clusters):
                found[one.id] = f"{one.rule}: {one.message}"
        return found


class PlanSource(Value, frozen=True, kw_only=True):
    database: str
    fingerprint: str


class PlanRecord(Value, frozen=True, kw_only=True):
    """A plan as its `plan.json` tells it."""

    source: PlanSource
    promised: Promise
