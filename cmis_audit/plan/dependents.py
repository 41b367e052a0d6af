"""What hangs on the members, as far as a catalog tells, and what becomes of it."""

import re
from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog, Function, View, ViewKind
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Dependent, Hazard, HazardNote
from cmis_audit.plan.design import Design

_CONFLICT = re.compile(r"\bON\s+CONFLICT\b|\bTRUNCATE\b|\bCOPY\b", re.IGNORECASE)
_REPLACED = "is replaced where it stands, by the same text over the new views"
_REBUILT = "is built anew over the new views, with its indexes and rights; the old one is kept"
_DEEPER = "reads it through others and needs nothing"


def dependents(catalog: Catalog, refs: tuple[TableRef, ...]) -> tuple[Dependent, ...]:
    """Return views at every level, functions, foreign keys, triggers and policies."""
    found = {
        *_views(catalog, refs),
        *_functions(catalog, refs),
        *_foreign_keys(catalog, refs),
        *_carried(catalog, refs),
    }
    return tuple(sorted(found))


def _views(catalog: Catalog, refs: tuple[TableRef, ...]) -> Iterator[Dependent]:
    rebuilt, reached = set(refs), set(refs)
    pending = True
    while pending:
        pending = False
        for view in catalog.views:
            if view.ref not in reached and reached & set(view.reads):
                reached.add(view.ref)
                pending = True
            if (
                view.kind == ViewKind.MATERIALIZED
                and view.ref not in rebuilt
                and rebuilt & set(view.reads)
            ):
                rebuilt.add(view.ref)
                pending = True
    for view in catalog.views:
        if view.ref in reached:
            yield Dependent(kind=_kind(view), name=str(view.ref), what=_fate(view, rebuilt))


def _kind(view: View) -> str:
    return "materialized view" if view.kind == ViewKind.MATERIALIZED else "view"


def _fate(view: View, rebuilt: set[TableRef]) -> str:
    if view.ref in rebuilt:
        return _REBUILT
    return _REPLACED if rebuilt & set(view.reads) else _DEEPER


def _functions(catalog: Catalog, refs: tuple[TableRef, ...]) -> Iterator[Dependent]:
    for function in catalog.functions:
        if set(function.reads) & set(refs):
            what = "is replaced by the same text over the new views"
        elif named_in(function, refs):
            what = "names it in its text and works on the new views"
            if _CONFLICT.search(function.body or ""):
                what = "names it in its text: ON CONFLICT, TRUNCATE and COPY fail on a view"
        else:
            continue
        yield Dependent(kind=function.kind, name=f"{function.ref}({function.arguments})", what=what)


def named_in(function: Function, refs: tuple[TableRef, ...]) -> bool:
    """Tell whether a function's text names one of the tables; `sql/contract.sql` asks the same."""
    body = function.body or ""
    lower = body.lower()
    for ref in refs:
        if ref.name.lower() in lower:
            name, schema = re.escape(ref.name), re.escape(ref.schema)
            alone = rf"""(?:^|[^\w$."]|[^\w$"]\.|%[\w$]+\.)"?{name}(?![\w$])"""
            whole = rf"""(?:^|[^\w$])"?{schema}"?\s*\.\s*"?{name}(?![\w$])"""
            if re.search(f"{alone}|{whole}", body, re.IGNORECASE):
                return True
    return False


def _foreign_keys(catalog: Catalog, refs: tuple[TableRef, ...]) -> Iterator[Dependent]:
    for table in catalog.tables:
        if table.ref in refs:
            continue
        for key in table.foreign_keys:
            if key.target in refs:
                yield Dependent(
                    kind="foreign key",
                    name=f"{key.name} on {table.ref}",
                    what="points at the target from then on; its values stay as they are",
                )


def _carried(catalog: Catalog, refs: tuple[TableRef, ...]) -> Iterator[Dependent]:
    for table in catalog.tables:
        if table.ref not in refs:
            continue
        for trigger in table.triggers:
            what = "acts on the rows of its table in the target"
            if not trigger.enabled:
                what = "is disabled and is not carried over"
            yield Dependent(kind="trigger", name=f"{trigger.name} on {table.ref}", what=what)
        for policy in table.policies:
            yield Dependent(
                kind="policy",
                name=f"{policy.name} on {table.ref}",
                what="holds in the target for the rows of its table",
            )


def hazards(design: Design, catalog: Catalog) -> Iterator[HazardNote]:
    """Yield what the switch may break that the files themselves do not say."""
    refs = tuple(member.table.ref for member in design.members)
    for function in catalog.functions:
        if named_in(function, refs) and _CONFLICT.search(function.body or ""):
            yield HazardNote(
                hazard=Hazard.CHANGED_BEHAVIOUR,
                subject=str(function.ref),
                detail="ON CONFLICT, TRUNCATE and COPY fail on the views under the old names",
            )
    for view in catalog.views:
        if view.kind == ViewKind.MATERIALIZED and set(refs) & set(view.reads):
            yield HazardNote(
                hazard=Hazard.LONG_SCAN,
                subject=str(view.ref),
                detail="is refreshed while the old tables are locked",
            )
    for member in design.members:
        for mapped in member.mapped:
            if "AT TIME ZONE" in mapped.forward:
                yield HazardNote(
                    hazard=Hazard.ASSUMED_TIME_ZONE,
                    subject=f"{member.label}.{mapped.column.name}",
                    detail="has no time zone and is taken to be in the one that was named",
                )
            if not mapped.exact:
                yield HazardNote(
                    hazard=Hazard.LOSSY_CAST,
                    subject=f"{member.label}.{mapped.column.name}",
                    detail="rows whose value the target's type would change are rejected",
                )
    owners = sorted({m.table.owner for m in design.members if m.table.owner})
    if len(owners) > 1:
        yield HazardNote(
            hazard=Hazard.AUTHORIZATION_CHANGE,
            subject=str(design.target),
            detail=f"the owners of the old tables ({', '.join(owners)}) may all write to it",
        )
    for unique in design.uniques:
        if len(unique.declared) > 1:
            yield HazardNote(
                hazard=Hazard.STRICTER_CONSTRAINT,
                subject=str(design.target),
                detail=f"({', '.join(unique.columns)}) is unique across the old tables",
            )
