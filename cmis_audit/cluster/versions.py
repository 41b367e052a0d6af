"""Tables named as a version of another one beside them."""

from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.match import Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Marker


def version_tables(
    clusters: tuple[Cluster, ...], matches: Matches
) -> tuple[tuple[TableRef, str], ...]:
    """Return the tables with a version marker whose original stands in the same cluster.

    Only clusters to consolidate count: `orders_v2` beside an `orders` that is something else is a
    bad name, not a second version. Sorted by table.
    """
    traits = {one.ref: one for one in matches.traits}
    found = []
    for cluster in clusters:
        if cluster.verdict != Verdict.CONSOLIDATE:
            continue
        core = [member.table for member in cluster.members if member.role != Role.RELATED]
        for ref in core:
            markers = [
                affix.word for affix in traits[ref].affixes if affix.marker == Marker.VERSION
            ]
            originals = [
                other
                for other in core
                if other != ref
                and traits[other].stem == traits[ref].stem
                and len(traits[other].affixes) < len(traits[ref].affixes)
            ]
            if markers and originals:
                found.append((ref, markers[0]))
    return tuple(sorted(found))
