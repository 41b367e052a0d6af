"""Merging tables: every row is accounted for, the old names still work, and all can be undone."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from planned import execute, plan, through

VERSIONS = """
CREATE SCHEMA app;
CREATE TABLE app.parents (id uuid PRIMARY KEY, note text);
CREATE TABLE app.posts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_id uuid NOT NULL REFERENCES app.parents (id),
    body text, posted_at timestamp, price numeric(10, 2) CHECK (price > 0),
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE app.posts_v2 (
    post_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent_id uuid, content varchar(40), published_at timestamptz, extra jsonb,
    created_at timestamptz DEFAULT now());
COMMENT ON COLUMN app.posts.body IS 'What it says';
CREATE INDEX posts_body_idx ON app.posts (lower(body), posted_at DESC) WHERE price IS NOT NULL;
CREATE TABLE app.replies (id int PRIMARY KEY, post_id uuid REFERENCES app.posts ON DELETE CASCADE);
CREATE VIEW app.recent AS SELECT p.id, p.body, v.content FROM app.posts p
    LEFT JOIN app.posts_v2 v ON v.post_id = p.id;
CREATE VIEW app.recent_bodies AS SELECT body FROM app.recent;
CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) AS posts FROM app.posts;
CREATE VIEW app.over_counted AS SELECT posts FROM app.counted;
CREATE UNIQUE INDEX counted_key ON app.counted (posts);
INSERT INTO app.parents SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid FROM
    generate_series(1, 3) n;
INSERT INTO app.posts (id, parent_id, body, posted_at, price)
SELECT md5(n::text)::uuid, '00000000-0000-0000-0000-000000000001', nullif('body ' || n, 'body 7'),
       timestamp '2024-03-31 02:30' + n * interval '1 hour', nullif(n, 5)
FROM generate_series(1, 12) n;
INSERT INTO app.posts_v2 (post_id, parent_id, content, published_at, extra)
SELECT md5((n + 100)::text)::uuid, '00000000-0000-0000-0000-000000000002', 'content ' || n,
       timestamptz '2024-10-27 00:30+00' + n * interval '1 hour', '{"a": [1, null]}'
FROM generate_series(1, 9) n;
INSERT INTO app.replies SELECT n, md5(n::text)::uuid FROM generate_series(1, 3) n;
REFRESH MATERIALIZED VIEW app.counted;
"""
ALIGNED = {
    "id": ("id", "post_id"),
    "body": ("body", "content"),
    "posted_at": ("posted_at", "published_at"),
}


def test_versions_are_merged_and_the_way_back_leaves_nothing(each_database: str) -> None:
    execute(each_database, VERSIONS)
    planned = plan(each_database, "app.posts", "app.posts_v2", aligned=ALIGNED, batch_size=5)
    views = planned.contents("app.recent", "app.recent_bodies", "app.counted", "app.over_counted")
    through(planned, "app.posts", "app.posts_v2")
    assert planned.ledger() == {"posts": (12, 12, 0, 0), "posts_v2": (9, 9, 0, 0)}
    assert (
        planned.contents("app.recent", "app.recent_bodies", "app.counted", "app.over_counted")
        == views
    )
    columns = {c.name: c.type for c in planned.cluster.targets[0].columns}
    assert columns["posted_at"] == "timestamp with time zone"
    assert columns["body"] == "text"


def test_old_names_can_be_written_and_going_back_takes_it_along(database: str) -> None:
    execute(database, VERSIONS)
    planned = plan(database, "app.posts", "app.posts_v2", aligned=ALIGNED)
    planned.forward()
    planned.execute("""
        INSERT INTO app.posts (parent_id, body)
        VALUES ('00000000-0000-0000-0000-000000000003', 'new');
        INSERT INTO app.posts_v2 (content) VALUES ('fresh');
        UPDATE app.posts SET body = 'changed', posted_at = '2025-01-01' WHERE body = 'body 3';
        DELETE FROM app.posts_v2 WHERE content = 'content 4';
    """)
    assert planned.rows(
        "SELECT count(*) FROM app.posts WHERE body = 'new' AND id IS NOT NULL "
        "AND created_at IS NOT NULL"
    ) == [(1,)]
    with pytest.raises(psycopg.errors.CheckViolation):
        planned.execute("UPDATE app.posts SET price = -1 WHERE body = 'changed'")
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        planned.execute(f"INSERT INTO app.posts_v2 (content) VALUES ('{'x' * 41}')")
    with pytest.raises(psycopg.errors.CheckViolation):
        planned.execute("INSERT INTO app.posts (parent_id) VALUES (NULL)")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        planned.execute("DELETE FROM app.parents WHERE note IS NULL")
    planned.execute("DELETE FROM app.posts WHERE id = md5('1')::uuid")
    assert planned.rows("SELECT count(*) FROM app.replies") == [(2,)]
    now = planned.contents("app.posts", "app.posts_v2", "app.replies")
    planned.back()
    assert planned.contents("app.posts", "app.posts_v2", "app.replies") == now
    assert planned.fingerprint() == planned.before


def test_rows_written_between_backfill_and_switch_are_caught_up(database: str) -> None:
    execute(database, VERSIONS)
    planned = plan(database, "app.posts", "app.posts_v2", aligned=ALIGNED)
    planned.run("01-expand.sql")
    planned.run("02-backfill.sql")
    planned.run("03-verify.sql")
    planned.execute("""
        UPDATE app.posts SET body = 'late' WHERE body = 'body 2';
        DELETE FROM app.posts_v2 WHERE content = 'content 1';
        INSERT INTO app.posts_v2 (content) VALUES ('late too');
        UPDATE app.posts_v2 SET post_id = gen_random_uuid() WHERE content = 'content 2';
    """)
    before = planned.contents("app.posts", "app.posts_v2")
    planned.run("03-verify.sql")
    planned.run("04-switch.sql")
    assert planned.contents("app.posts", "app.posts_v2") == before


def test_a_plan_is_for_one_structure_and_one_order(database: str) -> None:
    execute(database, VERSIONS)
    planned = plan(database, "app.posts", "app.posts_v2", aligned=ALIGNED)
    planned.run("01-expand.sql")
    assert "run the files in their order" in (planned.attempt("04-switch.sql") or "")
    planned.execute("ALTER TABLE app.posts ALTER body SET DEFAULT 'x'")
    assert "have changed since the plan" in (planned.attempt("02-backfill.sql") or "")
    planned.run("06-rollback-expand.sql")
    assert "have changed since the plan" in (planned.attempt("01-expand.sql") or "")


def test_counted_ids_collide_and_equal_natural_keys_are_one_row(database: str) -> None:
    execute(
        database,
        """
        CREATE TABLE customers (id serial PRIMARY KEY, email text UNIQUE, name text, age int,
                                plan text DEFAULT 'free');
        CREATE TABLE customers_new (id serial PRIMARY KEY, email varchar(80) UNIQUE, name text,
                                    city text);
        CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers_new);
        INSERT INTO customers (email, name, age) VALUES
            ('a@x', 'A', 1), ('b@x', 'B', 2), (NULL, 'nobody', 3), ('c@x', 'C', 4);
        INSERT INTO customers_new (email, name, city) VALUES
            ('a@x', 'A', 'Rome'), ('b@x', 'Bert', 'Oslo'), ('d@x', 'D', 'Bern'), (NULL, 'n', NULL);
        INSERT INTO orders VALUES (1, 1), (2, 3);
    """,
    )
    planned = plan(database, "customers", "customers_new")
    through(planned, "customers", "customers_new", "orders")
    assert planned.ledger() == {"customers": (4, 4, 0, 0), "customers_new": (4, 2, 1, 1)}
    book = planned.cluster.book
    assert planned.rows(f"SELECT email, reject_reason FROM {book}.rejects_2") == [
        ("b@x", "its key is that of a row that differs in name")
    ]
    merged = planned.rows(
        f"SELECT id, age, city, customers_new_id FROM {planned.target} WHERE email = 'a@x'"
    )
    assert merged == [(1, 1, "Rome", 1)]
    alone = f"SELECT plan FROM {planned.target} WHERE name = 'D'"
    assert planned.rows(alone) == [(None,)], "no default of another table's"
    planned.execute("DELETE FROM customers_new WHERE email = 'a@x' AND false")
    planned.execute("UPDATE orders SET customer_id = 3; DELETE FROM customers_new WHERE id = 1")
    assert planned.rows("SELECT name, age FROM customers WHERE email = 'a@x'") == [("A", 1)]
    planned.execute("INSERT INTO customers (email) VALUES ('z@x')")
    assert planned.rows("SELECT count(*) FROM customers WHERE email = 'z@x'") == [(1,)]


def test_a_child_of_a_rejected_row_stops_the_switch(database: str) -> None:
    execute(
        database,
        """
        CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE, v int);
        CREATE TABLE a_old (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text UNIQUE,
                            v int);
        CREATE TABLE child (a_id int REFERENCES a_old);
        INSERT INTO a (code, v) VALUES ('x', 1);
        INSERT INTO a_old (code, v) VALUES ('x', 2), ('y', 3);
        INSERT INTO child VALUES (1);
    """,
    )
    planned = plan(database, "a", "a_old")
    for file in ("01-expand.sql", "02-backfill.sql", "03-verify.sql"):
        planned.run(file)
    assert "point at rows that were rejected" in (planned.attempt("04-switch.sql") or "")
    planned.execute("DELETE FROM child")
    planned.run("04-switch.sql")
    planned.back()
    assert planned.fingerprint() == planned.before


def test_members_without_a_key_keep_every_copy_of_a_row(database: str) -> None:
    execute(
        database,
        """
        CREATE TABLE logs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), said text, n int);
        CREATE TABLE logs_2 (said text, n int);
        INSERT INTO logs (said, n) VALUES ('a', 1), ('a', 1);
        INSERT INTO logs_2 VALUES ('a', 1), ('a', 1), (NULL, NULL), (NULL, NULL), ('b', 2);
    """,
    )
    planned = plan(database, "logs", "logs_2")
    through(planned, "logs", "logs_2")
    assert planned.ledger()["logs_2"] == (5, 5, 0, 0)
    planned.execute("""
        DELETE FROM logs_2 WHERE said = 'b';
        INSERT INTO logs_2 VALUES ('a', 1), ('c', 3);
        UPDATE logs_2 SET n = 9 WHERE said IS NULL;
    """)
    now = planned.contents("logs", "logs_2")
    planned.back()
    assert planned.contents("logs", "logs_2") == now
    planned.forward(planned.cluster.steps[0].phase)
    planned.run("02-backfill.sql")
    planned.execute("INSERT INTO logs_2 VALUES ('late', 0)")
    assert "has been written to since" in (planned.attempt("03-verify.sql") or "")
    planned.run("02-backfill.sql")
    planned.run("03-verify.sql")
    planned.run("04-switch.sql")


def test_a_backfill_that_is_broken_off_goes_on_where_it_stopped(database: str) -> None:
    execute(
        database,
        """
        CREATE TABLE a (id bigint PRIMARY KEY, n text); CREATE TABLE a_v2 (id bigint PRIMARY KEY,
            n text, m int);
        INSERT INTO a SELECT n, n FROM generate_series(1, 3000) n;
        INSERT INTO a_v2 SELECT n, n, n FROM generate_series(1, 3000) n;
        """,
    )
    planned = plan(database, "a", "a_v2", batch_size=10)
    planned.run("01-expand.sql")
    broken = []
    with ThreadPoolExecutor() as pool:
        running = pool.submit(planned.attempt, "02-backfill.sql")
        filled = f"SELECT count(*) FROM {planned.target}"
        while planned.rows(filled)[0][0] < 3500 and not running.done():
            time.sleep(0.005)
        broken = planned.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL %'"
        )
        assert broken == [(True,)]
        assert running.result() is not None
    kept = planned.rows(filled)[0][0]
    assert 3500 <= kept < 6000
    planned.execute("UPDATE a SET n = 'x' WHERE id = 7; DELETE FROM a_v2 WHERE id IN (2, 2999)")
    planned.run("02-backfill.sql")
    planned.run("03-verify.sql")
    assert planned.ledger() == {"a": (3000, 3000, 0, 0), "a_v2": (2998, 2998, 0, 0)}
