"""`cmis-audit snapshot`."""

from pathlib import Path
from typing import Any

import click

from cmis_audit.cli.options import (
    HELP,
    common_options,
    connection_options,
    filter_options,
    intake_of,
    progress_of,
    settings_of,
    source_argument,
)
from cmis_audit.cli.output import check_directory, say, write_files
from cmis_audit.cli.report import STDOUT
from cmis_audit.errors import UsageError


@click.command(
    context_settings=HELP,
    short_help="Write the catalog of a database to a file.",
    epilog="""\b
Examples:
  cmis-audit snapshot shop -o shop.json
  cmis-audit snapshot shop --redact -o shop.json   names and types alone
  cmis-audit audit shop.json                       the same audit, without the server""",
)
@source_argument
@connection_options
@filter_options
@click.option("-o", "--output", "file", metavar="FILE.json", required=True, help="- prints it.")
@click.option(
    "--redact",
    is_flag=True,
    help="Leave out comments, defaults, bodies, other expressions, statistics, roles and grants.",
)
@common_options
def snapshot(source: str | None, file: str, *, redact: bool, **options: Any) -> None:
    """Write the catalog of a database to a file that every command takes as SOURCE.

    It holds structure, comments and statistics, and never a row. With --redact it holds names and
    types alone, for handing a schema to somebody else; audits say what they could not use then.
    """
    settings = settings_of(options)
    if file != STDOUT:
        if not file.endswith(".json"):
            raise UsageError(f"a snapshot is taken back by its ending: -o {file}.json")
        check_directory(Path(file).parent)
    from cmis_audit import reading

    intake = intake_of(source, options, settings)
    with progress_of(settings) as progress:
        catalog = reading.catalog_of(intake, progress)
        if redact:
            catalog = reading.redacted(catalog)
        text = reading.snapshot_text(catalog)
    if file == STDOUT:
        say(text)
        return
    path = Path(file)
    write_files(path.parent, {path.name: text})
    if not settings.quiet:
        say(f"{len(catalog.tables)} tables of {catalog.database} in {path}")
