"""Rows that have no place in the target, or stand there already."""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan.books import reason_column
from cmis_audit.plan.design import Design, MemberDesign, TargetUnique
from cmis_audit.plan.rows import holders, rows_named, stands_for
from cmis_audit.plan.sqltext import indented


def reject_inexact(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield what sets aside rows with a value that the target's type would change."""
    checks = inexact(member)
    if not checks:
        return
    own = quoted(member.names)
    values = quoted(member.names, "s.")
    cases = "\n         ".join(f"WHEN {check} THEN {reason}" for check, reason in checks)
    any_of = "\n   OR ".join(check for check, _ in checks)
    rejects = f"{design.schema}.rejects_{member.number}"
    yield (
        f"INSERT INTO {rejects} ({own}, {reason_column(member)})\n"
        f"SELECT {values},\n    CASE {cases} END\n{rows_named(design, member)}\nWHERE {any_of};"
    )
    if member.key:
        yield _forget(design, member, rejects)


def inexact(member: MemberDesign) -> list[tuple[str, str]]:
    """Return when a row of `s` is set aside for a value, and why; both as SQL."""
    checks = []
    for mapped in member.mapped:
        if not mapped.exact:
            again = mapped.back.replace("{}", f"({mapped.forward})")
            own = f"s.{quote_ident(mapped.column.name)}"
            reason = literal(
                f"{mapped.column.name}: the value would not survive the change of type"
            )
            checks.append((f"CAST({again} AS text) IS DISTINCT FROM CAST({own} AS text)", reason))
    if member.cells and member.cells.check:
        reason = "'a value has no place among numbers'"
        checks.append((f"NOT ({member.cells.check})", reason))
    return checks


def meet(design: Design, member: MemberDesign) -> Iterator[str]:
    """Yield what becomes of rows whose key stands in the target already."""
    sharers = design.sharers(member)
    if not sharers or not member.key:
        return
    book, number = design.schema, member.number
    keys = quoted(member.key)
    found = "\nUNION\n".join(_found(design, member, unique) for unique in sharers)
    met = f"{book}.met_{number}"
    yield (
        f"TRUNCATE {met};\n"
        f"INSERT INTO {met} ({keys}, places_, place_, differing_)\n"
        f"SELECT {keys}, count(*), (array_agg(place_))[1], max(differing_)\n"
        f"FROM (\n{indented(found)}\n) f\nGROUP BY {keys};"
    )
    if design.merges:
        yield _merge(design, member, met)
    yield _reject_met(design, member, met)
    yield _forget(design, member, met)


def _merge(design: Design, member: MemberDesign, met: str) -> str:
    """Return what lets a row that is there already stand for the member's equal row too."""
    also, label = quote_ident(design.also or ""), member.label_sql
    settings = [f"{also} = coalesce(t.{also}, '{{}}') || ARRAY[{label}]"]
    for target, forward in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if len(others) < len(design.members) - 1 and target not in design.primary_key:
            name = quote_ident(target)
            kept = stands_for(design, others, f"t.{also}")
            value = f"CASE WHEN {kept} THEN t.{name} ELSE {forward} END" if others else forward
            settings.append(f"{name} = {value}")
    joined = ",\n    ".join(settings)
    same = " AND ".join(f"m.{quote_ident(k)} = s.{quote_ident(k)}" for k in member.key)
    return (
        f"UPDATE {design.target} t SET\n    {joined}\n"
        f"FROM {member.table.ref} s, {met} m\n"
        f"WHERE {same} AND t.ctid = m.place_ AND m.places_ = 1 AND m.differing_ = '';"
    )


def _reject_met(design: Design, member: MemberDesign, met: str) -> str:
    keys = quoted(member.key)
    own = quoted(member.names)
    values = quoted(member.names, "s.")
    refused = "m.places_ > 1 OR m.differing_ <> ''" if design.merges else "true"
    differing = "'its key is that of a row that differs in ' || m.differing_"
    return (
        f"INSERT INTO {design.schema}.rejects_{member.number} ({own}, {reason_column(member)})\n"
        f"SELECT {values},\n"
        "    CASE WHEN m.places_ > 1 THEN 'its keys are those of several rows'\n"
        f"         WHEN m.differing_ <> '' THEN {differing}\n"
        "         ELSE 'its key is that of a row that others may see' END\n"
        f"FROM {member.table.ref} s\nJOIN {met} m USING ({keys})\n"
        f"WHERE {refused};"
    )


def _found(design: Design, member: MemberDesign, unique: TargetUnique) -> str:
    labels = [each for each in design.members if each.number in unique.declared]
    forward = dict(member.forwards())
    conditions = [f"t.{quote_ident(name)} = {forward[name]}" for name in unique.columns]
    if not unique.everywhere:
        conditions.append(stands_for(design, labels, f"t.{quote_ident(design.also or '')}"))
    on = "\n AND ".join(conditions)
    return (
        f"SELECT {quoted(member.key, 's.')}, t.ctid AS place_,\n"
        f"    concat_ws(', ', {_differing(design, member)}) AS differing_\n"
        f"{rows_named(design, member)}\nJOIN {design.target} t ON {on}"
    )


def _differing(design: Design, member: MemberDesign) -> str:
    """Return one expression a column, its name where both rows have it and they disagree."""
    also = f"t.{quote_ident(design.also or '')}"
    found = []
    for target, forward in member.forwards():
        others = [each for each in holders(design, target) if each != member]
        if not others:
            continue
        name = quote_ident(target)
        unequal = f"CAST(t.{name} AS text) IS DISTINCT FROM CAST({forward} AS text)"
        if len(others) < len(design.members) - 1:
            unequal = f"{stands_for(design, others, also)} AND {unequal}"
        found.append(f"CASE WHEN {unequal} THEN {literal(target)} END")
    return ",\n        ".join(found) or "NULL"


def _forget(design: Design, member: MemberDesign, table: str) -> str:
    """Return what takes rows that are dealt with off the work table."""
    same = " AND ".join(f"r.{quote_ident(k)} = w.{quote_ident(k)}" for k in member.key)
    return f"DELETE FROM {design.schema}.work_{member.number} w USING {table} r\nWHERE {same};"
