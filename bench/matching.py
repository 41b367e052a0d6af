"""How fast tables are compared: `python -m bench.matching [--sizes 1000,10000,100000] [--write]`.

For each size one catalog is made (see `bench/skewed.py`), and all contenders are measured on it in
turn, each in a process of its own, for its peak memory:

ours            find_matches and build_clusters, as an audit calls them
jaccard         column-name Jaccard of all pairs in plain Python, 0.6 and more
cdist           rapidfuzz.process.cdist over the names of all tables, a ratio of 80 and more
coma            Valentine's COMA on one pair of tables after another, schema only

The last three look at every pair. Each is stopped when it has run for ten seconds and would take
more than a minute; its time is then extrapolated from the share of the pairs that it has done.
These use one processor, and their seconds are the processor's: what else the machine does counts
little. Ours takes a second processor where there are many tables; its seconds are the clock's, and
its peak memory is that of both processes.
"""

import argparse
import gc
import multiprocessing
import random
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from bench.labelled import Pair, bare, pair, said
from bench.outcome import Outcome, growth, matching
from bench.pages import SPEED, circumstances, write
from bench.skewed import catalog as skewed
from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.matches import find_matches
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.pipeline import rule_pack

SEED = 1
LOOK = 10.0
MOST = 60.0
ROUNDS = 3
"""The median is told, of whatever takes less than `LOOK`."""
JACCARD = 0.6
RATIO = 80
SLICE = 64
"""Names whose likeness to all others `cdist` computes in one call: the whole is n² bytes."""

_SUFFIX = "_text"


def planted(catalog: Catalog) -> frozenset[Pair]:
    """Return the pairs of copy and original: all columns but the last, which has a suffix."""
    by_columns: dict[tuple[str, ...], list[Table]] = defaultdict(list)
    for table in catalog.tables:
        by_columns[tuple(column.name for column in table.columns)].append(table)
    found = set()
    for columns, copies in by_columns.items():
        origin = (*columns[:-1], columns[-1].removesuffix(_SUFFIX))
        for source in by_columns[origin] if origin != columns and origin in by_columns else ():
            found |= {pair(bare(copy.ref), bare(source.ref)) for copy in copies}
    return frozenset(found)


def ours(catalog: Catalog) -> Outcome:
    pack = rule_pack("cmis", None)
    copies = planted(catalog)
    began = time.perf_counter()
    clusters = build_clusters(catalog, find_matches(catalog, pack), pack)
    seconds = time.perf_counter() - began
    yes, _ = said(clusters)
    return Outcome(
        tables=len(catalog.tables),
        contender="ours",
        seconds=seconds,
        said=len(yes),
        found=len(copies & yes.keys()),
        planted=len(copies),
    )


@dataclass(slots=True)
class _Rows:
    """All pairs in rows: each table, in a random order, with all that come after it."""

    tables: list[Table]
    alike: set[Pair]

    @classmethod
    def of(cls, catalog: Catalog) -> "_Rows":
        tables = list(catalog.tables)
        random.Random(SEED).shuffle(tables)
        return cls(tables, set())

    def note(self, one: int, other: int) -> None:
        self.alike.add(pair(bare(self.tables[one].ref), bare(self.tables[other].ref)))

    def outcome(self, contender: str, steps: Iterator[int], catalog: Catalog) -> Outcome:
        """Return how long it takes; `steps` tells how many rows are done."""
        count = len(self.tables)
        total = count * (count - 1) // 2
        begun = time.process_time()
        seconds, share, rows = 0.0, 0.0, 0
        for rows in steps:
            seconds = time.process_time() - begun
            share = 1 - (count - rows) * (count - rows - 1) / 2 / total
            if share < 1 and seconds > LOOK and seconds / share > MOST:
                break
        reached = {bare(table.ref) for table in self.tables[:rows]}
        copies = {each for each in planted(catalog) if not reached.isdisjoint(each)}
        return Outcome(
            tables=count,
            contender=contender,
            seconds=seconds / share,
            share=share,
            said=len(self.alike),
            found=len(copies & self.alike),
            planted=len(copies),
        )


def jaccard(catalog: Catalog) -> Outcome:
    rows = _Rows.of(catalog)
    names = [frozenset(column.name for column in table.columns) for table in rows.tables]

    def steps() -> Iterator[int]:
        for number, its in enumerate(names):
            for other in range(number + 1, len(names)):
                theirs = names[other]
                shared = len(its & theirs)
                if shared and shared >= JACCARD * (len(its) + len(theirs) - shared):
                    rows.note(number, other)
            yield number + 1

    return rows.outcome("jaccard", steps(), catalog)


def cdist(catalog: Catalog) -> Outcome:
    import numpy
    from rapidfuzz import fuzz, process

    rows = _Rows.of(catalog)
    names = [table.ref.name for table in rows.tables]

    def steps() -> Iterator[int]:
        for start in range(0, len(names), SLICE):
            part = names[start : start + SLICE]
            likeness = process.cdist(
                part,
                names[start:],
                scorer=fuzz.ratio,
                score_cutoff=RATIO,
                dtype=numpy.uint8,
                workers=1,
            )
            for one, other in zip(*likeness.nonzero(), strict=True):
                if one < other:
                    rows.note(start + int(one), start + int(other))
            yield start + len(part)

    return rows.outcome("cdist", steps(), catalog)


def coma(catalog: Catalog) -> Outcome:
    from bench.coma import ComaTable, matched

    count = len(catalog.tables)
    total = count * (count - 1) // 2
    tables = [ComaTable(table) for table in catalog.tables]
    chance = random.Random(SEED)
    seconds, done = 0.0, 0
    while seconds < LOOK and done < total:
        one, other = chance.sample(range(count), 2)
        begun = time.process_time()
        matched(tables[one], tables[other])
        seconds += time.process_time() - begun
        done += 1
    return Outcome(
        tables=count, contender="coma", seconds=seconds * total / done, share=done / total
    )


CONTENDERS = {"ours": ours, "jaccard": jaccard, "cdist": cdist, "coma": coma}


def _measure(name: str, tables: int, answer: Connection) -> None:
    """Measure one contender in this process and send the outcome."""
    catalog = skewed(tables, SEED)
    before = _peak()
    outcomes: list[Outcome] = []
    while len(outcomes) < ROUNDS:
        gc.collect()
        outcomes.append(CONTENDERS[name](catalog))
        if outcomes[-1].seconds > LOOK or outcomes[-1].share < 1:
            break
    answer.send(
        replace(
            outcomes[-1],
            seconds=statistics.median(each.seconds for each in outcomes),
            catalog_bytes=before,
            peak_bytes=_peak(),
        )
    )


def _peak() -> int:
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    processes = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(resource.getrusage(each).ru_maxrss for each in processes) * unit


def measured(name: str, tables: int) -> Outcome:
    """Return what a contender does in a new process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_measure, args=(name, tables, sender))
    process.start()
    sender.close()
    try:
        outcome: Outcome = receiver.recv()
    except EOFError:
        raise SystemExit(f"bench: {name} failed at {tables:,} tables") from None
    finally:
        process.join()
    return outcome


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.matching", description="Time the comparing.")
    parser.add_argument("--sizes", default="1000,10000,100000", help="numbers of tables")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help="which of them")
    parser.add_argument("--write", action="store_true", help="the table to docs/speed.md")
    options = parser.parse_args(arguments)
    names = options.contenders.split(",")
    if unknown := [name for name in names if name not in CONTENDERS]:
        parser.error(f"{unknown[0]} is none of {', '.join(CONTENDERS)}")
    outcomes = []
    for size in map(int, options.sizes.split(",")):
        for name in names:
            outcomes.append(measured(name, size))
            print(f"{size:,} tables, {name} …", file=sys.stderr, flush=True)
    run = circumstances("rapidfuzz", "valentine")
    text = "\n\n".join([matching(outcomes), growth(outcomes), run])
    print(text)
    if options.write:
        write(SPEED, {"matching": text})


if __name__ == "__main__":
    main()
