"""What came of trying a plan, as parts of the report."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cmis_audit.model.catalog import Skipped
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Phase
from cmis_audit.model.rehearsal import (
    Bytes,
    ClusterRehearsal,
    Finish,
    Isolation,
    Measures,
    Refused,
    Reject,
    SchemaRehearsal,
    Status,
    Timing,
    Undone,
)
from cmis_audit.model.report import Report
from cmis_audit.render.escape import Safe, Table, code, joined, table, text
from cmis_audit.render.units import counted, human_bytes

SAME: Final = (0.9, 1.1)
"""Between these a query is neither faster nor slower: that much it differs from run to run."""
CLAIMED_FACTORS: Final = (5, 10)
CLAIMED_SAVINGS: Final = (30, 60)
"""Per cent of storage."""


def by_cluster(report: Report) -> Mapping[str, ClusterRehearsal]:
    """Return what was tried, by the id of the cluster."""
    found = report.rehearsal.clusters if report.rehearsal else ()
    return {each.cluster: each for each in found}


def finish_line(finish: Finish) -> Safe:
    """Return what an audit of the clone says once the old tables are dropped."""
    score = f"score {finish.score_before} before, **{finish.score_after}** after"
    if not finish.clusters_left:
        return Safe(f"Audited again at the end, the groups that were merged are gone: {score}.")
    left = joined(", ", (text(name) for name in finish.clusters_left))
    return Safe(f"Audited again at the end: {score}; still found: {left}.")


def notes_table(notes: tuple[Skipped, ...]) -> Table:
    return table(("What", "Why"), [(note.what, note.why) for note in notes], "ll")


def status_line(tried: ClusterRehearsal) -> Safe:
    """Return the words that were reached, in bold, and those that were not."""
    words = list(Status)
    reached = words.index(tried.status)
    return Safe(
        " → ".join(
            f"**{word.value}**" if place <= reached else f"~~{word.value}~~"
            for place, word in enumerate(words)
        )
        + "."
    )


def refusal(refused: Refused) -> Safe:
    where = f"{refused.file}, line {refused.line}"
    state = f" ({refused.sqlstate})" if refused.sqlstate else ""
    return joined(
        "",
        (
            Safe("Refused by the server: "),
            code(where),
            Safe(", "),
            code(refused.statement),
            Safe(": "),
            text(f"{refused.message}{state}."),
        ),
    )


def ledger_table(tried: ClusterRehearsal) -> Table:
    rows = [
        [
            code(str(line.member)),
            line.rows_in,
            line.inserted,
            line.merged,
            line.rejected,
            line.rows_switched,
            line.rows_out,
            "yes" if line.same else Safe("**no**"),
        ]
        for line in tried.ledger
    ]
    headers = ["Table", "Rows in", "Inserted", "Merged", "Set aside"]
    headers += ["At the switch", "Under the old name after", "The same"]
    return table(headers, rows, "lrrrrrrl")


def rejects(tried: ClusterRehearsal) -> list[tuple[TableRef, Reject]]:
    return [(line.member, reject) for line in tried.ledger for reject in line.rejects]


def rejects_table(found: list[tuple[TableRef, Reject]]) -> Table:
    rows = [(code(str(member)), code(reject.key), reject.reason) for member, reject in found]
    return table(("Table", "Key", "Because"), rows, "lll")


def findings(tried: ClusterRehearsal, prose: Callable[[str], Safe]) -> Iterator[Safe]:
    """Yield what was found about tenants, the way back and writes, a line each."""
    if tried.isolation is not None:
        yield from _isolation(tried.isolation)
    for undone in tried.undone:
        yield _undone(undone)
    if tried.writes is not None:
        written = tried.writes
        filled = any(step.phase == Phase.BACKFILL for step in tried.steps)
        caught = (
            "between backfill and switch {} caught up" if filled else "before the switch {} kept"
        )
        yield Safe(
            f"{counted(written.before_switch, 'write')} "
            f"{caught.format('was' if written.before_switch == 1 else 'were')}; "
            f"{counted(written.after_switch, 'write')} under the old names after it."
        )
        for line in written.refused:
            yield joined("", (Safe("Refused after the switch, and not before: "), prose(line)))
        for line in written.other:
            yield joined("", (Safe("**Other rows after the same writes**: "), prose(line)))
    for note in tried.notes:
        yield prose(note)


def _isolation(isolation: Isolation) -> Iterator[Safe]:
    if isolation.not_tried:
        yield text(f"Who sees what: not tried, {isolation.not_tried}.")
    elif not isolation.differences:
        tenants = f" and {counted(isolation.tenants, 'tenant')}" if isolation.tenants else ""
        yield text(
            f"Who sees what: the same before and after, in {isolation.comparisons} comparisons "
            f"over {counted(len(isolation.roles), 'role')}{tenants}."
        )
    for line in isolation.differences:
        yield joined("", (Safe("**Sees something else**: "), text(line)))


def schema_lines(tried: SchemaRehearsal) -> Iterator[Safe]:
    """Yield what became of a schema that repeats another, a line each."""
    name = code(tried.schema)
    if tried.dropped:
        yield Safe(f"{name} was dropped with its last table, made again as it was, and dropped.")
    else:
        yield Safe(f"{name} stays.")
    if tried.refused is not None:
        yield refusal(tried.refused)
    for line in tried.rows:
        yield joined("", (Safe("**Other rows when all tables switch together**: "), text(line)))
    for undone in tried.undone:
        yield _undone(undone)
    for note in tried.notes:
        yield text(note)


def _undone(undone: Undone) -> Safe:
    different = (*undone.catalog, *undone.rows)
    if not different:
        return text(f"Undone after {undone.after.value}: catalog and rows are those of the start.")
    return joined(
        "",
        (
            Safe(f"**Not undone** after {undone.after.value}: "),
            text("; ".join(different[:5])),
        ),
    )


def queries_table(measures: Measures) -> Table:
    rows = [
        (
            text(query.what),
            _timing(query.before),
            _timing(query.after),
            _factor(query.factor),
            _timing(query.old_name) if query.old_name else "",
        )
        for query in measures.queries
    ]
    headers = ("Query", "Old tables", "Target", "Target is", "As before, through the old name")
    return table(headers, rows, "lrrrr")


def _timing(timing: Timing) -> str:
    return f"{timing.median:.3f} ({timing.lowest:.3f} to {timing.highest:.3f})"


def _factor(factor: float) -> Safe:
    if SAME[0] <= factor <= SAME[1]:
        return Safe("as fast")
    if factor > 1:
        return Safe(f"{factor:.1f} × as fast")
    return Safe(f"**{1 / factor:.1f} × as slow**" if factor else "")


def bytes_table(measures: Measures) -> Table:
    def row(name: str, found: Bytes) -> tuple[object, ...]:
        sizes = (found.heap, found.toast, found.indexes, found.total)
        return (name, *(human_bytes(size) for size in sizes))

    return table(
        ("On disk", "Rows", "Long values", "Indexes", "In all"),
        [row("old tables", measures.before), row("target", measures.after)],
        "lrrrr",
    )


def conclusions(measures: Measures) -> Iterator[Safe]:
    """Yield plain statements on what a consolidation is often said to bring."""
    low, high = CLAIMED_FACTORS
    factors = sorted(query.factor for query in measures.queries)
    if factors:
        slower = sum(factor < SAME[0] for factor in factors)
        reached = sum(factor >= low for factor in factors)
        said = f"That queries become {low} to {high} times faster "
        if reached == len(factors):
            said += "holds here for every query."
        elif reached:
            said += f"holds here for {reached} of {len(factors)} queries."
        else:
            said += "does not hold here: "
            said += (
                "none became faster."
                if factors[-1] <= SAME[1]
                else (f"the best became {factors[-1]:.1f} times as fast.")
            )
        yield text(said)
        if slower:
            yield text(
                f"{slower} of {len(factors)} queries became slower. Merge for the sake of one "
                "truth, not of speed; where these queries are what matters, keep the tables apart "
                "and give them names that say what each is for."
            )
    if measures.before.total:
        saved = 100 * (measures.before.total - measures.after.total) / measures.before.total
        low, high = CLAIMED_SAVINGS
        said = f"That storage shrinks by {low} to {high} % "
        if saved >= low:
            said += f"holds here: it shrank by {saved:.0f} %."
        elif saved > 0:
            said += f"does not hold here: it shrank by {saved:.0f} %."
        else:
            said += f"does not hold here: it grew by {-saved:.0f} %."
        yield text(said)
