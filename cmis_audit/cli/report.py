"""Where a report goes: files in a directory, or one document on standard output."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cmis_audit.cli.output import check_directory, say, write_files
from cmis_audit.cli.progress import colorful
from cmis_audit.errors import UsageError, did_you_mean
from cmis_audit.settings import Settings

if TYPE_CHECKING:
    from cmis_audit.model.report import Report

STDOUT = "-"


def check_output(settings: Settings) -> None:
    """Raise UsageError, before anything is read, if the report could not be delivered."""
    from cmis_audit.writing import format_names

    known = format_names()
    for name in settings.format:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"no format '{name}'{hint}; there is: {', '.join(known)}")
    if settings.output != STDOUT:
        check_directory(Path(settings.output))
    elif len(settings.format) != 1:
        raise UsageError("-o - prints one document; name its format: --format json")


def deliver(report: "Report", documents: Mapping[str, str], settings: Settings) -> None:
    """Write the documents (file name to text), and print the summary or the one document.

    The summary lists those that lie in no folder of their own.
    """
    from cmis_audit.writing import summary

    if settings.output == STDOUT:
        for document in documents.values():
            say(document)
        return
    directory = Path(settings.output)
    write_files(directory, documents)
    if not settings.quiet:
        color = colorful(wanted=settings.color, stream_is_terminal=sys.stdout.isatty())
        width = shutil.get_terminal_size((100, 24)).columns
        files = tuple(str(directory / name) for name in documents if "/" not in name)
        say(summary(report, color=color, width=width, files=files))
