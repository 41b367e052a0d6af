"""How far a plan came: no more than was seen."""

from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.rehearsal import ClusterRehearsal, Refused, Status
from cmis_audit.rehearse.run import ClusterRun


def member_refs(plan: ClusterPlan) -> frozenset[TableRef]:
    return frozenset(member.table for member in plan.members)


def reached(run: ClusterRun, *, accepted: bool) -> tuple[Status, str]:
    """Return the last word that holds, and why the next does not."""
    if not accepted:
        return Status.GENERATED, "a file was refused"
    lost = [str(line.member) for line in run.ledger if not line.conserved]
    if lost:
        return Status.ACCEPTED, f"rows are not conserved: {', '.join(lost)}"
    if run.problems:
        return Status.ACCEPTED, run.problems[0]
    if run.isolation is not None and run.isolation.differences:
        return Status.CONSERVED, run.isolation.differences[0]
    for undone in run.undone:
        for line in (*undone.catalog, *undone.rows):
            return Status.ISOLATED, f"after the way back from {undone.after.value}: {line}"
    return Status.UNDONE, ""


def result(
    run: ClusterRun, plan: ClusterPlan, refused: Refused | None, notes: tuple[str, ...]
) -> ClusterRehearsal:
    """Return what was found, before anything was measured."""
    status, stopped = reached(run, accepted=refused is None)
    return ClusterRehearsal(
        cluster=plan.cluster,
        name=plan.name,
        folder=plan.folder,
        status=status,
        stopped=stopped,
        refused=refused,
        steps=tuple(run.steps),
        ledger=run.ledger,
        isolation=run.isolation,
        writes=run.writes,
        undone=tuple(run.undone),
        notes=notes + tuple(run.problems[1:]),
    )
