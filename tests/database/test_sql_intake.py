"""What becomes of dumps, hand-written files and files that are no SQL."""

import gzip
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cmis_audit.errors import ScratchError, SourceError
from cmis_audit.scratch.embedded import FOLDERS, _wheel_folder, embedded_server
from cmis_audit.scratch.intake import Limits, load_sql
from cmis_audit.scratch.trusted import run_files

LIMITS = Limits(seconds=30)


@pytest.fixture
def load(tmp_path, each_scratch):
    """Load a text or bytes as a file; databases and stand-ins go with the test."""
    made = []

    def load(content, name="file.sql", limits=LIMITS):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        made.append(load_sql(path, each_scratch, limits))
        return made[-1]

    yield load
    with psycopg.connect(each_scratch.conninfo(), autocommit=True) as admin:
        for loaded in made:
            name = sql.Identifier(loaded.database)
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        for (role,) in admin.execute("SELECT rolname FROM pg_roles WHERE oid >= 16384").fetchall():
            with suppress(psycopg.errors.DependentObjectsStillExist):
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def rows(loaded, query):
    with psycopg.connect(loaded.conninfo) as connection:
        return connection.execute(query).fetchall()


def columns(loaded, table):
    return rows(
        loaded,
        sql.SQL(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = {}::regclass AND attnum > 0 ORDER BY attnum"
        ).format(sql.Literal(table)),
    )


def why(loaded):
    return {skipped.what: skipped.why for skipped in loaded.skipped}


DUMP = r"""--
-- PostgreSQL database dump
--
\restrict 1A2b3C
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA app;
ALTER SCHEMA app OWNER TO postgres;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.note := 'a;b'; RETURN NEW;
END $$;
CREATE TABLE app.person (id bigint NOT NULL, name text, mood app.mood, note text);
ALTER TABLE app.person OWNER TO owner_role;
ALTER TABLE app.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME app.s);
CREATE TABLE public.pet (id bigint, person_id bigint);
ALTER TABLE public.pet OWNER TO postgres;
COPY app.person (id, name, mood, note) FROM stdin;
1	O'Neil; DROP TABLE app.person;	sad	\N
2	"Ann"	ok	\\.
\.
COPY public.pet (id, person_id) FROM stdin;
\.
SELECT pg_catalog.setval('app.s', 7, true);
ALTER TABLE ONLY app.person ADD CONSTRAINT person_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pet ADD CONSTRAINT pet_fk FOREIGN KEY (person_id) REFERENCES app.person(id);
CREATE TRIGGER t BEFORE UPDATE ON app.person FOR EACH ROW EXECUTE FUNCTION app.touch();
GRANT SELECT ON TABLE app.person TO "Read Only";
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA app GRANT SELECT ON TABLES TO "Read Only";
\unrestrict 1A2b3C
"""


def test_a_dump_is_loaded_whole(load):
    loaded = load(DUMP, "my app.sql")
    assert loaded.database.startswith("my_app")
    assert [skipped.what for skipped in loaded.skipped] == ["role Read Only, owner_role, postgres"]
    assert rows(loaded, "SELECT id, name, mood::text FROM app.person ORDER BY id") == [
        (1, "O'Neil; DROP TABLE app.person;", "sad"),
        (2, '"Ann"', "ok"),
    ]
    assert rows(
        loaded,
        "SELECT relname, reltuples::int, relowner::regrole::text FROM pg_class"
        " WHERE relname IN ('person', 'pet') ORDER BY 1",
    ) == [("person", 2, "owner_role"), ("pet", 0, "postgres")]
    assert rows(loaded, "SELECT conname FROM pg_constraint WHERE contype = 'f'") == [("pet_fk",)]


def test_what_pg_dump_writes_is_loaded_without_a_loss(load, each_scratch, tmp_path):
    program = _wheel_folder(each_scratch.version_number // 10000) / "bin" / "pg_dump"
    assert each_scratch.version_number // 10000 in FOLDERS

    def dump(conninfo, *options):
        done = subprocess.run(
            [str(program), "--no-owner", "--no-privileges", "--restrict-key=x", *options, conninfo],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    first = load(DUMP, "first.sql")
    for options in ((), ("--inserts",), ("--clean",), ("--clean", "--if-exists"), ("--create",)):
        again = load(dump(first.conninfo, *options), f"again{''.join(options)}.sql")
        assert dump(again.conninfo) == dump(first.conninfo), options


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_a_hand_written_file_does_not_matter(load, order):
    statements = [
        "CREATE TYPE status AS ENUM ('new', 'done')",
        "CREATE TABLE customer (id int PRIMARY KEY, status status)",
        "CREATE TABLE invoice (id int PRIMARY KEY, customer_id int REFERENCES customer)",
        "CREATE VIEW open_invoice AS SELECT i.* FROM invoice i JOIN customer USING (id)",
        "CREATE INDEX ON invoice (customer_id)",
        "COMMENT ON TABLE invoice IS 'owed'",
    ]
    loaded = load(";\n".join(statements[::order]))
    assert loaded.skipped == ()
    assert columns(loaded, "customer") == [("id", "integer"), ("status", "status")]
    assert rows(loaded, "SELECT count(*) FROM open_invoice") == [(0,)]
    assert rows(loaded, "SELECT obj_description('invoice'::regclass)") == [("owed",)]


def test_a_transaction_that_fails_in_part_keeps_the_rest(load):
    loaded = load(
        "BEGIN; CREATE TABLE a (id int); CREATE TABLE b (id nonsense!); CREATE TABLE c (id int);"
        " ROLLBACK; START TRANSACTION; CREATE TABLE d (id int)"
    )
    assert rows(loaded, "SELECT relname FROM pg_class WHERE relname ~ '^[a-d]$' ORDER BY 1") == [
        ("a",),
        ("c",),
        ("d",),
    ]
    assert why(loaded) == {
        "line 1: CREATE TABLE b (id nonsense!)": 'syntax error at or near "!"',
        "line 1: ROLLBACK": "transactions are not kept: what was rolled back is loaded",
    }


def test_extensions_are_installed_or_stood_in_for(load):
    loaded = load(
        """CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
        CREATE EXTENSION postgis;
        CREATE EXTENSION file_fdw;
        CREATE SCHEMA IF NOT EXISTS extensions;
        COMMENT ON EXTENSION postgis IS 'maps';
        CREATE TABLE place (
          id uuid PRIMARY KEY DEFAULT public.uuid_generate_v4(),
          code bigint NOT NULL DEFAULT public.next_code('p', 1),
          secret bytea DEFAULT public.gen_random_bytes(16),
          spot public.geometry(Point,4326), area public.geography(Polygon), tags public.hstore[],
          meaning extensions.vector(3));
        CREATE TRIGGER t BEFORE INSERT ON place FOR EACH ROW EXECUTE FUNCTION public.moddatetime(x);
        """
    )
    assert columns(loaded, "place") == [
        ("id", "uuid"),
        ("code", "bigint"),
        ("secret", "bytea"),
        ("spot", "geometry"),
        ("area", "geography"),
        ("tags", "hstore[]"),
        ("meaning", "extensions.vector(3)"),
    ]
    assert {what.split()[0]: what for what in why(loaded)} == {
        "extension": "extension file_fdw, postgis",
        "function": "function public.gen_random_bytes, public.moddatetime, public.next_code,"
        " public.uuid_generate_v4",
        "type": "type public.geography, public.geometry, public.hstore",
    }


def test_what_the_cluster_has_is_stood_in_for(load):
    loaded = load(
        """CREATE ROLE admin SUPERUSER LOGIN PASSWORD 'x';
        CREATE DATABASE other; ALTER ROLE admin SET x.y = '1'; CREATE TABLESPACE fast LOCATION '/x';
        CREATE SCHEMA AUTHORIZATION tenant;
        CREATE TABLE missing.t (id int, name text COLLATE "xx_YY.utf8") TABLESPACE fast;
        ALTER TABLE missing.t OWNER TO "we""ird";
        ALTER TABLE missing.t ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON missing.t TO authenticated, anon USING (true);"""
    )
    assert columns(loaded, "missing.t") == [("id", "integer"), ("name", "text")]
    assert rows(
        loaded,
        "SELECT rolname FROM pg_roles WHERE rolname IN ('admin', 'anon', 'we\"ird', 'tenant')"
        " AND NOT rolcanlogin AND NOT rolsuper ORDER BY 1",
    ) == [("admin",), ("anon",), ("tenant",), ('we"ird',)]
    assert why(loaded)["schema missing"] == "used and not created by the file: created"
    assert why(loaded)["line 2: CREATE DATABASE other (and 2 more)"].startswith("concerns the")


def test_several_failures_of_one_reason_are_one_entry(load):
    loaded = load("CREATE TABLE a (id int);" + "\nCOPY a FROM '/etc/passwd';" * 30)
    (entry,) = loaded.skipped
    assert entry.what == "line 2: COPY a FROM '/etc/passwd' (and 29 more)"
    assert entry.why.startswith("permission denied to COPY from a file")


def test_the_same_file_gives_the_same_list_on_a_new_server(tmp_path):
    path = tmp_path / "file.sql"
    path.write_text(DUMP + "SELECT nonsense(); CREATE TABLE x (a b); CREATE INDEX ON q (a); \\! ls")
    lists = []
    for _ in range(2):
        with embedded_server(16) as server:
            lists.append(load_sql(path, server).skipped)
    assert lists[0] == lists[1]
    assert lists[0] == tuple(sorted(lists[0]))


def test_rows_beyond_the_limit_are_left_out_and_said_so(load):
    data = "".join(f"{number}\n" for number in range(100000))
    loaded = load(
        f"CREATE TABLE a (id int); CREATE TABLE b (id int);\nCOPY a FROM stdin;\n{data}\\.\n"
        "INSERT INTO b VALUES (1);",
        limits=replace(LIMITS, data_bytes=100_000),
    )
    ((count,),) = rows(loaded, "SELECT count(*) FROM a")
    assert 15_000 < count < 25_000
    assert "line 2: COPY a FROM stdin (and 1 more)" in why(loaded) or len(loaded.skipped) == 1


def test_a_slip_of_the_hand_costs_one_statement(load):
    loaded = load(
        "CREATE TABLE a (id int;\nCREATE TABLE b (id int);\nCREATE TABLE c (id int) 'x;\n"
        "CREATE TABLE d (id int);\n"
    )
    assert rows(loaded, "SELECT count(*) FROM b") == [(0,)]
    assert any("opened and not closed" in reason for reason in why(loaded).values())


def test_hostile_names_stay_on_one_printable_line(load):
    loaded = load('CREATE TABLE a (id int); SELECT "\x1b[31m\u202e\n<script>" FROM a;')
    (entry,) = loaded.skipped
    assert entry.what.isprintable()
    assert entry.why.isprintable()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no SQL statement"),
        (b"-- nothing\n/* here */\n", "holds no SQL statement"),
        (b"PGDMP\x01\x0e\x00", r"pg_restore -f out.sql"),
        (gzip.compress(b"CREATE TABLE a ();", mtime=0), "gunzip"),
        (b"\x7fELF\x00\x00\x01", "zero byte in line 1"),
        (b"CREATE TABLE `users` (`id` INT NOT NULL) ENGINE=InnoDB;", "MySQL.*line 1: CREATE TABLE"),
        (b"Dear all,\nplease find attached", "no table could be loaded: line 1"),
        (b"SELECT 1 FROM nowhere", 'relation "nowhere" does not exist'),
        (b"\xff\xfeC", "says it is utf-16-le and is not"),
        (b"-- " + b"x" * 5000, "more than the 4096 bytes"),
    ],
)
def test_what_is_no_schema_is_one_clear_line(load, content, message):
    with pytest.raises(SourceError, match=message) as caught:
        load(content, limits=replace(LIMITS, file_bytes=4096))
    assert "\n" not in str(caught.value)


def test_a_file_without_tables_and_without_failures_is_an_empty_database(load):
    assert load("CREATE SCHEMA app; SELECT 1;").skipped == ()


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        ("CREATE TABLE café (id int)".encode("utf-8-sig"), False),
        ("CREATE TABLE café (id int)".encode("utf-16"), False),
        ("CREATE TABLE café (id int)".encode("utf-16-le"), False),
        ("SET client_encoding = 'LATIN1';\r\nCREATE TABLE café (id int)".encode("latin-1"), False),
        ("SET client_encoding TO WIN1252; CREATE TABLE café (id int)".encode("cp1252"), False),
        ("CREATE TABLE café (id int)".encode("latin-1"), True),
    ],
)
def test_encodings(load, content, noted):
    loaded = load(content)
    assert rows(loaded, "SELECT relname FROM pg_class WHERE relname ~ '^caf'") == [("café",)]
    assert bool(loaded.skipped) is noted


def test_a_file_that_is_none(tmp_path, each_scratch):
    with pytest.raises(SourceError, match="No such file"):
        load_sql(tmp_path / "none.sql", each_scratch)
    with pytest.raises(SourceError, match="is a folder"):
        load_sql(tmp_path, each_scratch)
    with pytest.raises(SourceError, match="no regular file"):
        load_sql(Path("/dev/zero"), each_scratch)


def test_progress_is_told_by_lines(tmp_path, each_scratch):
    path = tmp_path / "file.sql"
    path.write_text("CREATE TABLE a (id int);\n" * 5)
    told = []
    load_sql(path, each_scratch, progress=lambda line, lines: told.append((line, lines)))
    assert told == [(line, 6) for line in range(1, 6)]


def test_trusted_files_run_in_the_order_of_their_names(tmp_path, database):
    (tmp_path / "02.sql").write_text("INSERT INTO a VALUES (1);")
    (tmp_path / "01.sql").write_text("CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n")
    run_files(database, tmp_path.iterdir())
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT id FROM a").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("SELECT 1;\n\nCREATE TABLE a (b c);", r"01.sql line 3 \(CREATE TABLE a \(b c\)\): type"),
        ("SELECT 1;\nSELEC 1;", r"01.sql line 2 \(SELEC 1\): syntax error"),
        ("\\i x", "01.sql line 1: .+i is a command of psql"),
        ("CREATE TABLE b (); VACUUM;", r"01.sql line 1 \(VACUUM\): VACUUM cannot run"),
    ],
)
def test_a_trusted_file_that_fails_names_the_statement(tmp_path, database, content, message):
    (tmp_path / "01.sql").write_text(content)
    with pytest.raises(ScratchError, match=message):
        run_files(database, tmp_path.iterdir())
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT to_regclass('b')").fetchone() == (None,)


def test_the_client_survives_rows_too_wide_for_it(load):
    loaded = load("CREATE TABLE a (id int); SELECT repeat('x', 1000000000);")
    assert why(loaded) == {"line 1: SELECT repeat('x', 1000000000)": "out of memory"}


def test_a_file_of_several_databases_is_refused(load):
    several = (
        "\\connect -reuse-previous=on \"dbname='shop'\"\nCREATE TABLE a (id int);\n"
        "\\connect crm\nCREATE TABLE b (id int);\n"
    )
    with pytest.raises(SourceError, match=r"holds several databases \(.*crm.*\); dump the one"):
        load(several)
    assert rows(load("\\connect shop\nCREATE TABLE a (id int);"), "SELECT count(*) FROM a") == [
        (0,)
    ]
