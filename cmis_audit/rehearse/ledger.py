"""What became of the rows: the plan's own books, held against what is counted here."""

from dataclasses import dataclass

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import ClusterPlan, PlannedMember, Strategy, TargetTable
from cmis_audit.model.rehearsal import LedgerLine, Reject
from cmis_audit.rehearse.ports import Session, asked
from cmis_audit.rehearse.states import State, States, key_text

SHOWN_REJECTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member's line while the plan stands after its verify file."""

    rows_in: int
    inserted: int
    merged: int
    rejected: int
    counted: int | None


Book = dict[str, Entry]
"""By the member's label."""


def sources(plan: ClusterPlan) -> tuple[TargetTable, ...]:
    """Return the targets whose rows say from which member they came."""
    return tuple(target for target in plan.targets if target.source_column)


def book(session: Session, plan: ClusterPlan, now: States) -> Book:
    """Return the plan's ledger, beside the rows counted in the old tables and in the targets."""
    ledger = {
        label or "": tuple(int(number or 0) for number in numbers)
        for label, *numbers in asked(
            session,
            f"SELECT member, inserted, merged, rejected FROM {quote_ident(plan.book)}.ledger",
        )
    }
    counted: dict[str, int] = {}
    for target in sources(plan):
        source = quote_ident(target.source_column)
        for label, count in asked(
            session, f"SELECT {source}::text, count(*) FROM {target.ref} GROUP BY 1"
        ):
            counted[label or ""] = counted.get(label or "", 0) + int(count or 0)
    found = {}
    for member in plan.members:
        inserted, merged, rejected = ledger.get(member.label, (0, 0, 0))
        found[member.label] = Entry(
            rows_in=now[member.table].rows,
            inserted=inserted,
            merged=merged,
            rejected=rejected,
            counted=counted.get(member.label, 0) if plan.strategy == Strategy.MERGE else None,
        )
    return found


def lines(
    session: Session,
    plan: ClusterPlan,
    tables: tuple[Table, ...],
    verified: Book,
    *,
    before: States,
    after: States,
) -> tuple[LedgerLine, ...]:
    """Return a line for each member; `before` and `after` are of the switch."""
    gone = State(rows=0, hash="")
    found = []
    for member, table in zip(plan.members, tables, strict=True):
        entry = verified[member.label]
        old, new = before[member.table], after.get(member.table, gone)
        found.append(
            LedgerLine(
                member=member.table,
                rows_in=entry.rows_in,
                inserted=entry.inserted,
                merged=entry.merged,
                rejected=entry.rejected,
                counted=entry.counted,
                rows_switched=old.rows,
                rows_out=new.rows,
                same=old == new,
                rejects=rejects(session, member, table),
            )
        )
    return tuple(found)


def rejects(session: Session, member: PlannedMember, table: Table) -> tuple[Reject, ...]:
    """Return the first rows that were set aside; of somebody's rows, how many and why."""
    if member.rejects is None:
        return ()
    # The reason stands in the last column, whatever it had to be called.
    key = key_text(member.key, table)
    reason = asked(
        session,
        "SELECT attname FROM pg_catalog.pg_attribute "
        f"WHERE attrelid = '{str(member.rejects).replace(chr(39), chr(39) * 2)}'::regclass "
        "AND attnum > 0 AND NOT attisdropped ORDER BY attnum DESC LIMIT 1",
    )[0][0]
    if session.discreet:
        why = f"v.{quote_ident(reason or '')}"
        counted = asked(
            session,
            f"SELECT count(*), {why} FROM {member.rejects} v GROUP BY {why} "
            f'ORDER BY {why} COLLATE "C"',
        )
        return tuple(
            Reject(key=f"{number} rows, whose keys are not told", reason=said or "")
            for number, said in counted
        )
    rows = asked(
        session,
        f"SELECT left({key}, 200), v.{quote_ident(reason or '')} FROM {member.rejects} v "
        f'ORDER BY {key} COLLATE "C" LIMIT {SHOWN_REJECTS}',
    )
    return tuple(Reject(key=key or "", reason=reason or "") for key, reason in rows)
