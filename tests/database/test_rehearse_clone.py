"""A clone is what it was made from, and where it is not that is said."""

import psycopg
from planned import catalog, execute
from rehearsed import clone

from cmis_audit.rehearse.difference import differences

EVERYTHING = """
CREATE SCHEMA app;
CREATE SCHEMA "Odd ""Schema";
CREATE TYPE app.mood AS ENUM ('happy', 'it''s', 'x\\y');
CREATE TYPE app.address AS (street text, zip varchar(10));
CREATE DOMAIN app.email AS varchar(320) DEFAULT 'a@b' CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE SEQUENCE app.numbers INCREMENT BY 5 MAXVALUE 100000;
CREATE FUNCTION app.slug(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.touched := now(); RETURN NEW; END';
CREATE FUNCTION app.parsed(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT a + 1; END;
CREATE TABLE app.parents (
    id bigint GENERATED ALWAYS AS IDENTITY, code varchar(10) NOT NULL, name text,
    kind varchar(9) CHECK (kind IN ('a', 'b''c', 'd')), slug text GENERATED ALWAYS AS
    (app.slug(code)) STORED, PRIMARY KEY (id), UNIQUE (code, kind));
CREATE TABLE app.things (
    id serial PRIMARY KEY, parent_id bigint REFERENCES app.parents ON DELETE CASCADE, mood app.mood,
    place app.address, mail app.email, tags text[] DEFAULT '{{}}', touched timestamptz,
    next_id int REFERENCES app.things DEFERRABLE, during daterange, n int DEFAULT 3 NOT NULL,
    CONSTRAINT positive CHECK (n > 0), EXCLUDE USING gist (during WITH &&));
ALTER TABLE app.parents ADD COLUMN first_thing int;
ALTER TABLE app.parents ADD FOREIGN KEY (first_thing) REFERENCES app.things NOT VALID;
ALTER TABLE app.parents ADD CHECK (length(code) > 0) NOT VALID;
CREATE INDEX things_mail_idx ON app.things (lower(mail)) INCLUDE (n) WHERE n > 5;
CREATE UNIQUE INDEX things_kind_key ON app.parents (app.slug(code)) WHERE kind IN ('a', 'd');
CREATE TABLE app.special (extra int) INHERITS (app.things);
CREATE UNLOGGED TABLE "Odd ""Schema"."Order" ("select" int PRIMARY KEY, "a b" text COLLATE "C");
CREATE TRIGGER touching BEFORE UPDATE ON app.things FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.things DISABLE TRIGGER touching;
CREATE VIEW app.over AS SELECT id, parent_id FROM app.things;
CREATE VIEW app.above AS SELECT o.id, p.code FROM app.over o JOIN app.parents p ON p.id = parent_id;
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) FROM app.above;
ALTER TABLE app.things ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.things FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants ON app.things FOR SELECT TO {role}
    USING (parent_id = current_setting('app.tenant', true)::bigint);
CREATE POLICY never ON app.things AS RESTRICTIVE FOR DELETE USING (false);
COMMENT ON TABLE app.things IS 'What''s \\ here';
COMMENT ON COLUMN app.over.id IS 'seen';
COMMENT ON FUNCTION app.slug(text) IS 'low';
COMMENT ON TYPE app.mood IS 'of the day';
GRANT SELECT, UPDATE ON app.things TO {role} WITH GRANT OPTION;
GRANT SELECT ON app.above TO PUBLIC;
GRANT USAGE, CREATE ON SCHEMA app TO {role};
ALTER TABLE app.parents OWNER TO {role};
"""


def test_a_clone_has_the_fingerprint_of_its_original(each_database: str) -> None:
    role = f"role_{psycopg.conninfo.conninfo_to_dict(each_database)['dbname']}"
    execute(each_database, f"CREATE ROLE {role}")
    try:
        execute(each_database, EVERYTHING.format(role=role))
        original = catalog(each_database)
        version = original.server_version_number // 10000
        with clone(original, version) as cloned:
            found = differences(original, cloned.catalog)
        assert found == ("schema public: owner",)
    finally:
        execute(each_database, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


def test_what_cannot_be_cloned_is_said(database: str) -> None:
    execute(
        database,
        """CREATE FUNCTION compiled(text) RETURNS text LANGUAGE internal AS 'text_concat';
        CREATE TABLE parted (at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
        CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int);
        """,
    )
    original = catalog(database)
    with clone(original) as cloned:
        said = {each.what: each.why for each in cloned.said}
        found = differences(original, cloned.catalog)
    assert "in internal: one that does nothing stands in" in said["public.compiled(text)"]
    assert "one partition takes all rows" in said["public.parted"]
    assert said["public.total(integer)"] == "aggregate: left out of the clone"
    assert set(found) - {"schema public: owner"} == {
        "function public.compiled(text): language, body",
        "function public.total(integer): missing",
        "table public.parted: partitions",
    }


def test_nobody_in_a_clone_is_a_superuser(database: str) -> None:
    execute(database, "CREATE TABLE t (id int)")
    with clone(catalog(database)) as cloned, cloned.place.session() as session:
        assert session.rows("SELECT count(*) FROM pg_roles WHERE rolsuper") == [("1",)]
        assert session.rows("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [
            ("f",)
        ]
        refused = session.run("COPY t FROM PROGRAM 'echo 1'")
    assert refused is not None
    assert refused.sqlstate == "42501"
