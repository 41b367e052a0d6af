"""How right the verdicts are: `python -m bench.accuracy FOLDER [--write] [--verbose]`.

Each labelled schema of the folder (see `bench/labelled.py`) is made into real tables on the
embedded server, audited live and held against its labels. Printed are a table a schema, the sums,
what the naive rule says of the same tables, how often each confidence was right, and the alignment
of the columns of planted copies against exact names and COMA (`--group peers`).
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from bench.figures import NAIVE, ComaColumns, Counts, Figures, Said, Share, blocks
from bench.labelled import Corpus, Pair, bare, corpora, materialize, pair, said
from bench.pages import ACCURACY, circumstances, write
from cmis_audit import pipeline, reading
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.match import Match
from cmis_audit.model.report import Report
from cmis_audit.scratch.embedded import embedded_server
from cmis_audit.source.connection import Limits, Target

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def audited(corpus: Corpus) -> Report:
    """Return the audit of the schema as real tables."""
    with embedded_server() as server:
        conninfo = server.create_database("corpus")
        materialize(corpus, conninfo)
        intake = reading.Intake(target=Target(source=conninfo), limits=Limits(), now=NOW)
        return pipeline.audit(reading.catalog_of(intake), pipeline.rule_pack("cmis", None))


def measured(corpus: Corpus, report: Report) -> Figures:
    labels = corpus.labels
    yes, maybe = said(report.clusters)
    right = labels.high | labels.medium
    known = {each: sure for each, sure in yes.items() if each in right | labels.negative}
    known |= {each: sure for each, sure in maybe.items() if sure is not None}
    return Figures(
        name=corpus.name,
        tables=report.totals.tables,
        clusters=sum(one.verdict is Verdict.CONSOLIDATE for one in report.clusters),
        ours=Said.of(yes, labels),
        naive=Said.of(set(_naive(report.catalog)), labels),
        recall_or_review=Share(len(labels.high & (yes.keys() | maybe.keys())), len(labels.high)),
        medium_or_review=Share(
            len(labels.medium & (yes.keys() | maybe.keys())), len(labels.medium)
        ),
        false_alarms=Share(len(labels.negative & yes.keys()), len(labels.negative)),
        planted=Share(sum(each <= yes.keys() for each in labels.planted), len(labels.planted)),
        decoys=Share(
            sum(not yes.keys().isdisjoint(each) for each in labels.decoys), len(labels.decoys)
        ),
        judged=tuple(sorted((sure, each in right) for each, sure in known.items())),
        columns=_columns(corpus, report),
        given_columns=_given_columns(corpus, report.catalog),
        exact_columns=_exact_columns(corpus, report.catalog),
        coma=_coma_columns(corpus, report.catalog) if labels.columns else None,
    )


def _naive(catalog: Catalog) -> Iterator[Pair]:
    """Yield the pairs of tables whose column names have a Jaccard of `NAIVE` at least."""
    names = [
        (bare(table.ref), {column.name for column in table.columns}) for table in catalog.tables
    ]
    for (one, its), (other, theirs) in combinations(names, 2):
        shared = len(its & theirs)
        if shared and shared >= NAIVE * (len(its) + len(theirs) - shared):
            yield pair(one, other)


def _wanted(corpus: Corpus) -> Iterator[tuple[str, str, set[Pair]]]:
    """Yield each source and planted copy with the columns that belong together."""
    for (source, copy), origin in corpus.labels.columns.items():
        yield source, copy, {(was, now) for now, was in origin.items()}


def _counted(found: set[Pair], wanted: set[Pair]) -> Counts:
    return len(found & wanted), len(found - wanted), len(wanted - found)


def _added(counts: list[Counts]) -> Counts:
    right, wrong, missed = (sum(each[place] for each in counts) for place in range(3))
    return right, wrong, missed


def _columns(corpus: Corpus, report: Report) -> Counts:
    """Count what the program aligned; nothing where no cluster has the pair."""
    matches = {
        pair(bare(match.left), bare(match.right)): match
        for cluster in report.clusters
        for match in cluster.pairs
    }
    return _added(
        [
            _counted(_aligned(matches.get(pair(source, copy)), source), wanted)
            for source, copy, wanted in _wanted(corpus)
        ]
    )


def _aligned(match: Match | None, source: str) -> set[Pair]:
    """Return the aligned columns, those of the source first; none when no cluster has the pair."""
    if match is None:
        return set()
    if bare(match.left) == source:
        return {(column.left, column.right) for column in match.columns}
    return {(column.right, column.left) for column in match.columns}


def _given_columns(corpus: Corpus, catalog: Catalog) -> Counts:
    """Count what the program aligns, the pair of tables being given."""
    from cmis_audit.match.forms import Database
    from cmis_audit.match.matches import match_of
    from cmis_audit.match.pair import Pair as TablePair

    if not corpus.labels.columns:
        return 0, 0, 0
    database = Database(catalog, pipeline.rule_pack("cmis", None))
    forms = {bare(form.traits.ref): form for form in database.forms}
    return _added(
        [
            _counted(
                _aligned(match_of(TablePair(forms[source], forms[copy], database)), source), wanted
            )
            for source, copy, wanted in _wanted(corpus)
        ]
    )


def _exact_columns(corpus: Corpus, catalog: Catalog) -> Counts:
    """Count what equal names align, the pair of tables being given."""
    names = {bare(table.ref): {column.name for column in table.columns} for table in catalog.tables}
    return _added(
        [
            _counted({(name, name) for name in names[source] & names[copy]}, wanted)
            for source, copy, wanted in _wanted(corpus)
        ]
    )


def _coma_columns(corpus: Corpus, catalog: Catalog) -> ComaColumns:
    """Count what COMA aligns, the pair of tables being given."""
    from bench.coma import ComaTable, aligned, matched, scored

    tables = {bare(table.ref): ComaTable(table) for table in catalog.tables}
    own: list[Counts] = []
    judged: list[tuple[float, bool]] = []
    every = 0
    for source, copy, wanted in _wanted(corpus):
        results = matched(tables[source], tables[copy])
        own.append(_counted(aligned(results), wanted))
        judged += [(score, each in wanted) for each, score in scored(results).items()]
        every += len(wanted)
    return ComaColumns(own=_added(own), scored=tuple(sorted(judged)), wanted=every)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="the tables to docs/accuracy.md")
    parser.add_argument("--verbose", action="store_true", help="name what was missed and accused")
    options = parser.parse_args(arguments)
    figures = []
    for corpus in corpora(options.folder):
        report = audited(corpus)
        figures.append(measured(corpus, report))
        print(f"{corpus.name} …", file=sys.stderr)
        if options.verbose:
            _tell(corpus, report)
    if not figures:
        print(f"{options.folder}: no NAME.labels.json there", file=sys.stderr)
        return 2
    tables = blocks(figures)
    print("\n\n".join(tables.values()))
    if options.write:
        write(ACCURACY, {**tables, "run": circumstances("valentine")})
    return 0


def _tell(corpus: Corpus, report: Report) -> None:
    yes, maybe = said(report.clusters)
    labels = corpus.labels
    for title, found in (
        ("missed", labels.high - yes.keys() - maybe),
        ("for review", labels.high & maybe),
        ("accused", labels.negative & yes.keys()),
        ("unlabelled", yes.keys() - labels.high - labels.medium - labels.negative),
    ):
        for one, other in sorted(found):
            print(f"  {title}: {one} ~ {other}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
