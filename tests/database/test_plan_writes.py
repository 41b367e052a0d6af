"""Whatever is written, and whenever: the views show it, and going back takes it along."""

import random
from collections.abc import Iterator

import psycopg
import pytest
from planned import Measured, execute, plan, plan_of_measurements, through

from cmis_audit.model.traits import MetricShape

SETUP = """
CREATE TABLE people (id serial PRIMARY KEY, email text UNIQUE, nick text, born date, score int);
CREATE TABLE people_v2 (id serial PRIMARY KEY, email varchar(40) UNIQUE, nick varchar(20),
    born timestamp, city text DEFAULT 'none');
CREATE TABLE people_tmp (email text, nick text, note text);
CREATE TABLE codes (code text PRIMARY KEY, label text, a int);
CREATE TABLE codes_new (code varchar(9) PRIMARY KEY, label text, b int);
"""
GROUPS = (("people", "people_v2", "people_tmp"), ("codes", "codes_new"))
COLUMNS = {
    "people": ("email", "nick", "born", "score"),
    "people_v2": ("email", "nick", "born", "city"),
    "people_tmp": ("email", "nick", "note"),
    "codes": ("code", "label", "a"),
    "codes_new": ("code", "label", "b"),
}
VALUES = {
    "email": ("'a'", "'b'", "'c'", "'d'", "NULL"),
    "nick": ("'x'", "'y'", "NULL", "''"),
    "born": ("'2000-01-01'", "'2000-01-02'", "NULL"),
    "code": ("'k1'", "'k2'", "'k3'", "'k4'", "'k5'"),
    "label": ("'l'", "NULL"),
}


def writes(chance: random.Random, tables: tuple[str, ...], times: int) -> Iterator[str]:
    def value(column: str) -> str:
        return chance.choice(VALUES.get(column, ("1", "2", "NULL")))

    for _ in range(times):
        table = chance.choice(tables)
        columns = COLUMNS[table]
        where = chance.choice(columns[:2])
        found = value(where)
        condition = f"{where} IS NULL" if found == "NULL" else f"{where} = {found}"
        changed = chance.choice(columns)
        kind = chance.random()
        if kind < 0.55:
            values = ", ".join(value(column) for column in columns)
            yield f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"
        elif kind < 0.8:
            yield f"UPDATE {table} SET {changed} = {value(changed)} WHERE {condition}"
        elif kind < 0.98 or "tmp" not in table:
            yield f"DELETE FROM {table} WHERE {condition}"
        else:
            yield f"UPDATE {table} SET note = 'all'"


def attempt(conninfo: str, statement: str) -> bool:
    try:
        execute(conninfo, statement)
    except psycopg.Error:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tables", GROUPS, ids=["counted", "natural"])
def test_writes_at_any_time(database: str, tables: tuple[str, ...], seed: int) -> None:
    chance = random.Random(seed)
    execute(database, SETUP)
    for statement in writes(chance, tables, 25):
        attempt(database, statement)
    planned = plan(database, *tables, batch_size=3)
    planned.run("01-expand.sql")
    for statement in writes(chance, tables, 10):
        attempt(database, statement)
    planned.run("02-backfill.sql")
    for statement in writes(chance, tables, 25):
        attempt(database, statement)
    planned.execute(f"BEGIN; TRUNCATE {tables[-1]}; COMMIT")
    for statement in writes(chance, tables, 15):
        attempt(database, statement)
    planned.run("02-backfill.sql")
    for statement in writes(chance, tables[:1], 5):
        attempt(database, statement)
    planned.run("03-verify.sql")
    for statement in writes(chance, tables, 15):
        attempt(database, statement)
    before = planned.contents(*tables)
    planned.run("04-switch.sql")
    assert planned.contents(*tables) == before
    shown = before
    for statement in writes(chance, tables, 25):
        planned.execute("DROP SCHEMA IF EXISTS control CASCADE; CREATE SCHEMA control")
        for table in tables:
            planned.execute(f"CREATE TABLE control.{table} AS SELECT * FROM {table}")
        if attempt(database, statement) and not statement.startswith("INSERT"):
            changed = statement.split()[1 if statement.startswith("UPDATE") else 2]
            planned.execute(statement.replace(changed, f"control.{changed}", 1))
            expected = planned.contents(f"control.{changed}")
            assert planned.contents(changed) == expected, statement
    shown = planned.contents(*tables)
    planned.execute("DROP SCHEMA IF EXISTS control CASCADE")
    planned.back()
    assert planned.contents(*tables) == shown
    assert planned.fingerprint() == planned.before


@pytest.mark.parametrize("unpivoted", [False, True], ids=["merged", "unpivoted"])
def test_the_key_of_a_row_that_was_set_aside_is_taken(database: str, unpivoted: bool) -> None:
    """The view shows that row beside those of the target, and the way back brings both."""
    execute(
        database,
        """
        CREATE TABLE a (id text PRIMARY KEY, code text, at timestamptz, n double precision);
        CREATE TABLE a_v2 (id text PRIMARY KEY, code text, at timestamp, n double precision);
        CREATE UNIQUE INDEX ON a_v2 (code);
        INSERT INTO a VALUES ('a', 'a', '2024-01-01', 1);
        INSERT INTO a_v2 VALUES ('gone', 'gone', '2024-03-31 02:30', 'Infinity'),
            ('there', 'there', '2024-03-01', 2);
        """,
    )
    if unpivoted:
        single = Measured(MetricShape.SINGLE, None, ("n",))
        shapes = {"a": single, "a_v2": single}
        planned = plan_of_measurements(database, shapes, timezone="Europe/Berlin")
    else:
        planned = plan(database, "a", "a_v2", timezone="Europe/Berlin")
    through(planned, "a", "a_v2")
    assert planned.ledger()["a_v2"] == (2, 1, 0, 1)
    for taken in (
        "INSERT INTO a_v2 (id, at) VALUES ('gone', '2024-01-02')",
        "INSERT INTO a_v2 (id, code, at) VALUES ('new', 'gone', '2024-01-02')",
        "UPDATE a_v2 SET id = 'gone' WHERE id = 'there'",
        "UPDATE a_v2 SET code = 'gone' WHERE id = 'there'",
        "UPDATE a_v2 SET id = 'there', at = '2024-01-02', n = 1 WHERE id = 'gone'",
    ):
        with pytest.raises(psycopg.errors.UniqueViolation):
            planned.execute(taken)
    planned.execute("INSERT INTO a_v2 (id, code, at) VALUES ('new', NULL, '2024-01-02')")
    planned.execute("UPDATE a_v2 SET at = '2024-01-02', n = 5 WHERE id = 'gone'")
    planned.execute("UPDATE a_v2 SET n = 6 WHERE id = 'there'")
    assert planned.rows("SELECT id, n FROM a_v2 ORDER BY 1") == [
        ("gone", 5),
        ("new", None),
        ("there", 6),
    ]
    before = planned.contents("a", "a_v2")
    planned.back()
    assert planned.contents("a", "a_v2") == before
    assert planned.fingerprint() == planned.before
