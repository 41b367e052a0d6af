"""A table whose name says that it is a later edition of another: one finding a table."""

from collections import defaultdict
from collections.abc import Iterator

from cmis_audit.checks.finding_id import finding_id
from cmis_audit.model.cluster import Cluster, Role, Verdict
from cmis_audit.model.finding import Facts, Finding
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import Rule


def version_suffix(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each table with a version marker in its name.

    It carries the clusters whose merging would do away with the table.
    """
    merging: dict[TableRef, list[Cluster]] = defaultdict(list)
    for cluster in facts.clusters:
        if cluster.verdict is Verdict.CONSOLIDATE:
            for member in cluster.members:
                if member.role is not Role.RELATED:
                    merging[member.table].append(cluster)
    for table, marker in facts.version_tables:
        clusters = merging[table]
        groups = ", ".join(f"'{each.name}'" for each in clusters)
        yield Finding(
            id=finding_id(rule.code, (table,)),
            rule=rule.code,
            severity=rule.severity,
            subjects=(table,),
            message=f"{table} is by its name ('{marker}') a version of a table beside it",
            evidence=f"a member of {groups}",
            clusters=tuple(each.id for each in clusters),
        )
