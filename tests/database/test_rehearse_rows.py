"""Rows for a rehearsal: as bad as they may be, and never refused without a word."""

from collections.abc import Iterator

import pytest
from planned import catalog, execute
from rehearsed import Cloned, clone

from cmis_audit.model.names import TableRef
from cmis_audit.rehearse.rows import fill
from cmis_audit.rehearse.states import states

TABLES = """
CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e');
CREATE DOMAIN email AS varchar(320) CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TABLE orgs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
CREATE TABLE posts (
    id serial PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs, slug text NOT NULL,
    mood mood NOT NULL, price numeric(6, 2) CHECK (price > 0), mail email, at timestamptz,
    first_day date, last_day date, note text, parent int REFERENCES posts,
    CHECK (first_day <= last_day), UNIQUE (org_id, slug));
CREATE TABLE posts_v2 (
    id serial PRIMARY KEY, org_id uuid, slug text UNIQUE, external_id text NOT NULL, at timestamp);
CREATE TABLE tagged (post_id int REFERENCES posts, tag varchar(3), PRIMARY KEY (post_id, tag));
CREATE TABLE never (n int NOT NULL CHECK (n > 5 AND n < 5));
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''not while a rehearsal is filled''; END';
CREATE TRIGGER refusing BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION refuse();
"""
ROWS = 60


@pytest.fixture
def cloned(database: str) -> Iterator[Cloned]:
    execute(database, TABLES)
    with clone(catalog(database)) as found:
        yield found


def test_rows_hurt_and_keys_hold(cloned: Cloned) -> None:
    wanted = {table.ref: ROWS for table in cloned.catalog.tables}
    with cloned.place.session() as session:
        skipped = fill(session, cloned.catalog, wanted, 1)
        assert len(skipped) == 1, skipped
        (why,) = skipped
        assert why.what == "public.never"
        assert "got 0 of 60 rows" in why.why
        assert "never_n_check" in why.why

        def one(query: str) -> str | None:
            found = session.rows(query)
            assert isinstance(found, list), found
            return found[0][0]

        assert one("SELECT count(*) FROM posts") == str(ROWS)
        assert one("SELECT count(DISTINCT mood) FROM posts") == "5"
        for column in ("price", "mail", "at", "first_day", "note", "parent"):
            assert one(f"SELECT count(*) > 0 FROM posts WHERE {column} IS NULL") == "t", column
            assert one(f"SELECT count(*) > 0 FROM posts WHERE {column} IS NOT NULL") == "t", column
        assert one("SELECT bool_or(note = '') AND bool_or(length(note) > 1000) FROM posts") == "t"
        assert one("SELECT bool_or(note ~ '^[0-9.]+$') FROM posts") == "t", "numbers as text"
        assert one("SELECT bool_or(external_id !~ '-.*-.*-.*-') FROM posts_v2") == "t", "no uuids"
        assert one("SELECT count(*) > 50 FROM posts p JOIN posts_v2 v USING (id)") == "t"
        assert (
            one(
                "SELECT count(*) > 0 FROM posts a JOIN posts b USING (slug) "
                "WHERE a.org_id <> b.org_id"
            )
            == "t"
        ), "two tenants with equal natural keys"
        assert one("SELECT nextval('posts_id_seq')::int > (SELECT max(id) FROM posts)") == "t"
        assert one("SELECT tgenabled FROM pg_trigger WHERE tgname = 'refusing'") == "O"


def test_the_same_seed_gives_the_same_rows(database: str) -> None:
    execute(database, TABLES)
    found = catalog(database)
    wanted = {table.ref: 15 for table in found.tables}

    def filled(seed: int) -> object:
        with clone(found) as cloned, cloned.place.session() as session:
            fill(session, found, wanted, seed)
            return states(session, found.tables)

    first, again, other = filled(1), filled(1), filled(2)
    assert first == again
    posts = TableRef(schema="public", name="posts")
    assert first[posts] != other[posts]  # type: ignore[index]
