"""`cmis-audit plan`."""

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
from cmis_audit.cli.report import STDOUT
from cmis_audit.errors import UsageError

if TYPE_CHECKING:
    from cmis_audit.model.plan import ClusterPlan, Plan


@click.command(
    context_settings=HELP,
    short_help="Write the SQL that merges what is stored twice.",
    epilog="""\b
Examples:
  cmis-audit plan shop -o plan
  cmis-audit plan shop.json -o plan --cluster c-fad8b997cb --timezone Europe/Berlin
  cmis-audit plan shop -o plan --code .
  cmis-audit plan shop -o plan --renames
  cmis-audit plan shop -o plan --write alembic --after 1f0c52ab9d3e""",
)
@source_argument
@connection_options
@filter_options
@rule_options
@code_option
@plan_options
@click.option(
    "--write",
    type=click.Choice(("sql", "laravel", "alembic", "flyway")),
    default="sql",
    help="Also migrations, models and tests for a framework; default sql, the files alone.",
)
@click.option(
    "--after",
    metavar="REVISION",
    help="What the first migration follows: Alembic's head, Flyway's last version.",
)
@click.option("-o", "--output", metavar="DIR", help="Default ./cmis-audit-out.")
@common_options
def plan(source: str | None, **options: Any) -> None:
    """Write SQL that merges each cluster to be consolidated, with checks and a way back.

    Nothing is executed: the files are for psql, in the order that README.md says.
    """
    settings = settings_of(options)
    if settings.output == STDOUT:
        raise UsageError("a plan is several files; give a directory with -o")
    directory = Path(settings.output)
    check_directory(directory)
    from cmis_audit import pipeline, reading, writing
    from cmis_audit.model.plan import Framework

    reading.check_code(settings.code)
    pack, *_ = pipeline.rule_packs(settings.pack, settings.rules)
    wanted = plan_options_of(options)
    intake = intake_of(source, options, settings)
    with progress_of(settings) as progress:
        catalog = reading.catalog_of(intake, progress)
        code = reading.survey_of(settings.code, catalog, progress)
        decisions = decisions_of(settings, intake.now)
        report = pipeline.audit(catalog, pack, progress, decisions=decisions, code=code)
        made = pipeline.plan_of(report, wanted, progress)
        files = writing.plan_files(
            made, report.catalog, code, Framework(options["write"]), options["after"]
        )
    write_files(directory, files)
    if not settings.quiet:
        say(_summary(made, directory))


def refusals(made: "Plan") -> list[str]:
    """Return why there is no plan, a line each."""
    return [f"{each.name}: no plan, because {'; '.join(each.reasons)}" for each in made.refused]


def _told(cluster: "ClusterPlan") -> str:
    from cmis_audit.model.plan import Strategy
    from cmis_audit.render.units import counted

    if cluster.strategy == Strategy.RENAME:
        return ", ".join(f"{each.table} becomes {each.moved_to}" for each in cluster.members)
    into = ", ".join(str(target.ref) for target in cluster.targets) or "an archive"
    return f"{counted(len(cluster.members), 'table')} into {into}"


def _summary(made: "Plan", directory: Path) -> str:
    from cmis_audit.model.names import quote_ident

    lines = [f"{cluster.folder}: {_told(cluster)}" for cluster in made.clusters]
    lines += [
        f"{schema.folder}: those of {quote_ident(schema.schema)} together, and the schema itself"
        for schema in made.schemas
    ]
    lines += refusals(made)
    if not lines:
        lines = ["There is nothing to consolidate."]
    return "\n".join([*lines, "", f"Read {directory / 'README.md'} first; nothing was executed."])
