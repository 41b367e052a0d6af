"""`cmis-audit init`."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from cmis_audit.cli.options import HELP
from cmis_audit.cli.output import check_directory, say, write_files
from cmis_audit.errors import UsageError
from cmis_audit.settings import OWN_FILE, Settings

_HEAD = """\
# Settings of cmis-audit, as they are without this file. A key is a long option without its dashes;
# options and CMIS_AUDIT_* in the environment come before it. How to connect is libpq's to know.
"""
TOLD: dict[str, tuple[str, str | None]] = {
    "pack": ("Rule packs: the first gives the score, the others are told beside it.", None),
    "rules": (
        "A folder of your own rules: a pack, or pages that join those of the packs.",
        '"rules"',
    ),
    "output": ('Where reports go; "-" prints the one document.', None),
    "format": ("What is written: markdown, json, html, summary, sarif, github, junit.", None),
    "fail_under": ("Exit with 1 if the score is below.", "70"),
    "fail_on": ("Exit with 1 on a finding this severe: critical, high, medium, low.", '"high"'),
    "exit_zero": ("Exit with 0 though a gate fails.", None),
    "code": ("Directories of code that creates and uses the tables.", None),
    "sample": ("Rows to read of each table of a likely pair; 0 reads none.", None),
    "schema": ("Only these schemas; patterns as psql has them.", None),
    "exclude_schema": ("Not these schemas.", None),
    "table": ("Only these tables.", None),
    "exclude_table": ("Not these tables.", None),
    "statement_timeout": ("Of each query; milliseconds, or a time such as 30s.", '"60s"'),
    "lock_timeout": ("Of each lock.", '"2s"'),
    "load_timeout": ("Of loading an SQL file.", '"120s"'),
    "quiet": ("No summary, no progress.", None),
    "verbose": ("Stages and times, tracebacks.", None),
    "color": ("Colours on a terminal.", None),
    "history": ("A folder that keeps every audit, for `cmis-audit trend`.", '"audits"'),
    "baseline": ("An audit.json: only what is new or worse fails.", '"accepted.json"'),
}
"""What each setting is for, and how its value is written where the default has no form in TOML."""

_DECISIONS = """\
# What the team lives with, why, and until when. An id is a group's or a finding's, as audit.json
# has it; or name all tables concerned, and perhaps a rule; or, as `schemas`, those that repeat each
# other. What has run out is a finding itself.
# [[waivers]]
# tables = ["sales.orders", "sales.orders_v2"]
# reason = "orders_v2 goes with release 12"
# until = 2027-03-31

# The register: whose a table is, what it is for, and what it stands for.
# [[tables]]
# name = "sales.orders"
# owner = "team checkout"
# purpose = "every order, whatever the channel"
# canonical-for = ["sales.orders_v2"]
"""


@click.command(
    context_settings=HELP,
    short_help="Write a commented cmis-audit.toml.",
    epilog="""\b
Examples:
  cmis-audit init
  cmis-audit init -o ci                            in another folder""",
)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Default: here.",
)
@click.help_option("--help", "-?", help="Show this and exit.")
def init(folder: Path) -> None:
    """Write cmis-audit.toml: every setting, what it is for and its default, commented out.

    A file that is there already is never overwritten.
    """
    path = folder / OWN_FILE
    if path.exists() or path.is_symlink():
        raise UsageError(f"{path} is there already and is left as it is")
    check_directory(folder)
    write_files(folder, {OWN_FILE: settings_text()})
    say(f"{path} is written; nothing is set in it yet")


def settings_text() -> str:
    """Return the file: a line of comment and one of the setting, for each."""
    parts = [_HEAD]
    for field in fields(Settings):
        if field.name not in TOLD:
            continue
        why, written = TOLD[field.name]
        value = written or _toml(field.default)
        parts.append(f"# {why}\n# {field.name.replace('_', '-')} = {value}\n")
    return "\n".join([*parts, _DECISIONS])


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
