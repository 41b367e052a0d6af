"""What is said of measurements that are scattered over several tables."""

from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.metrics import MetricGroup
from cmis_audit.cluster.registered import canonical_by_register
from cmis_audit.cluster.wording import cluster_id, issues, priority
from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Cluster, Kind, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import MetricShape, Traits


def metrics_cluster(ground: Ground, group: MetricGroup) -> Cluster:
    """Return the cluster of a group; its tables become one long table and one of definitions."""
    refs = tuple(member.ref for member in group.members)
    canonical, why = _canonical(ground, group, refs)
    related = {one.ref: _purpose(one, ground.tables[one.ref]) for one in group.related}
    members = ground.members(refs, canonical, related)
    ordered = tuple(member.table for member in members)
    pairs = ground.links.among(ordered)
    core = tuple(match for match in pairs if match.left in refs and match.right in refs)
    tables = tuple(ground.tables[ref] for ref in ordered if ref in refs)
    rows = comparison(tables, core)
    shapes = sorted({str(member.shape or MetricShape.WIDE) for member in group.members})
    variants = sorted({member.naming for member in group.members if member.naming})
    told: tuple[str, ...] = (f"One kind of fact in {len(shapes)} shapes: {', '.join(shapes)}",)
    if len(variants) > 1:
        told += (f"The metric is named by {len(variants)} columns: {', '.join(variants)}",)
    return Cluster(
        id=cluster_id(Verdict.CONSOLIDATE, refs),
        name=f"{canonical.name.replace('_', ' ')} metrics" if group.owner else "metrics",
        verdict=Verdict.CONSOLIDATE,
        kind=Kind.FRAGMENTED_METRICS,
        confidence=group.confidence,
        priority=priority(len(refs), rows, Kind.FRAGMENTED_METRICS),
        reason=f"{len(refs)} tables of schema {canonical.schema} store measurements, in "
        f"{len(shapes)} shapes ({', '.join(shapes)}).",
        canonical=canonical,
        canonical_reason=why,
        tables_before=len(members),
        tables_after=min(2, len(refs)) + len(related) if not group.owner else 1,
        members=members,
        pairs=pairs,
        comparison=rows,
        issues=told + issues(tables, rows),
    )


def _canonical(
    ground: Ground, group: MetricGroup, refs: tuple[TableRef, ...]
) -> tuple[TableRef, str]:
    """Return the table that holds the metrics already, or whose form and name fit them."""
    if group.owner:
        return group.owner, "it holds the same measurements beside other things"
    settled = canonical_by_register(refs, ground.register)
    if settled:
        return settled
    words = ground.lexicon.metric_table_words
    for member in group.members:
        if member.shape == MetricShape.NAME_VALUE and words.issuperset(member.words):
            return member.ref, "one row a value, under a name that fits every metric"
    return ground.standing.canonical(refs)


def _purpose(traits: Traits, table: Table) -> str:
    if traits.satellite:
        return f"named for its {traits.words[-1]}, not for measurements"
    return f"speaks of metrics but holds none among its {len(table.columns)} columns"
