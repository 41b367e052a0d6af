"""`cmis-audit audit`."""

from typing import Any

import click

from cmis_audit.cli.gates import failed_gates, remarks
from cmis_audit.cli.known import known_of
from cmis_audit.cli.options import (
    HELP,
    code_option,
    common_options,
    connection_options,
    decisions_of,
    filter_options,
    intake_of,
    progress_of,
    rule_options,
    settings_of,
    source_argument,
)
from cmis_audit.cli.output import one_line
from cmis_audit.cli.report import check_output, deliver

GATE_FAILED = 1


@click.command(
    context_settings=HELP,
    short_help="Audit a database, a snapshot or an SQL file.",
    epilog="""\b
Examples:
  cmis-audit audit shop
  cmis-audit audit -h db.lan -U auditor -d shop -n sales -T '*_log'
  cmis-audit audit "postgresql://auditor@db.lan/shop?sslmode=verify-full"
  cmis-audit audit catalog.json -o - --format json
  cmis-audit audit shop --sample 10000
  cmis-audit audit shop --format html,json
  cmis-audit audit shop --code api --code worker
  cmis-audit audit dump.sql --fail-under 70
  cmis-audit audit shop --pack governance --fail-on high
  cmis-audit audit shop --pack density,governance
  cmis-audit audit catalog.json --format sarif,summary -o report
  cmis-audit audit shop --baseline accepted.json --history audits""",
)
@source_argument
@connection_options
@filter_options
@rule_options
@code_option
@click.option("-o", "--output", metavar="DIR", help="Default ./cmis-audit-out; - prints.")
@click.option(
    "--format",
    metavar="LIST",
    help="Of markdown, json, html (the page for whoever decides), summary, sarif, github, junit. "
    "Default markdown,json. Beside others markdown has pictures, in files of their own.",
)
@click.option("--fail-under", metavar="N", help="Exit with 1 if the first pack's score is below.")
@click.option(
    "--fail-on", metavar="SEVERITY", help="Exit with 1 on a finding of the first pack this severe."
)
@click.option(
    "--sample",
    metavar="N",
    help="Compare the values of likely duplicates, reading up to N rows of each table; "
    "values stay on the server. Default 0: no row is read.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="An audit.json: exit with 1 on what is new or worse, and on nothing else; with --fail-on "
    "on what of that is so severe.",
)
@click.option("--history", metavar="DIR", help="Keep the audit there, and show earlier ones.")
@click.option("--exit-zero", is_flag=True, default=None, help="Exit with 0 though a gate fails.")
@common_options
def audit(source: str | None, **options: Any) -> int:
    """Audit a database: which tables store the same thing, and what that costs.

    SOURCE is a database name, URI or conninfo string, a snapshot (*.json), or an SQL file (*.sql),
    which is loaded into a throw-away server. Without it libpq's environment decides.

    Gates look at the first pack alone: `--pack governance` makes that one count.
    """
    settings = settings_of(options)
    check_output(settings)
    from cmis_audit import pipeline, reading, writing

    reading.check_code(settings.code)
    pack, *beside = pipeline.rule_packs(settings.pack, settings.rules)
    intake = intake_of(source, options, settings)
    sample = settings.sample
    compare = reading.comparison_of_values(intake, sample) if sample else None
    known = known_of(settings)
    with progress_of(settings) as progress:
        catalog = reading.catalog_of(intake, progress)
        code = reading.survey_of(settings.code, catalog, progress)
        decisions = decisions_of(settings, intake.now)
        report = pipeline.audit(
            catalog, pack, progress, compare, decisions, code=code, beside=tuple(beside)
        )
        report = reading.with_places(report, intake, settings.format)
        record = known.record_of(report)
        report = known.with_trend(report, record)
        documents = writing.documents(report, settings.format, progress)
    deliver(report, documents, settings)
    known.keep(report, record)
    against = known.against(record)
    for line in remarks(against, settings):
        click.echo(f"cmis-audit: {one_line(line)}", err=True)
    failed = failed_gates(report, settings, against)
    if not report.totals.tables and not failed:
        click.echo(
            f"cmis-audit: no table was read: nothing in '{report.catalog.database}' is in sight "
            "(is it the right database? see -d and `cmis-audit doctor`)",
            err=True,
        )
    for gate in failed:
        click.echo(f"cmis-audit: {one_line(gate)}", err=True)
    return GATE_FAILED if failed and not settings.exit_zero else 0
