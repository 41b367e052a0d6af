"""`cmis-audit demo`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cmis_audit.cli.options import HELP, common_options, present_moment, progress_of, settings_of
from cmis_audit.cli.output import say
from cmis_audit.cli.rehearse import outcome
from cmis_audit.cli.report import check_output, deliver
from cmis_audit.errors import UsageError
from cmis_audit.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from cmis_audit.model.plan import Plan
    from cmis_audit.model.rehearsal import Rehearsal
    from cmis_audit.model.report import Report
    from cmis_audit.model.rule import RulePack
    from cmis_audit.model.table_rows import TableRows
    from cmis_audit.reading import Notify

SNAPSHOT = "catalog.json"
ROWS = 20
"""Of each table to be merged; the demo has so many everywhere, so that none need be made up."""
BENCH_ROWS = 500


@click.command(
    context_settings=HELP,
    short_help="Audit a documented database and try its plan.",
    epilog="""\b
Examples:
  cmis-audit demo
  cmis-audit demo --audit-only -o /tmp/demo""",
)
@click.option("--audit-only", is_flag=True, help="Plan and rehearse nothing: a few seconds.")
@click.option("-o", "--output", metavar="DIR", help="Default ./cmis-audit-out.")
@common_options
def demo(*, audit_only: bool, **options: Any) -> None:
    """Audit the documented database, 241 tables, on a PostgreSQL 16 that is brought along.

    Then plan how its duplicates are merged, and rehearse that on a clone with its rows, which are
    made to hurt. The servers live for the length of the command. Beside the report a snapshot is
    written, which `cmis-audit audit` takes as SOURCE. Exit status 1 says that a plan was refused,
    lost something or could not be undone.
    """
    settings = settings_of({**options, "format": ("markdown", "json", "html")})
    if settings.output == "-":
        raise UsageError("the demo writes several files; give a directory with -o")
    check_output(settings)
    from cmis_audit import pipeline, reading, writing

    with progress_of(settings) as progress:
        now = present_moment()
        pack, *beside = pipeline.rule_packs(Settings().pack, None)
        catalog, rows = reading.demo_contents(now, progress)
        report = pipeline.audit(catalog, pack, progress, beside=tuple(beside))
        files = {
            **writing.documents(report, settings.format, progress),
            SNAPSHOT: reading.snapshot_text(catalog),
        }
        tried = None if audit_only else _tried(report, pack, rows, now, progress)
    if tried is None:
        deliver(report, files, settings)
        return
    plan, found, more = tried
    deliver(report, {**files, **more}, settings)
    if not settings.quiet:
        say("\n" + "\n".join(f"  {line}" for line in outcome(plan, found)))
    if any(not each.proven for each in found.clusters):
        click.get_current_context().exit(1)


def _tried(
    report: "Report",
    pack: "RulePack",
    rows: "tuple[TableRows, ...]",
    now: "datetime",
    progress: "Notify",
) -> "tuple[Plan, Rehearsal, Mapping[str, str]]":
    from cmis_audit import pipeline, rehearsing
    from cmis_audit.model.plan import PlanOptions
    from cmis_audit.rehearse.rehearsal import Options

    asked = Options(rows=ROWS, given=rows, bench_rows=BENCH_ROWS)
    plan = pipeline.plan_of(report, PlanOptions(), progress)
    found = rehearsing.rehearsal_of(report, pack, plan, asked, now=now, notify=progress)
    return plan, found, rehearsing.rehearsal_files(report, plan, found, progress)
