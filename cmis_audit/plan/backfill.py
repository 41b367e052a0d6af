"""Phase 2: the rows, batch by batch."""

from cmis_audit.model.plan import Hazard, HazardNote, Lock, Phase, PlanOptions, Step
from cmis_audit.plan.constraints import index_statements
from cmis_audit.plan.design import Design


def backfill(design: Design, options: PlanOptions) -> Step:
    calls = "\n".join(
        f"CALL {design.schema}.backfill_{member.number}({options.batch_size});"
        for member in design.members
    )
    body = (
        "-- Each batch is a transaction of its own. Broken off, the file is run again and goes on\n"
        f"-- where it stopped.\n{calls}\n\n"
        f"-- What was written meanwhile.\nSELECT {design.schema}.catch_up();\n\n"
        f"ANALYZE {design.target};"
    )
    notes = tuple(
        HazardNote(
            hazard=Hazard.LONG_SCAN,
            subject=member.label,
            detail=f"is read once, {options.batch_size} rows at a time"
            if member.key
            else "has no key and is read once, in one transaction",
        )
        for member in design.members
    )
    return design.files(options).step(
        file="02-backfill.sql",
        phase=Phase.BACKFILL,
        title=f"Fill {design.target}",
        body=body,
        undoing="06-rollback-backfill.sql",
        locks=(Lock(table=str(design.target), mode="SHARE ROW EXCLUSIVE"),),
        hazards=notes,
        transaction=False,
        timed=False,
        reached=Phase.BACKFILL,
    )


def index_step(design: Design, options: PlanOptions) -> Step | None:
    """Return the file that indexes the filled target, if there is anything to index."""
    statements = "\n".join(index_statements(design, unique=False))
    if not statements:
        return None
    return design.files(options).step(
        file="02-backfill_indexes.sql",
        phase=Phase.BACKFILL,
        title=f"Index {design.target}",
        body="-- Outside of a transaction; broken off, the file is run again.\n" + statements,
        undoing="06-rollback-expand.sql",
        locks=(Lock(table=str(design.target), mode="SHARE UPDATE EXCLUSIVE"),),
        transaction=False,
        timed=False,
        after=("backfill", "verify"),
    )
