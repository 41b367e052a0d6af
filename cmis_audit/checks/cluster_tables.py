"""The tables of the consolidate clusters of one kind, each once."""

from collections.abc import Iterator

from cmis_audit.model.cluster import Cluster, Kind, Member, Verdict
from cmis_audit.model.finding import Facts
from cmis_audit.model.names import TableRef

Membership = tuple[Cluster, Member]


def cluster_tables(facts: Facts, kind: Kind) -> Iterator[tuple[TableRef, list[Membership]]]:
    """Yield each table with its memberships; one that is related in two clusters comes once."""
    memberships: dict[TableRef, list[Membership]] = {}
    for cluster in facts.clusters:
        if cluster.verdict is Verdict.CONSOLIDATE and cluster.kind is kind:
            for member in cluster.members:
                memberships.setdefault(member.table, []).append((cluster, member))
    yield from memberships.items()


def said_of(memberships: list[Membership]) -> str:
    """Return the notes on the memberships, in words, or the reason of the first cluster."""
    notes = dict.fromkeys(member.note for _, member in memberships if member.note)
    return "; ".join(notes) or memberships[0][0].reason
