"""One entity under several names, none of which says so: one finding a table."""

from collections.abc import Iterator

from cmis_audit.checks.cluster_tables import cluster_tables, said_of
from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.cluster import Kind, Role
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule

_PARTS = {
    Role.CANONICAL: "is the fullest of the tables",
    Role.MERGE: "repeats the other tables",
    Role.RELATED: "is a special use of the tables",
}


def overlapping_entity(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table of an overlapping-entity cluster, related ones included.

    A renamed twin is another kind of cluster and is not charged here.
    """
    for table, memberships in cluster_tables(facts, Kind.OVERLAPPING_ENTITY):
        cluster, member = memberships[0]
        yield Finding(
            id=finding_id(rule.code, (table,)),
            rule=rule.code,
            severity=rule.severity,
            subjects=(table,),
            message=f"{table} {_PARTS[member.role]} of '{cluster.name}'",
            evidence=said_of(memberships),
            clusters=tuple(each.id for each, _ in memberships),
        )
