"""A plan as Laravel migrations and models, run by Laravel's own parts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from laravel import FOLDER, migrate, php, require_php
from migrated import MEMBERS, TENANTS, Migrated, leads

from cmis_audit.model.plan import Framework
from cmis_audit.render.frameworks.migrations import migrations

pytestmark = pytest.mark.since(15, "a view that honours row security")


@pytest.fixture
def made(database: str, tmp_path: Path) -> Iterator[Migrated]:
    require_php()
    with leads(database, tmp_path) as made:
        yield made


def test_up_down_and_up_again(made: Migrated) -> None:
    app = made.of(Framework.LARAVEL) / "laravel"
    before = made.contents(*MEMBERS)
    ran = migrate(made.conninfo, app, "up")
    names = [f"_cmis_audit_{migration.slug}" for migration in migrations(made.plan)]
    assert [name[17:] for name in ran] == names
    assert made.contents(*MEMBERS) == before, "the views give the old rows"
    assert len(migrate(made.conninfo, app, "down")) == len(ran)
    made.execute("DROP TABLE public.migrations")
    assert made.fingerprint() == made.before, "nothing is left of the plan"
    assert made.contents(*MEMBERS) == before
    for _ in range(2):
        migrate(made.conninfo, app, "step")
        migrate(made.conninfo, app, "down", "3")
    migrate(made.conninfo, app, "up")
    assert made.contents(*MEMBERS) == before


def test_a_migration_holds_the_bytes_of_its_steps(made: Migrated) -> None:
    """PHP itself tells what it would send."""
    app = made.of(Framework.LARAVEL) / "laravel"
    files = sorted((app / "database" / "migrations").iterdir())
    for file, migration in zip(files, migrations(made.plan), strict=True):
        php(made.conninfo, app, "php", "-l", file)
        for way, steps in (("up", migration.forward), ("down", migration.back)):
            sent = php(made.conninfo, app, "php", FOLDER / "sent.php", file, way)
            assert sent == "".join(step.sql for step in steps)


def test_rows_there_and_back_by_the_models(made: Migrated) -> None:
    app = made.of(Framework.LARAVEL) / "laravel"
    made.through()
    [(rows,)] = made.rows("SELECT count(*) FROM crm.leads_unified")
    environment = {"CMIS_AUDIT_TEST_TENANT": TENANTS[0]}
    said = json.loads(php(made.conninfo, app, "php", FOLDER / "models.php", **environment))
    assert isinstance(said.pop("key"), int)
    assert said == {
        "tenant": TENANTS[0],
        "source": "crm.leads",
        "budget": "1.25",
        "extra": {"a": [1, None]},
        "born": "1990-01-02",
        "active": False,
        "seen": 1714557600,
        "call": [3, "N. N.", TENANTS[0], 36],
        "all": rows + 1,
        "changed": "changed",
        "left": rows,
    }


def _phpunit(made: Migrated, app: Path) -> str:
    (app / "tests" / "TestCase.php").write_text(
        "<?php namespace Tests; abstract class TestCase extends \\PHPUnit\\Framework\\TestCase {}"
    )
    options = ("--no-configuration", "--bootstrap", FOLDER / "boot.php")
    return php(made.conninfo, app, "phpunit", *options, "tests/Feature/TenantIsolationTest.php")


def test_the_generated_test_of_tenants_passes_and_can_fail(made: Migrated) -> None:
    app = made.of(Framework.LARAVEL) / "laravel"
    made.through()
    assert "OK (6 tests" in _phpunit(made, app)
    made.execute("CREATE POLICY leak ON crm.leads_unified USING (true)")
    with pytest.raises(AssertionError, match=r"Tests: 6.*Errors: 1"):
        _phpunit(made, app)
