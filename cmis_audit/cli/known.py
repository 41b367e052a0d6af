"""What is known of earlier audits while a new one is made: its history and its baseline."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmis_audit.cli.files import audits_in, read_file
from cmis_audit.cli.output import check_directory, write_files
from cmis_audit.settings import Settings

if TYPE_CHECKING:
    from cmis_audit.model.baseline import Against
    from cmis_audit.model.record import Record
    from cmis_audit.model.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    history: Path | None
    names: tuple[str, ...]
    """Of the files that the history holds."""
    earlier: "tuple[Record, ...]"
    baseline: "Record | None"

    def record_of(self, report: "Report") -> "Record | None":
        """Return the report as later audits will read it; None where nobody asks for it."""
        from cmis_audit import comparing

        wanted = self.history is not None or self.baseline is not None
        return comparing.record_of_report(report) if wanted else None

    def with_trend(self, report: "Report", record: "Record | None") -> "Report":
        from cmis_audit import comparing

        if self.history is None or record is None:
            return report
        return comparing.with_trend(report, record, self.earlier)

    def keep(self, report: "Report", record: "Record | None") -> None:
        """Write the audit into its history, unless that holds this reading already."""
        from cmis_audit import comparing

        if self.history is not None and record is not None:
            write_files(self.history, comparing.kept(report, record, self.earlier, self.names))

    def against(self, record: "Record | None") -> "Against | None":
        """Return what is new or worse than the baseline; None where there is no baseline."""
        from cmis_audit import comparing

        if self.baseline is None or record is None:
            return None
        return comparing.held_against(self.baseline, record)


def known_of(settings: Settings) -> Known:
    """Return what the settings' history and baseline hold. Raises AuditError, before any work."""
    from cmis_audit import comparing

    accepted, history = settings.baseline, settings.history
    if history is not None:
        check_directory(history)
    files = audits_in(history, new=True) if history is not None else []
    read = comparing.records_of([(accepted, read_file(accepted))]) if accepted else []
    return Known(
        history=history,
        names=tuple(path.name for path, _ in files),
        earlier=tuple(comparing.records_of(files)),
        baseline=read[0] if read else None,
    )
