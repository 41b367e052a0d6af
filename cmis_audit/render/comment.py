"""Summaries short enough for a comment on a pull request, as Markdown."""

from collections.abc import Iterable
from typing import Final

import msgspec

from cmis_audit.model.cluster import Verdict
from cmis_audit.model.guard import Alarm, Guarded
from cmis_audit.model.place import Place
from cmis_audit.model.report import Report
from cmis_audit.model.score import Score
from cmis_audit.render import outlook
from cmis_audit.render.decisions import waived_table
from cmis_audit.render.escape import Safe, code, escaped, joined, table, text, visible
from cmis_audit.render.guard_text import (
    COMPARE_DATABASES,
    heading,
    headline,
    instead,
    known,
    waiving,
)
from cmis_audit.render.units import counted, points, share, signed

MOST_CHARACTERS: Final = 60_000
"""GitHub takes 65,536 in a comment."""
MOST_ROWS: Final = 20
MOST_DETAILS: Final = 5
_MOST_MEMBERS: Final = 6
_MOST_SQL_LINES: Final = 40
_LONGEST: Final = 300


def report_comment(report: Report) -> str:
    """Return the score, the clusters and the findings of a report in at most some 60 lines."""
    score = report.score
    clusters = outlook.with_verdict(report, Verdict.CONSOLIDATE)
    gains = outlook.payoffs(report)
    blocks: list[str] = [
        f"### Schema audit of {code(report.catalog.database)}: "
        f"{score.value}/100, grade {text(score.grade)}",
        f"{counted(report.totals.tables, 'table')}, "
        f"{counted(len(clusters), 'group')} of duplicates, "
        f"{counted(len(report.findings), 'finding')}.",
    ]
    rows = [
        (
            joined(", ", (code(str(one.table)) for one in cluster.members[:_MOST_MEMBERS]))
            + _more(len(cluster.members) - _MOST_MEMBERS),
            text(cluster.priority),
            share(cluster.confidence),
            f"{cluster.tables_before} → {cluster.tables_after}",
            points(gains.get(cluster.id, 0)),
        )
        for cluster in clusters[:MOST_ROWS]
    ]
    if rows:
        headers = ("Tables that store one thing", "Priority", "Confidence", "Tables", "Points")
        blocks.append(table(headers, [(Safe(row[0]), *row[1:]) for row in rows], "lllrr"))
        blocks.append(_more(len(clusters) - MOST_ROWS))
    blocks += _charged(score)
    for pack in report.beside:
        blocks.append(
            f"{text(pack.title)}: {pack.score.value}/100, {counted(len(pack.findings), 'finding')}."
        )
        blocks += _charged(pack.score)
    blocks += _decided(report)
    if report.not_assessed:
        blocks.append(f"{counted(len(report.not_assessed), 'thing')} could not be assessed.")
    return _fitting(blocks)


def _charged(score: Score) -> Iterable[str]:
    """Yield what each rule of a pack has found and taken off."""
    counts = [
        (text(f"{one.rule} {one.title}"), len(one.findings), points(one.points))
        for one in score.deductions
        if one.findings
    ]
    if counts:
        yield table(("Rule", "Findings", "Points off"), counts, "lrr")


def _decided(report: Report) -> Iterable[str]:
    """Yield what the team has waived, and what of its waivers and register does not hold."""
    if report.notices:
        places = dict(report.notice_places)
        rows = [
            (code(one.rule), text(_cut(one.message)), _where(places.get(one.id)))
            for one in report.notices[:MOST_ROWS]
        ]
        yield table(("Notice", "", "Where"), rows, "lll")
        yield _more(len(report.notices) - MOST_ROWS)
    if report.waived:
        first = msgspec.structs.replace(report, waived=report.waived[:MOST_ROWS])
        yield waived_table(first)
        yield _more(len(report.waived) - MOST_ROWS)


def guard_comment(guarded: Guarded) -> str:
    """Return the alarms of a guard, the first of them with what would do instead."""
    blocks: list[str] = ["### New tables", f"{text(heading(guarded))}."]
    rows = [
        (
            code(str(alarm.table.table)),
            code(str(alarm.twin)),
            text("waived" if alarm.waived else alarm.charge),
            share(alarm.confidence) if alarm.confidence is not None else "",
            _where(alarm.table.place),
        )
        for alarm in guarded.alarms[:MOST_ROWS]
    ]
    if rows:
        headers = ("New or changed", "Repeats", "Why", "Confidence", "Where")
        blocks.append(table(headers, rows, "lllrl"))
        blocks.append(_more(len(guarded.alarms) - MOST_ROWS))
    for alarm in [one for one in guarded.alarms if not one.waived][:MOST_DETAILS]:
        blocks += _details(alarm)
    blocks += (
        f"{code(str(alarm.table.table))}: {text(_cut(line))}"
        for alarm in [one for one in guarded.alarms if one.waived][:MOST_DETAILS]
        for line in waiving(alarm)
    )
    if guarded.unread:
        told = [
            f"- {_where(one.place)}: {code(one.what)}, {text(_cut(one.why))}"
            for one in guarded.unread[:MOST_ROWS]
        ]
        rest = _more(len(guarded.unread) - MOST_ROWS)
        blocks.append("\n".join([*told, *([f"- {rest}"] if rest else [])]))
        blocks.append(text(COMPARE_DATABASES))
    return _fitting(blocks)


def _details(alarm: Alarm) -> Iterable[str]:
    yield f"**{text(headline(alarm))}.** {text(_cut(alarm.reason))}"
    said = [f"- {text(_cut(line))}" for line in (*waiving(alarm), *known(alarm))]
    yield "\n".join(said)
    evidence = [
        (signed(piece.bits), text(piece.signal), text(_cut(piece.detail)))
        for piece in alarm.evidence
    ]
    if evidence:
        yield table(("Bits", "Evidence", ""), evidence, "rll")
    remedy, *sql = instead(alarm)
    yield text(remedy)
    if sql:
        yield _fenced("\n".join(sql))


def _fenced(sql: str) -> str:
    """Return SQL as a code block that nothing in it can close."""
    lines = sql.split("\n")
    shown = lines[:_MOST_SQL_LINES]
    if len(lines) > len(shown):
        shown.append(f"-- and {len(lines) - len(shown)} lines more")
    body = "\n".join(map(visible, shown))
    fence = "```"
    while fence in body:
        fence += "`"
    return f"{fence}sql\n{body}\n{fence}"


def _where(place: Place | None) -> str:
    return code(f"{place.file}:{place.line}") if place else ""


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _more(count: int) -> str:
    return f" and {count:,} more" if count > 0 else ""


def _fitting(blocks: Iterable[str]) -> str:
    """Return the blocks with blank lines between them, as many as a comment holds."""
    kept: list[str] = []
    size = 0
    for block in blocks:
        if not block.strip():
            continue
        size += len(block) + 2
        if size > MOST_CHARACTERS:
            kept.append("The rest did not fit into a comment; the full report has it.")
            break
        kept.append(escaped(Safe(block)).strip())
    return "\n\n".join(kept) + "\n"
