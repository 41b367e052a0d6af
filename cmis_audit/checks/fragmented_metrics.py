"""Measurements scattered over tables: one finding a table."""

from collections.abc import Iterator

from cmis_audit.checks.cluster_tables import cluster_tables, said_of
from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.cluster import Kind, Member, Role
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule


def fragmented_metrics(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table of a fragmented-metrics cluster, related ones included."""
    for table, memberships in cluster_tables(facts, Kind.FRAGMENTED_METRICS):
        cluster, member = memberships[0]
        others = len(cluster.members) - 1
        yield Finding(
            id=finding_id(rule.code, (table,)),
            rule=rule.code,
            severity=rule.severity,
            subjects=(table,),
            message=f"{table} {_part(member)}; {others} more tables share '{cluster.name}'",
            evidence=said_of(memberships),
            clusters=tuple(each.id for each, _ in memberships),
        )


def _part(member: Member) -> str:
    if member.role is Role.RELATED:
        return "belongs to measurements that are scattered"
    shape = f" as {member.shape.value}" if member.shape else ""
    naming = f", named by {member.naming}" if member.naming else ""
    return f"stores measurements{shape}{naming}"
