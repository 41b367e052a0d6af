"""`cmis-audit doctor`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cmis_audit.cli.options import (
    HELP,
    common_options,
    connection_options,
    intake_of,
    progress_of,
    settings_of,
    source_argument,
)
from cmis_audit.cli.output import one_line, say

if TYPE_CHECKING:
    from cmis_audit.model.visibility import Visibility


@click.command(
    context_settings=HELP,
    short_help="Say what this role can and cannot see.",
    epilog="""\b
Examples:
  cmis-audit doctor shop
  cmis-audit doctor -U auditor -d shop""",
)
@source_argument
@connection_options
@common_options
def doctor(source: str | None, **options: Any) -> None:
    """Say what this role can and cannot see, and the GRANTs that would help."""
    settings = settings_of(options)
    from cmis_audit import reading

    intake = intake_of(source, options, settings)
    with progress_of(settings) as progress:
        visibility = reading.visibility_of(intake, progress)
    say("\n".join(_lines(visibility)))


def _lines(seen: "Visibility") -> Iterator[str]:
    superuser = ", a superuser" if seen.superuser else ""
    yield one_line(f"{seen.role}{superuser} on {seen.database}, {seen.server}")
    if seen.memberships:
        yield f"member of {', '.join(seen.memberships)}"
    yield ""
    yield from _table(seen)
    yield ""
    if not seen.hidden:
        yield "Nothing is hidden: structure, statistics and activity can be read."
        return
    yield "The structure can be read. Hidden:"
    for skipped in seen.hidden:
        yield f"  {one_line(skipped.what)}: {one_line(skipped.why)}"
    if seen.grants:
        yield ""
        yield "What would help (none of it is needed for an audit):"
        for grant in seen.grants:
            yield f"  {_pasteable(grant.statement)}"
            yield f"      -- {one_line(grant.gains)}"


def _table(seen: "Visibility") -> Iterator[str]:
    """Yield what exists against what is open to the role, a line a schema."""
    from cmis_audit.model.names import quote_ident

    yield "What there is, and how much of it information_schema lists for this role:"
    rows = [("schema", "usage", "relations", "listed", "columns", "listed", "tables", "readable")]
    rows += [
        (
            one_line(quote_ident(each.name)),
            "yes" if each.usable else "no",
            str(each.relations),
            str(each.relations_listed),
            str(each.columns),
            str(each.columns_listed),
            str(each.tables),
            str(each.tables_selectable - each.tables_row_secured),
        )
        for each in seen.schemas
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for name, usage, *numbers in rows:
        cells = [number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), usage.ljust(widths[1]), *cells])


def _pasteable(statement: str) -> str:
    """Return SQL as it stands, or, where a name would act on the terminal, a comment."""
    if statement.isprintable():
        return statement
    return f"-- {one_line(statement)} (a name in it holds characters that cannot be shown)"
