"""A rehearsal says no more than was reached: good plans, and plans with one thing wrong."""

import os
import signal
import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from planned import Planned, catalog, execute, plan
from rehearsed import QUICK, before_the_end, changed, clone, rehearsed

from cmis_audit.model.plan import Phase
from cmis_audit.model.rehearsal import ClusterRehearsal, Status
from cmis_audit.rehearse.isolation import VISITOR_OF_ONE, with_visitor
from cmis_audit.rehearse.rehearsal import Options
from cmis_audit.rehearse.rows import fill
from cmis_audit.rehearse.states import states, tables_of

TWINS = """
CREATE TABLE orgs (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
CREATE TABLE posts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org_id uuid NOT NULL REFERENCES orgs,
    body text, posted_at timestamptz, price numeric(8, 2));
CREATE TABLE posts_v2 (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), org_id uuid NOT NULL REFERENCES orgs,
    body varchar(100), posted_at timestamptz, extra jsonb);
CREATE TABLE likes (post_id uuid REFERENCES posts ON DELETE CASCADE, n int);
CREATE VIEW bodies AS SELECT body FROM posts;
"""
TENANTS = "".join(
    f"""
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {name} USING (org_id = current_setting('app.org', true)::uuid);
"""
    for name in ("posts", "posts_v2")
)


def twins(database: str, more: str = "") -> Planned:
    execute(database, TWINS + more)
    return plan(database, "posts", "posts_v2", yes_drop=True)


def one(
    planned: Planned, change: Callable[[str], str], phase: Phase, **how: bool
) -> ClusterRehearsal:
    """Rehearse with the files of a phase changed."""
    found = rehearsed(catalog(planned.conninfo), changed(planned.plan, change, phase, **how))
    return found.clusters[0]


def test_a_good_plan_goes_all_the_way(database: str) -> None:
    planned = twins(database)
    outcome = rehearsed(catalog(database), planned.plan, Options(rows=30, bench_rows=200, runs=3))
    (found,) = outcome.clusters
    assert (found.status, found.stopped, found.refused) == (Status.MEASURED, "", None)
    assert [str(line.member) for line in found.ledger] == ["public.posts", "public.posts_v2"]
    for line in found.ledger:
        assert line.rows_in >= 30
        assert line.rows_in == line.inserted + line.merged + line.rejected
        assert line.rows_switched > line.rows_in, "what was written later came along"
    assert [undone.after for undone in found.undone] == [
        Phase.EXPAND,
        Phase.BACKFILL,
        Phase.SWITCH,
    ]
    assert found.writes is not None
    assert found.writes.before_switch > 0
    assert found.writes.after_switch > 0
    assert not found.writes.other
    assert found.measures is not None
    assert found.measures.rows == 400
    assert found.measures.before.total > 0
    assert len(found.measures.queries) == 5
    assert all(query.after.lowest <= query.after.median for query in found.measures.queries)
    tables = {str(table.ref) for table in outcome.end.tables}
    assert not tables & {"public.posts", "public.posts_v2"}


def test_a_lost_row_is_seen(database: str) -> None:
    planned = twins(database)
    lost = f"DELETE FROM {planned.target} WHERE ctid = (SELECT max(ctid) FROM {planned.target});"
    found = one(planned, before_the_end(lost), Phase.SWITCH)
    assert found.status == Status.ACCEPTED
    assert "not conserved" in found.stopped


def test_a_changed_value_is_seen(database: str) -> None:
    planned = twins(database)
    spoilt = f"UPDATE {planned.target} SET body = body || ' ' WHERE body IS NOT NULL;"
    found = one(planned, before_the_end(spoilt), Phase.SWITCH)
    assert found.status == Status.ACCEPTED
    assert [line.rows_out for line in found.ledger] == [line.rows_switched for line in found.ledger]


def test_what_a_rollback_leaves_behind_is_seen(database: str) -> None:
    planned = twins(database)
    left = "CREATE VIEW left_behind AS SELECT 1 AS x;"
    found = one(planned, before_the_end(left), Phase.EXPAND, undo=True)
    assert found.status == Status.GENERATED, "the second time it cannot be created again"
    once = "DO $$ BEGIN EXECUTE 'ALTER TABLE public.orgs ALTER name SET DEFAULT ''x'''; END $$;"
    found = one(planned, before_the_end(once), Phase.EXPAND, undo=True)
    assert found.status == Status.ISOLATED
    assert "after the way back from expand: table public.orgs: column name: default" in (
        found.stopped
    )


def test_rows_that_a_rollback_forgets_are_seen(database: str) -> None:
    planned = twins(database)
    forgotten = "DELETE FROM public.likes;"
    found = one(planned, before_the_end(forgotten), Phase.BACKFILL, undo=True)
    assert found.status == Status.ISOLATED
    assert "public.likes: 0 rows where" in found.stopped


def test_a_refused_statement_is_named(database: str) -> None:
    planned = twins(database)
    found = one(planned, before_the_end("SELECT 1 / 0;"), Phase.VERIFY)
    assert found.status == Status.GENERATED
    assert found.refused is not None
    assert found.refused.file.endswith("/03-verify.sql")
    assert (found.refused.statement, found.refused.sqlstate) == ("SELECT 1 / 0", "22012")
    assert found.refused.line > 1
    assert not found.proven


def test_a_tenant_that_sees_more_is_seen(database: str) -> None:
    execute(database, TWINS + TENANTS)
    original = catalog(database)
    first = plan(database, "posts", "posts_v2", yes_drop=True)
    visited = with_visitor(original, first.plan.clusters)
    assert visited != original
    execute(database, "CREATE ROLE cmis_audit_visitor")
    try:
        execute(
            database,
            "GRANT SELECT, INSERT, UPDATE, DELETE ON posts, posts_v2 TO cmis_audit_visitor",
        )
        planned = plan(database, "posts", "posts_v2", yes_drop=True)
        good = rehearsed(catalog(database), planned.plan).clusters[0]
        leaking = one(
            planned,
            before_the_end(f"CREATE POLICY everybody ON {planned.target} USING (true);"),
            Phase.EXPAND,
        )
    finally:
        execute(database, "DROP OWNED BY cmis_audit_visitor")
        execute(database, "DROP ROLE cmis_audit_visitor")
    assert good.status == Status.UNDONE, good.stopped
    assert good.isolation is not None
    assert good.isolation.row_security
    assert good.isolation.roles == ("cmis_audit_visitor",)
    assert good.isolation.tenants >= 2
    assert leaking.status == Status.CONSERVED, leaking.refused
    assert "cmis_audit_visitor, tenant" in leaking.stopped


def test_a_right_to_one_table_shows_nothing_of_the_others(database: str) -> None:
    planned = twins(database)
    visited = with_visitor(catalog(database), planned.plan.clusters)
    (good,) = rehearsed(visited, planned.plan).clusters
    assert (good.status, good.stopped) == (Status.UNDONE, "")
    assert good.isolation is not None
    assert (good.isolation.roles, good.isolation.comparisons) == ((VISITOR_OF_ONE,), 2)
    assert not good.isolation.row_security
    for leak, said in (
        (planned.target, "rows of public.posts_v2 in the target"),
        ("public.posts_v2", "public.posts_v2: error 42501 before, "),
    ):
        more = before_the_end(f"GRANT SELECT ON {leak} TO {VISITOR_OF_ONE};")
        (found,) = rehearsed(visited, changed(planned.plan, more, Phase.SWITCH)).clusters
        assert (found.status, said in found.stopped) == (Status.CONSERVED, True), found.stopped


def test_a_server_that_dies_in_the_backfill_loses_nothing(database: str) -> None:
    execute(database, TWINS)
    planned = plan(database, "posts", "posts_v2", batch_size=1)
    (cluster,) = planned.plan.clusters
    files = {step.file: step.sql for step in cluster.steps}
    with clone(catalog(database)) as cloned:
        place = cloned.place
        members = tables_of(cloned.catalog, (member.table for member in cluster.members))
        with place.session() as session:
            fill(session, cloned.catalog, {table.ref: 400 for table in cloned.catalog.tables}, 1)
            before = states(session, members)
        assert place.run_file("expand", files["01-expand.sql"]) is None
        killed = threading.Event()
        killer = threading.Thread(
            target=_kill_once_filled, args=(place.conninfo, planned.target, killed)
        )
        killer.start()
        broken = place.run_file("backfill", files["02-backfill.sql"])
        killer.join()
        assert killed.is_set()
        assert broken is not None, "it was broken off"
        count = f"SELECT count(*) FROM {planned.target}"
        _wait_for(place.conninfo)
        with place.session() as session:
            ((left,),) = session.rows(count)
            assert 0 < int(left) < 800
        for file in ("02-backfill.sql", "03-verify.sql", "04-switch.sql"):
            refused = place.run_file(file, files[file])
            assert refused is None, refused
        with place.session() as session:
            assert states(session, members) == before


def _kill_once_filled(conninfo: str, target: str, killed: threading.Event) -> None:
    """Kill a backend of the server the hard way, so that all of it goes down and recovers."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        own = connection.info.backend_pid
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            row = connection.execute(f"SELECT count(*) FROM {target}".encode()).fetchone()
            if row and row[0] > 20:
                os.kill(own, signal.SIGKILL)
                killed.set()
                return


def _wait_for(conninfo: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_rows_come_through_as_well(database: str, seed: int) -> None:
    planned = twins(database)
    options = Options(rows=QUICK.rows, bench_rows=0, seed=seed)
    (found,) = rehearsed(catalog(database), planned.plan, options).clusters
    assert found.proven, (found.stopped, found.refused)
