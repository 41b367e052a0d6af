"""What is written: reports, plans, summaries, as texts; nothing here writes a file.

Each function imports what it needs when it is called: a command loads what it uses.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from cmis_audit.model.catalog import Catalog
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.plan import Framework, Plan, PlanOptions
from cmis_audit.model.report import Report
from cmis_audit.pipeline import plan_of
from cmis_audit.reading import Notify, silently
from cmis_audit.uncollected import uncollected

if TYPE_CHECKING:
    from cmis_audit.model.guard import Guarded


def format_names() -> tuple[str, ...]:
    """Return the formats that `documents` knows."""
    from cmis_audit.render import EMITTERS

    return tuple(EMITTERS)


@uncollected()
def documents(
    report: Report, formats: tuple[str, ...], notify: Notify = silently
) -> Mapping[str, str]:
    """Return file names and texts of the report in the given formats, in their order.

    The HTML report shows the SQL of the plan: one is made where the report has none. A format that
    is alone is one file, which may be printed or taken elsewhere; several are a folder's, and the
    Markdown report then has its pictures beside it.
    """
    from cmis_audit.render import EMITTERS

    wanted = dict.fromkeys(formats)
    planned = report
    if "html" in wanted and report.plan is None and not report.catalog.redacted:
        planned = msgspec.structs.replace(report, plan=plan_of(report, PlanOptions(), notify))
    found: dict[str, str] = {}
    for name in wanted:
        notify(f"writing {name}")
        emitter = EMITTERS[name]
        told = planned if name == "html" else report
        if emitter.render_with_others and len(wanted) > 1:
            found |= emitter.render_with_others(told)
        else:
            found[emitter.file_name] = emitter.render(told)
    return found


def guard_format_names() -> tuple[str, ...]:
    """Return the formats that `guard_documents` knows."""
    from cmis_audit.render.guards import GUARD_EMITTERS

    return tuple(GUARD_EMITTERS)


def guard_documents(guarded: "Guarded", formats: tuple[str, ...]) -> Mapping[str, str]:
    """Return file names and texts of what a guard says in the given formats, in their order."""
    from cmis_audit.render.guards import GUARD_EMITTERS

    chosen = [GUARD_EMITTERS[name] for name in formats]
    return {emitter.file_name: emitter.render(guarded) for emitter in chosen}


def plan_files(
    plan: Plan,
    catalog: Catalog,
    code: CodeSurvey | None = None,
    framework: Framework = Framework.SQL,
    after: str | None = None,
) -> Mapping[str, str]:
    """Return file names and texts of a plan, and what a framework takes of it. Raises UsageError.

    With `code`, it says what has to change there. `after` is the framework's last migration, which
    the first of the plan follows.
    """
    from cmis_audit.render.frameworks.writers import written_files
    from cmis_audit.render.plan_json import plan_json
    from cmis_audit.render.plan_readme import plan_readme

    written = written_files(plan, catalog, framework, after=after)
    sql = {
        f"{cluster.folder}/{step.file}": step.sql
        for cluster in plan.clusters
        for step in cluster.steps
    }
    for schema in plan.schemas:
        sql |= {f"{schema.folder}/{driver.file}": driver.sql for driver in schema.drivers}
        sql |= {f"{schema.folder}/{s.file}": s.sql for s in (schema.drop, schema.restore)}
    return {
        "README.md": plan_readme(plan, code, framework, written),
        "plan.json": plan_json(plan, written),
        **sql,
        **{each.path: each.text for each in written},
    }


def summary(report: Report, *, color: bool, width: int, files: tuple[str, ...]) -> str:
    """Return the short text for a terminal; `files` are what was written."""
    from cmis_audit.render.terminal import summary as text_of

    return text_of(report, color=color, width=width, files=files)
