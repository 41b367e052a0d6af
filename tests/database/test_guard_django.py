"""Django's migrations as they are read, held against the tables that Django makes of them."""

import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg
import pytest
from guarded import EMPTY, catalog_of, structure

from cmis_audit.guard.files import migration_files
from cmis_audit.guard.run import After, run_migrations
from cmis_audit.guarding import Ground, judge
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.guard import Change
from cmis_audit.pipeline import rule_pack

PROJECT = Path(__file__).parent.parent / "code" / "django_project"
CONTRIB = Path(django.__file__).parent / "contrib"
DJANGOS = ("contenttypes", "auth", "admin", "sessions", "sites", "flatpages", "redirects")
APPS = (*(CONTRIB / name for name in DJANGOS), PROJECT / "books", PROJECT / "shop")
MIGRATE = """
import sys, django
from django.conf import settings
from django.core.management import call_command
name, host, port, user, password, *apps = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=apps,
    DATABASES={"default": dict(ENGINE="django.db.backends.postgresql", NAME=name, HOST=host,
                               PORT=port, USER=user, PASSWORD=password)},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
)
django.setup()
call_command("migrate", verbosity=0)
"""


def migrate(source: str) -> None:
    with psycopg.connect(source) as connection:
        info = connection.info
        where = (info.dbname, info.host, str(info.port), info.user, info.password)
    apps = (*(f"django.contrib.{name}" for name in DJANGOS), "books", "shop")
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, *where, *apps],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def read(apps: tuple[Path, ...], base: Catalog = EMPTY) -> After:
    return run_migrations(migration_files(tuple(app / "migrations" for app in apps)), base)


def shape(table: Table) -> dict[str, object]:
    """What Django says in its migrations; names and actions of keys are its own."""
    found = structure(table)
    columns = [(one.name, one.type, one.nullable, one.comment) for one in table.columns]
    return {"columns": columns, **{name: found[name] for name in ("key", "uniques", "keys")}}


@pytest.fixture
def migrated(database: str) -> Catalog:
    migrate(database)
    return catalog_of(database)


def test_reading_them_gives_what_django_makes_of_them(migrated: Catalog) -> None:
    after = read(APPS)
    assert after.unread == ()
    made = {str(one.ref): shape(one) for one in migrated.tables}
    del made["public.django_migrations"]
    read_ = {str(one.ref): shape(one) for one in after.catalog.tables}
    assert read_.keys() == made.keys()
    for name, found in made.items():
        assert read_[name] == found, name
    assert len(made) > 20


def test_what_is_not_given_is_taken_from_the_tables_that_are_there(migrated: Catalog) -> None:
    """A pull request brings one migration; what a table is called by hand stands in another."""
    first = read((*APPS[:-1],)).catalog
    [initial, changes] = migration_files((PROJECT / "shop" / "migrations",))
    before = run_migrations([initial], first).catalog
    after = run_migrations([changes], before)
    assert after.unread == ()
    assert "shop_order" in {one.what for one in after.notes}
    made = {str(one.ref): shape(one) for one in migrated.tables}
    read_ = {str(one.ref): shape(one) for one in after.catalog.tables}
    apart = {"public.django_migrations", "public.till_orders"}
    assert {name: one for name, one in made.items() if name not in apart} == {
        name: one for name, one in read_.items() if name not in apart
    }
    touched = {str(one.table): one.change for one in after.touched}
    assert touched["public.shop_buyer"] is Change.RENAMED
    assert "public.shop_gone" not in touched


def test_django_s_own_next_table_is_named_as_a_copy(tmp_path: Path, migrated: Catalog) -> None:
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    text = (PROJECT / "shop" / "migrations" / "0001_initial.py").read_text("utf-8")
    body = text.replace('name="Customer"', 'name="Client"').replace("till_orders", "till_orders_2")
    (folder / "0003_client.py").write_text(body, "utf-8")
    after = run_migrations(migration_files((folder,)), migrated)
    ground = Ground(pack=rule_pack("cmis", None))
    found = judge(migrated, after.catalog, after.touched, ground).alarms
    twins = {str(one.table.table): str(one.twin) for one in found}
    assert twins["public.shop_client"] == "public.shop_buyer"
    [place] = {one.table.place for one in found if one.table.table.name == "shop_client"}
    assert place is not None
    assert body.splitlines()[place.line].strip() == 'name="Client",'
