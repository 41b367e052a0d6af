import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from cmis_audit.errors import ScratchError
from cmis_audit.scratch import embedded
from cmis_audit.scratch.embedded import embedded_server

HOLDER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from cmis_audit.scratch.embedded import embedded_server
with embedded_server() as server:
    print(server.host, flush=True)
    time.sleep(60)
"""


def gone(host):
    """Wait until nothing is left of a server, process or folder."""
    deadline = time.monotonic() + 10
    while Path(host).exists() or processes(host):
        assert time.monotonic() < deadline, (host, processes(host))
        time.sleep(0.02)
    return True


def processes(host):
    listing = subprocess.run(
        ["ps", "-ww", "-eo", "pid,args"], check=True, capture_output=True, text=True
    ).stdout
    return [line for line in listing.splitlines() if str(host) in line]


def test_a_fresh_database_is_empty(database):
    with psycopg.connect(database) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert count == 0


def test_both_versions_can_be_had(each_database, each_server):
    with psycopg.connect(each_database) as connection:
        assert connection.info.server_version == each_server.version_number


def test_no_network_and_no_other_process_may_join(each_scratch):
    with psycopg.connect(each_scratch.conninfo()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute(
            "SELECT DISTINCT auth_method FROM pg_hba_file_rules"
        ).fetchall() == [("scram-sha-256",)]
    assert Path(each_scratch.host).stat().st_mode & 0o077 == 0
    password = psycopg.conninfo.conninfo_to_dict(each_scratch.conninfo())["password"]
    assert str(password) not in repr(each_scratch)


def test_databases_are_created_by_any_name(each_scratch):
    name = f'a "b" {time.monotonic_ns()}'
    with psycopg.connect(each_scratch.create_database(name)) as connection:
        assert connection.info.dbname == name


def test_nothing_is_left_after_the_block():
    with embedded_server() as server:
        assert processes(server.host)
    assert gone(server.host)


def test_nothing_is_left_after_an_exception():
    hosts = []

    def fail():
        with embedded_server() as server:
            hosts.append(server.host)
            raise KeyError(server.host)

    with pytest.raises(KeyError):
        fail()
    assert gone(hosts[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_nothing_is_left_after_a_signal(number):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as holder:
        host = holder.stdout.readline().strip()
        assert processes(host)
        holder.send_signal(number)
        holder.wait(20)
    assert gone(host)


@pytest.fixture
def base():
    """A short folder open to everybody, so that a server of this test lies nowhere else."""
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("delay", [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4])
def test_nothing_is_left_after_being_killed_while_it_starts(base, delay):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(base)},
    ) as holder:
        deadline = time.monotonic() + 20
        while not list(base.glob("*/data")) and time.monotonic() < deadline:
            time.sleep(0.005)
        (home,) = base.iterdir()
        time.sleep(delay)
        holder.kill()
        holder.wait()
    assert gone(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_it_runs_as_an_ordinary_user(base):
    user = pwd.getpwnam("daemon")
    # The interpreter may lie where only root can read, so privileges are dropped after importing.
    script = f"""
import os, psycopg
from cmis_audit.scratch.embedded import embedded_server
psycopg.connect, psycopg.sql
os.setgroups([]); os.setgid({user.pw_gid}); os.setuid({user.pw_uid})
with embedded_server() as server:
    with psycopg.connect(server.conninfo()) as connection:
        print(os.stat(server.host).st_uid, connection.info.server_version)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(base)},
        check=False,
    )
    assert done.stdout.startswith(f"{user.pw_uid} 16"), done.stderr
    assert not list(base.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")
def test_root_may_have_the_wheel_where_nobody_else_can_read_it(monkeypatch):
    monkeypatch.setattr(
        embedded, "_open_to_everybody", lambda path: "pginstall" not in str(path.resolve())
    )
    with embedded_server() as server, psycopg.connect(server.conninfo()) as connection:
        assert (Path(server.host) / "wheel").exists()
        connection.execute("CREATE EXTENSION vector")
    assert gone(server.host)


def test_a_folder_too_long_for_a_socket_is_avoided(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(long))
    with embedded_server() as server:
        assert len(server.host) < 90


def test_without_the_wheel_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)
    with (
        pytest.raises(ScratchError, match=r"pip install 'cmis-audit\[embedded\]'"),
        embedded_server(),
    ):
        pass


def test_an_unknown_version_is_named():
    with pytest.raises(ScratchError, match="no embedded PostgreSQL 12"), embedded_server(12):
        pass


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(base, monkeypatch):
    monkeypatch.setitem(embedded.SETTINGS, "shared_buffers", "nonsense")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(base))
    with pytest.raises(ScratchError, match="shared_buffers") as caught, embedded_server():
        pass
    assert "\n" not in str(caught.value)
    assert not list(base.iterdir())


def test_two_servers_at_once():
    with embedded_server(16) as one, embedded_server(18) as two:
        assert one.host != two.host
        assert (one.version_number // 10000, two.version_number // 10000) == (16, 18)
