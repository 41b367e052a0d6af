"""Which keys of the members hold for all rows of the target, and which only for some."""

from cmis_audit.model.catalog import Key
from cmis_audit.model.names import TableRef
from cmis_audit.plan.design import MemberDesign, TargetUnique
from cmis_audit.plan.naming import Names, clipped


def uniques(
    members: tuple[MemberDesign, ...],
    target: TableRef,
    names: Names,
    primary: tuple[str, ...],
    *,
    fresh: bool,
) -> tuple[TargetUnique, ...]:
    """Return the primary key first, then the other keys, each with the members that declare it.

    A key holds for all rows if every member that fills all of its columns declares it: the rows of
    the others have a NULL there. Rows of a member that cannot be told apart cannot be merged, so
    its keys are its own.
    """
    declared: dict[tuple[frozenset[str], int], list[int]] = {}
    ordered: dict[frozenset[str], tuple[str, ...]] = {}
    distinct: set[frozenset[str]] = set()
    for member in members:
        for key in _keys(member):
            columns = tuple(member.of(name).target for name in key.columns)
            together = frozenset(columns)
            if len(together) == len(columns):
                ordered.setdefault(together, columns)
                group = (together, 0 if member.key else member.number)
                declared.setdefault(group, []).append(member.number)
                if key.nulls_not_distinct:
                    distinct.add(together)
    found = [
        TargetUnique(
            name=names.free(target.schema, target.name, "_pkey"),
            columns=primary,
            declared=() if fresh else tuple(m.number for m in members if not m.generated_key),
            everywhere=True,
        )
    ]
    for (together, _), numbers in declared.items():
        columns = ordered[together]
        if together == frozenset(primary) and not fresh:
            continue
        holders = [
            member.number
            for member in members
            if together <= {mapped.target for mapped in member.mapped}
        ]
        everywhere = sorted(set(numbers)) == holders and together not in distinct
        name = names.free(target.schema, clipped("_".join((target.name, *columns)), "_key"))
        found.append(
            TargetUnique(
                name=name,
                columns=columns,
                declared=tuple(dict.fromkeys(numbers)),
                everywhere=everywhere,
                nulls_not_distinct=together in distinct,
            )
        )
    return tuple(found)


def _keys(member: MemberDesign) -> tuple[Key, ...]:
    table = member.table
    return (*((table.primary_key,) if table.primary_key else ()), *table.uniques)
