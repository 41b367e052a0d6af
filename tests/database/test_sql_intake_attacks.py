"""Hostile SQL files: every attack is refused and listed, or stopped by a limit in one line."""

import secrets
import shutil
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from cmis_audit.errors import SourceError
from cmis_audit.scratch.intake import Limits, load_sql

LOW = Limits(seconds=0.8, bytes=48 << 20)
# What a load may take over its limit: ending the backend, weighing a large folder, a busy machine.
GRACE_SECONDS = 12.0

REFUSED = {
    "copy to program": "COPY (SELECT 1) TO PROGRAM 'touch {marker}'",
    "copy from program": "COPY keep FROM PROGRAM 'touch {marker}; echo 1'",
    "copy to file": "COPY (SELECT 1) TO '{marker}'",
    "copy from file": "COPY keep FROM '/etc/passwd'",
    "copy in a block": "DO $$ BEGIN COPY (SELECT 1) TO PROGRAM 'touch {marker}'; END $$",
    "read file": "SELECT pg_read_file('/etc/passwd')",
    "read own configuration": "SELECT pg_read_file('postgresql.conf')",
    "read binary file": "SELECT pg_read_binary_file('/etc/passwd')",
    "list files": "SELECT pg_ls_dir('/')",
    "stat file": "SELECT pg_stat_file('/etc/passwd')",
    "import large object": "SELECT lo_import('/etc/passwd')",
    "export large object": "SELECT lo_export(lo_from_bytea(0, 'x'), '{marker}')",
    "function in C": "CREATE FUNCTION f(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'",
    "internal function": "CREATE FUNCTION f(text) RETURNS text LANGUAGE internal AS 'pg_read_file'",
    "untrusted language": "CREATE LANGUAGE plpython3u",
    "extension in a block": "DO $$ BEGIN EXECUTE 'CREATE EXTENSION plpython3u'; END $$",
    "load library": "LOAD '/tmp/evil.so'",
    "preloaded library": "SET session_preload_libraries = '/tmp/evil.so'",
    "preloaded library, later": "ALTER ROLE CURRENT_USER SET session_preload_libraries = 'evil'",
    "alter system": "ALTER SYSTEM SET archive_command = 'touch {marker}'",
    "reload": "SELECT pg_reload_conf()",
    "event trigger": "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    " CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION e()",
    "become superuser": "SET SESSION AUTHORIZATION cmis_audit_scratch",
    "become superuser by role": "SET ROLE cmis_audit_scratch",
    "superuser by attribute": "DO $$ BEGIN EXECUTE 'ALTER ROLE CURRENT_USER SUPERUSER'; END $$",
    "predefined role": "GRANT pg_execute_server_program TO CURRENT_USER",
    "predefined role, to a stand-in": "GRANT pg_read_server_files TO PUBLIC_ENEMY",
    "own the superuser's": "REASSIGN OWNED BY cmis_audit_scratch TO CURRENT_USER",
    "role in a block": "DO $$ BEGIN EXECUTE 'CREATE ROLE evil SUPERUSER LOGIN'; END $$",
    "database in a block": "DO $$ BEGIN EXECUTE 'CREATE DATABASE evil'; END $$",
    "lock out": "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ALLOW_CONNECTIONS false',"
    " current_database()); END $$",
    "rewrite the catalog": "UPDATE pg_catalog.pg_authid SET rolsuper = true",
    "read passwords": "SELECT * FROM pg_catalog.pg_authid",
    "foreign data wrapper": "CREATE FOREIGN DATA WRAPPER w",
    "subscription": "CREATE SUBSCRIPTION s CONNECTION 'host=203.0.113.1' PUBLICATION p",
    "replication slot": "SELECT pg_create_physical_replication_slot('s', true)",
    "end the superuser's sessions": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'cmis_audit_scratch'",
    "more temporary files": "SET temp_file_limit = -1",
    "triggers off": "SET session_replication_role = replica",
    "log flood": "SET log_min_messages = debug5",
    "second language": "CREATE FUNCTION f() RETURNS int LANGUAGE plperlu AS 'system(\"id\")'",
    "tablespace in a block": "DO $$ BEGIN EXECUTE 'CREATE TABLESPACE t LOCATION ''/tmp'''; END $$",
    "transform": "CREATE TRANSFORM FOR int LANGUAGE plpgsql (FROM SQL WITH FUNCTION f(internal))",
    "memory": "DO $$ DECLARE a text; b text; c text; BEGIN a := repeat('x', 500000000);"
    " b := repeat('x', 500000000); c := repeat('x', 500000000); END $$",
}

STOPPED = {
    "endless loop": "DO $$ BEGIN LOOP END LOOP; END $$",
    "endless loop that catches": "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(10);"
    " EXCEPTION WHEN query_canceled OR OTHERS THEN NULL; END; END LOOP; END $$",
    "sleep": "SET statement_timeout = 0; SELECT pg_sleep(1e9)",
    "rows to the client": "SELECT generate_series(1, 1000000000000)",
    "wide rows to the client": "SELECT repeat('x', 10000000) FROM generate_series(1, 1000000)",
    "copy to the client": "COPY (SELECT generate_series(1, 1000000000000)) TO STDOUT",
    "terabyte of rows": "INSERT INTO keep SELECT generate_series(1, 1000000000000)",
    "terabyte of temporary rows": "CREATE TEMP TABLE t AS"
    " SELECT generate_series(1, 1000000000000) AS i",
    "terabyte of large objects": "DO $$ BEGIN LOOP"
    " PERFORM lo_from_bytea(0, decode(repeat(md5(random()::text), 30000), 'hex'));"
    " END LOOP; END $$",
    "notices": "SET client_min_messages = debug; DO $$ BEGIN LOOP RAISE NOTICE '%',"
    " repeat('x', 100000); END LOOP; END $$",
    "notices to the log": "DO $$ BEGIN LOOP RAISE LOG '%', repeat('x', 100000); END LOOP; END $$",
    "notifications": "LISTEN c; DO $$ BEGIN LOOP"
    " PERFORM pg_notify('c', random() || repeat('x', 7000)); END LOOP; END $$",
    "copy that never ends": "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN LOOP END LOOP; END';"
    " CREATE TRIGGER t BEFORE INSERT ON keep FOR EACH ROW EXECUTE FUNCTION hang();\n"
    "COPY keep FROM stdin;\n" + "1\n" * 500000 + "\\.\n",
    "regular expression": "SELECT repeat('a', 3001) ~"
    " '^(a*)(a*)(a*)(a*)(a*)(a*)\\1\\2\\3\\4\\5\\6$'",
    "lock on itself": "SELECT pg_advisory_lock(1); DO $$ BEGIN LOOP"
    " PERFORM pg_advisory_lock(1); END LOOP; END $$",
    "tables": "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..1000000 LOOP"
    " EXECUTE format('CREATE TABLE %I (id bigserial PRIMARY KEY, t text)', 't' || i); COMMIT;"
    " END LOOP; END $$; CALL p()",
    "tables, statement by statement": "".join(
        f"CREATE TABLE t{i} (id bigserial PRIMARY KEY, t text);\n" for i in range(20000)
    ),
}

TEMPORARY = {
    "sort": "SELECT * FROM generate_series(1, 1000000000) AS i ORDER BY md5(i::text)",
    "recursion": "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r",
}


@pytest.fixture
def marker():
    """A path that the server's own user may create: were it allowed, it would be there."""
    folder = Path(tempfile.mkdtemp(prefix="cmis-audit-marker-", dir="/tmp"))
    folder.chmod(0o777)
    yield folder / "touched"
    shutil.rmtree(folder)


def load(tmp_path, scratch, sql, limits=LOW):
    path = tmp_path / f"hostile_{secrets.token_hex(4)}.sql"
    path.write_text(f"CREATE TABLE keep (id bigint);\n{sql};\nCREATE TABLE after (id int);\n")
    started = time.monotonic()
    try:
        return load_sql(path, scratch, limits)
    finally:
        assert time.monotonic() - started < limits.seconds + GRACE_SECONDS
        still_well(scratch)


def still_well(scratch):
    """The server answers, nobody of the file's is on it, and no role gained anything."""
    with psycopg.connect(scratch.conninfo()) as admin:
        assert admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename ~ '^cmis_audit_loader'"
        ).fetchone() == (0,)
        assert admin.execute(
            """SELECT array_agg(rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND
               (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)"""
        ).fetchone() == ([admin.info.user],)
        assert admin.execute(
            """SELECT count(*) FROM pg_auth_members
               WHERE roleid < 16384 AND member >= 16384"""
        ).fetchone() == (0,)


@pytest.mark.parametrize("attack", REFUSED)
def test_what_needs_privilege_is_refused_and_listed(attack, tmp_path, each_scratch, marker):
    sql = (
        REFUSED[attack].format(marker=marker) if "{marker}" in REFUSED[attack] else REFUSED[attack]
    )
    loaded = load(tmp_path, each_scratch, sql, Limits(seconds=20))
    assert not marker.exists()
    assert [skipped for skipped in loaded.skipped if skipped.what.startswith("line 2:")]
    with psycopg.connect(loaded.conninfo) as connection:
        assert connection.execute("SELECT to_regclass('after')").fetchone() == ("after",)


def test_the_marker_would_have_been_made_by_one_who_may(each_scratch, marker):
    with psycopg.connect(each_scratch.conninfo()) as admin:
        admin.execute(f"COPY (SELECT 1) TO PROGRAM 'touch {marker}'")
    assert marker.exists()


@pytest.mark.parametrize("attack", STOPPED)
def test_what_has_no_end_is_stopped_and_said_in_one_line(attack, tmp_path, each_scratch):
    with pytest.raises(SourceError) as caught:
        load(tmp_path, each_scratch, STOPPED[attack])
    message = str(caught.value)
    assert "\n" not in message
    assert "stopped after 0.8 s at line" in message or "grown beyond 48 MiB at line" in message


@pytest.mark.parametrize("attack", TEMPORARY)
def test_temporary_files_are_limited_by_the_server(attack, tmp_path, each_scratch):
    limits = Limits(seconds=20, bytes=8 << 20)
    try:
        loaded = load(tmp_path, each_scratch, TEMPORARY[attack], limits)
    except SourceError as error:
        assert "grown beyond 8 MiB" in str(error)
    else:
        assert any("temp_file_limit" in skipped.why for skipped in loaded.skipped)


@pytest.mark.parametrize(
    "command",
    [
        *("\\! touch {marker}", "\\o {marker}", "\\w {marker}", "\\copy keep to '{marker}'"),
        *("\\i /etc/passwd", "\\ir x.sql", "\\connect - postgres", "\\c postgres", "\\cd /"),
        *("\\set x `touch {marker}`", "\\setenv PGHOST x", "\\gexec", "\\lo_import /etc/passwd"),
        *("SELECT 1 \\g | touch {marker}", "SELECT 1 \\watch 1", "\\gset", "\\prompt x", "\\edit"),
    ],
)
def test_commands_of_psql_are_never_executed(command, tmp_path, each_scratch, marker):
    loaded = load(tmp_path, each_scratch, command.format(marker=marker) + "\nSELECT 1")
    assert not marker.exists()
    if "\\g |" not in command:
        assert any("never executed" in skipped.why for skipped in loaded.skipped)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER ROLE CURRENT_USER SET search_path = evil",
        "ALTER ROLE CURRENT_USER SET default_transaction_read_only = on",
        "ALTER ROLE CURRENT_USER SET statement_timeout = 1",
        "ALTER ROLE CURRENT_USER PASSWORD 'mine'",
        "SET ROLE NONE; REVOKE ALL ON SCHEMA public FROM CURRENT_USER",
        "DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET role = ''none''',"
        " current_database()); END $$",
    ],
)
def test_the_database_can_be_read_whatever_the_role_did_to_itself(sql, tmp_path, each_scratch):
    in_a_block = f"DO $x$ BEGIN EXECUTE $y${sql}$y$; END $x$" if "DO" not in sql else sql
    loaded = load(tmp_path, each_scratch, in_a_block)
    with psycopg.connect(loaded.conninfo) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'keep'"
        ).fetchone() == (1,)
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)


def test_an_endless_index_expression_costs_the_estimates_alone(tmp_path, each_scratch):
    sql = (
        "CREATE TABLE flag (on_now bool);"
        " CREATE FUNCTION f(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS"
        " 'BEGIN IF $1 > 0 AND EXISTS (SELECT FROM public.flag) THEN LOOP END LOOP; END IF;"
        " RETURN $1; END'; CREATE INDEX i ON keep (f(id)); INSERT INTO keep VALUES (1);"
        " INSERT INTO flag VALUES (true)"
    )
    loaded = load(tmp_path, each_scratch, sql)
    assert [s.why for s in loaded.skipped] == ["ANALYZE stopped after 0.8 s"]
