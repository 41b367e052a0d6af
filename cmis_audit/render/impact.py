"""Who would notice a merge: foreign keys, views, functions and triggers that name the members."""

import re

from cmis_audit.model.catalog import Function
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.value import Value
from cmis_audit.render.index import Index


class Dependent(Value, frozen=True, kw_only=True):
    """Something outside the cluster that has to follow a merge."""

    kind: str
    """`foreign key`, `view`, `materialized view`, `function`, `trigger`, `policy`."""
    name: str
    members: tuple[TableRef, ...]
    """The members that it names."""
    how: str


def dependents(index: Index, cluster: Cluster) -> tuple[Dependent, ...]:
    """Return all that names a member, foreign keys first, then views, functions, triggers."""
    members = frozenset(member.table for member in cluster.members)
    return (
        *_foreign_keys(index, members),
        *_views(index, members),
        *_functions(index, members),
        *_attached(index, members),
    )


def readers(index: Index, tables: frozenset[TableRef]) -> tuple[Dependent, ...]:
    """Return the views that read the tables and the functions that name them."""
    return (*_views(index, tables), *_functions(index, tables))


def _foreign_keys(index: Index, members: frozenset[TableRef]) -> list[Dependent]:
    return [
        Dependent(
            kind="foreign key",
            name=f"{table.ref} ({', '.join(map(quote_ident, key.columns))})",
            members=(key.target,),
            how="between members" if table.ref in members else "points at it",
        )
        for table, key in index.keys_to(members)
    ]


def _views(index: Index, members: frozenset[TableRef]) -> list[Dependent]:
    return [
        Dependent(
            kind="view" if view.kind == "view" else "materialized view",
            name=str(view.ref),
            members=tuple(sorted(members.intersection(view.reads))),
            how="reads it",
        )
        for view in index.views_of(members)
    ]


def _functions(index: Index, members: frozenset[TableRef]) -> list[Dependent]:
    found = []
    for function, refs in index.functions_of(members):
        known = members.intersection(function.reads)
        body = function.body or ""
        named = tuple(ref for ref in refs if ref in known or _is_named(ref, body))
        if named:
            how = "depends on it" if known else "names it in its body"
            found.append(
                Dependent(kind="function", name=_signature(function), members=named, how=how)
            )
    return found


def _attached(index: Index, members: frozenset[TableRef]) -> list[Dependent]:
    found = []
    for table in index.tables(members):
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


def _is_named(ref: TableRef, body: str) -> bool:
    # To compile a pattern takes a thousand times as long as to look for the word.
    word = quote_ident(ref.name).casefold()
    return word in body.casefold() and _mention(ref).search(body) is not None


def _mention(ref: TableRef) -> re.Pattern[str]:
    """Match the table in a function's text: qualified, or where a statement expects a table.

    A bare word is not enough: `posts` may be a variable or a column alias.
    """
    schema, name = (re.escape(quote_ident(part)) for part in (ref.schema, ref.name))
    return re.compile(
        rf"(?:(?<![\w$.]){schema}\s*\.\s*|\b(?:from|join|into|update|table|only)\s+){name}(?![\w$.])",
        re.IGNORECASE,
    )
