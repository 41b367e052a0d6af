"""Alembic: one revision a phase, each on top of the one before."""

import re
from collections.abc import Iterator

from cmis_audit.errors import UsageError
from cmis_audit.model.plan import Plan, WrittenFile
from cmis_audit.render.frameworks.migrations import IRREVERSIBLE, migrations
from cmis_audit.render.frameworks.templates import filled
from cmis_audit.sqlfile.statements import cut

_REVISION = re.compile(r"[A-Za-z0-9_.]{1,32}\Z")


def revisions(plan: Plan, *, moment: str, after: str | None) -> Iterator[WrittenFile]:
    """Yield the revision files; the first follows `after`, else nothing. Raises UsageError."""
    if after is not None and not _REVISION.match(after):
        raise UsageError(f"--after: '{after}' is no Alembic revision; `alembic heads` names it")
    down = after
    for each in migrations(plan):
        revision = each.identity(plan.fingerprint)
        text = filled(
            "alembic-revision.py.j2",
            migration=each,
            revision=revision,
            down=down,
            moment=moment,
            forward=[cut(step.sql) for step in each.forward],
            back=[cut(step.sql) for step in each.back],
            irreversible=IRREVERSIBLE,
        )
        yield WrittenFile(
            path=f"alembic/versions/{revision}_{each.slug}.py",
            to="alembic/versions/",
            what="migration",
            text=text,
        )
        down = revision
