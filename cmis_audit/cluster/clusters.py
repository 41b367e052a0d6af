"""CLUSTER as a whole: matches in, clusters with a verdict out."""

from collections import defaultdict

from cmis_audit.cluster.any_owner import any_owner_cluster, any_owner_groups
from cmis_audit.cluster.apart_cluster import apart_cluster
from cmis_audit.cluster.entities import entity_cluster, entity_groups, review_clusters
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.keep_apart import (
    LookAlike,
    look_alikes,
    tenant_look_alikes,
    view_look_alikes,
    without_told,
)
from cmis_audit.cluster.metrics import metric_groups
from cmis_audit.cluster.metrics_cluster import metrics_cluster
from cmis_audit.cluster.registered import with_register
from cmis_audit.cluster.split_cluster import split_cluster
from cmis_audit.cluster.splits import splits
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.decisions import Registered
from cmis_audit.model.match import Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack
from cmis_audit.uncollected import uncollected

_VERDICTS = (Verdict.CONSOLIDATE, Verdict.REVIEW, Verdict.KEEP_APART)


@uncollected()
def build_clusters(
    catalog: Catalog,
    matches: Matches,
    pack: RulePack,
    register: tuple[Registered, ...] = (),
    code: CodeSurvey | None = None,
) -> tuple[Cluster, ...]:
    """Return all clusters: to consolidate, to review, to keep apart, each sorted by urgency.

    A table is merged in one cluster at most; one that stays or is merged may be the one that stays
    of its copies, too. It may be related to several. What `code` says of the tables speaks for the
    one to keep.
    """
    ground = Ground(catalog, matches, pack, register, code)
    metrics = metric_groups(catalog, matches.traits, pack.lexicon)
    measuring = {member.ref for group in metrics for member in group.members}
    entities = entity_groups(ground, measuring)
    clusters = [metrics_cluster(ground, group) for group in metrics]
    clusters += [entity_cluster(ground, group) for group in entities]
    placed = measuring.union(*(group.tables for group in entities))
    split = splits(ground, placed)
    clusters += [split_cluster(ground, one) for one in split]
    placed.update(*((one.whole, *one.parts) for one in split))
    reviews = [any_owner_cluster(ground, group) for group in any_owner_groups(ground, placed)]
    told = _told([*clusters, *reviews])
    reviews += review_clusters(ground, placed, clusters, told)
    told |= _told(reviews)
    apart = [apart_cluster(ground, group) for group in _groups_apart(ground, clusters, told)]
    decided = [with_register(one, register) for one in (*clusters, *reviews)]
    return tuple(sorted((*decided, *apart), key=_urgency))


def _told(clusters: list[Cluster]) -> set[frozenset[TableRef]]:
    """Return the pairs of tables that stand together in a cluster."""
    return {
        frozenset((one.table, other.table))
        for cluster in clusters
        for one in cluster.members
        for other in cluster.members
    }


def _groups_apart(
    ground: Ground, clusters: list[Cluster], told: set[frozenset[TableRef]]
) -> list[LookAlike]:
    """Return the look-alikes; a table that is to be merged is spoken for by its canonical one."""
    merged = {
        member.table
        for cluster in clusters
        for member in cluster.members
        if member.role == Role.MERGE
    }
    apart = [
        match
        for match in ground.matches.matches
        if frozenset((match.left, match.right)) not in told
        and merged.isdisjoint((match.left, match.right))
    ]
    beside: dict[TableRef, set[TableRef]] = defaultdict(set)
    for pair in told:
        for ref in pair:
            beside[ref] |= pair
    return [
        *tenant_look_alikes(ground.catalog, ground.matches),
        *view_look_alikes(ground.catalog),
        *(
            kept
            for group in look_alikes(
                ground.catalog, apart, ground.traits, ground.lexicon.lookup_columns
            )
            if (kept := without_told(group, beside, ground.traits))
        ),
    ]


def _urgency(cluster: Cluster) -> tuple[int, int, int, str, str]:
    return (
        _VERDICTS.index(cluster.verdict),
        cluster.priority.rank,
        -cluster.tables_before,
        cluster.name,
        cluster.id,
    )
