"""Tables that are kept apart get other names: whoever knows the old one notices nothing."""

import psycopg
import pytest
from msgspec.structs import replace
from planned import (
    Planned,
    apart,
    catalog,
    cluster,
    execute,
    plan_of_renames,
    through,
)

from cmis_audit.model.canonical import fingerprint
from cmis_audit.model.plan import Phase, PlanOptions, Strategy
from cmis_audit.plan.planner import make_plan

ROLE = "cmis_test_clerk"
CONTACTS = f"""
DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE SCHEMA crm; CREATE SCHEMA hr;
CREATE TABLE firms (id int PRIMARY KEY);
CREATE TABLE crm.contacts (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, firm int REFERENCES firms, stage text
    DEFAULT 'new' CHECK (stage <> ''), email text UNIQUE,
    shout text GENERATED ALWAYS AS (upper(stage)) STORED, noted text);
COMMENT ON TABLE crm.contacts IS 'who may buy'; COMMENT ON COLUMN crm.contacts.stage IS 'how far';
CREATE TABLE hr.contacts (id int PRIMARY KEY, "Next of kin" text);
CREATE TABLE calls (contact int REFERENCES crm.contacts ON DELETE CASCADE, at date);
CREATE VIEW crm.stages AS SELECT id, stage, email FROM crm.contacts GROUP BY id;
CREATE MATERIALIZED VIEW crm.counted AS SELECT count(*) AS n FROM crm.contacts;
CREATE FUNCTION crm.noted() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.noted := TG_TABLE_NAME; RETURN NEW; END $$;
CREATE TRIGGER noted BEFORE INSERT ON crm.contacts FOR EACH ROW EXECUTE FUNCTION crm.noted();
CREATE FUNCTION crm.add_contact(given text) RETURNS int LANGUAGE sql AS $$
    INSERT INTO crm.contacts (email) VALUES (given)
    ON CONFLICT (email) DO UPDATE SET stage = 'again' RETURNING id $$;
CREATE FUNCTION hr.kin() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(*) FROM hr.contacts); END $$;
GRANT USAGE ON SCHEMA crm TO {ROLE};
GRANT SELECT, INSERT, DELETE, UPDATE (stage) ON crm.contacts TO {ROLE};
INSERT INTO firms VALUES (1);
INSERT INTO crm.contacts (firm, email) VALUES (1, 'a@b'), (NULL, NULL);
INSERT INTO hr.contacts VALUES (1, 'Ann'), (2, NULL);
INSERT INTO calls VALUES (1, '2024-02-29'), (2, NULL);
"""
NAMES = {"crm.contacts": "crm_contacts", "hr.contacts": 'Kin "of" staff'}
ALL = ("crm.contacts", "hr.contacts", "calls", "crm.stages", "crm.counted")


def refusal(planned: Planned) -> str:
    assert not planned.plan.clusters
    return "; ".join(planned.plan.refused[0].reasons)


def test_the_old_name_is_read_and_written_like_the_table(each_database: str) -> None:
    execute(each_database, CONTACTS)
    planned = plan_of_renames(each_database, NAMES)
    assert planned.cluster.strategy == Strategy.RENAME
    through(planned, *ALL)
    assert planned.contents('hr."Kin ""of"" staff"') == planned.contents("hr.contacts")
    with psycopg.connect(each_database, autocommit=True) as connection:
        connection.execute(f"SET ROLE {ROLE}")
        connection.execute("INSERT INTO crm.contacts (email) VALUES ('new@b')")
        connection.execute("UPDATE crm.contacts SET stage = 'won' WHERE id = 2")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE crm.contacts SET email = NULL")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE crm.contacts SET stage = ''")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM hr.contacts")
        connection.execute("DELETE FROM crm.contacts WHERE id = 1")
    assert planned.rows("SELECT * FROM calls") == [(2, None)]
    assert planned.rows("SELECT crm.add_contact('new@b'), hr.kin()") == [(3, 2)]
    assert planned.rows("SELECT id, stage, shout, noted FROM crm.crm_contacts ORDER BY id") == [
        (2, "won", "WON", "contacts"),
        (3, "again", "AGAIN", "crm_contacts"),
    ]
    said = "obj_description('crm.contacts'::regclass), col_description('crm.contacts'::regclass, 3)"
    assert planned.rows(f"SELECT {said}") == [("who may buy", "how far")]
    told = {each.name: each.what for each in planned.cluster.dependents}
    assert "goes with the table" in told["crm.stages"]
    assert "goes with the table" in told["noted on crm.contacts"]
    assert "finds the view" in told["crm.add_contact(given text)"]
    hazards = {(n.subject, n.detail) for s in planned.cluster.steps for n in s.hazards}
    assert ("crm.contacts", "its triggers find the new name in TG_TABLE_NAME") in hazards
    before = planned.contents(*ALL)
    planned.back()
    assert planned.contents(*ALL) == before, "what was written since is there"
    assert planned.fingerprint() == planned.before
    execute(each_database, f"DROP OWNED BY {ROLE}")


def test_the_old_name_goes_when_nobody_uses_it(each_database: str) -> None:
    execute(each_database, CONTACTS)
    # Names of other schemas' tables, and what only ends like one, are no use of it.
    execute(
        each_database,
        """CREATE TABLE contacts (id int); CREATE FUNCTION far() RETURNS bigint LANGUAGE plpgsql
        AS $$ BEGIN RETURN (SELECT count(*) FROM public.contacts c, old_contacts); END $$""",
    )
    planned = plan_of_renames(each_database, NAMES)
    refused = planned.attempt("05-contract_names.sql") or ""
    assert 'schema "cmis_audit_c_9876543210" does not exist' in refused
    planned.forward(Phase.EXPAND)
    assert "stands after phase expand" in (planned.attempt("05-contract_names.sql") or "")
    planned.forward(Phase.SWITCH)
    execute(each_database, "CREATE VIEW late AS SELECT * FROM crm.contacts")
    refused = planned.attempt("05-contract_names.sql") or ""
    users = "function crm.add_contact(text); function hr.kin(); view public.late"
    assert f"the old names are still in use: {users}" in refused
    assert "cannot drop view crm.contacts" in (planned.attempt("06-rollback-switch.sql") or "")
    execute(
        each_database,
        """
        DROP VIEW late;
        CREATE OR REPLACE FUNCTION crm.add_contact(given text) RETURNS int LANGUAGE sql AS
            $$ INSERT INTO crm.crm_contacts (email) VALUES (given) RETURNING id $$;
        CREATE OR REPLACE FUNCTION hr.kin() RETURNS bigint LANGUAGE plpgsql AS
            $$ BEGIN EXECUTE format('TABLE %I.contacts', 'hr'); RETURN 1; END $$;
        """,
    )
    assert "still in use: function hr.kin()" in (planned.attempt("05-contract_names.sql") or "")
    execute(each_database, "DROP FUNCTION hr.kin()")
    planned.run("05-contract_names.sql")
    found = catalog(each_database)
    assert not {str(v.ref) for v in found.views} & NAMES.keys()
    assert "cmis_audit_c_9876543210" not in {schema.name for schema in found.schemas}
    undone = "ALTER TABLE crm.crm_contacts RENAME TO contacts;"
    assert undone in next(s.sql for s in planned.cluster.steps if s.phase == Phase.CONTRACT)
    execute(each_database, f"DROP OWNED BY {ROLE}")


@pytest.mark.since(15, "a view that honours row security")
def test_row_security_holds_under_the_old_name(database: str) -> None:
    execute(
        database,
        f"""
        DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        CREATE TABLE notes (id int PRIMARY KEY, org int, body text);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON notes USING (org = current_setting('app.org', true)::int);
        GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO {ROLE};
        INSERT INTO notes VALUES (1, 1, 'mine'), (2, 2, 'theirs');
        """,
    )
    old = replace(catalog(database), server_version_number=140000)
    wanted = apart(old, {"notes": "org_notes"})
    made = make_plan(
        old, (wanted,), PlanOptions(renames=True), fingerprint=fingerprint(old), tool_version="0"
    )
    assert made.refused[0].reasons == (
        "public.notes has row security, which a view honours from PostgreSQL 15 on only",
    )
    planned = plan_of_renames(database, {"notes": "org_notes"})
    through(planned, "notes")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"SET ROLE {ROLE}; SET app.org = '1'")
        for name in ("notes", "org_notes"):
            assert connection.execute(f"SELECT id FROM {name}").fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO notes VALUES (3, 2, 'no')")
    execute(database, f"DROP OWNED BY {ROLE}")


@pytest.mark.parametrize(
    ("names", "more", "reason"),
    [
        ({"a": "b"}, "", "the name public.b is taken"),
        ({"a": "c", "b": "c"}, "", "the name public.c is taken"),
        ({"a": "c"}, "CREATE TYPE c AS ENUM ('x')", "the name public.c is taken"),
        ({"a": "é" * 32}, "", "longer than the 63 bytes"),
        ({"a": "c"}, "CREATE TABLE d () INHERITS (a)", "takes part in table inheritance"),
        ({"a": "c"}, "CREATE PUBLICATION p FOR TABLE a", "is published by p"),
    ],
)
def test_what_cannot_be_renamed_is_said(
    database: str, names: dict[str, str], more: str, reason: str
) -> None:
    execute(database, "CREATE TABLE a (id int); CREATE TABLE b (id int);")
    assert plan_of_renames(database, {"a": "c", "b": "é" * 31}).plan.clusters
    if more:
        execute(database, more)
    assert reason in refusal(plan_of_renames(database, names))


def test_what_a_merge_moves_is_not_renamed(database: str) -> None:
    execute(
        database,
        "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE a_v2 (id int PRIMARY KEY, n int);"
        "CREATE TABLE b (id int)",
    )
    found = catalog(database)
    merge = cluster(found, "a", "a_v2")
    planned = plan_of_renames(database, {"a_v2": "c", "b": "a_unified"}, merge)
    assert [each.strategy for each in planned.plan.clusters] == [Strategy.MERGE]
    assert planned.plan.refused[0].reasons == (
        "public.a_v2 is moved by 01-a of this plan already",
        "the name public.a_unified is taken",
    )
    assert plan_of_renames(database, {"b": "c"}, merge).plan.clusters[1].folder == "02-b"


def test_a_plan_is_for_one_structure(database: str) -> None:
    execute(database, "CREATE TABLE a (id int)")
    planned = plan_of_renames(database, {"a": "b"})
    planned.forward(Phase.EXPAND)
    execute(database, "ALTER TABLE a ADD n int")
    assert "the tables have changed since" in (planned.attempt("04-switch.sql") or "")
    execute(database, "ALTER TABLE a DROP n; CREATE PUBLICATION p FOR TABLE a")
    planned.run("06-rollback-expand.sql")
    assert "public.a is published by p" in (planned.attempt("01-expand.sql") or "")


def test_a_name_is_no_more_than_a_name(database: str) -> None:
    odd, new = 'a"\n; DROP TABLE b; --', "b$body$\n\\q"
    quoted = '"' + odd.replace('"', '""') + '"'
    execute(database, f"CREATE TABLE {quoted} (id int); CREATE TABLE b (id int)")
    planned = plan_of_renames(database, {odd: new})
    through(planned, quoted, "b", f"public.{quoted}")
    planned.run("05-contract_names.sql")
    assert [table.ref.name for table in catalog(database).tables] == ["b", new]
