"""A PostgreSQL 15 of Debian's, as somebody's own server: autovacuum and all, but fsync."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

BINARIES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session")
def debian_server() -> Iterator[str]:
    """The conninfo of its superuser; CI fails without it."""
    if not (BINARIES / "initdb").exists():
        why = f"no PostgreSQL 15 in {BINARIES}"
        if os.environ.get("CI"):
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    home = Path(tempfile.mkdtemp(prefix="cmis-debian-"))
    who: dict[str, int] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(home, entry.pw_uid, entry.pw_gid)
        who = {"user": entry.pw_uid, "group": entry.pw_gid}

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [BINARIES / program, "-D", home / "data", *arguments],
            check=True,
            cwd=home,
            timeout=60,
            stdout=subprocess.DEVNULL,
            **who,
        )

    try:
        call("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        settings = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={home}"
        call("pg_ctl", "-w", "-l", str(home / "log"), "-o", settings, "start")
        try:
            yield f"host={home} user=postgres dbname=postgres"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
