"""The manual page, made from the program's own help: troff with the man macros."""

import re
from collections.abc import Iterator

from click import Command, Context, Group, Option

_SENTENCE = "find the tables of a PostgreSQL database that store the same thing twice"
_FILES = (
    ("cmis-audit.toml", "settings, in the working directory; see cmis-audit init"),
    ("pyproject.toml", "its table [tool.cmis-audit], where there is no cmis-audit.toml"),
)
_ENVIRONMENT = (
    ("CMIS_AUDIT_*", "any setting: CMIS_AUDIT_FAIL_UNDER=70"),
    ("PGHOST, PGUSER, PGPASSWORD, PGSERVICE, ...", "as libpq and psql take them"),
    ("NO_COLOR", "no colours"),
    ("SOURCE_DATE_EPOCH", "the moment that reports name, for the same bytes every time"),
)
_STATUS = (
    ("0", "done"),
    ("1", "a gate failed"),
    ("2", "it could not be done"),
    ("130", "interrupted"),
)
_SPECIAL = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    '"': r"\(dq",
    "~": r"\(ti",
    "^": r"\(ha",
    "`": r"\(ga",
}


def manual(program: Group) -> str:
    """Return the page of the program with all its commands; it bears no date."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Group) -> Iterator[str]:
    yield '.TH CMIS-AUDIT 1 "" "cmis-audit" "User Commands"'
    yield from (".SH NAME", rf"cmis\-audit \- {_SENTENCE}", ".SH SYNOPSIS")
    yield from (r".B cmis\-audit", r"\fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]...")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(program.help or "")
    yield ".SH COMMANDS"
    with Context(program, info_name="cmis-audit") as top:
        for name in program.list_commands(top):
            command = program.get_command(top, name)
            assert command is not None
            with Context(command, info_name=name, parent=top) as context:
                yield from _command(name, command, context)
    yield from _list("EXIT STATUS", _STATUS)
    yield from _list("ENVIRONMENT", _ENVIRONMENT)
    yield from _list("FILES", _FILES)
    yield ".SH EXAMPLES"
    yield from _examples(program)


def _command(name: str, command: Command, context: Context) -> Iterator[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f'.SS "cmis\\-audit {_text(name)} {_text(pieces)}"'
    yield from _paragraphs(command.help or "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, Option) else None
        if record is not None:
            yield from (".TP", rf"\fB{_text(record[0])}\fR", _text(record[1]))
    yield from (".PP", "Examples:")
    yield from _examples(command)


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (".PP", _text(" ".join(paragraph.split())))


def _examples(command: Command) -> Iterator[str]:
    yield from (".PP", ".nf", ".RS 2")
    for line in (command.epilog or "").split("\n"):
        if line.startswith("  "):
            yield _text(line.strip())
    yield from (".RE", ".fi")


def _list(title: str, rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield f".SH {title}"
    for name, what in rows:
        yield from (".TP", rf"\fB{_text(name)}\fR", _text(what))


def _text(text: str) -> str:
    r"""Return the text so that troff prints it as it is: `-` is a hyphen, `.` begins a request."""
    shown = "".join(_SPECIAL.get(char, char) for char in text)
    return rf"\&{shown}" if shown.startswith((".", "'")) else shown
