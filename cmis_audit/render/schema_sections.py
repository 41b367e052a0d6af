"""What the Markdown report shows of schemas that repeat another, ready for its templates."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from cmis_audit.model.cluster import Cluster, Member, Role, Verdict
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.report import Report
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import rounded
from cmis_audit.render import evidence, outlook, risk
from cmis_audit.render.escape import Safe, code, text
from cmis_audit.render.impact import Dependent, dependents
from cmis_audit.render.index import Index

_ATTACHED: Final = frozenset({"trigger", "policy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSection:
    """A schema with its copies: what a ClusterSection is for a cluster."""

    number: int
    anchor: str
    copies: SchemaCopies
    clusters: tuple[Cluster, ...]
    """Those that are told here, in the report's order."""
    cluster: Cluster
    """All of them as one, for what is counted."""
    names: dict[TableRef, Safe]
    payoff: float
    score_then: int
    impact: tuple[Dependent, ...]
    """What stands outside the copies and names a table of theirs."""
    risks: list[risk.Factor]

    @property
    def link(self) -> Safe:
        return Safe(f"[schema {text(self.copies.source)}](#{self.anchor})")

    @property
    def what(self) -> str:
        return outlook.SCHEMA_KINDS[self.copies.copies[0].kind]

    @property
    def leaving(self) -> int:
        return self.cluster.tables_before - self.cluster.tables_after

    @property
    def impact_counts(self) -> list[tuple[str, int]]:
        return list(Counter(one.kind for one in self.impact).items())

    @property
    def rivals(self) -> list[Safe]:
        """Tables of the copies that their clusters would rather keep than the source's."""
        own = {member.table for member in self.cluster.members if member.role is Role.MERGE}
        return [code(str(one.canonical)) for one in self.clusters if one.canonical in own]


def schema_sections(report: Report, index: Index) -> list[SchemaSection]:
    """Return the sections of the schemas that are to be consolidated, in the report's order."""
    found = outlook.repeated_schemas(report, Verdict.CONSOLIDATE)
    by_id = {cluster.id: cluster for cluster in report.clusters}
    return [
        _section(report, index, one, number, [by_id[cluster] for cluster in one.clusters])
        for number, one in enumerate(found, start=1)
        if one.clusters
    ]


def _section(
    report: Report,
    index: Index,
    copies: SchemaCopies,
    number: int,
    clusters: list[Cluster],
) -> SchemaSection:
    ordered = tuple(sorted(clusters, key=lambda one: (one.name, one.id)))
    joint = _joint(copies, ordered)
    payoff = outlook.schema_payoff(report, copies)
    impact = _from_outside(index, copies, joint)
    return SchemaSection(
        number=number,
        anchor=f"schema-{number}",
        copies=copies,
        clusters=ordered,
        cluster=joint,
        names=evidence.short_names(joint),
        payoff=payoff,
        score_then=rounded(report.score.exact + payoff),
        impact=impact,
        risks=[
            _worst_security(ordered, index) if one.name == risk.ROW_SECURITY else one
            for one in risk.factors(index, joint, impact)
        ],
    )


def _joint(copies: SchemaCopies, clusters: tuple[Cluster, ...]) -> Cluster:
    """Return the clusters as one, the source's tables to be kept."""
    members: dict[TableRef, Member] = {}
    for cluster in clusters:
        for member in cluster.members:
            if member.role is not Role.RELATED:
                kept = member.table.schema == copies.source
                role = Role.CANONICAL if kept else Role.MERGE
                members[member.table] = msgspec.structs.replace(member, role=role)
    total = outlook.totals(clusters)
    return msgspec.structs.replace(
        clusters[0],
        id=copies.id,
        name=f"schema {copies.source}",
        priority=copies.priority,
        confidence=min(copy.confidence for copy in copies.copies),
        canonical=None,
        tables_before=total.before,
        tables_after=total.after,
        members=tuple(member for _, member in sorted(members.items())),
        pairs=(),
        comparison=tuple(row for cluster in clusters for row in cluster.comparison),
    )


def _from_outside(index: Index, copies: SchemaCopies, joint: Cluster) -> tuple[Dependent, ...]:
    """Return what names a table of the copies and does not go with their schemas."""
    schemas = tuple(f"{quote_ident(copy.schema)}." for copy in copies.copies)
    moving = tuple(member for member in joint.members if member.role is Role.MERGE)
    found = dependents(index, msgspec.structs.replace(joint, members=moving))
    return tuple(
        one for one in found if one.kind not in _ATTACHED and not one.name.startswith(schemas)
    )


def _worst_security(clusters: Iterable[Cluster], index: Index) -> risk.Factor:
    """Return the row security of the pair where it differs most: pairs are merged, not schemas."""
    found = [
        risk.row_security(index.tables(one.table for one in cluster.members))
        for cluster in clusters
    ]
    return max(found, key=lambda factor: factor.level)
