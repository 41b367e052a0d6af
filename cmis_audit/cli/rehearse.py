"""`cmis-audit rehearse`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cmis_audit.cli.options import (
    HELP,
    code_option,
    common_options,
    connection_options,
    decisions_of,
    filter_options,
    intake_of,
    plan_options,
    plan_options_of,
    progress_of,
    rule_options,
    settings_of,
    source_argument,
)
from cmis_audit.cli.output import check_directory, say, write_files
from cmis_audit.cli.plan import refusals
from cmis_audit.cli.report import STDOUT
from cmis_audit.errors import UsageError

if TYPE_CHECKING:
    from cmis_audit.model.plan import Plan
    from cmis_audit.model.rehearsal import ClusterRehearsal, Rehearsal, SchemaRehearsal


@click.command(
    context_settings=HELP,
    short_help="Run the plan on a scratch clone, with proof.",
    epilog="""\b
Examples:
  cmis-audit rehearse shop -o rehearsal
  cmis-audit rehearse schema.sql -o rehearsal --rows 200 --seed 7
  cmis-audit rehearse shop --scratch postgresql://me@staging.lan/postgres""",
)
@source_argument
@connection_options
@filter_options
@rule_options
@code_option
@plan_options
@click.option(
    "--rows",
    metavar="ROWS",
    type=click.IntRange(1, 100_000),
    default=60,
    help="Rows for each table to be merged; default 60.",
)
@click.option(
    "--seed",
    metavar="NUMBER",
    type=click.IntRange(0),
    default=1,
    help="Another number gives other rows; default 1.",
)
@click.option(
    "--bench-rows",
    metavar="ROWS",
    type=click.IntRange(0, 1_000_000),
    default=2000,
    help="Rows for each of them while it is measured; default 2000, 0 for no measuring.",
)
@click.option(
    "--sample-rows",
    metavar="ROWS",
    type=click.IntRange(0, 10_000),
    default=0,
    help="Fill the clone with so many rows of each table from SOURCE first; default 0, none.",
)
@click.option(
    "--scratch",
    metavar="WHERE",
    default="embedded",
    help="embedded (default), docker, or a connection string of a server that may be written to.",
)
@click.option("-o", "--output", metavar="DIR", help="Default ./cmis-audit-out.")
@common_options
def rehearse(source: str | None, **options: Any) -> None:
    """Plan, and run the plan's files on a scratch clone with rows made to hurt.

    Forward, back from each phase, and forward again. SOURCE is only read, and only its catalog
    unless --sample-rows asks for rows, which go to the clone and into no file.
    Exit status 1 says that a plan was refused, lost something or could not be undone.
    """
    settings = settings_of(options)
    if settings.output == STDOUT:
        raise UsageError("a rehearsal is several files; give a directory with -o")
    directory = Path(settings.output)
    check_directory(directory)
    from cmis_audit import pipeline, reading, rehearsing
    from cmis_audit.rehearse.rehearsal import Options

    reading.check_code(settings.code)
    pack, *beside = pipeline.rule_packs(settings.pack, settings.rules)
    wanted = plan_options_of(options)
    intake = intake_of(source, options, settings)
    asked = Options(rows=options["rows"], seed=options["seed"], bench_rows=options["bench_rows"])
    sample = options["sample_rows"]
    read = reading.rows_on_request(intake, sample) if sample else None
    scratch = options["scratch"]
    with progress_of(settings) as progress:
        rehearsing.refuse_the_source(intake, scratch, progress)
        catalog = reading.catalog_of(intake, progress)
        code = reading.survey_of(settings.code, catalog, progress)
        decisions = decisions_of(settings, intake.now)
        report = pipeline.audit(
            catalog, pack, progress, decisions=decisions, code=code, beside=tuple(beside)
        )
        plan = pipeline.plan_of(report, wanted, progress)
        if read is not None:
            progress("reading rows")
            found_rows = read(report.catalog, plan)
            asked = replace(
                asked, given=found_rows.tables, unread=found_rows.skipped, sampled=sample
            )
        found = rehearsing.rehearsal_of(
            report,
            pack,
            plan,
            asked,
            now=intake.now,
            notify=progress,
            decisions=decisions,
            scratch=scratch,
        )
        files = rehearsing.rehearsal_files(report, plan, found, progress)
    write_files(directory, files)
    if not settings.quiet:
        lines = outcome(plan, found) or ["There is nothing to consolidate."]
        written = f"Written to {directory}; nothing was executed on the source."
        say("\n".join([*lines, "", written]))
    tried = (*(c.proven for c in found.clusters), *(s.proven for s in found.schemas))
    if not all(tried):
        click.get_current_context().exit(1)


def outcome(plan: "Plan", found: "Rehearsal") -> list[str]:
    """Return how far each plan came, a line each, and the score of the clone at the end."""
    lines = [f"{each.name}: {_told(each)}" for each in found.clusters]
    lines += [f"schema {each.schema}: {_ended(each)}" for each in found.schemas]
    lines += refusals(plan)
    if found.sampled:
        lines.append(f"Rows of the source in the clone: {found.given:,}.")
    if found.finish is not None:
        lines.append(
            f"Score of the clone: {found.finish.score_before} before, "
            f"{found.finish.score_after} after."
        )
    return lines


def _ended(each: "SchemaRehearsal") -> str:
    said = "dropped, and made again" if each.dropped else "stays"
    why = (*each.rows, *(line for one in each.undone for line in (*one.catalog, *one.rows)))
    refused = (each.refused.message,) if each.refused else ()
    return "; ".join((said, *refused, *why[:1], *each.notes))


def _told(each: "ClusterRehearsal") -> str:
    said = each.status.value
    if each.ledger:
        rows = sum(line.rows_in for line in each.ledger)
        aside = sum(line.rejected for line in each.ledger)
        said += f", {rows} rows, {aside} of them set aside with the reason"
    if each.writes is not None and each.writes.refused:
        said += f", {len(each.writes.refused)} writes refused under the old names"
    return f"{said}; {each.stopped}" if each.stopped else said
