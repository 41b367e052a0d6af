"""The options that commands share, and what they mean together."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cmis_audit.cli.progress import Progress
from cmis_audit.errors import UsageError
from cmis_audit.settings import Settings, load_settings

if TYPE_CHECKING:
    from cmis_audit.model.decisions import Decisions
    from cmis_audit.model.plan import PlanOptions
    from cmis_audit.reading import Intake

# `-h` is the host, as with psql
HELP = {"help_option_names": ["--help", "-?"], "max_content_width": 100}

_F = TypeVar("_F", bound=Callable[..., Any])
_Option = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass
class Session:
    """What one run has come to know: where errors are printed there are no options any more."""

    verbose: bool = False
    password: str | None = None
    progress: Progress | None = None


def completed_files(_: click.Context, __: click.Parameter, incomplete: str) -> list[Any]:
    """Let a shell complete what may be a file: a snapshot or SQL file as SOURCE."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def source_argument(command: _F) -> _F:
    return click.argument("source", required=False, shell_complete=completed_files)(command)


def _checked_port(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the port, or several with commas between them, as libpq takes them."""
    if value and not all(part.strip().isdigit() for part in value.split(",")):
        raise click.BadParameter(f"'{value}' is not a port number")
    return value


def connection_options(command: _F) -> _F:
    """Add psql's connection options, with psql's meaning."""
    return _with(
        command,
        click.option("-d", "--dbname", metavar="NAME", help="Database name, URI or conninfo."),
        click.option("-h", "--host", metavar="HOST", help="Server host or socket directory."),
        click.option("-p", "--port", metavar="PORT", callback=_checked_port, help="Server port."),
        click.option("-U", "--username", metavar="NAME", help="User name."),
        click.option("-w", "--no-password", is_flag=True, help="Never ask for a password."),
        click.option("-W", "--password", is_flag=True, help="Ask for a password first."),
        click.option("--statement-timeout", metavar="TIME", help="Default 60s."),
        click.option("--lock-timeout", metavar="TIME", help="Default 2s."),
        click.option("--load-timeout", metavar="TIME", help="For an SQL file; default 120s."),
    )


def filter_options(command: _F) -> _F:
    """Add the filters of pg_dump, whose patterns are psql's."""
    pattern: dict[str, Any] = {"metavar": "PATTERN", "multiple": True}
    return _with(
        command,
        click.option("-n", "--schema", help="Only these schemas; repeatable.", **pattern),
        click.option("-N", "--exclude-schema", help="Not these schemas.", **pattern),
        click.option("-t", "--table", help="Only these tables; repeatable.", **pattern),
        click.option("-T", "--exclude-table", help="Not these tables.", **pattern),
    )


def rule_options(command: _F) -> _F:
    return _with(
        command,
        click.option(
            "--pack",
            metavar="NAME",
            multiple=True,
            help="Rule packs, repeatable or with commas; the first gives the score, the others "
            "are told beside it. Default cmis,governance.",
        ),
        click.option(
            "--rules",
            metavar="DIR",
            help="Your own rules: a pack, or pages that join or replace those of the packs.",
        ),
    )


def code_option(command: _F) -> _F:
    return _with(
        command,
        click.option(
            "--code",
            metavar="DIR",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Look in this code for what creates and uses the tables; repeatable.",
        ),
    )


def plan_options(command: _F) -> _F:
    """Add what a user decides about a plan."""
    return _with(
        command,
        click.option(
            "--cluster", "clusters", metavar="ID", multiple=True, help="Only this one; repeatable."
        ),
        click.option(
            "--renames", is_flag=True, help="Also rename look-alikes whose names mislead."
        ),
        click.option(
            "--yes-drop", is_flag=True, help="Let the order end with dropping old tables."
        ),
        click.option(
            "--timezone",
            metavar="ZONE",
            default="UTC",
            help="What a timestamp without time zone is in; default UTC.",
        ),
        click.option(
            "--batch-size",
            metavar="ROWS",
            type=click.IntRange(1, 1_000_000),
            default=5000,
            help="Rows that one transaction copies; default 5000.",
        ),
        click.option("--target-schema", metavar="NAME", help="Default: that of the table kept."),
        click.option(
            "--partition",
            "partition_interval",
            type=click.Choice(("month", "quarter", "year")),
            default="month",
            help="What one partition of measurements spans; default month.",
        ),
    )


def plan_options_of(options: dict[str, Any]) -> "PlanOptions":
    """Return the options as a value. Raises UsageError."""
    import zoneinfo

    from cmis_audit.model.plan import PlanOptions

    names = PlanOptions.__struct_fields__
    zone = options["timezone"]
    if zone not in zoneinfo.available_timezones():
        raise UsageError(f"--timezone: there is no time zone '{zone}'; an example is Europe/Berlin")
    return PlanOptions(**{name: options[name] for name in names if name in options})


def common_options(command: _F) -> _F:
    return _with(
        command,
        click.option("-q", "--quiet", is_flag=True, default=None, help="No summary, no progress."),
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            default=None,
            callback=_note_verbose,
            help="Stages and times on stderr, tracebacks.",
        ),
        click.option("--no-color", "color", is_flag=True, flag_value=False, default=None),
        click.option(
            "--config",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Instead of cmis-audit.toml or pyproject.toml here.",
        ),
        click.help_option("--help", "-?", help="Show this and exit."),
    )


def settings_of(options: dict[str, Any]) -> Settings:
    """Return the settings that the options, the environment and the file make together."""
    names = Settings.__dataclass_fields__
    flags = {name: value for name, value in options.items() if name in names}
    settings = load_settings(flags, os.environ, Path(), options.get("config"))
    session().verbose = session().verbose or settings.verbose
    return settings


def decisions_of(settings: Settings, moment: datetime) -> "Decisions":
    """Return what the settings' file says that the team has decided, for a moment's day."""
    from cmis_audit.model.decisions import Decisions

    day = moment.astimezone(UTC).date().isoformat()
    file = settings.read_from.as_posix() if settings.read_from else ""
    return Decisions(
        waivers=settings.waivers,
        register=settings.tables,
        today=day,
        file=file,
        waiver_lines=settings.waiver_lines,
        register_lines=settings.table_lines,
    )


def progress_of(settings: Settings) -> Progress:
    progress = Progress(quiet=settings.quiet, verbose=settings.verbose, color=settings.color)
    session().progress = progress
    return progress


def intake_of(source: str | None, options: dict[str, Any], settings: Settings) -> "Intake":
    """Return what is to be read, and how; asks for the password where -W wants it."""
    from cmis_audit.reading import Intake
    from cmis_audit.source.connection import Limits, Target
    from cmis_audit.source.filters import Filters

    if options["password"] and options["no_password"]:
        raise UsageError("-W asks for a password and -w forbids to; give one of them")
    target = Target(
        source=source,
        dbname=options["dbname"],
        host=options["host"],
        port=options["port"],
        user=options["username"],
        password=ask_password() if options["password"] else None,
    )
    return Intake(
        target=target,
        limits=Limits(
            statement_timeout_ms=settings.statement_timeout,
            lock_timeout_ms=settings.lock_timeout,
        ),
        load_timeout_ms=settings.load_timeout,
        filters=Filters(
            schemas=settings.schema,
            exclude_schemas=settings.exclude_schema,
            tables=settings.table,
            exclude_tables=settings.exclude_table,
        ),
        now=present_moment(),
        ask_password=None if options["no_password"] or not _has_terminal() else ask_password,
    )


def ask_password() -> str:
    """Return the password typed at the terminal, without showing it; asked for once a run."""
    import getpass
    import warnings

    known = session().password
    if known is not None:
        return known
    progress = session().progress
    if progress is not None:
        progress.stop()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", getpass.GetPassWarning)
            password = getpass.getpass("Password: ", sys.stderr)
    except EOFError:
        raise UsageError("no password was given where -W asked for one") from None
    session().password = password
    return password


def session() -> Session:
    """Return the session of the present command."""
    found = click.get_current_context().find_root().obj
    return found if isinstance(found, Session) else Session()


def _with(command: _F, *options: _Option) -> _F:
    decorated: Any = command
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def _note_verbose(_: click.Context, __: click.Parameter, value: bool | None) -> bool | None:  # noqa: FBT001
    session().verbose = bool(value)
    return value


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def present_moment() -> datetime:
    """Return now, or SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs) where it is set."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not {text!r}") from None
