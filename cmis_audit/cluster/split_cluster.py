"""What is said of a table that was split in several and stayed."""

from cmis_audit.cluster.comparison import comparison
from cmis_audit.cluster.ground import Ground
from cmis_audit.cluster.splits import Split
from cmis_audit.cluster.wording import cluster_id, cluster_name, issues, priority
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict

_CONFIDENCE = 0.8
"""Rare on labelled schemas, and right there; no more than that is known."""


def split_cluster(ground: Ground, split: Split) -> Cluster:
    """Return the cluster of a split: the parts stay, the whole goes."""
    canonical, _ = ground.standing.canonical(split.parts)
    others = tuple(ref for ref in split.parts if ref != canonical)
    refs = (canonical, *others, split.whole)
    pairs = ground.links.among(refs)
    tables = tuple(ground.tables[ref] for ref in refs)
    rows = comparison(
        tables, tuple(match for match in pairs if split.whole in (match.left, match.right))
    )
    listed = ", ".join(map(str, split.parts))
    return Cluster(
        id=cluster_id(Verdict.CONSOLIDATE, refs),
        name=cluster_name(split.whole, ground.traits[split.whole]),
        verdict=Verdict.CONSOLIDATE,
        kind=Kind.SPLIT,
        confidence=_CONFIDENCE,
        priority=priority(len(refs), rows, Kind.SPLIT),
        reason=f"A table was split in several and stayed: what {split.whole} has lives on in "
        f"{listed}, which belong together.",
        canonical=canonical,
        canonical_reason="the parts stay, each for its share",
        tables_before=len(refs),
        tables_after=len(split.parts),
        members=(
            ground.member(canonical, Role.CANONICAL),
            *(ground.member(ref, Role.CANONICAL) for ref in others),
            ground.member(split.whole, Role.MERGE, "its columns live on in the others"),
        ),
        pairs=pairs,
        comparison=rows,
        issues=issues(tables, rows),
    )
