"""Who would notice a merge: foreign keys, views, functions and triggers that name the members."""

import re

from cmis_audit.model.catalog import Catalog, Function
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.value import Value


class Dependent(Value, frozen=True, kw_only=True):
    """Something outside the cluster that has to follow a merge."""

    kind: str
    """`foreign key`, `view`, `materialized view`, `function`, `trigger`, `policy`."""
    name: str
    members: tuple[TableRef, ...]
    """The members that it names."""
    how: str


def dependents(catalog: Catalog, cluster: Cluster) -> tuple[Dependent, ...]:
    """Return all that names a member, foreign keys first, then views, functions, triggers."""
    members = frozenset(member.table for member in cluster.members)
    return (
        *_foreign_keys(catalog, members),
        *_views(catalog, members),
        *_functions(catalog, members),
        *_attached(catalog, members),
    )


def _foreign_keys(catalog: Catalog, members: frozenset[TableRef]) -> list[Dependent]:
    return [
        Dependent(
            kind="foreign key",
            name=f"{table.ref} ({', '.join(map(quote_ident, key.columns))})",
            members=(key.target,),
            how="between members" if table.ref in members else "points at it",
        )
        for table in catalog.tables
        for key in table.foreign_keys
        if key.target in members
    ]


def _views(catalog: Catalog, members: frozenset[TableRef]) -> list[Dependent]:
    return [
        Dependent(
            kind="view" if view.kind == "view" else "materialized view",
            name=str(view.ref),
            members=tuple(sorted(members.intersection(view.reads))),
            how="reads it",
        )
        for view in catalog.views
        if members.intersection(view.reads)
    ]


def _functions(catalog: Catalog, members: frozenset[TableRef]) -> list[Dependent]:
    words = [(ref, quote_ident(ref.name).casefold()) for ref in sorted(members)]
    found = []
    for function in catalog.functions:
        known = members.intersection(function.reads)
        body = function.body or ""
        folded = body.casefold()
        named = tuple(
            ref
            for ref, word in words
            # To compile a pattern takes a thousand times as long as to look for the word.
            if ref in known or (word in folded and _mention(ref).search(body))
        )
        if named:
            how = "depends on it" if known else "names it in its body"
            found.append(
                Dependent(kind="function", name=_signature(function), members=named, how=how)
            )
    return found


def _attached(catalog: Catalog, members: frozenset[TableRef]) -> list[Dependent]:
    found = []
    for table in catalog.tables:
        if table.ref in members:
            found += [
                Dependent(kind="trigger", name=trigger.name, members=(table.ref,), how="sits on it")
                for trigger in table.triggers
            ]
            found += [
                Dependent(kind="policy", name=policy.name, members=(table.ref,), how="guards it")
                for policy in table.policies
            ]
    return found


def _signature(function: Function) -> str:
    return f"{function.ref}({function.arguments})"


def _mention(ref: TableRef) -> re.Pattern[str]:
    """Match the table in a function's text: qualified, or where a statement expects a table.

    A bare word is not enough: `posts` may be a variable or a column alias.
    """
    schema, name = (re.escape(quote_ident(part)) for part in (ref.schema, ref.name))
    return re.compile(
        rf"(?:(?<![\w$.]){schema}\s*\.\s*|\b(?:from|join|into|update|table|only)\s+){name}(?![\w$.])",
        re.IGNORECASE,
    )
