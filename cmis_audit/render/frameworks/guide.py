"""What the README of a plan says of the files for a framework."""

from collections.abc import Iterator

from cmis_audit.model.plan import Framework, WrittenFile
from cmis_audit.render.escape import Safe, code, table

_TITLES = {
    Framework.SQL: "## Is each tenant kept to its rows?",
    Framework.ALEMBIC: "## With Alembic",
    Framework.LARAVEL: "## With Laravel",
    Framework.FLYWAY: "## With Flyway",
}
_COPY = (
    "Copy the files to where the table says; the migrations hold the statements of the files above."
)
_HOW = {
    Framework.SQL: (),
    Framework.ALEMBIC: (
        _COPY,
        "- Each revision is a phase: `alembic upgrade +1` runs one, `alembic upgrade head` all, "
        "`alembic downgrade -1` takes the last one back. A backfill that broke off is run again "
        "and goes on where it stopped.\n"
        "- The first revision follows the one that `--after` named. Without it, it is the first of "
        "all: in a project that has revisions, write their head (`alembic heads`) into "
        "`down_revision`.\n"
        "- They run outside of Alembic's own transaction. With `transaction_per_migration=True` in "
        "`env.py` Alembic notes each phase as it ends.",
    ),
    Framework.LARAVEL: (
        _COPY,
        "- Each migration is a phase: `php artisan migrate --step` runs them, `php artisan "
        "migrate:rollback --step=1` takes the last one back. A backfill that broke off is run "
        "again and goes on where it stopped.\n"
        "- They run outside of Laravel's own transaction.\n"
        "- Their time stamps begin with the moment at which the catalog was read: a migration of "
        "yours that is younger has to be run before, or be renamed.",
    ),
    Framework.FLYWAY: (
        _COPY,
        "- Each version is a phase: `flyway migrate -target=VERSION` runs up to one, `flyway "
        "migrate` all. The scripts with `U` undo them (`flyway undo`, or psql, the last one "
        "first).\n"
        "- The `.conf` beside a script lets it run outside of Flyway's transaction, and leaves "
        "`${}` alone. After a failure: `flyway repair`, and run it again.\n"
        "- Versions count on from the one that `--after` named; without it they are the moment at "
        "which the catalog was read.",
    ),
}
_MODELS = (
    "The models are of the unified tables, which are there from the expand phase on and hold every "
    "row from the switch on. They show and write the rows of one tenant where they are told whose."
)
_ISOLATION = (
    "The tests of tenants are for a copy of the database. They need rows of two tenants, somebody "
    "who sees all rows and a role that row security binds (`-v role=`, `TENANT_ROLE`), and leave "
    "nothing behind. Rows of old tables without row security stay open to all, as they were."
)


def guide(framework: Framework, written: tuple[WrittenFile, ...]) -> Iterator[Safe]:
    """Yield what to copy where, and how it is run."""
    if not written:
        return
    yield Safe(_TITLES[framework])
    kinds = {each.what for each in written}
    paragraphs = list(_HOW[framework])
    if "model" in kinds:
        paragraphs.append(_MODELS)
    if "test" in kinds:
        paragraphs.append(_ISOLATION)
    for paragraph in paragraphs:
        yield Safe(paragraph)
    yield table(
        ("file", "goes to", "what it is"),
        [(code(each.path), code(each.to), each.what) for each in written],
        "lll",
    )
