"""The stages of a comparison: two audits, or one and what is known of earlier ones."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cmis_audit import pipeline
from cmis_audit.model.comparison import Comparison
from cmis_audit.model.record import Record
from cmis_audit.model.report import Report
from cmis_audit.model.rule import RulePack
from cmis_audit.pipeline import Notify


def record_of(path: Path, data: bytes, pack: RulePack, notify: Notify) -> Record:
    """Return the audit that a file holds, or the audit of the snapshot that it holds.

    Which it is the content tells. Raises SourceError.
    """
    from cmis_audit.history import reading
    from cmis_audit.source.snapshot import read_snapshot

    if reading.is_audit(data):
        notify(f"reading {path}")
        return reading.record_of(data, str(path))
    notify(f"reading {path}")
    return record_of_report(pipeline.audit(read_snapshot(path), pack, notify))


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
