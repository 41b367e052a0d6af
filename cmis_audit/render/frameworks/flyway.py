"""Flyway: a versioned script a phase, one that undoes it, and how each is to be run."""

import re
from collections.abc import Iterator
from datetime import datetime

from cmis_audit.errors import UsageError
from cmis_audit.model.plan import Plan, Step, WrittenFile
from cmis_audit.render.frameworks.migrations import Migration, migrations

_VERSION = re.compile(r"\d{1,18}(?:[._]\d{1,18})*\Z")
_SETTINGS = """\
# The script begins and commits transactions of its own, and holds no placeholders.
executeInTransaction=false
placeholderReplacement=false
encoding=UTF-8
"""
_NOTHING = "-- The phase changed nothing but the plan's own books: there is nothing to undo.\n"


def scripts(plan: Plan, *, moment: str, after: str | None) -> Iterator[WrittenFile]:
    """Yield the scripts; versions count on from `after`, else from the moment the catalog was read.

    Raises UsageError.
    """
    if after is not None and not _VERSION.match(after):
        raise UsageError(f"--after: '{after}' is no Flyway version; an example is 57 or 2.13")
    for number, each in enumerate(migrations(plan), start=1):
        name = f"{_version(number, moment, after)}__cmis_audit_{each.slug}.sql"
        yield from _script("V", name, "migration", _text(each, each.forward))
        if not each.irreversible:
            yield from _script("U", name, "undo", _text(each, each.back) if each.back else _NOTHING)


def _script(prefix: str, name: str, what: str, text: str) -> Iterator[WrittenFile]:
    place = {"to": "db/migration/"}
    yield WrittenFile(path=f"flyway/db/migration/{prefix}{name}", what=what, text=text, **place)
    yield WrittenFile(
        path=f"flyway/db/migration/{prefix}{name}.conf", what="settings", text=_SETTINGS, **place
    )


def _version(number: int, moment: str, after: str | None) -> str:
    if after is None:
        return f"{datetime.fromisoformat(moment):%Y%m%d%H%M%S}_{number}"
    head, last = re.fullmatch(r"(.*?)(\d+)", after).groups()  # type: ignore[union-attr]
    return f"{head}{int(last) + number}"


def _text(migration: Migration, steps: tuple[Step, ...]) -> str:
    """Return the files of the steps, and the session as it was for the scripts that follow."""
    resets = "\n".join(f"RESET {name};" for name in migration.settings)
    return "".join(step.sql for step in steps) + f"\n-- For the scripts that follow.\n{resets}\n"
