"""How good the plans are: `python -m bench.rehearsals FOLDER [--write] [--only NAME] [--most N]`.

Each labelled schema of the folder (see `bench/labelled.py`) is made into real tables on the
embedded server and audited live. Every cluster that says "consolidate" is planned, and the plans
of a schema are rehearsed on one clone of it, as `cmis-audit rehearse` does, without measuring. The
exit status is 1 where a plan was made that does not come through.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from bench.accuracy import audited
from bench.labelled import Corpus, corpora
from bench.pages import REHEARSAL, circumstances, write
from bench.tried import Tried, blocks
from cmis_audit import pipeline
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.plan import PlanOptions
from cmis_audit.rehearse.rehearsal import Options
from cmis_audit.rehearsing import rehearsal_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def tried(corpus: Corpus, options: Options, most: int) -> Tried | None:
    """Return what came of the clusters, the first of them only; None of a schema without any."""
    report = audited(corpus)
    ids = [each.id for each in report.clusters if each.verdict is Verdict.CONSOLIDATE]
    if not ids:
        return None
    wanted = PlanOptions(clusters=tuple(ids[:most]))
    plan = pipeline.plan_of(report, wanted)
    pack = pipeline.rule_pack("cmis", None)
    found = rehearsal_of(report, pack, plan, options, now=NOW, notify=lambda _: None)
    return Tried.of(corpus.name, len(ids), plan, found)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="the tables to docs/rehearsal.md")
    parser.add_argument("--only", action="append", metavar="NAME", help="this schema; repeatable")
    parser.add_argument("--most", type=int, default=1000, help="clusters of a schema at most")
    parser.add_argument("--rows", type=int, default=20, help="of each table to be merged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="schemas at a time, each on a server")
    options = parser.parse_args(arguments)
    known = [one for one in corpora(options.folder) if one.name in (options.only or [one.name])]
    if not known:
        print(f"{options.folder}: no NAME.labels.json there, or none so named", file=sys.stderr)
        return 2
    asked = Options(rows=options.rows, seed=options.seed, bench_rows=0)
    results = []
    with ProcessPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(tried, corpus, asked, options.most) for corpus in known]
        for corpus, future in zip(known, waiting, strict=True):
            one = future.result()
            print(f"{corpus.name} …", file=sys.stderr, flush=True)
            results += [one] if one is not None else []
    short = [each for one in results for each in one.short]
    tables = blocks(results)
    print("\n\n".join(tables.values()))
    if options.write:
        how = f"{options.rows} rows a table, seed {options.seed}. {circumstances()}"
        write(REHEARSAL, {**tables, "run": how})
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
