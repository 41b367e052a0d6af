"""Tables of two schemas, paired one to one."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from cmis_audit.cluster.groups import Links
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict
from cmis_audit.model.match import Match, Relation
from cmis_audit.model.names import TableRef

Pairs = dict[TableRef, tuple[TableRef, str]]
"""For each table of the one schema, its partner in the other and the cluster that holds both."""


class SchemaPairs:
    """The pairs of every two schemas, whichever of them is asked for first."""

    def __init__(self, pairs: dict[tuple[str, str], Pairs]) -> None:
        self._pairs = pairs

    def schemas(self) -> list[tuple[str, str]]:
        """Return the schemas that have a pair of tables, sorted."""
        return sorted(self._pairs)

    def of(self, left: str, right: str) -> Pairs:
        """Return the pairs, the tables of the first schema first."""
        if left < right:
            return self._pairs.get((left, right), {})
        turned = self._pairs.get((right, left), {})
        return {other: (ref, cluster) for ref, (other, cluster) in turned.items()}


def core(cluster: Cluster) -> list[TableRef]:
    """Return the tables that the cluster says are one."""
    return [member.table for member in cluster.members if member.role != Role.RELATED]


def merged_pairs(clusters: Iterable[Cluster], links: Links) -> SchemaPairs:
    """Return the tables that clusters to consolidate hold in two schemas."""
    pairs: dict[tuple[str, str], Pairs] = defaultdict(dict)
    for cluster in clusters:
        if cluster.verdict != Verdict.CONSOLIDATE:
            continue
        by_schema: dict[str, list[TableRef]] = defaultdict(list)
        for ref in core(cluster):
            by_schema[ref.schema].append(ref)
        for (left, ours), (right, theirs) in combinations(sorted(by_schema.items()), 2):
            for one, other in _one_to_one(ours, theirs, links):
                pairs[left, right][one] = other, cluster.id
    return SchemaPairs(pairs)


def _one_to_one(
    left: list[TableRef], right: list[TableRef], links: Links
) -> list[tuple[TableRef, TableRef]]:
    """Return pairs of tables of one cluster: equal names first, then the strongest evidence."""
    ranked: list[tuple[bool, float, TableRef, TableRef]] = []
    for one in left:
        for other in right:
            match = links.between(one, other)
            if match or one.name == other.name:
                bits = match.bits if match else 0.0
                ranked.append((one.name != other.name, -bits, one, other))
    taken: set[TableRef] = set()
    pairs = []
    for _, _, one, other in sorted(ranked):
        if taken.isdisjoint((one, other)):
            taken |= {one, other}
            pairs.append((one, other))
    return pairs


def alike_pairs(matches: Iterable[Match], clusters: Iterable[Cluster]) -> SchemaPairs:
    """Return the tables of two schemas that repeat each other and may be two tenants'."""
    told = {
        (match.left, match.right): cluster.id
        for cluster in clusters
        if cluster.kind == Kind.TENANTS
        for match in cluster.pairs
    }
    pairs: dict[tuple[str, str], Pairs] = defaultdict(dict)
    for match in matches:
        cluster_id = told.get((match.left, match.right))
        unnamed = any(piece.signal == "two-alike" for piece in match.counter_evidence)
        if cluster_id and unnamed and match.relation == Relation.SAME:
            pairs[match.left.schema, match.right.schema][match.left] = match.right, cluster_id
    return SchemaPairs(pairs)
