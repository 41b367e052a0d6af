"""Row security: through the target and through the views a role sees what it saw before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Policy, Table
from cmis_audit.model.names import quote_ident
from cmis_audit.plan.compat import SECURITY_INVOKER
from cmis_audit.plan.design import CannotPlanError, CarriedPolicy, Design, MemberDesign
from cmis_audit.plan.expressions import WholeRowError, rewrite
from cmis_audit.plan.naming import first_free

_EVERYBODY = ("public",)
_ON_ROWS = frozenset({"select", "insert", "update", "delete"})


def with_security(design: Design, catalog: Catalog) -> Design:
    """Return the design with the members' policies. Raises CannotPlanError."""
    secured = [member for member in design.members if member.table.row_security]
    if not secured:
        return design
    needs_invoker(catalog, [member.table for member in secured])
    if len({_users(member) for member in design.members}) > 1:
        raise CannotPlanError(
            "with row security the views act in the name of whoever uses them, so each of their "
            "users may read the target; but not everybody who has a right to one of the tables "
            "has it to all of them: make the grants equal first, or leave the tables apart"
        )
    try:
        policies = tuple(_carried(design))
    except WholeRowError as error:
        raise CannotPlanError(str(error)) from error
    made = replace(
        design,
        policies=policies,
        row_security=True,
        force_row_security=any(member.table.force_row_security for member in secured),
    )
    return _without_merging(made) if _disagree(design) else made


def needs_invoker(catalog: Catalog, tables: Sequence[Table]) -> None:
    """Raise CannotPlanError where a view is to stand for row security that it does not honour."""
    secured = [table.ref for table in tables if table.row_security]
    if secured and catalog.server_version_number < SECURITY_INVOKER:
        raise CannotPlanError(
            f"{secured[0]} has row security, which a view honours from PostgreSQL 15 on only"
        )


def _carried(design: Design) -> Iterator[CarriedPolicy]:
    """Yield the policies, each for the rows of one source.

    Permissive ones let rows of their source pass, restrictive ones keep rows of their source back.
    """
    taken: set[str] = set()
    for member in design.members:
        own = f"{design.source_sql} = {member.label_sql}"
        other = f"{design.source_sql} <> {member.label_sql}"
        table = member.table
        if not table.row_security:
            yield _own(design, member, taken, f"{own}", _EVERYBODY)
            continue
        if not table.force_row_security and table.owner:
            yield _own(design, member, taken, f"{own}", (table.owner,))
        for policy in table.policies:
            name = first_free(f"{member.table.ref.name}_{policy.name}", "", taken)
            taken.add(name)

            def scoped(text: str | None, policy: Policy = policy) -> str | None:
                if text is None:
                    return None
                said = _over_target(design, member, text)  # noqa: B023
                return f"{own} AND ({said})" if policy.permissive else f"{other} OR ({said})"  # noqa: B023

            yield CarriedPolicy(
                member=member,
                policy=policy,
                name=name,
                using=scoped(policy.using),
                check=scoped(policy.check),
            )


def _own(
    design: Design, member: MemberDesign, taken: set[str], using: str, roles: tuple[str, ...]
) -> CarriedPolicy:
    name = first_free(f"{member.table.ref.name}_rows", "", taken)
    taken.add(name)
    policy = Policy(name=name, command="all", permissive=True, roles=roles)
    return CarriedPolicy(member=member, policy=policy, name=name, using=using, check=None)


def _over_target(design: Design, member: MemberDesign, text: str) -> str:
    qualifier = f"{quote_ident(design.target.name)}."
    return rewrite(text, member.table.ref.name, member.back_columns(), qualifier)


def _disagree(design: Design) -> bool:
    """Tell whether rows of two members are not seen by the same people."""
    seen = {
        (
            member.table.row_security,
            member.table.force_row_security,
            tuple(
                (
                    policy.command,
                    policy.permissive,
                    policy.roles,
                    _over_target(design, member, policy.using or ""),
                    _over_target(design, member, policy.check or ""),
                )
                for policy in member.table.policies
            ),
        )
        for member in design.members
    }
    return len(seen) > 1


def _without_merging(design: Design) -> Design:
    """Return the design with every row on its own: no row is to be seen by more than before."""
    return replace(
        design,
        merges=False,
        decisions=(
            *design.decisions,
            "Rows with equal keys are rejected, not merged: the members' row security differs",
        ),
    )


def _users(member: MemberDesign) -> frozenset[tuple[str, frozenset[str]]]:
    """Return who may do what with the rows of a member, its owner included."""
    table = member.table
    users = {(grant.grantee, _lower(grant.privileges) & _ON_ROWS) for grant in table.grants}
    users.discard((table.owner or "", _ON_ROWS))
    return frozenset({(who, what) for who, what in users if what} | {(table.owner or "", _ON_ROWS)})


def statements(design: Design) -> Iterator[str]:
    """Yield what secures the target."""
    if not design.row_security:
        return
    yield f"ALTER TABLE {design.target} ENABLE ROW LEVEL SECURITY;"
    if design.force_row_security:
        yield f"ALTER TABLE {design.target} FORCE ROW LEVEL SECURITY;"
    for carried in design.policies:
        policy = carried.policy
        roles = ", ".join(
            "PUBLIC" if each == "public" else quote_ident(each) for each in policy.roles
        )
        kind = "" if policy.permissive else " AS RESTRICTIVE"
        text = (
            f"CREATE POLICY {quote_ident(carried.name)} ON {design.target}{kind}\n"
            f"FOR {policy.command.upper()} TO {roles}"
        )
        if carried.using is not None:
            text += f"\nUSING ({carried.using})"
        if carried.check is not None:
            text += f"\nWITH CHECK ({carried.check})"
        yield text + ";"
    for member in design.members:
        if member.rejects:
            yield from _rejects(design, member)


def _rejects(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield the member's own policies on its rejects, which have its columns."""
    table = member.table
    rejects = f"{design.schema}.rejects_{member.number}"
    if not table.row_security:
        return
    yield f"ALTER TABLE {rejects} ENABLE ROW LEVEL SECURITY;"
    if table.force_row_security:
        yield f"ALTER TABLE {rejects} FORCE ROW LEVEL SECURITY;"
    columns = {m.column.name: "{q}" + quote_ident(m.column.name) for m in member.mapped}
    for policy in table.policies:
        roles = ", ".join(
            "PUBLIC" if each == "public" else quote_ident(each) for each in policy.roles
        )
        kind = "" if policy.permissive else " AS RESTRICTIVE"
        text = (
            f"CREATE POLICY {quote_ident(policy.name)} ON {rejects}{kind}\n"
            f"FOR {policy.command.upper()} TO {roles}"
        )
        for word, said in (("USING", policy.using), ("WITH CHECK", policy.check)):
            if said is not None:
                said = rewrite(said, table.ref.name, columns, f"rejects_{member.number}.")  # noqa: PLW2901
                text += f"\n{word} ({said})"
        yield text + ";"


def rights(design: Design) -> Iterator[str]:
    """Yield what the users of the views need, where the views act in their name."""
    if not design.row_security:
        return
    for member in design.members:
        goals = [str(design.target)]
        if member.rejects:
            goals.append(f"{design.schema}.rejects_{member.number}")
        for grant in member.table.grants:
            who = "PUBLIC" if grant.grantee == "public" else quote_ident(grant.grantee)
            kinds = [
                p for p in ("select", "insert", "update", "delete") if p in _lower(grant.privileges)
            ]
            if not kinds:
                continue
            yield f"GRANT USAGE ON SCHEMA {design.schema} TO {who};"
            for goal in goals:
                yield f"GRANT {', '.join(kinds).upper()} ON {goal} TO {who};"


def _lower(privileges: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each.lower() for each in privileges)
