"""`cmis-audit demo`."""

from typing import Any

import click

from cmis_audit.cli.options import HELP, common_options, present_moment, progress_of, settings_of
from cmis_audit.cli.report import check_output, deliver
from cmis_audit.errors import UsageError

SNAPSHOT = "catalog.json"


@click.command(
    context_settings=HELP,
    short_help="Audit the documented database; needs no server.",
    epilog="""\b
Examples:
  cmis-audit demo
  cmis-audit demo -o /tmp/demo""",
)
@click.option("-o", "--output", metavar="DIR", help="Default ./cmis-audit-out.")
@common_options
def demo(**options: Any) -> None:
    """Audit the documented database, 241 tables, on a PostgreSQL 16 that is brought along.

    The server lives for the length of the command. Beside the report a snapshot is written, which
    `cmis-audit audit` takes as SOURCE.
    """
    settings = settings_of({**options, "format": ("markdown", "json")})
    if settings.output == "-":
        raise UsageError("the demo writes several files; give a directory with -o")
    check_output(settings)
    from cmis_audit import pipeline

    with progress_of(settings) as progress:
        catalog = pipeline.demo_catalog(present_moment(), progress)
        report = pipeline.audit(catalog, pipeline.rule_pack("cmis", None), progress)
        documents = pipeline.documents(report, settings.format, progress)
    deliver(report, {**documents, SNAPSHOT: pipeline.snapshot_text(catalog)}, settings)
