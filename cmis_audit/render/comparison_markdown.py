"""A comparison as Markdown, for people: `compare.md`."""

from collections.abc import Iterator

from cmis_audit.model.comparison import Comparison, PackChange
from cmis_audit.render import comparison_packs as packs
from cmis_audit.render import comparison_words as words
from cmis_audit.render.escape import Safe, code, joined, table, text
from cmis_audit.render.prose import marked_up
from cmis_audit.render.units import points


def comparison_markdown(found: Comparison) -> str:
    """Return the whole comparison as GitHub-flavoured Markdown."""
    return "\n\n".join(part for part in _parts(found) if part) + "\n"


def _parts(found: Comparison) -> Iterator[str]:
    old, new = found.old, found.new
    days = f"{old.read_at[:10]} → {new.read_at[:10]}"
    yield f"# {text(new.database)}: {days}"
    if old.database != new.database:
        yield f"⚠ The older audit is of another database: {text(old.database)}."
    if found.same_scale:
        yield f"**{old.score} → {new.score}**, {text(words.summary_of(found))}."
    else:
        yield f"{text(words.summary_of(found)).capitalize()}."
        yield f"⚠ {text(words.scale_remark(found))}"
    rows = [
        (figure, before, after, words.change_of(after - before))
        for figure, before, after in words.figures(found)
    ]
    yield table(("", "Then", "Now", "Change"), rows, "lrrr")
    yield from _clusters(found)
    yield from _bridge(found)
    for pack in found.beside:
        yield from _beside(pack)
    yield from _tables(found)
    yield from _waived(found)
    yield from _delivery(found)


def _clusters(found: Comparison) -> Iterator[str]:
    if not found.clusters:
        return
    yield "## Groups of duplicates"
    rows = [
        (words.CHANGES[one.change], one.name, one.kind, words.tables_of(one), one.note)
        for one in found.clusters
    ]
    yield table(("", "Group", "Kind", "Tables", "Note"), rows, "lllll")
    if found.history is None:
        yield "Whether a new group was there before is told with `--history`."


def _bridge(found: Comparison) -> Iterator[str]:
    bridge = found.bridge
    yield "## Score, point by point"
    rows: list[tuple[object, ...]] = [("", "then", "", "", Safe(f"**{bridge.before}**"))]
    rows += [
        (
            code(line.rule),
            line.title,
            f"{points(line.points_before)} → {points(line.points_after)}",
            words.why_of(line),
            words.change_of(line.change),
        )
        for line in bridge.lines
    ]
    rows += [("", told, "", "", words.change_of(value)) for told, value in words.rests_of(bridge)]
    rows.append(("", "now", "", "", Safe(f"**{bridge.after}**")))
    yield table(("Rule", "", "Taken off", "Why", "Change"), rows, "llrlr")


def _beside(pack: PackChange) -> Iterator[str]:
    yield f"## {text(pack.title)}: a score of its own"
    yield f"**{text(packs.headline(pack))}**."
    remark = packs.remark(pack)
    yield f"⚠ {text(remark)}" if remark else ""
    rows = [(code(rule) if rule else "", *rest) for rule, *rest in packs.rows(pack)]
    yield table(("Rule", "", "Change", "Why"), rows, "llrl") if rows else ""
    told, more = packs.findings(pack)
    lines = [
        (word, code(one.rule), one.severity, marked_up(frozenset(), one.message))
        for word, one in told
    ]
    yield table(("", "Rule", "Severity", "Finding"), lines, "llll") if lines else ""
    yield f"And {more:,} more in `compare.json`." if more else ""


def _tables(found: Comparison) -> Iterator[str]:
    if found.new_tables is None or found.dropped_tables is None:
        yield "One of the audits does not name its tables: which are new cannot be told."
        return
    if found.new_tables:
        yield "## New tables"
        rows = [(code(one.table), words.likeness(one)) for one in found.new_tables]
        yield table(("Table", "What it resembles"), rows, "ll")
    if found.dropped_tables:
        yield "## Dropped tables"
        yield joined(", ", [code(each) for each in found.dropped_tables]) + "."


def _waived(found: Comparison) -> Iterator[str]:
    told = [(each, "waived now") for each in found.newly_waived]
    told += [(each, "waived no more") for each in found.no_longer_waived]
    if told:
        yield "## Waivers"
        yield table(("What", ""), told, "ll")


def _delivery(found: Comparison) -> Iterator[str]:
    if found.delivery is None:
        return
    yield "## Promised and come"
    if not found.delivery.made_from_old:
        yield "⚠ The plan was made from another state than the older audit."
    rows = [
        (one.figure, one.before, one.promised, one.came, "kept" if one.kept else "**not kept**")
        for one in found.delivery.outcomes
    ]
    marked = [(*row[:4], Safe(row[4])) for row in rows]
    yield table(("Figure", "Before", "Promised", "Came", ""), marked, "lrrrl")
