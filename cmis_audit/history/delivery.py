"""What the last plan promised, and what came."""

from collections.abc import Iterator

from cmis_audit.model.comparison import Delivery, Outcome
from cmis_audit.model.record import PlanRecord, Record


def delivery(plan: PlanRecord, old: Record, new: Record) -> Delivery:
    """Return the plan's figures beside those of the new audit."""
    return Delivery(
        made_from_old=plan.source.fingerprint == old.source.fingerprint,
        outcomes=tuple(_outcomes(plan, new)),
    )


def _outcomes(plan: PlanRecord, new: Record) -> Iterator[Outcome]:
    said = plan.promised
    yield _outcome("score", said.score_before, said.score_after, new.score.value, more=True)
    yield _outcome("tables", said.tables_before, said.tables_after, new.totals.tables)
    clusters = len(new.duplicates)
    yield _outcome("groups to merge", said.clusters_before, said.clusters_after, clusters)
    for one in said.clusters:
        left = sum(len(other.core.intersection(one.tables)) for other in new.duplicates)
        yield _outcome(f"tables to merge in '{one.name}'", len(one.tables), 0, left)


def _outcome(figure: str, before: int, promised: int, came: int, *, more: bool = False) -> Outcome:
    """Return a figure; it is kept when it came as promised or better."""
    kept = came >= promised if more else came <= promised
    return Outcome(figure=figure, before=before, promised=promised, came=came, kept=kept)
