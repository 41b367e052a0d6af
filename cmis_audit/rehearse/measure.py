"""Representative queries and bytes, before and after: what the server says, not what one hopes."""

import json
from collections.abc import Iterable

from cmis_audit.model.catalog import Table
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan
from cmis_audit.model.rehearsal import Bytes, Measures, QueryMeasure, Refused, Timing
from cmis_audit.model.sqltext import literal
from cmis_audit.rehearse.ports import Session, Stage, asked, done
from cmis_audit.rehearse.queries import queries_for
from cmis_audit.rehearse.run import FORWARD

WARM_UPS = 2


def measure(
    stage: Stage, plan: ClusterPlan, members: tuple[Table, ...], *, runs: int
) -> Measures | Refused:
    """Time queries on the clone as it is filled now, switch, and time them again."""
    place = stage.place
    with place.session() as session:
        settle(session, (table.ref for table in members))
        queries = queries_for(session, plan, members)
        before = [_timed(session, query.before, runs) for query in queries]
        bytes_before = bytes_of(session, (table.ref for table in members))
        rows = sum(
            int(asked(session, f"SELECT count(*) FROM {table.ref}")[0][0] or 0) for table in members
        )
    for step in plan.steps:
        if step.phase in FORWARD and not step.undo:
            refused = place.run_file(f"{plan.folder}/{step.file}", step.sql)
            if refused is not None:
                return refused
    rejects = [member.rejects for member in plan.members if member.rejects is not None]
    kept = [*(target.ref for target in plan.targets), *rejects]
    with place.session() as session:
        settle(session, kept)
        measured = []
        for query, timing in zip(queries, before, strict=True):
            after = query.after if query.after else query.find_after(session)
            if after is None:
                continue
            measured.append(
                QueryMeasure(
                    what=query.what,
                    before=timing,
                    after=_timed(session, after, runs),
                    old_name=_timed(session, query.before, runs),
                )
            )
        return Measures(
            rows=rows,
            runs=runs,
            queries=tuple(measured),
            before=bytes_before,
            after=bytes_of(session, kept),
        )


def settle(session: Session, tables: Iterable[TableRef]) -> None:
    """Leave no dead row and no unknown row count behind."""
    for table in tables:
        done(session, f"VACUUM (ANALYZE) {table}")


def _timed(session: Session, query: str, runs: int) -> Timing:
    explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {query}"
    for _ in range(WARM_UPS):
        asked(session, explain)
    plans = [json.loads(asked(session, explain)[0][0] or "[]")[0] for _ in range(runs)]
    times = sorted(plan["Planning Time"] + plan["Execution Time"] for plan in plans)
    last = plans[-1]["Plan"]
    return Timing(
        median=round(times[len(times) // 2], 3),
        lowest=round(times[0], 3),
        highest=round(times[-1], 3),
        blocks=last["Shared Hit Blocks"] + last["Shared Read Blocks"],
    )


def bytes_of(session: Session, tables: Iterable[TableRef]) -> Bytes:
    """Return what tables take on disk, with their partitions, indexes and long values."""
    names = ", ".join(f"({literal(str(table))}::regclass)" for table in tables)
    if not names:
        return Bytes(heap=0, toast=0, indexes=0)
    heap, toast, indexes = asked(
        session,
        f"""
WITH RECURSIVE tree (oid) AS (
    SELECT given.oid FROM (VALUES {names}) given (oid)
    UNION
    SELECT i.inhrelid::regclass FROM pg_catalog.pg_inherits i JOIN tree t ON t.oid = i.inhparent
)
SELECT coalesce(sum(pg_relation_size(t.oid)), 0),
       coalesce(sum(pg_total_relation_size(nullif(c.reltoastrelid, 0))), 0),
       coalesce(sum(pg_indexes_size(t.oid)), 0)
FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid""",
    )[0]
    return Bytes(heap=int(heap or 0), toast=int(toast or 0), indexes=int(indexes or 0))
