"""A guard: the stages from migrations, or from two databases, to what their tables repeat."""

from pathlib import Path

import msgspec

from cmis_audit import pipeline
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Cluster
from cmis_audit.model.guard import Alarm, Guarded, Touched
from cmis_audit.model.match import Matches
from cmis_audit.model.rule import RulePack
from cmis_audit.uncollected import uncollected


@uncollected()
def guard_migrations(
    paths: tuple[Path, ...], intake: pipeline.Intake, pack: RulePack, notify: pipeline.Notify
) -> Guarded:
    """Return what the tables of migrations repeat of a source. Raises SourceError."""
    from cmis_audit.guard.files import migration_files
    from cmis_audit.guard.run import run_migrations
    from cmis_audit.source.filters import filtered

    files = migration_files(paths)
    base = pipeline.without_books(pipeline.catalog_of(intake.whole(), notify))
    notify(f"reading {len(files)} migrations")
    after = run_migrations(files, base)
    catalog = filtered(after.catalog, intake.filters) if intake.filters else after.catalog
    guarded = judge(base, catalog, after.touched, pack, notify)
    return msgspec.structs.replace(
        guarded, files=after.files, unread=after.unread, notes=after.notes
    )


@uncollected()
def guard_databases(
    base: pipeline.Intake, head: pipeline.Intake, pack: RulePack, notify: pipeline.Notify
) -> Guarded:
    """Return what the tables of one source repeat that another has not. Raises SourceError."""
    from cmis_audit.guard.difference import touched_between

    old, new = (pipeline.without_books(pipeline.catalog_of(one, notify)) for one in (base, head))
    return judge(old, new, touched_between(old, new), pack, notify)


def judge(
    base: Catalog,
    catalog: Catalog,
    touched: tuple[Touched, ...],
    pack: RulePack,
    notify: pipeline.Notify = lambda _: None,
) -> Guarded:
    """Return what the touched tables of a catalog repeat; `base` is what was there before."""
    from importlib.metadata import version

    from cmis_audit.guard.judgement import judged

    there = {table.ref for table in catalog.tables}
    touched = tuple(one for one in touched if one.table in there)
    alarms: tuple[Alarm, ...] = ()
    if touched:
        notify(f"comparing {len(touched)} of {len(there)} tables")
        matches, clusters = _clusters(catalog, pack)
        alarms = judged(catalog, matches, clusters, touched, lambda: _clusters(base, pack)[1])
    return Guarded(
        tool_version=version("cmis-audit"),
        against=base.database,
        files=(),
        tables=len(there),
        touched=touched,
        alarms=alarms,
    )


def _clusters(catalog: Catalog, pack: RulePack) -> tuple[Matches, tuple[Cluster, ...]]:
    from cmis_audit.cluster.clusters import build_clusters
    from cmis_audit.match.matches import find_matches

    matches = find_matches(catalog, pack)
    return matches, build_clusters(catalog, matches, pack)
