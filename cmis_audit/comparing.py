"""The stages of a comparison: two audits, or one and what is known of earlier ones."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from cmis_audit import pipeline
from cmis_audit.model.baseline import Against
from cmis_audit.model.comparison import Comparison
from cmis_audit.model.decisions import Decisions
from cmis_audit.model.history import Past
from cmis_audit.model.record import Record
from cmis_audit.model.report import Report
from cmis_audit.model.rule import RulePack
from cmis_audit.reading import Notify

Trends = Mapping[str, tuple[Past, ...]]
"""The audits of each database, oldest first."""


def record_of(
    path: Path,
    data: bytes,
    packs: Sequence[RulePack],
    notify: Notify,
    decisions: Decisions,
) -> Record:
    """Return the audit that a file holds, or the audit of the snapshot that it holds.

    Which it is the content tells. A snapshot is judged by the waivers that held on its own day.
    The first pack is the main one. Raises SourceError.
    """
    from cmis_audit.history import reading
    from cmis_audit.source.snapshot import read_snapshot

    if reading.is_audit(data):
        notify(f"reading {path}")
        return reading.record_of(data, str(path))
    notify(f"reading {path}")
    catalog = read_snapshot(path)
    then = msgspec.structs.replace(decisions, today=catalog.read_at[:10])
    pack, *beside = packs
    report = pipeline.audit(catalog, pack, notify, decisions=then, beside=tuple(beside))
    return record_of_report(report)


def record_of_report(report: Report) -> Record:
    """Return a report as its audit.json would be read again: there is one way to a record."""
    from cmis_audit.history import reading
    from cmis_audit.render.audit_json import render_json

    return reading.record_of(render_json(report).encode(), "the audit")


def records_of(files: Iterable[tuple[Path, bytes]]) -> list[Record]:
    """Return the audits of files, oldest first. Raises SourceError, which names the file."""
    from cmis_audit.history.reading import record_of as read

    records = [read(data, str(path)) for path, data in files]
    return sorted(records, key=lambda one: (one.source.read_at, one.source.fingerprint))


def comparison_of(
    old: Record,
    new: Record,
    *,
    earlier: Sequence[Record] | None = None,
    plan: tuple[str, bytes] | None = None,
) -> Comparison:
    """Return what changed between two audits; `plan` is the name and content of a plan.json."""
    from importlib.metadata import version

    from cmis_audit.history.compare import compare
    from cmis_audit.history.reading import plan_record_of

    promised = plan_record_of(plan[1], plan[0]) if plan else None
    return compare(old, new, tool_version=version("cmis-audit"), earlier=earlier, plan=promised)


def with_trend(report: Report, record: Record, earlier: Iterable[Record]) -> Report:
    """Return a report that shows the earlier audits of its database and itself."""
    from cmis_audit.history.trend import trend

    return msgspec.structs.replace(report, trend=trend(earlier, record))


def kept(
    report: Report, record: Record, earlier: Iterable[Record], names: Iterable[str]
) -> dict[str, str]:
    """Return the file that a history is to take in; none where it holds this reading already.

    `names` are those of the files that it holds, none of which is written over.
    """
    from cmis_audit.history.trend import file_name, same
    from cmis_audit.render.audit_json import render_json

    if any(same(one, record) for one in earlier):
        return {}
    return {file_name(record, names): render_json(msgspec.structs.replace(report, trend=()))}


def trends_of(records: Iterable[Record]) -> dict[str, tuple[Past, ...]]:
    """Return the audits of each database, oldest first."""
    from cmis_audit.history.trend import pasts_of

    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.source.database, []).append(record)
    return {database: pasts_of(found[database]) for database in sorted(found)}


def trend_files(trends: Trends, formats: tuple[str, ...]) -> dict[str, str]:
    """Return file names and texts of trends, in the order of the formats."""
    from cmis_audit.render.trend_html import trend_html
    from cmis_audit.render.trend_markdown import trend_markdown

    emitters = {"markdown": ("trend.md", trend_markdown), "html": ("trend.html", trend_html)}
    return {emitters[name][0]: emitters[name][1](trends) for name in dict.fromkeys(formats)}


def trend_text(trends: Trends, *, color: bool) -> str:
    """Return trends for a terminal."""
    from cmis_audit.render.trend_text import trend_text as text_of

    return text_of(trends, color=color)


def held_against(baseline: Record, record: Record) -> Against:
    """Return what is new or worse than a baseline."""
    from cmis_audit.history.baseline import against

    return against(baseline, record)


def comparison_files(found: Comparison, formats: tuple[str, ...]) -> dict[str, str]:
    """Return file names and texts of a comparison, in the order of the formats."""
    from cmis_audit.render.comparison_json import comparison_json
    from cmis_audit.render.comparison_markdown import comparison_markdown

    emitters = {
        "markdown": ("compare.md", comparison_markdown),
        "json": ("compare.json", comparison_json),
    }
    return {emitters[name][0]: emitters[name][1](found) for name in dict.fromkeys(formats)}


def comparison_text(found: Comparison, *, width: int) -> str:
    """Return a comparison for a terminal."""
    from cmis_audit.render.comparison_text import comparison_text as text_of

    return text_of(found, width=width)
