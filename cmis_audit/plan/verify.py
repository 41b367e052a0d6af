"""Phase 3: refuse to go on unless every row is accounted for and comes back as it was."""

from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Hazard, HazardNote, Phase, PlanOptions, Step
from cmis_audit.model.sqltext import quoted
from cmis_audit.plan.design import Design, MemberDesign
from cmis_audit.plan.sqltext import dollar, indented


def verify(design: Design, options: PlanOptions) -> Step:
    body = (
        "-- Of one moment: rows that were written since the last catch-up are left out, and are\n"
        "-- caught up by the switch.\n" + "\n\n".join(_member(design, m) for m in design.members)
    )
    return design.files(options).step(
        file="03-verify.sql",
        phase=Phase.VERIFY,
        title=f"Hold {design.target} against the old tables",
        body=body,
        hazards=tuple(
            HazardNote(
                hazard=Hazard.LONG_SCAN, subject=m.label, detail="is read twice, without a lock"
            )
            for m in design.members
        ),
        timed=False,
        reached=Phase.VERIFY,
        isolation=" ISOLATION LEVEL REPEATABLE READ",
    )


def _member(design: Design, member: MemberDesign) -> str:
    book, number = design.schema, member.number
    columns = quoted(member.names, "v.")
    not_pending = _not_pending(design, member, "v.", own=True)
    target_pending = _not_pending(design, member, "t.", own=False)
    text = f"""\
INSERT INTO {book}.ledger
    (member, rows_in, inserted, merged, rejected, hash_in, hash_out, cells_in, cells_out)
SELECT {member.label_sql}, i.rows_in, t.inserted, t.merged, r.rejected, i.hash, o.hash,
       c.cells, t.cells
FROM (SELECT count(*) AS rows_in,
             coalesce(sum(hashtextextended(CAST(ROW({columns}) AS text), 0)::numeric), 0) AS hash
      FROM {member.table.ref} v{not_pending}) i,
     (SELECT coalesce(sum(hashtextextended(CAST(ROW({columns}) AS text), 0)::numeric), 0) AS hash
      FROM {book}.was_{number} v{not_pending}) o,
     (SELECT {_counts(design, member)}
      FROM {design.target} t
      WHERE {design.rows_of(member)}{target_pending}) t,
     ({_rejected(design, member)}) r,
     ({_cells(design, member)}) c
ON CONFLICT (member) DO UPDATE SET
    rows_in = excluded.rows_in, inserted = excluded.inserted, merged = excluded.merged,
    rejected = excluded.rejected, hash_in = excluded.hash_in, hash_out = excluded.hash_out,
    cells_in = excluded.cells_in, cells_out = excluded.cells_out,
    verified_at = clock_timestamp();"""
    return text + "\n" + _assertion(design, member)


def _counts(design: Design, member: MemberDesign) -> str:
    if design.long:
        observation = f"t.{quote_ident(design.long.observation)}"
        return f"count(DISTINCT {observation}) AS inserted, 0 AS merged, count(*) AS cells"
    own = f"t.{design.source_sql} = {member.label_sql}"
    return (
        f"count(*) FILTER (WHERE {own}) AS inserted, "
        f"count(*) FILTER (WHERE NOT {own}) AS merged, CAST(NULL AS bigint) AS cells"
    )


def _cells(design: Design, member: MemberDesign) -> str:
    """Return how many cells the member's rows have, as counted in the old table."""
    if member.cells is None:
        return "SELECT CAST(NULL AS bigint) AS cells"
    kept = member.cells.check
    changes = _not_pending(design, member, "s.", own=True)
    if kept:
        changes += f"{' AND' if changes else ' WHERE'} ({kept})"
    return (
        f"SELECT count(*) AS cells FROM {member.table.ref} s\n"
        f"      CROSS JOIN LATERAL (\n{indented(member.cells.query, 10)}\n      ) c{changes}"
    )


def _rejected(design: Design, member: MemberDesign) -> str:
    if not member.rejects:
        return "SELECT 0 AS rejected"
    return (
        f"SELECT count(*) AS rejected FROM {design.schema}.rejects_{member.number} v"
        f"{_not_pending(design, member, 'v.', own=True)}"
    )


def _not_pending(design: Design, member: MemberDesign, alias: str, *, own: bool) -> str:
    """Return the condition that a row was not written since the last catch-up."""
    changes = f"{design.schema}.changes_{member.number}"
    word = "\n      WHERE" if own else "\n        AND"
    if not member.key:
        return ""
    same = " AND ".join(
        f"c.{quote_ident(m.column.name)} = "
        + (f"{alias}{quote_ident(m.column.name)}" if own else m.back_of(alias))
        for m in member.keyed
    )
    return f"{word} NOT EXISTS (SELECT FROM {changes} c WHERE c.everything_ OR {same})"


def _assertion(design: Design, member: MemberDesign) -> str:
    refused = ""
    if not member.key:
        refused = f"""\
IF EXISTS (SELECT FROM {design.schema}.changes_{member.number}) THEN
    RAISE EXCEPTION USING MESSAGE = {member.label_sql} || ' has been written to since',
        HINT = 'run the backfill again';
END IF;
"""
    body = f"""\
DECLARE
    said {design.schema}.ledger;
BEGIN
{indented(refused)}    SELECT * INTO STRICT said FROM {design.schema}.ledger
    WHERE member = {member.label_sql};
    IF said.rows_in <> said.inserted + said.merged + said.rejected
       OR said.hash_in <> said.hash_out OR said.cells_in <> said.cells_out THEN
        RAISE EXCEPTION USING MESSAGE = format(
            '%s is not conserved: %s rows in, %s inserted, %s merged, %s rejected; hash %s, %s',
            said.member, said.rows_in, said.inserted, said.merged, said.rejected,
            said.hash_in, said.hash_out);
    END IF;
END"""
    return f"DO {dollar(body)};"
