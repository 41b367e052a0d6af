"""What the team's table register says of a cluster."""

import msgspec

from cmis_audit.model.cluster import Cluster, Role
from cmis_audit.model.decisions import Registered, is_table
from cmis_audit.model.names import TableRef


def canonical_by_register(
    refs: tuple[TableRef, ...], register: tuple[Registered, ...]
) -> tuple[TableRef, str] | None:
    """Return the one table that is registered as canonical for others, or for a concept.

    None where the register names none of the tables so, or several: then it settles nothing.
    """
    names = {str(ref): ref for ref in refs}
    found = []
    for one in register:
        ref = names.get(one.name)
        claims = [
            claim if is_table(claim) else f"'{claim}'"
            for claim in one.canonical_for
            if claim in names or not is_table(claim)
        ]
        if ref is not None and claims:
            found.append((ref, f"the register says that it is canonical for {', '.join(claims)}"))
    return found[0] if len(found) == 1 else None


def with_register(cluster: Cluster, register: tuple[Registered, ...]) -> Cluster:
    """Return the cluster with what a register says against merging, said among its issues.

    Words do not overturn what structure shows: two teams may well have given one table two
    purposes. So the verdict stays, and the people are named who have to agree first.
    """
    told = {one.name: one for one in register}
    members = [
        told[str(one.table)]
        for one in cluster.members
        if str(one.table) in told
        and (one.role is not Role.RELATED or cluster.tables_after == cluster.tables_before)
    ]
    purposes = {one.name: one.purpose for one in members if one.purpose}
    owners = {one.owner for one in members if one.owner}
    issues = []
    if len({purpose.casefold() for purpose in purposes.values()}) > 1:
        said = ", ".join(f"{name} for '{purpose}'" for name, purpose in purposes.items())
        issues.append(f"The register gives them different purposes: {said}; ask before merging")
    if len(owners) > 1:
        issues.append(f"Their owners have to agree: {', '.join(sorted(owners))}")
    if not issues:
        return cluster
    return msgspec.structs.replace(cluster, issues=(*cluster.issues, *issues))
