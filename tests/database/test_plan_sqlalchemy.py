"""SQLAlchemy models of the target tables: rows go there and back, and tenants stay apart."""

import datetime as dt
import decimal
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from migrated import TENANTS, Migrated, leads, models_of, opened, ran
from sqlalchemy.dialects.postgresql import Range

from cmis_audit.model.plan import Framework

pytestmark = pytest.mark.since(15, "a view that honours row security")


@pytest.fixture
def made(database: str, tmp_path: Path) -> Iterator[Migrated]:
    with leads(database, tmp_path) as made:
        made.of(Framework.ALEMBIC)
        made.through()
        yield made


def test_rows_there_and_back(made: Migrated) -> None:
    models = models_of(made.folder)
    values = {
        "tenant_id": uuid.UUID(TENANTS[0]),
        "full_name": "N. N.",
        "email": "n@example.org",
        "stage": 'it\'s "lost"',
        "budget": decimal.Decimal("1.25"),
        "share": 0.5,
        "tags": ["a", 'b"'],
        "extra": {"a": [1, None]},
        "born": dt.date(1990, 1, 2),
        "pause": dt.timedelta(hours=2),
        "photo": b"\x00\xff",
        "wakes": dt.time(7, 30),
        "spell": Range(dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
        "seen_at": dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC),
        "active": False,
    }
    with opened(made) as session:
        row = models.LeadsUnified(**values)
        row.calls.append(models.CallsUnified(tenant_id=values["tenant_id"], minutes=3))
        session.add(row)
        session.commit()
        key = row.lead_id
        assert row.source_table == "crm.leads", "a row made anew belongs to the table kept"
        session.expunge_all()
        found = session.get_one(models.LeadsUnified, key)
        assert {name: getattr(found, name) for name in values} == values
        assert [call.minutes for call in found.calls] == [3]
        assert found.calls[0].lead is found
        found.full_name = "changed"
        session.commit()
        assert made.rows(f"SELECT full_name FROM crm.leads WHERE lead_id = {key}") == [("changed",)]
        session.delete(found.calls[0])
        session.delete(found)
        session.commit()
        assert made.rows(f"SELECT FROM crm.leads WHERE lead_id = {key}") == []


def test_its_tables_are_those_of_the_server(made: Migrated) -> None:
    models = models_of(made.folder)
    with sa.create_engine(made.url, poolclass=sa.NullPool).connect() as connection:
        server = sa.inspect(connection)
        for table in models.Base.metadata.tables.values():
            if table.info.get("outside"):
                continue
            columns = {each["name"]: each for each in server.get_columns(table.name, table.schema)}
            assert list(columns) == [column.name for column in table.columns]
            for column in table.columns:
                there = columns[column.name]
                dialect = connection.dialect
                assert column.type.compile(dialect) == there["type"].compile(dialect), column
                assert column.nullable == there["nullable"], column
            keys = server.get_pk_constraint(table.name, table.schema)["constrained_columns"]
            assert keys == [column.name for column in table.primary_key]
            there = {
                (*key["constrained_columns"], key["referred_schema"], key["referred_table"])
                for key in server.get_foreign_keys(table.name, table.schema)
            }
            assert there == {
                (*key.column_keys, key.referred_table.schema, key.referred_table.name)
                for key in table.foreign_key_constraints
            }


def _pytest(made: Migrated) -> str:
    return ran(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
        "alembic/tests/test_tenant_isolation.py",
        cwd=made.folder,
        DATABASE_URL=made.url,
        PYTHONPATH=str(made.folder / "alembic" / "models"),
        PYTHONDONTWRITEBYTECODE="1",
    )


def test_the_generated_test_of_tenants_passes_and_can_fail(made: Migrated) -> None:
    assert "6 passed" in _pytest(made)
    assert made.rows("SELECT count(DISTINCT tenant_id) FROM crm.leads_unified") == [(2,)]
    made.execute("CREATE POLICY leak ON crm.leads_unified USING (true)")
    with pytest.raises(AssertionError, match="1 failed, 5 passed"):
        _pytest(made)


def test_the_script_of_tenants_passes_and_can_fail(made: Migrated) -> None:
    scripts = sorted(made.folder.glob("*/tenant-isolation.sql"))
    assert len(scripts) == 2
    made.psql(*scripts)
    made.psql(*scripts, role=made.role)
    with pytest.raises(AssertionError, match="does not bind"):
        made.psql(*scripts, role=made.rows("SELECT current_user")[0][0])
    made.execute("ALTER TABLE crm.leads_unified DISABLE ROW LEVEL SECURITY")
    with pytest.raises(AssertionError, match="does not bind"):
        made.psql(*scripts)
    made.execute(
        "ALTER TABLE crm.leads_unified ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY leak ON crm.leads_unified FOR INSERT WITH CHECK (true)"
    )
    with pytest.raises(AssertionError, match="can write rows"):
        made.psql(*scripts)
