"""The program: its commands, and what becomes of everything that goes wrong in them."""

import codecs
import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from cmis_audit.cli.audit import audit
from cmis_audit.cli.compare import compare
from cmis_audit.cli.completion import completion
from cmis_audit.cli.demo import demo
from cmis_audit.cli.doctor import doctor
from cmis_audit.cli.guard import guard
from cmis_audit.cli.init import init
from cmis_audit.cli.options import HELP, Session
from cmis_audit.cli.output import flush, one_line
from cmis_audit.cli.plan import plan
from cmis_audit.cli.rehearse import rehearse
from cmis_audit.cli.rules import rules
from cmis_audit.cli.snapshot import snapshot
from cmis_audit.cli.trend import trend
from cmis_audit.errors import AuditError

FAILED = 2
INTERRUPTED = 130

# A path swallows the second slash. What stands in the port's place and is no number is a password
# with a slash in it, or one whose @ was forgotten.
_URI_PASSWORD = re.compile(r"(:/{1,2}[^:/?#@\[\s]*:)(?:\S*(?=@)|(?!\d+\b)[^/?\s'\"]+)")
_PASSWORD = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)", re.IGNORECASE)


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        from importlib.metadata import version

        click.echo(f"cmis-audit {version('cmis-audit')}")
        context.exit()


@click.group(
    context_settings=HELP,
    epilog="""\b
Examples:
  cmis-audit demo                                  try it; needs no database
  cmis-audit audit shop                            the database 'shop', as psql would find it
  cmis-audit audit postgresql://me@db.lan/shop     another server
  cmis-audit audit schema.sql                      a dump, without any server

Exit status: 0 done, 1 a gate failed, 2 it could not be done, 130 interrupted.""",
)
@click.option(
    "--version",
    "-V",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def main() -> None:
    """Find the tables of a PostgreSQL database that store the same thing twice.

    It only reads: one read-only transaction, on the system catalogs alone.
    """


for _command in (
    audit,
    compare,
    completion,
    demo,
    doctor,
    guard,
    init,
    plan,
    rehearse,
    rules,
    snapshot,
    trend,
):
    main.add_command(_command)


def run() -> None:
    """Run the program with the arguments of the process, and exit with its status."""
    # A row of a report has to be printable wherever the report goes; a name may hold anything.
    # An ASCII locale says nothing of the terminal, and a file written there must be whole.
    sys.stdout = sys.stdout or _nowhere()  # None when the shell closed it: `>&-`
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(
                encoding="utf-8" if ascii_only else stream.encoding, errors="backslashreplace"
            )
    sys.exit(status_of(sys.argv[1:]))


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def status_of(arguments: Sequence[str]) -> int:
    """Run the program and return its exit status; failures become one line on stderr."""
    session = Session()
    try:
        status = main.main(list(arguments), "cmis-audit", standalone_mode=False, obj=session)
        flush()
        return status if isinstance(status, int) else 0
    except AuditError as error:
        _complain(_without_secrets(str(error), session))
        return error.exit_status
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return FAILED
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        path = path or "cmis-audit"
        message = _without_secrets(error.format_message(), session).rstrip(".")
        _complain(f"{message}; see '{path} --help'")
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("cmis-audit: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        hint = "" if session.verbose else "; run it again with -v for the traceback"
        message = _without_secrets(str(error), session)
        _complain(f"unexpected {type(error).__name__}: {message}{hint}")
        if session.verbose:
            _print_traceback(error, session)
        return FAILED


def _complain(message: str) -> None:
    click.echo(f"cmis-audit: {one_line(message)}", err=True)


def _print_traceback(error: Exception, session: Session) -> None:
    import traceback

    text = "".join(traceback.format_exception(error))
    click.echo(_without_secrets(text, session), err=True, nl=False)


def _without_secrets(text: str, session: Session) -> str:
    """Return the text without passwords, should one have come in through an error message."""
    text = _PASSWORD.sub(r"\1***", _URI_PASSWORD.sub(r"\1***", text))
    for secret in (session.password, os.environ.get("PGPASSWORD")):
        if secret and len(secret) > 2:
            text = text.replace(secret, "***")
    return text
