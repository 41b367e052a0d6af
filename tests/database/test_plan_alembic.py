"""A plan as Alembic revisions, run by Alembic."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from alembic import command
from alembic.util import CommandError
from migrated import MEMBERS, Migrated, alembic_config, leads

from cmis_audit.model.plan import Framework
from cmis_audit.render.frameworks.migrations import migrations

pytestmark = pytest.mark.since(15, "a view that honours row security")


@pytest.fixture
def made(database: str, tmp_path: Path) -> Iterator[Migrated]:
    with leads(database, tmp_path) as made:
        yield made


def test_up_down_and_up_again(made: Migrated) -> None:
    before = made.contents(*MEMBERS)
    config = alembic_config(made)
    command.upgrade(config, "head")
    assert made.contents(*MEMBERS) == before, "the views give the old rows"
    assert made.rows("SELECT count(*) FROM crm.leads_unified") > [(0,)]
    assert len(made.rows("SELECT * FROM public.alembic_version")) == 1
    assert config.attributes["path"] == '"$user", public', "what the files set is set back"
    command.downgrade(config, "base")
    made.execute("DROP TABLE public.alembic_version")
    assert made.fingerprint() == made.before, "nothing is left of the plan"
    assert made.contents(*MEMBERS) == before
    command.upgrade(config, "head")
    assert made.contents(*MEMBERS) == before


def test_each_revision_up_and_down(made: Migrated) -> None:
    before = made.contents(*MEMBERS)
    config = alembic_config(made)
    for _ in range(8):
        command.upgrade(config, "+1")
        command.downgrade(config, "-1")
        assert made.contents(*MEMBERS) == before
        command.upgrade(config, "+1")
    with pytest.raises(CommandError, match="Relative revision"):
        command.upgrade(config, "+1")


def test_what_is_refused_is_said_and_can_be_run_again(made: Migrated) -> None:
    config = alembic_config(made)
    command.upgrade(config, "+2")
    made.execute("ALTER TABLE crm.leads_v2 ADD COLUMN surprise text")
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="tables have changed"):
        command.upgrade(config, "+1")
    made.execute("ALTER TABLE crm.leads_v2 DROP COLUMN surprise")
    command.upgrade(config, "head")


def test_offline_it_is_a_file_for_psql(made: Migrated) -> None:
    before = made.contents(*MEMBERS)
    config = alembic_config(made)
    command.upgrade(config, "head", sql=True)
    script = made.folder / "all.sql"
    script.write_text(config.output_buffer.getvalue(), "utf-8")
    made.psql(script)
    assert made.contents(*MEMBERS) == before
    command.downgrade(config, "base")
    assert made.contents(*MEMBERS) == before


def test_a_revision_holds_the_bytes_of_its_steps(made: Migrated) -> None:
    files = sorted((made.of(Framework.ALEMBIC) / "alembic" / "versions").iterdir())
    values = [_values(file.read_text("utf-8")) for file in files]
    chain = {value["down_revision"]: value for value in values}
    assert len(chain) == len(files) == 8
    down = None
    for migration in migrations(made.plan):
        value = chain[down]
        assert "".join(value["_UPGRADE"]) == "".join(step.sql for step in migration.forward)
        assert "".join(value.get("_DOWNGRADE", ())) == "".join(s.sql for s in migration.back)
        down = value["revision"]


def _values(source: str) -> dict[str, object]:
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
    }


def test_renames_come_last(database: str, tmp_path: Path) -> None:
    names = {"crm.tenants": "crm_tenants"}
    with leads(database, tmp_path, suggested=names, renames=True) as made:
        before = made.contents(*MEMBERS, "crm.tenants")
        config = alembic_config(made)
        models = (tmp_path / "alembic" / "models" / "unified_models.py").read_text("utf-8")
        assert "crm.crm_tenants.tenant_id" in models, "what the keys point at bears its new name"
        command.upgrade(config, "head")
        assert made.contents(*MEMBERS, "crm.tenants") == before
        assert made.contents("crm.crm_tenants") == before[-1:]
        command.downgrade(config, "-1")
        assert made.rows("SELECT to_regclass('crm.crm_tenants')") == [(None,)]
        command.downgrade(config, "base")
        made.execute("DROP TABLE public.alembic_version")
        assert made.fingerprint() == made.before
