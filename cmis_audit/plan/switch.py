"""Phase 4: the old tables step aside, and views take their names."""

from collections.abc import Iterator

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal
from cmis_audit.plan.compat import view
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.sqltext import dollar


def switch(design: Design, catalog: Catalog, options: PlanOptions) -> Step:
    book = design.schema
    names = ", ".join(member.label for member in design.members)
    parts = [
        f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE;",
        f"-- What was written since the backfill.\nSELECT {book}.catch_up();",
        f"SELECT {book}.save_dependents();\nSELECT {book}.detach_foreign_keys();",
        "\n".join(line for member in design.members for line in unlog(member)),
        "\n".join(rename(member) for member in design.members),
        "\n".join(line for member in design.members for line in view(design, member, catalog)),
        f"SELECT {book}.repoint_dependents();\nSELECT {book}.repoint_foreign_keys();",
        "\n".join(_foreign_keys(design)),
        "\n".join(text for each in design.triggers for text in each.statements),
    ]
    body = "\n\n".join(part for part in parts if part)
    made = design.files(options).step(
        file="04-switch.sql",
        phase=Phase.SWITCH,
        title=f"Let {design.target} take the place of the old tables",
        body=body,
        undoing="06-rollback-switch.sql",
        locks=_locks(design),
        hazards=(*_hazards(design), *design.hazards),
        reached=Phase.SWITCH,
    )
    return _then(made, _validation(design))


def _then(made: Step, text: str) -> Step:
    from msgspec.structs import replace

    return replace(made, sql=f"{made.sql}\n{text}")


def unlog(member: MemberDesign) -> Iterator[str]:
    for ending in ("", "_all"):
        yield f"DROP TRIGGER cmis_audit_log_{member.number}{ending} ON {member.table.ref};"


def rename(member: MemberDesign) -> str:
    return f"ALTER TABLE {member.table.ref} RENAME TO {quote_ident(member.moved_to.name)};"


def _foreign_keys(design: Design) -> Iterator[str]:
    for key in design.foreign_keys:
        columns = "ARRAY[" + ", ".join(literal(name) for name in key.columns) + "]"
        yield (
            f"SELECT {design.schema}.carry_foreign_key({key.member.number}, "
            f"{literal(key.constraint)}, {literal(str(design.target))}, {literal(key.name)}, "
            f"{columns}, {'NULL' if key.action is None else literal(key.action)});"
        )


def _validation(design: Design) -> str:
    """Return what looks at the present rows, once nobody has to wait for it."""
    lines = [
        f"SELECT {design.schema}.validate_foreign_key("
        f"{literal(str(design.target))}, {literal(key.name)});"
        for key in design.foreign_keys
    ]
    body = f"""\
DECLARE
    saved record;
BEGIN
    FOR saved IN SELECT * FROM {design.schema}.saved_foreign_keys
                 WHERE child_number IS NULL AND validated ORDER BY position LOOP
        PERFORM {design.schema}.validate_foreign_key(saved.child::regclass::text,
                                                     saved.constraint_name);
    END LOOP;
END"""
    return "\n".join(["SET statement_timeout = 0;", *lines, f"DO {dollar(body)};"]) + "\n"


def _locks(design: Design) -> tuple[Lock, ...]:
    own = [Lock(table=member.label, mode="ACCESS EXCLUSIVE") for member in design.members]
    parents = [
        Lock(table=str(key.parent), mode="SHARE ROW EXCLUSIVE")
        for key in design.foreign_keys
        if not key.inner
    ]
    return (*own, *parents)


def _hazards(design: Design) -> Iterator[HazardNote]:
    for member in design.members:
        yield HazardNote(
            hazard=Hazard.ACCESS_EXCLUSIVE_LOCK,
            subject=member.label,
            detail="while the last written rows are caught up and the names change",
        )
        yield HazardNote(
            hazard=Hazard.CHANGED_BEHAVIOUR,
            subject=member.label,
            detail="is a view then: INSERT ... ON CONFLICT, TRUNCATE and COPY to it are refused",
        )
