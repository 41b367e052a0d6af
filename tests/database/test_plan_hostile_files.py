"""Names, comments and labels that break source files which are not careful."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from laravel import FOLDER, migrate, php, require_php
from migrated import HOSTILE, Migrated, alembic_config, hostile, models_of, opened

from cmis_audit import pipeline, reading, writing
from cmis_audit.model.names import quote_ident
from cmis_audit.model.plan import Framework, PlanOptions
from cmis_audit.render.frameworks.migrations import migrations


@pytest.fixture
def made(database: str, tmp_path: Path) -> Migrated:
    return hostile(database, tmp_path)


def _members(made: Migrated) -> list[str]:
    return [str(member.table) for member in made.cluster.members]


def test_alembic_and_sqlalchemy(made: Migrated) -> None:
    before = made.contents(*_members(made))
    config = alembic_config(made)
    command.upgrade(config, "head")
    assert made.contents(*_members(made)) == before
    command.downgrade(config, "base")
    made.execute("DROP TABLE public.alembic_version")
    assert made.fingerprint() == made.before
    command.upgrade(config, "head")
    models = models_of(made.folder)
    [model] = [each.class_ for each in models.Base.registry.mappers]
    attributes = {c.name: a.key for a in model.__mapper__.column_attrs for c in a.columns}
    with opened(made) as session:
        for number, label in enumerate(HOSTILE, start=10):
            row = model(id=number, label=label)
            for name in HOSTILE:
                setattr(row, attributes[name], name + label)
            session.add(row)
        session.commit()
        session.expunge_all()
        for number, label in enumerate(HOSTILE, start=10):
            row = session.scalars(sa.select(model).where(model.id == number)).one()
            assert row.label == label
            assert [getattr(row, attributes[name]) for name in HOSTILE] == [
                name + label for name in HOSTILE
            ]


def test_laravel(made: Migrated) -> None:
    require_php()
    before = made.contents(*_members(made))
    app = made.of(Framework.LARAVEL) / "laravel"
    files = sorted((app / "database" / "migrations").iterdir())
    for file, migration in zip(files, migrations(made.plan), strict=True):
        for way, steps in (("up", migration.forward), ("down", migration.back)):
            sent = php(made.conninfo, app, "php", FOLDER / "sent.php", file, way)
            assert sent == "".join(step.sql for step in steps)
    migrate(made.conninfo, app, "up")
    assert made.contents(*_members(made)) == before
    [model] = (app / "app" / "Models").iterdir()
    php(made.conninfo, app, "php", "-l", model)
    # PDO takes a backslash for an escape inside of quoted names too, before PHP 8.4.
    names = [name for name in HOSTILE if "\\" not in name]
    said = php(made.conninfo, app, "php", FOLDER / "row.php", model.stem, json.dumps(names))
    assert json.loads(said) == {
        "row": {name: f"{name}!" for name in names},
        "clash": [],
    }
    migrate(made.conninfo, app, "down")
    made.execute("DROP TABLE public.migrations")
    assert made.contents(*_members(made)) == before


def test_the_models_know_every_column(made: Migrated) -> None:
    made.of(Framework.ALEMBIC)
    [model] = [each.class_ for each in models_of(made.folder).Base.registry.mappers]
    assert [c.name for c in model.__table__.columns][: len(HOSTILE)]
    target = made.cluster.targets[0]
    assert [c.name for c in model.__table__.columns] == [c.name for c in target.columns]
    assert quote_ident(model.__table__.schema) == str(target.ref).partition(".")[0]


def test_what_is_written_for_the_demo_can_be_loaded(tmp_path: Path) -> None:
    """Measurements unpivoted, composite keys, relations between clusters, tenants."""
    catalog = reading.demo_catalog(datetime(2026, 1, 1, tzinfo=UTC))
    report = pipeline.audit(catalog, pipeline.rule_pack("cmis", None))
    plan = pipeline.plan_of(report, PlanOptions(yes_drop=True))
    for framework in (Framework.ALEMBIC, Framework.LARAVEL):
        for name, text in writing.plan_files(plan, catalog, framework=framework).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            if path.suffix == ".py":
                compile(text, name, "exec", dont_inherit=True)
    models = models_of(tmp_path)
    assert set(models.TENANT_SETTINGS) == {"app.current_org_id"}
    related = {
        each.class_.__name__: set(each.relationships.keys())
        for each in models.Base.registry.mappers
    }
    assert {"integration", "definition"} <= related["MetricsUnified"]
    revisions = list((tmp_path / "alembic" / "versions").glob("*_contract.py"))
    assert len(revisions) == len(plan.clusters)
    assert all("raise RuntimeError" in each.read_text("utf-8") for each in revisions)
    require_php()
    app = tmp_path / "laravel"
    files = [path for path in app.rglob("*.php") if path.parent.name != "Feature"]
    assert php("dbname=none", app, "php", FOLDER / "load.php", *files) == str(len(files))
