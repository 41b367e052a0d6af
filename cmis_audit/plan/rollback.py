"""One file for each phase that leaves nothing of it."""

from collections.abc import Iterator

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import literal, quoted
from cmis_audit.plan import books
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.sqltext import COLUMNS_FIRST, dollar
from cmis_audit.plan.switch import unlog


def rollbacks(design: Design, options: PlanOptions) -> tuple[Step, ...]:
    return _switch(design, options), _backfill(design, options), _expand(design, options)


def _expand(design: Design, options: PlanOptions) -> Step:
    logs = "\n".join(line for member in design.members for line in unlog(member))
    body = f"{logs}\n\nDROP SCHEMA {design.schema} CASCADE;\nDROP TABLE {design.target};"
    if design.long:
        body += f"\nDROP TABLE {design.long.definitions};"
    return design.files(options).undo(
        file="06-rollback-expand.sql",
        phase=Phase.EXPAND,
        title=f"Take {design.target} and the books away",
        body=body,
        locks=tuple(Lock(table=member.label, mode="ACCESS EXCLUSIVE") for member in design.members),
        after=("expand", "backfill", "verify"),
    )


def _backfill(design: Design, options: PlanOptions) -> Step:
    book = design.schema
    lines = [f"TRUNCATE {design.target};"]
    if design.long:
        named = f"{quote_ident(design.long.definition)} <> 0"
        lines.append(f"DELETE FROM {design.long.definitions} WHERE {named};")
    for member in design.members:
        number = member.number
        if member.rejects:
            lines.append(f"TRUNCATE {book}.rejects_{number};")
        reset = "finished_ = false"
        if member.key:
            reset += ", started_ = false"
        lines.append(f"DELETE FROM {book}.changes_{number};")
        lines.append(f"UPDATE {book}.progress_{number} SET {reset};")
    lines.append(f"DELETE FROM {book}.ledger;")
    return design.files(options).undo(
        file="06-rollback-backfill.sql",
        phase=Phase.BACKFILL,
        title=f"Empty {design.target}",
        body="\n".join(lines),
        locks=(Lock(table=str(design.target), mode="ACCESS EXCLUSIVE"),),
        after=("expand", "backfill", "verify"),
        reached=Phase.EXPAND,
    )


def _switch(design: Design, options: PlanOptions) -> Step:
    book = design.schema
    moved = ", ".join(str(member.moved_to) for member in design.members)
    parts = [
        f"LOCK TABLE {design.target}, {moved} IN ACCESS EXCLUSIVE MODE;",
        *(_return_rows(design, member) for member in design.members),
        f"SELECT {book}.release_foreign_keys();",
        *(
            f"ALTER VIEW {member.table.ref} RENAME TO {quote_ident(_aside(design, member))};\n"
            f"ALTER TABLE {member.moved_to} RENAME TO {quote_ident(member.table.ref.name)};"
            for member in design.members
        ),
        f"SELECT {book}.return_dependents();",
        "\n".join(
            f"DROP VIEW {quote_ident(member.table.ref.schema)}."
            f"{quote_ident(_aside(design, member))};"
            for member in design.members
        ),
        "\n".join(_drop_foreign_keys(design)),
        "\n".join(
            f"DROP TRIGGER {quote_ident(name)} ON {design.target};"
            for each in design.triggers
            for name in each.names
        ),
        f"SELECT {book}.return_foreign_keys();",
        "\n".join(_log_again(design)),
    ]
    return design.files(options).undo(
        file="06-rollback-switch.sql",
        phase=Phase.SWITCH,
        title="Let the old tables have their names again, with what was written since",
        body="\n\n".join(part for part in parts if part),
        locks=(
            Lock(table=str(design.target), mode="ACCESS EXCLUSIVE"),
            *(Lock(table=m.label, mode="ACCESS EXCLUSIVE") for m in design.members),
        ),
        hazards=tuple(
            HazardNote(
                hazard=Hazard.LONG_SCAN,
                subject=member.label,
                detail="is held against the target while both are locked",
            )
            for member in design.members
        ),
        timed=False,
        after=("switch",),
        reached=Phase.VERIFY,
    )


def _aside(design: Design, member: MemberDesign) -> str:
    return f"{design.book}_view_{member.number}"


def _drop_foreign_keys(design: Design) -> Iterator[str]:
    for key in design.foreign_keys:
        yield f"ALTER TABLE {design.target} DROP CONSTRAINT IF EXISTS {quote_ident(key.name)};"


def _log_again(design: Design) -> Iterator[str]:
    for member in design.members:
        for text in books.log_trigger(design, member):
            if not text.startswith("CREATE FUNCTION"):
                yield text


def _return_rows(design: Design, member: MemberDesign) -> str:
    """Return what brings the old table to the state that its view shows."""
    old, now = member.moved_to, member.table.ref
    own = list(member.names)
    written = [c.name for c in member.table.columns if c.generated is None]
    listed = quoted(own)
    if member.key:
        same = " AND ".join(f"o.{quote_ident(k)} = n.{quote_ident(k)}" for k in member.key)
        unequal = (
            f"CAST(ROW({quoted(own, 'o.')}) AS text) <> CAST(ROW({quoted(own, 'n.')}) AS text)"
        )
        work = f"""\
    DELETE FROM {old} o
    WHERE NOT EXISTS (SELECT FROM {now} n WHERE {same} AND NOT {unequal});
    INSERT INTO {old} ({quoted(written)}) OVERRIDING SYSTEM VALUE
    SELECT {quoted(written, "n.")} FROM {now} n
    WHERE NOT EXISTS (SELECT FROM {old} o WHERE {same});"""
    else:
        ranked = (
            f"SELECT ctid AS place, CAST(ROW({listed}) AS text) AS said, row_number() OVER "
            f"(PARTITION BY CAST(ROW({listed}) AS text)) AS turn FROM {old}"
        )
        counted = (
            f"SELECT v.*, row_number() OVER (PARTITION BY CAST(ROW({listed}) AS text)) AS turn_ "
            f"FROM {now} v"
        )
        said = f"CAST(ROW({quoted(own, 'n.')}) AS text)"
        work = f"""\
    DELETE FROM {old} WHERE ctid IN (
        SELECT o.place FROM ({ranked}) o
        LEFT JOIN (SELECT CAST(ROW({listed}) AS text) AS said, count(*) AS times
                   FROM {now} GROUP BY 1) n USING (said)
        WHERE o.turn > coalesce(n.times, 0));
    INSERT INTO {old} ({quoted(written)}) OVERRIDING SYSTEM VALUE
    SELECT {quoted(written, "n.")} FROM ({counted}) n
    LEFT JOIN (SELECT CAST(ROW({listed}) AS text) AS said, count(*) AS times
               FROM {old} GROUP BY 1) o ON o.said = {said}
    WHERE n.turn_ > coalesce(o.times, 0);"""
    body = f"""\
{COLUMNS_FIRST}
BEGIN
    PERFORM {design.schema}.silence({literal(str(old))}::regclass);
{work}
    PERFORM {design.schema}.speak({literal(str(old))}::regclass);
END"""
    return f"DO {dollar(body)};"
