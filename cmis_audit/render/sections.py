"""What the parts of the Markdown report show, ready for its templates."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cmis_audit.model.cluster import Cluster, Member, Role, Verdict
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.model.score import rounded
from cmis_audit.model.traits import MetricShape
from cmis_audit.render import evidence, outlook, risk
from cmis_audit.render.escape import Safe, Table, code, joined, table, text
from cmis_audit.render.impact import Dependent, dependents
from cmis_audit.render.index import Index
from cmis_audit.render.outline import Outline, TargetColumn, leftovers, outline
from cmis_audit.render.units import counted, human_rows, short_type

TELLING_PAIRS: Final = 5
LEDGERS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSection:
    """One consolidate or review cluster with all that its section prints."""

    number: int
    anchor: str
    cluster: Cluster
    names: dict[TableRef, Safe]
    payoff: float
    score_then: int
    pairs: list[Match]
    only_in: list[tuple[Safe, tuple[TargetColumn, ...]]]
    outline: Outline
    impact: tuple[Dependent, ...]
    risks: list[risk.Factor]

    @property
    def link(self) -> Safe:
        return Safe(f"[{text(self.cluster.name)}](#{self.anchor})")

    @property
    def what(self) -> str:
        return outlook.KINDS[self.cluster.kind]

    @property
    def leaving(self) -> int:
        return self.cluster.tables_before - self.cluster.tables_after

    @property
    def related(self) -> list[Safe]:
        return [
            self.names[member.table]
            for member in self.cluster.members
            if member.role is Role.RELATED
        ]

    @property
    def new_tables(self) -> int:
        """Tables after the merge that are neither the canonical one nor related."""
        counted_related = set(outlook.counted_members(self.cluster)) & {
            member.table for member in self.cluster.members if member.role is Role.RELATED
        }
        return max(0, self.cluster.tables_after - 1 - len(counted_related))

    @property
    def drifting(self) -> int:
        return sum(row.type_drift for row in self.cluster.comparison)

    @property
    def has_shapes(self) -> bool:
        return any(member.shape for member in self.cluster.members)

    @property
    def impact_counts(self) -> list[tuple[str, int]]:
        return list(Counter(one.kind for one in self.impact).items())


def anchor(cluster: Cluster) -> str:
    """Return where a cluster is told: the same for the same members."""
    return f"group-{cluster.id}"


def cluster_sections(report: Report, index: Index, verdict: Verdict) -> list[ClusterSection]:
    """Return the sections of all clusters with a verdict, in the report's order.

    Those that only say that a schema is repeated have none: the schema's section tells them.
    """
    told = outlook.told_by_schemas(report)
    clusters = [one for one in outlook.with_verdict(report, verdict) if one.id not in told]
    payoffs = outlook.payoffs(report)
    return [
        _section(report, index, cluster, number, payoffs.get(cluster.id, 0))
        for number, cluster in enumerate(clusters, start=1)
    ]


def _section(
    report: Report, index: Index, cluster: Cluster, number: int, payoff: float
) -> ClusterSection:
    names = evidence.short_names(cluster)
    impact = dependents(index, cluster)
    lone = leftovers(index, cluster)
    return ClusterSection(
        number=number,
        anchor=anchor(cluster),
        cluster=cluster,
        names=names,
        payoff=payoff,
        score_then=rounded(report.score.exact + payoff),
        pairs=evidence.telling_first(cluster.pairs),
        only_in=[(names[ref], lone[ref]) for ref in evidence.compared(cluster) if lone[ref]],
        outline=outline(index, cluster),
        impact=impact,
        risks=risk.factors(index, cluster, impact),
    )


def members_table(section: ClusterSection, index: Index, prose: Callable[[str], Safe]) -> Table:
    """Return the members with size, role, and what else is known of them."""
    tables = {member.table: index.table(member.table) for member in section.cluster.members}
    keyed = {ref for ref, one in tables.items() if one and one.primary_key is not None}
    noted = any(member.note for member in section.cluster.members)
    headers = ["Table", "Role", "Columns", "Rows", "Primary key", *(["Why"] if noted else [])]
    rows: list[list[object]] = [
        [
            code(str(member.table)),
            Safe(f"**{member.role}**") if member.role is Role.CANONICAL else member.role,
            member.columns,
            human_rows(member.rows_estimate),
            "yes" if member.table in keyed else "no",
            *([prose(member.note)] if noted else []),
        ]
        for member in section.cluster.members
    ]
    return table(headers, rows, "llrrll"[: len(headers)])


def shapes_table(section: ClusterSection) -> Table:
    """Return the members of a fragmented-metrics cluster by the way they store a measurement."""
    groups: dict[MetricShape | None, list[Member]] = {}
    for member in section.cluster.members:
        groups.setdefault(member.shape, []).append(member)
    order = [*MetricShape, None]
    rows: list[list[object]] = [
        [
            shape or "no measurements",
            len(groups[shape]),
            joined(", ", [section.names[member.table] for member in groups[shape]]),
            joined(", ", [code(name) for name in _namings(groups[shape])]) or evidence.MISSING,
        ]
        for shape in order
        if shape in groups
    ]
    return table(["Shape", "Tables", "Which", "The metric is named by"], rows, "lrll")


def outline_table(section: ClusterSection) -> Table:
    """Return the columns of the merged table, in outline."""
    repeated = Counter(column.name for column in section.outline.columns)
    merged = sum(member.role is not Role.RELATED for member in section.cluster.members)
    rows: list[list[object]] = [
        [
            code(column.name),
            text(short_type(column.type)) if column.type else Safe("**to be decided**"),
            f"{len(column.members)} of {merged}",
            _remark(column, section.names, repeated[column.name] > 1),
        ]
        for column in section.outline.columns
    ]
    return table(["Column", "Type", "Held by", "Remark"], rows, "llrl")


def impact_table(section: ClusterSection) -> Table:
    """Return the objects that name the members."""
    rows: list[list[object]] = [
        [
            one.kind,
            code(one.name),
            one.how,
            joined(", ", [section.names[ref] for ref in one.members]),
        ]
        for one in section.impact
    ]
    return table(["Kind", "Object", "How", "Member"], rows, "llll")


def impact_line(section: ClusterSection) -> str:
    """Return how many objects of each kind name the members: `2 foreign keys, 1 view`."""
    plurals = {"policy": "policies"}
    return ", ".join(
        counted(number, kind, plurals.get(kind, "")) for kind, number in section.impact_counts
    )


def distinct_names(columns: Iterable[TargetColumn]) -> list[Safe]:
    """Return the column names as code spans, each once, in the order given."""
    return [code(name) for name in dict.fromkeys(column.name for column in columns)]


def _namings(members: list[Member]) -> list[str]:
    return sorted({member.naming for member in members if member.naming})


def _remark(column: TargetColumn, names: dict[TableRef, Safe], repeated: bool) -> Safe:  # noqa: FBT001
    parts: list[object] = []
    if len(column.types) > 1:
        seen = ", ".join(short_type(name) for name in column.types)
        zones = {"tz" in short_type(name) for name in column.types if "time" in name}
        parts.append(f"{evidence.DRIFT} seen as {seen}")
        if len(zones) > 1:
            parts.append("the zone of the values without one must be known")
    if len(column.members) == 1:
        parts.append(Safe(f"only in {names[column.members[0]]}"))
    if repeated:
        parts.append("one of several columns of this name that do not align")
    return joined("; ", parts)
