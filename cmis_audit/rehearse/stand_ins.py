"""Roles of a catalog under names that a server of the user's has not got, and back again."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from cmis_audit.model.catalog import Catalog, Grant, Policy, Skipped, Table, View
from cmis_audit.model.rehearsal import Rehearsal
from cmis_audit.model.sqltext import literal

_Relation = TypeVar("_Relation", Table, View)
_NOBODYS = frozenset({"public", "pg_database_owner"})
"""Words for roles that differ from place to place."""
_WHY = (
    "has another name on the scratch server: "
    "what asks for it by name there, in an expression or a routine, gets another answer"
)

Names = Mapping[str, str]
"""Role → the role that stands in."""


def stand_ins(catalog: Catalog, prefix: str) -> Names:
    """Return a name with the prefix for each role; they sort as the roles do."""
    roles = sorted(set(_roles(catalog)) - _NOBODYS)
    return {role: f"{prefix}_role_{number:04}" for number, role in enumerate(roles)}


def with_stand_ins(catalog: Catalog, names: Names) -> Catalog:
    """Return the catalog with the other names wherever a role owns or may do something."""

    def named(role: str | None) -> str | None:
        return None if role is None else names.get(role, role)

    return msgspec.structs.replace(
        catalog,
        schemas=tuple(
            msgspec.structs.replace(each, owner=named(each.owner)) for each in catalog.schemas
        ),
        tables=tuple(
            msgspec.structs.replace(
                _relation(each, names),
                policies=tuple(_policy(policy, names) for policy in each.policies),
            )
            for each in catalog.tables
        ),
        views=tuple(_relation(each, names) for each in catalog.views),
    )


def asked_by_name(catalog: Catalog, names: Names) -> tuple[Skipped, ...]:
    """Return the roles that expressions or routines ask for by name."""
    texts = [text for text in _texts(catalog) if text]
    return tuple(
        Skipped(what=f"role {role}", why=_WHY)
        for role in names
        if any(literal(role) in text for text in texts)
    )


def told(rehearsal: Rehearsal, names: Names) -> Rehearsal:
    """Return the same with the roles called as they are in the catalog."""
    text = msgspec.json.encode(rehearsal).decode()
    for role, other in names.items():
        text = text.replace(other, msgspec.json.encode(role).decode()[1:-1])
    return msgspec.json.decode(text, type=Rehearsal)


def _relation(each: _Relation, names: Names) -> _Relation:
    grants = (
        msgspec.structs.replace(grant, grantee=names.get(grant.grantee, grant.grantee))
        for grant in each.grants
    )
    owner = None if each.owner is None else names.get(each.owner, each.owner)
    return msgspec.structs.replace(each, owner=owner, grants=_sorted(grants))


def _sorted(grants: Iterator[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda grant: grant.grantee))


def _policy(policy: Policy, names: Names) -> Policy:
    return msgspec.structs.replace(
        policy, roles=tuple(sorted(names.get(role, role) for role in policy.roles))
    )


def _roles(catalog: Catalog) -> Iterator[str]:
    for schema in catalog.schemas:
        yield from () if schema.owner is None else (schema.owner,)
    relations: tuple[Table | View, ...] = (*catalog.tables, *catalog.views)
    for relation in relations:
        yield from () if relation.owner is None else (relation.owner,)
        yield from (grant.grantee for grant in relation.grants)
    for table in catalog.tables:
        yield from (role for policy in table.policies for role in policy.roles)


def _texts(catalog: Catalog) -> Iterator[str | None]:
    for table in catalog.tables:
        for policy in table.policies:
            yield from (policy.using, policy.check)
        yield from (column.default for column in table.columns)
    yield from (view.definition for view in catalog.views)
    yield from (function.body for function in catalog.functions)
