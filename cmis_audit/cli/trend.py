"""`cmis-audit trend`."""

import sys
from pathlib import Path
from typing import Any

import click

from cmis_audit.cli.compare import FILE, formats_of, hand_over
from cmis_audit.cli.files import audits_in
from cmis_audit.cli.options import HELP, common_options, settings_of
from cmis_audit.cli.progress import colorful
from cmis_audit.errors import UsageError


@click.command(
    context_settings=HELP,
    short_help="Draw the audits of a history over time.",
    epilog="""\b
Examples:
  cmis-audit trend audits
  cmis-audit trend audits --format markdown
  cmis-audit trend audits -o drawn""",
)
@click.argument("directory", metavar="DIR", type=FILE)
@click.option("-o", "--output", metavar="DIR", help="Write trend.md and trend.html; - prints.")
@click.option("--format", "formats", metavar="LIST", help="Of markdown,html; default both.")
@common_options
def trend(directory: Path, formats: str | None, **options: Any) -> None:
    """Draw score, tables, duplicates and waivers over the audits that DIR keeps.

    DIR is what `audit --history DIR` fills.
    """
    output = options.pop("output")
    settings = settings_of(options)
    wanted = formats_of(formats, ("markdown", "html"), output)
    from cmis_audit import comparing

    trends = comparing.trends_of(comparing.records_of(audits_in(directory)))
    if not trends:
        raise UsageError(
            f"{directory} keeps no audit yet; fill it with audit --history {directory}"
        )
    files = comparing.trend_files(trends, wanted)
    color = colorful(wanted=settings.color, stream_is_terminal=sys.stdout.isatty())
    drawn = comparing.trend_text(trends, color=color and output is None)
    hand_over(files, output, drawn, quiet=settings.quiet)
