"""`cmis-audit compare`."""

import shutil
from pathlib import Path
from typing import Any

import click

from cmis_audit.cli.files import audits_in, read_file
from cmis_audit.cli.options import (
    HELP,
    common_options,
    decisions_of,
    present_moment,
    progress_of,
    rule_options,
    settings_of,
)
from cmis_audit.cli.output import check_directory, say, showable, write_files
from cmis_audit.cli.report import STDOUT
from cmis_audit.errors import UsageError, did_you_mean

FILE = click.Path(path_type=Path)


@click.command(
    context_settings=HELP,
    short_help="Tell what changed between two audits.",
    epilog="""\b
Examples:
  cmis-audit compare spring.json summer.json
  cmis-audit compare spring/audit.json summer.json -o compared
  cmis-audit compare spring.json summer.json --history audits --plan plan/plan.json""",
)
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@rule_options
@click.option("--history", type=FILE, metavar="DIR", help="Earlier audits, for what comes back.")
@click.option("--plan", type=FILE, metavar="FILE", help="A plan.json: what was promised, and came.")
@click.option("-o", "--output", metavar="DIR", help="Write compare.md and compare.json; - prints.")
@click.option("--format", "formats", metavar="LIST", help="Of markdown,json; default both.")
@common_options
def compare(old: Path, new: Path, formats: str | None, **options: Any) -> None:
    """Tell what changed between two audits: groups of duplicates, tables, and every point.

    OLD and NEW are snapshots, audited anew with the same rules, or an audit.json each. Groups are
    matched by the tables that they share. Waivers hold as on the day when a snapshot was taken.
    Packs beside the first keep their own scores, each with its own points and findings.
    """
    output, history, plan = (options.pop(name) for name in ("output", "history", "plan"))
    settings = settings_of(options)
    wanted = formats_of(formats, ("markdown", "json"), output)
    from cmis_audit import comparing, pipeline

    packs = pipeline.rule_packs(settings.pack, settings.rules)
    decided = decisions_of(settings, present_moment())
    with progress_of(settings) as progress:
        promised = (str(plan), read_file(plan)) if plan else None
        earlier = comparing.records_of(audits_in(history)) if history else None
        then, now = (
            comparing.record_of(path, read_file(path), packs, progress, decided)
            for path in (old, new)
        )
        found = comparing.comparison_of(then, now, earlier=earlier, plan=promised)
        files = comparing.comparison_files(found, wanted)
    width = shutil.get_terminal_size((100, 24)).columns
    hand_over(files, output, comparing.comparison_text(found, width=width), quiet=settings.quiet)


def formats_of(text: str | None, known: tuple[str, ...], output: str | None) -> tuple[str, ...]:
    """Return the formats asked for, all where none is. Raises UsageError."""
    names = tuple(each.strip() for each in text.split(",")) if text else known
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"no format '{name}'{hint}; there is: {', '.join(known)}")
    if output == STDOUT and len(names) != 1:
        raise UsageError(f"-o - prints one document; name its format: --format {known[0]}")
    if text and output is None and len(names) != 1:
        raise UsageError("several formats are several files; give a directory with -o")
    if output not in (None, STDOUT):
        check_directory(Path(str(output)))
    return names if text or output else ()


def hand_over(files: dict[str, str], output: str | None, summary: str, *, quiet: bool) -> None:
    """Write the files, or print the one; without either print the summary."""
    if output is None or output == STDOUT:
        for text in files.values():
            say(text)
        if not files:
            say(showable(summary))
        return
    directory = Path(output)
    write_files(directory, files)
    if not quiet:
        written = ", ".join(str(directory / name) for name in files)
        say(f"{showable(summary)}\nWritten: {written}")
