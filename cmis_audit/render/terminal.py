"""The short summary for a terminal, returned as text."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cmis_audit.model.cluster import Cluster, Priority, Verdict
from cmis_audit.model.report import PackReport, Report
from cmis_audit.model.schema_copy import SchemaCopies
from cmis_audit.model.score import rounded
from cmis_audit.render import decisions, outlook, schema_words
from cmis_audit.render.escape import visible
from cmis_audit.render.formula import charged, formula, is_capped
from cmis_audit.render.units import counted, percent, points

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

MOST_CLUSTERS: Final = 10
MOST_REVIEWS: Final = 3
MOST_SCHEMAS: Final = 3
MOST_NOTICES: Final = 5
BAR_WIDTH: Final = 30
NARROW: Final = 72
MOST_WIDTH: Final = 120
_PRIORITY_STYLES: Final = {
    Priority.CRITICAL: "bold red",
    Priority.HIGH: "red",
    Priority.MEDIUM: "yellow",
    Priority.LOW: "dim",
}
_MARGIN: Final = (0, 0, 0, 2)


def summary(
    report: Report, *, color: bool = False, width: int = 80, files: Sequence[str] = ()
) -> str:
    """Return what a person wants to see first, in at most some thirty lines of `width` columns.

    `files` are the paths of what was written. Without `color` there is no escape sequence in it.
    """
    # rich takes 50 ms to import; only this format needs it.
    from rich.console import Console
    from rich.padding import Padding

    console = Console(
        file=io.StringIO(),
        width=max(40, min(width, MOST_WIDTH)),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        for part in _parts(report, console.width):
            console.print(part if isinstance(part, str) else Padding(part, _MARGIN))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    # Paths are for copying: never cut, never wrapped.
    lines += ["", *(f"  {visible(path)}" for path in files)] if files else []
    return "\n".join(lines) + "\n"


def _parts(report: Report, width: int) -> "list[RenderableType]":
    consolidate = outlook.with_verdict(report, Verdict.CONSOLIDATE)
    review = outlook.with_verdict(report, Verdict.REVIEW)
    parts: list[RenderableType] = [_title(report), "", _score(report)]
    if any(one.points for one in report.score.deductions):
        parts += [_deductions(report)]
    if report.score.scale is not None:
        parts += ["", _line(formula(report.score.scale))]
    if consolidate:
        total = outlook.totals(consolidate)
        share = percent(total.leaving, report.totals.tables)
        of_all = f"{total.leaving} of {counted(report.totals.tables, 'table')} ({share})"
        parts += ["", _line(f"Merging what is kept more than once lets {of_all} go:")]
        schemas, alone = _by_schema(report, consolidate)
        parts += [_clusters(report, alone[:MOST_CLUSTERS], width, schemas[:MOST_SCHEMAS])]
        parts += _more(len(schemas) - MOST_SCHEMAS, "repeated schema")
        parts += _more(len(alone) - MOST_CLUSTERS, "group")
        parts += [_line(line) for line in _drift(schemas[:MOST_SCHEMAS])]
    elif report.waived_clusters:
        parts += ["", _line("All tables that store the same thing are waived.")]
    elif report.totals.tables:
        parts += ["", _line("No two tables were found to store the same thing.")]
    else:
        parts += ["", _line("There are no tables that the role could read.")]
    if review:
        parts += ["", _line("For a person to decide:")]
        parts += [_clusters(report, review[:MOST_REVIEWS], width)]
        parts += _more(len(review) - MOST_REVIEWS, "group")
    for line in _drift(outlook.repeated_schemas(report, Verdict.REVIEW)):
        parts += ["", _line(f"For a person to decide, tenants or a copy: {line}")]
    parts += ["", _line(_aside(report))]
    parts += [_line(_beside(each)) for each in report.beside]
    parts += [_line(line) for line in _notices(report)]
    parts += _next_step(report, consolidate)
    return parts


def _notices(report: Report) -> Iterator[str]:
    places = decisions.notice_places(report)
    for one in report.notices[:MOST_NOTICES]:
        where = f"{places[one.id]}: " if one.id in places else ""
        yield visible(f"{where}{one.rule} {one.message}.")


def _title(report: Report) -> "Text":
    from rich.text import Text

    catalog = report.catalog
    title = Text(visible(catalog.database), style="bold", overflow="ellipsis", no_wrap=True)
    facts = (
        f"  PostgreSQL {catalog.server_version}",
        counted(report.totals.tables, "table"),
        counted(report.totals.schemas, "schema"),
        f"read {catalog.read_at[:10]}",
    )
    return title.append(visible(" · ".join(facts)), style="not bold dim")


def _score(report: Report) -> "Text":
    from rich.text import Text

    score = report.score
    style = "green" if score.value >= 85 else "yellow" if score.value >= 50 else "red"
    full = round(BAR_WIDTH * score.value / 100)
    return Text.assemble(
        (f"{score.value}/100 ", f"bold {style}"),
        ("█" * full, style),
        ("░" * (BAR_WIDTH - full), "dim"),
        (f"  grade {visible(score.grade)}", f"bold {style}"),
        f" · {visible(score.label)}",
        overflow="ellipsis",
        no_wrap=True,
    )


def _deductions(report: Report) -> "Table":
    grid = _grid("right", "left", "left", "left")
    for one in report.score.deductions:
        if one.points:
            capped = ", capped" if is_capped(report.score, one) else ""
            said = f"{charged(report.score, one)}{capped}"
            grid.add_row(f"−{points(one.points)}", one.rule, visible(one.title), said)
    return grid


def _by_schema(
    report: Report, consolidate: tuple[Cluster, ...]
) -> tuple[tuple[SchemaCopies, ...], tuple[Cluster, ...]]:
    """Return the schemas that are repeated, and the clusters that they do not speak for."""
    told = outlook.told_by_schemas(report)
    schemas = outlook.repeated_schemas(report, Verdict.CONSOLIDATE)
    return (
        tuple(one for one in schemas if one.clusters),
        tuple(one for one in consolidate if one.id not in told),
    )


def _drift(schemas: tuple[SchemaCopies, ...]) -> list[str]:
    """Return a line for each schema that repeats another, of all of them a few."""
    lines = [
        f"Schema {schema_words.repeats(one, copy)}; drift: {schema_words.drift(one, copy)}."
        for one in schemas
        for copy in one.copies
    ]
    return [visible(line) for line in lines[:MOST_SCHEMAS]]


def _clusters(
    report: Report,
    clusters: tuple[Cluster, ...],
    width: int,
    schemas: tuple[SchemaCopies, ...] = (),
) -> "Table":
    from rich.text import Text

    grid = _grid("left", "left", "left", "left", "right")
    word = "confidence " if width >= NARROW else ""
    for copies in schemas:
        ids = frozenset(copies.clusters)
        told = tuple(one for one in report.clusters if one.id in ids)
        total, gain = outlook.totals(told), outlook.schema_payoff(report, copies)
        sure = min(copy.confidence for copy in copies.copies)
        grid.add_row(
            Text(copies.priority, _PRIORITY_STYLES[copies.priority]),
            Text(visible(f"schema {copies.source}"), no_wrap=True, overflow="ellipsis"),
            f"{total.before} → {counted(total.after, 'table')}",
            f"{word}{sure:.2f}",
            f"+{points(gain)} points" if gain else "",
        )
    gains = outlook.payoffs(report)
    for cluster in clusters:
        payoff = gains.get(cluster.id, 0)
        merging = cluster.verdict is Verdict.CONSOLIDATE
        before, after = cluster.tables_before, cluster.tables_after
        grid.add_row(
            Text(cluster.priority if merging else "review", _PRIORITY_STYLES[cluster.priority]),
            Text(visible(cluster.name), no_wrap=True, overflow="ellipsis"),
            f"{before} → {counted(after, 'table')}" if merging else _members(cluster),
            f"{word}{cluster.confidence:.2f}",
            f"+{points(payoff)} points" if merging and payoff else "",
        )
    return grid


def _members(cluster: Cluster) -> str:
    return counted(len(cluster.members), "table")


def _aside(report: Report) -> str:
    apart = len(outlook.apart(report))
    unread = len(report.not_assessed)
    looked = f"{counted(apart, 'group')} of look-alikes kept apart"
    said = [looked, f"{counted(unread, 'object')} not assessed"]
    waived = decisions.waived_count(report)
    said += [f"{waived} waived"] if waived else []
    said += [f"{counted(len(report.notices), 'notice')}"] if report.notices else []
    return " · ".join(said)


def _beside(pack: PackReport) -> str:
    """Return a line on what another pack says, with the rule that costs most."""
    score = pack.score
    told = f"{visible(pack.title)}, a score of its own: {score.value}/100, {visible(score.grade)}"
    found = counted(len(pack.findings), "finding")
    most = next((one for one in score.deductions if one.points), None)
    return f"{told} · {found}" + (f", most for: {visible(most.title)}" if most else "")


def _next_step(report: Report, consolidate: tuple[Cluster, ...]) -> "list[RenderableType]":
    if not consolidate:
        return []
    schemas, alone = _by_schema(report, consolidate)
    gains = outlook.payoffs(report)
    merges = [
        *(
            (outlook.schema_payoff(report, one), f"schema {one.source}", "its copies")
            for one in schemas
        ),
        *((gains.get(one.id, 0), one.name, "it") for one in alone),
    ]
    gain, name, what = max(merges, key=lambda merge: merge[0])
    if not gain:
        first = visible(merges[0][1])
        return [
            _line(f"Rules are at their caps: several merges must go first, {first} among them.")
        ]
    then = rounded(report.score.exact + gain)
    step = f"Next: read the section on {visible(name)}; merging {what} makes the score {then}."
    return [_line(step)]


def _more(number: int, noun: str) -> "list[RenderableType]":
    return [_line(f"and {counted(number, noun)} more")] if number > 0 else []


def _line(text: str) -> "Text":
    from rich.text import Text

    return Text(text)


def _grid(*alignments: str) -> "Table":
    """Return a table without lines; what does not fit its column ends in an ellipsis."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for alignment in alignments:
        right = alignment == "right"
        grid.add_column(justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    return grid
