"""Tables that are no duplicates and whose names mislead get the names that were suggested.

The table is renamed where it stands, so views, keys, policies, triggers and rows stay with it. A
view under the old name is read and written by whoever still uses that; nothing has to be filled or
held against each other, so there are no backfill and verify phases.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.names import TableRef, quote_ident
from cmis_audit.model.plan import (
    ClusterPlan,
    Dependent,
    Hazard,
    HazardNote,
    Phase,
    PlanOptions,
    Step,
    Strategy,
)
from cmis_audit.plan.contract import give_up_names
from cmis_audit.plan.dependents import dependents, named_in
from cmis_audit.plan.design import CannotPlanError
from cmis_audit.plan.movable import published, without_heirs
from cmis_audit.plan.naming import LONGEST_BYTES, Names
from cmis_audit.plan.preamble import Files
from cmis_audit.plan.security import needs_invoker
from cmis_audit.plan.stand_in import (
    Moved,
    exclusive,
    guarded,
    locked,
    opened,
    stand_in,
    while_renamed,
)

_TABLES_ONLY: Final = re.compile(r"\b(?:TRUNCATE|COPY|ALTER\s+TABLE|DROP\s+TABLE)\b", re.IGNORECASE)
_NOT_TEXT: Final = frozenset({"view", "materialized view", "foreign key", "trigger", "policy"})
_REFUSED: Final = "TRUNCATE, COPY, ALTER TABLE and DROP TABLE are refused on a view"


def renamed(
    catalog: Catalog,
    cluster: Cluster,
    names: Names,
    options: PlanOptions,
    *,
    folder: str,
    elsewhere: Mapping[TableRef, str],
) -> ClusterPlan:
    """Return the plan that renames what misleads in a cluster. Raises CannotPlanError.

    `elsewhere` are the tables that other plans move, with the folder of each.
    """
    moved = _moved(catalog, cluster, names, elsewhere)
    tables = tuple(each.table for each in moved)
    refs = tuple(table.ref for table in tables)
    needs_invoker(catalog, tables)
    files = Files(
        cluster=cluster.name,
        book=names.free_book(cluster.id),
        options=options,
    )
    return ClusterPlan(
        cluster=cluster.id,
        name=cluster.name,
        kind=cluster.kind,
        strategy=Strategy.RENAME,
        folder=folder,
        book=files.book,
        targets=(),
        members=tuple(each.planned for each in moved),
        steps=tuple(_steps(files, moved, catalog)),
        dependents=tuple(_followers(catalog, refs)),
        decisions=tuple(
            f"{each.label} is called {each.moved_to} from then on; its rows stay where they are"
            for each in moved
        ),
    )


def _moved(
    catalog: Catalog, cluster: Cluster, names: Names, elsewhere: Mapping[TableRef, str]
) -> tuple[Moved, ...]:
    by_ref = {table.ref: table for table in catalog.tables}
    wanted = [
        (by_ref[member.table], member.suggested_name)
        for member in cluster.members
        if member.suggested_name and member.table in by_ref
    ]
    if not wanted:
        raise CannotPlanError("none of its tables is in the catalog")
    tables = tuple(table for table, _ in wanted)
    reasons = list(without_heirs(catalog, tables))
    reasons += published(catalog, frozenset(table.ref for table in tables))
    moved = []
    for number, (table, name) in enumerate(wanted, start=1):
        to = TableRef(schema=table.ref.schema, name=name)
        if table.ref in elsewhere:
            reasons.append(f"{table.ref} is moved by {elsewhere[table.ref]} of this plan already")
        if len(name.encode()) > LONGEST_BYTES:
            reasons.append(f"{to} is longer than the {LONGEST_BYTES} bytes that a name can have")
        elif not names.take(to.schema, to.name):
            reasons.append(f"the name {to} is taken")
        moved.append(Moved(number=number, table=table, moved_to=to))
    if reasons:
        raise CannotPlanError(*sorted(set(reasons)))
    return tuple(moved)


def _steps(files: Files, moved: tuple[Moved, ...], catalog: Catalog) -> Iterator[Step]:
    schema = quote_ident(files.book)
    before = (Phase.EXPAND.value,)
    back = [
        f"ALTER TABLE {each.moved_to} RENAME TO {quote_ident(each.table.ref.name)};"
        for each in moved
    ]
    yield files.step(
        "01-expand.sql",
        Phase.EXPAND,
        f"Prepare to rename tables whose names mislead: {_listed(moved)}",
        "\n\n".join((*opened(schema, moved), guarded(schema, moved, "refuse_published"))),
        undoing="06-rollback-expand.sql",
    )
    yield files.step(
        "04-switch.sql",
        Phase.SWITCH,
        f"Give the tables their new names; views stand under the old ones: {_listed(moved)}",
        "\n\n".join((locked(moved), *(stand_in(schema, each) for each in moved))),
        undoing="06-rollback-switch.sql",
        locks=exclusive(moved),
        hazards=(*while_renamed(moved), *_hazards(catalog, moved)),
        after=before,
        reached=Phase.SWITCH,
    )
    yield give_up_names(
        files,
        [each.table.ref for each in moved],
        f"DROP SCHEMA {schema} CASCADE;",
        undoing=" ".join(back),
        after=Phase.SWITCH.value,
    )
    yield files.undo(
        "06-rollback-switch.sql",
        Phase.SWITCH,
        "Let the tables have their old names again",
        "\n".join(
            f"DROP VIEW {each.label};\n{line}" for each, line in zip(moved, back, strict=True)
        ),
        after=(Phase.SWITCH.value,),
        reached=Phase.EXPAND,
        locks=exclusive(moved),
    )
    yield files.undo(
        "06-rollback-expand.sql",
        Phase.EXPAND,
        "Take the books away",
        f"DROP SCHEMA {schema} CASCADE;",
        after=before,
    )


def _listed(moved: tuple[Moved, ...]) -> str:
    return ", ".join(f"{each.label} to {each.moved_to.name}" for each in moved)


def _hazards(catalog: Catalog, moved: tuple[Moved, ...]) -> Iterator[HazardNote]:
    for each in moved:
        yield _changed(each.label, f"is a view then: {_REFUSED}")
        if any(trigger.enabled for trigger in each.table.triggers):
            yield _changed(each.label, "its triggers find the new name in TG_TABLE_NAME")
    refs = tuple(each.table.ref for each in moved)
    for function in catalog.functions:
        if named_in(function, refs) and _TABLES_ONLY.search(function.body or ""):
            yield _changed(str(function.ref), _REFUSED)


def _changed(subject: str, detail: str) -> HazardNote:
    return HazardNote(hazard=Hazard.CHANGED_BEHAVIOUR, subject=subject, detail=detail)


def _followers(catalog: Catalog, refs: tuple[TableRef, ...]) -> Iterator[Dependent]:
    """Yield what hangs on the tables, and goes with them but for what only knows their names."""
    by_text = {
        f"{function.ref}({function.arguments})": function
        for function in catalog.functions
        if not set(function.reads) & set(refs)
    }
    for each in dependents(catalog, refs):
        function = by_text.get(each.name) if each.kind not in _NOT_TEXT else None
        what = "goes with the table to its new name"
        if function is not None:
            what = "names it in its text and finds the view under the old name"
            if _TABLES_ONLY.search(function.body or ""):
                what = f"names it in its text: {_REFUSED}"
        yield replace(each, what=what)
