"""`cmis-audit guard`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cmis_audit.cli.options import (
    HELP,
    code_option,
    common_options,
    completed_files,
    connection_options,
    decisions_of,
    intake_of,
    present_moment,
    progress_of,
    rule_options,
    settings_of,
)
from cmis_audit.cli.output import check_directory, one_line, say, write_files
from cmis_audit.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from cmis_audit.model.guard import Guarded
    from cmis_audit.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])

FOUND = 1
NOT_READ = 2


def _source_option(name: str, what: str) -> Callable[[_F], _F]:
    return click.option(name, metavar="SOURCE", help=what, shell_complete=completed_files)


@click.command(
    context_settings=HELP,
    short_help="Tell whether migrations add a table that is there already.",
    epilog="""\b
Examples:
  cmis-audit guard migrations/V12__orders.sql --against catalog.json
  cmis-audit guard migrations --against catalog.json --format github
  cmis-audit guard migrations --against catalog.json --code api
  cmis-audit guard migrations --against catalog.json -o report --format sarif,junit,summary
  cmis-audit guard --base catalog.json --head migrated.json

Exit status: 0 no table repeats another, 1 one does, 2 something could not be read.""",
)
@click.argument(
    "migrations", nargs=-1, metavar="[MIGRATION]...", type=click.Path(exists=True, path_type=Path)
)
@_source_option("--against", "What is there: snapshot, SQL file or database.")
@_source_option("--base", "Instead of migrations: what is there,")
@_source_option("--head", "and what the migrations made of it.")
@click.option("--strict", is_flag=True, help="Exit with 1 for what a person should look at, too.")
@click.option("-o", "--output", "folder", metavar="DIR", help="Write each format to a file there.")
@click.option("--format", "formats", metavar="LIST", default="text", help="Default text.")
@click.option("--exit-zero", is_flag=True, default=None, help="Exit with 0 whatever was found.")
@connection_options
@rule_options
@code_option
@common_options
def guard(migrations: tuple[Path, ...], **options: Any) -> int:
    """Tell which new or changed tables repeat one that is there, and what ALTER would do instead.

    MIGRATION is a file of SQL (plain, Flyway, dbmate, goose, Prisma), Alembic, Django, Laravel or
    Rails, or a folder of them. They are read, never run; what cannot be read is told, and is
    compared as two databases with --base and --head.

    Waivers and table register of the settings file hold as they do for an audit: what is waived
    is told and fails nothing.

    Formats: text, json, summary (Markdown), sarif, github (annotations), junit.
    """
    formats = _formats(options["formats"], options["folder"])
    base, head = _sources(migrations, options)
    settings = settings_of({**options, "format": None, "output": None})
    from cmis_audit import guarding, pipeline, reading

    reading.check_code(settings.code)
    pack, *_ = pipeline.rule_packs(settings.pack, settings.rules)
    ground = guarding.Ground(
        pack=pack,
        decisions=decisions_of(settings, present_moment()),
        code=settings.code,
    )
    intakes = [intake_of(one, options, settings) for one in (base, head) if one is not None]
    with progress_of(settings) as progress:
        if migrations:
            guarded = guarding.guard_migrations(migrations, intakes[0], ground, progress)
        else:
            guarded = guarding.guard_databases(intakes[0], intakes[1], ground, progress)
    _deliver(guarded, formats, options["folder"], settings)
    status = _status(guarded, strict=options["strict"])
    if status == NOT_READ:
        first = guarded.unread[0].place
        click.echo(
            f"cmis-audit: not all of the migrations could be read, see {one_line(first.file)}:"
            f"{first.line}; compare two databases instead, with --base and --head",
            err=True,
        )
    return 0 if settings.exit_zero else status


def _sources(migrations: tuple[Path, ...], options: dict[str, Any]) -> tuple[str, str | None]:
    """Return what is there, and what became of it where that is given."""
    against, base, head = options["against"], options["base"], options["head"]
    if migrations:
        if base or head:
            raise UsageError("migrations are held --against SOURCE; --base and --head need none")
        if against:
            return str(against), None
        raise UsageError("--against SOURCE is missing: a snapshot, SQL file or database")
    if against:
        raise UsageError("no migration is given to hold --against the source")
    if base and head:
        return str(base), str(head)
    raise UsageError("give migrations and --against SOURCE, or --base SOURCE and --head SOURCE")


def _formats(listed: str, folder: str | None) -> tuple[str, ...]:
    from cmis_audit.writing import guard_format_names

    known = guard_format_names()
    names = tuple(dict.fromkeys(name.strip() for name in listed.split(",")))
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"no format '{name}'{hint}; there is: {', '.join(known)}")
    if folder:
        check_directory(Path(folder))
    elif len(names) != 1:
        raise UsageError("several formats need a folder for their files: -o DIR")
    return names


def _deliver(
    guarded: "Guarded", formats: tuple[str, ...], folder: str | None, settings: "Settings"
) -> None:
    from cmis_audit.writing import guard_documents

    documents = guard_documents(guarded, formats)
    if folder is None:
        for document in documents.values():
            say(document)
        return
    write_files(Path(folder), documents)
    if not settings.quiet:
        for document in guard_documents(guarded, ("text",)).values():
            say(document)


def _status(guarded: "Guarded", *, strict: bool) -> int:
    from cmis_audit.model.guard import Charge

    in_force = [alarm for alarm in guarded.alarms if not alarm.waived]
    if any(strict or alarm.charge is not Charge.REVIEW for alarm in in_force):
        return FOUND
    return NOT_READ if guarded.unread else 0
