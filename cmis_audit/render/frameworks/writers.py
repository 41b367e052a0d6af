"""Which files a framework gets."""

from collections.abc import Iterator

from cmis_audit.errors import UsageError
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.plan import Framework, Plan, WrittenFile
from cmis_audit.render.frameworks import alembic, eloquent, flyway, isolation, laravel, sqlalchemy
from cmis_audit.render.frameworks.models import Model, models

_NUMBERED = (Framework.ALEMBIC, Framework.FLYWAY)


def written_files(
    plan: Plan, catalog: Catalog, framework: Framework, *, after: str | None
) -> tuple[WrittenFile, ...]:
    """Return what is written beside the plan's own files. Raises UsageError."""
    if after is not None and framework not in _NUMBERED:
        raise UsageError("--after: only Alembic's revisions and Flyway's versions follow another")
    made = models(plan, catalog)
    files = _files(plan, framework, made, moment=catalog.read_at, after=after)
    return (*files, *isolation.files(made))


def _files(
    plan: Plan,
    framework: Framework,
    made: tuple[Model, ...],
    *,
    moment: str,
    after: str | None,
) -> Iterator[WrittenFile]:
    match framework:
        case Framework.ALEMBIC:
            yield from alembic.revisions(plan, moment=moment, after=after)
            yield from sqlalchemy.files(made)
        case Framework.LARAVEL:
            yield from laravel.migration_files(plan, moment=moment)
            yield from eloquent.files(made)
        case Framework.FLYWAY:
            yield from flyway.scripts(plan, moment=moment, after=after)
        case Framework.SQL:
            pass
