"""A group of tables that store one thing: one finding a group."""

from collections.abc import Iterator

from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.rule import Rule


def duplicate_cluster(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each cluster that is to be consolidated.

    Its subjects are the tables that would become one; those that are only related are not.
    """
    for cluster in facts.clusters:
        if cluster.verdict is Verdict.CONSOLIDATE:
            subjects = tuple(
                member.table for member in cluster.members if member.role is not Role.RELATED
            )
            yield Finding(
                id=finding_id(rule.code, subjects),
                rule=rule.code,
                severity=rule.severity,
                subjects=subjects,
                message=_message(cluster, len(subjects)),
                evidence=cluster.reason,
                clusters=(cluster.id,),
            )


def _message(cluster: Cluster, subjects: int) -> str:
    related = len(cluster.members) - subjects
    verb = "belongs" if related == 1 else "belong"
    beside = f" (and {related} more {verb} to it)" if related else ""
    into = f"merge into {cluster.canonical}" if cluster.canonical else "merge"
    if cluster.kind is Kind.SPLIT:
        into = "keep the parts and drop the table that was split"
    return f"{subjects} tables store '{cluster.name}'{beside}; {into}"
