"""What is said of look-alikes that are kept apart."""

from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.keep_apart import LookAlike, spanning_pairs
from cmis_audit.cluster.wording import cluster_id, suggested_names
from cmis_audit.model.cluster import Cluster, Kind, Priority, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Traits

_MOST_WITH_ALL_PAIRS = 12  # of larger groups, the pairs that connect them


def apart_cluster(ground: Ground, group: LookAlike) -> Cluster:
    """Return the cluster of a group that is recognised and left alone."""
    tables = tuple(ground.tables[ref] for ref in group.members if ref in ground.tables)
    names = (
        suggested_names(tables, ground.traits, ground.lexicon)
        if group.kind == Kind.SAME_WORD
        else {}
    )
    pairs = spanning_pairs(group, ground.links, _MOST_WITH_ALL_PAIRS, ground.thresholds.review_from)
    strongest = max((match.confidence for match in pairs), default=0.0)
    return Cluster(
        id=cluster_id(group.kind, group.members),
        name=_group_name(group, ground.traits),
        verdict=Verdict.KEEP_APART,
        kind=group.kind,
        confidence=round(1 - strongest, 3),
        priority=Priority.LOW,
        reason=group.reason,
        canonical=None,
        tables_before=len(group.members),
        tables_after=len(group.members),
        members=tuple(
            ground.member(ref, Role.RELATED, suggested=names.get(ref)) for ref in group.members
        ),
        pairs=pairs,
        comparison=comparison(tables, pairs) if group.kind == Kind.SAME_WORD else (),
    )


def _group_name(group: LookAlike, traits: dict[TableRef, Traits]) -> str:
    if group.kind in {Kind.TENANTS, Kind.LAYERS}:
        return f"{group.members[0].schema}.*"
    if group.kind == Kind.VIEW:
        return group.members[0].name
    nouns = {traits[ref].stem[-1] for ref in group.members}
    if len(nouns) == 1:
        return f"*_{next(iter(nouns))}" if group.kind == Kind.FAMILY else next(iter(nouns))
    heads = {traits[ref].stem[0] for ref in group.members}
    if len(heads) == 1:
        return f"{next(iter(heads))}_*"
    return group.members[0].name
