"""Laravel: one migration file a phase, in the order of their time stamps."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cmis_audit.model.plan import Plan, WrittenFile
from cmis_audit.render.frameworks.migrations import IRREVERSIBLE, migrations
from cmis_audit.render.frameworks.templates import filled
from cmis_audit.sqlfile.statements import cut


def migration_files(plan: Plan, *, moment: str) -> Iterator[WrittenFile]:
    """Yield the files; the first bears the moment at which the catalog was read."""
    at = datetime.fromisoformat(moment)
    for each in migrations(plan):
        stamp = at.strftime("%Y_%m_%d_%H%M%S")
        yield WrittenFile(
            path=f"laravel/database/migrations/{stamp}_cmis_audit_{each.slug}.php",
            to="database/migrations/",
            what="migration",
            text=filled(
                "laravel-migration.php.j2",
                migration=each,
                forward=[cut(step.sql) for step in each.forward],
                back=[cut(step.sql) for step in each.back],
                irreversible=IRREVERSIBLE,
            ),
        )
        at += timedelta(seconds=1)
