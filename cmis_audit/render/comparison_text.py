"""A comparison for a terminal: plain lines that fit where there is room."""

import textwrap
from collections.abc import Iterator, Sequence

from cmis_audit.model.comparison import Comparison, PackChange
from cmis_audit.render import comparison_packs as packs
from cmis_audit.render import comparison_words as words
from cmis_audit.render.escape import visible
from cmis_audit.render.units import points

MOST_LINES = 20
"""Of one kind; the files have all."""


def comparison_text(found: Comparison, *, width: int) -> str:
    """Return what changed, the most alarming first, in lines of at most `width` columns."""
    wide = min(max(width, 40), 120)
    lines = [visible(line) for part in _parts(found) for line in part]
    return "\n".join(wrapped for line in lines for wrapped in _wrapped(line, wide)) + "\n"


def _parts(found: Comparison) -> Iterator[list[str]]:
    old, new = found.old, found.new
    yield [f"{new.database}: {old.read_at[:10]} -> {new.read_at[:10]}"]
    if old.database != new.database:
        yield [f"The older audit is of another database: {old.database}"]
    if not found.same_scale:
        yield ["", words.scale_remark(found)]
    yield ["", *_columns([(f, str(b), str(a)) for f, b, a in words.figures(found)])]
    yield ["", f"Groups of duplicates: {words.summary_of(found)}"]
    yield _some([f"  {line}" for line in _clusters(found)], "group")
    yield ["", "Score, point by point:", *_bridge(found)]
    for pack in found.beside:
        yield ["", *_beside(pack)]
    yield from _tables(found)
    waived = [f"  waived now: {each}" for each in found.newly_waived]
    waived += [f"  waived no more: {each}" for each in found.no_longer_waived]
    if waived:
        yield ["", "Waivers:", *_some(waived, "waiver")]
    if found.delivery is not None:
        yield ["", "The plan:", *_delivery(found)]


def _clusters(found: Comparison) -> list[str]:
    return [
        f"{words.CHANGES[one.change]}: {one.name} ({words.tables_of(one)})"
        + (f"; {one.note}" if one.note else "")
        for one in found.clusters
    ]


def _bridge(found: Comparison) -> list[str]:
    bridge = found.bridge
    rows = [("then", "", str(bridge.before), "")]
    rows += [
        (line.rule, line.title, words.change_of(line.change), words.why_of(line))
        for line in bridge.lines
    ]
    rows += [("", told, words.change_of(value), "") for told, value in words.rests_of(bridge)]
    rows.append(("now", "", str(bridge.after), ""))
    return _columns(rows, right=(2,))


def _beside(pack: PackChange) -> list[str]:
    lines = [f"{pack.title}, a score of its own: {packs.headline(pack)}"]
    remark = packs.remark(pack)
    lines += [f"  {remark}"] if remark else []
    if pack.bridge is not None:
        then, now = pack.bridge.before, pack.bridge.after
        rows = [("then", "", str(then), ""), *packs.rows(pack), ("now", "", str(now), "")]
        lines += _columns(rows, right=(2,))
    told, more = packs.findings(pack)
    findings = [f"  {word}: {one.rule} {one.message}" for word, one in told]
    more += max(len(findings) - MOST_LINES, 0)
    return [*lines, *findings[:MOST_LINES], *([f"  and {more} more findings"] if more else [])]


def _tables(found: Comparison) -> Iterator[list[str]]:
    if found.new_tables is None or found.dropped_tables is None:
        yield ["", "One of the audits does not name its tables: which are new cannot be told."]
        return
    if found.new_tables:
        lines = [f"  {one.table}: {words.likeness(one)}" for one in found.new_tables]
        yield ["", f"New tables: {len(lines)}", *_some(lines, "table")]
    if found.dropped_tables:
        lines = [f"  {each}" for each in found.dropped_tables]
        yield ["", f"Dropped tables: {len(lines)}", *_some(lines, "table")]


def _delivery(found: Comparison) -> list[str]:
    assert found.delivery is not None
    rows = [("", "before", "promised", "came", "")]
    rows += [
        (
            one.figure,
            points(one.before),
            points(one.promised),
            points(one.came),
            "kept" if one.kept else "NOT KEPT",
        )
        for one in found.delivery.outcomes
    ]
    lines = _columns(rows, right=(1, 2, 3))
    if not found.delivery.made_from_old:
        lines.append("  The plan was made from another state than the older audit.")
    return lines


def _columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (1, 2)) -> list[str]:
    """Return rows with their cells under each other, two blanks before."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.rjust(size) if place in right else cell.ljust(size)
            for place, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _some(lines: list[str], noun: str) -> list[str]:
    more = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], *([f"  and {more} more {noun}s"] if more > 0 else [])]


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
