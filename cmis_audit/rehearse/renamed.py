"""What a rename leaves to be proved: the same rows under both names, for everybody."""

from collections.abc import Mapping

from msgspec.structs import replace

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan, Strategy
from cmis_audit.model.rehearsal import LedgerLine
from cmis_audit.rehearse.states import State, States


def new_names(plans: tuple[ClusterPlan, ...]) -> Mapping[TableRef, TableRef]:
    """Return what renamed tables are called, by their old names."""
    return {
        member.table: member.moved_to
        for plan in plans
        if plan.strategy == Strategy.RENAME
        for member in plan.members
    }


def under_new_names(plan: ClusterPlan, members: tuple[Table, ...]) -> tuple[Table, ...]:
    """Return the members of a rename as they are called then; of other plans, none."""
    names = new_names((plan,))
    return tuple(replace(table, ref=names[table.ref]) for table in members if names)


def by_old_name(plan: ClusterPlan, found: States) -> States:
    """Return states under new names by the old ones."""
    return {old: found[new] for old, new in new_names((plan,)).items() if new in found}


def renamed_lines(before: States, after: States, there: States) -> tuple[LedgerLine, ...]:
    """Return a line for each member: its rows before, under the old name and under the new one.

    All by the old name. Such a plan has no ledger, for no row moves: both counts are made here.
    """
    gone = State(rows=0, hash="")
    return tuple(
        LedgerLine(
            member=ref,
            rows_in=old.rows,
            inserted=there.get(ref, gone).rows,
            merged=0,
            rejected=0,
            counted=there.get(ref, gone).rows,
            rows_switched=old.rows,
            rows_out=after.get(ref, gone).rows,
            same=old == after.get(ref) == there.get(ref),
        )
        for ref, old in before.items()
    )
