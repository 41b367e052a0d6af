"""How right the verdicts are: `python -m bench.accuracy FOLDER [--verbose]`.

Each labelled schema of the folder (see `bench/labelled.py`) is made into real tables on the
embedded server, audited live and held against its labels. Printed are a table a schema, the sums,
the alignment of columns against exact names, and how often each confidence was right.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bench.labelled import Corpus, Pair, bare, corpora, materialize, pair, said
from cmis_audit import pipeline
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.match import Match
from cmis_audit.model.report import Report
from cmis_audit.scratch.embedded import embedded_server
from cmis_audit.source.connection import Limits, Target

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.01)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    right: int
    of: int

    def __str__(self) -> str:
        return f"{self.right}/{self.of}" if self.of else "-"

    @property
    def value(self) -> float | None:
        return self.right / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    name: str
    tables: int
    clusters: int
    recall: Share
    recall_or_review: Share
    medium_or_review: Share
    false_alarms: Share
    unlabelled: int
    planted: Share
    decoys: Share
    judged: tuple[tuple[float, bool], ...]
    """Confidence of every labelled pair that was said, and whether that was right."""
    columns: tuple[int, int, int]
    """Aligned columns: right, wrong, missed."""
    exact_columns: tuple[int, int, int]
    """The same if only equal names were aligned."""


def audited(corpus: Corpus) -> Report:
    """Return the audit of the schema as real tables."""
    with embedded_server() as server:
        conninfo = server.create_database("corpus")
        materialize(corpus, conninfo)
        intake = pipeline.Intake(target=Target(source=conninfo), limits=Limits(), now=NOW)
        return pipeline.audit(pipeline.catalog_of(intake), pipeline.rule_pack("cmis", None))


def measured(corpus: Corpus, report: Report) -> Figures:
    labels = corpus.labels
    yes, maybe = said(report.clusters)
    right = labels.high | labels.medium
    known = {each for each in yes if each in right or each in labels.negative}
    aligned, exact = _columns(corpus, report)
    return Figures(
        name=corpus.name,
        tables=report.totals.tables,
        clusters=sum(one.verdict is Verdict.CONSOLIDATE for one in report.clusters),
        recall=Share(len(labels.high & yes.keys()), len(labels.high)),
        recall_or_review=Share(len(labels.high & (yes.keys() | maybe)), len(labels.high)),
        medium_or_review=Share(len(labels.medium & (yes.keys() | maybe)), len(labels.medium)),
        false_alarms=Share(len(labels.negative & yes.keys()), len(labels.negative)),
        unlabelled=len(yes.keys() - known),
        planted=Share(sum(each <= yes.keys() for each in labels.planted), len(labels.planted)),
        decoys=Share(
            sum(not yes.keys().isdisjoint(each) for each in labels.decoys), len(labels.decoys)
        ),
        judged=tuple(sorted((yes[each], each in right) for each in known)),
        columns=aligned,
        exact_columns=exact,
    )


def _columns(corpus: Corpus, report: Report) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    matches = {
        pair(bare(match.left), bare(match.right)): match
        for cluster in report.clusters
        for match in cluster.pairs
    }
    names = {
        f"{table['schema']}.{table['name']}": {column["name"] for column in table["columns"]}
        for table in corpus.tables
    }
    ours, exact = [0, 0, 0], [0, 0, 0]
    for (source, copy), origin in corpus.labels.columns.items():
        wanted = {(was, now) for now, was in origin.items()}
        equal = {(name, name) for name in names[source] & names[copy]}
        found = _aligned(matches.get(pair(source, copy)), source)
        for count, said_pairs in ((ours, found), (exact, equal)):
            count[0] += len(said_pairs & wanted)
            count[1] += len(said_pairs - wanted)
            count[2] += len(wanted - said_pairs)
    return (ours[0], ours[1], ours[2]), (exact[0], exact[1], exact[2])


def _aligned(match: Match | None, source: str) -> set[Pair]:
    """Return the aligned columns, those of the source first; none when no cluster has the pair."""
    if match is None:
        return set()
    if bare(match.left) == source:
        return {(column.left, column.right) for column in match.columns}
    return {(column.right, column.left) for column in match.columns}


def f1(counts: Iterable[tuple[int, int, int]]) -> float | None:
    right, wrong, missed = (sum(numbers) for numbers in zip(*counts, strict=True))
    return 2 * right / (2 * right + wrong + missed) if right else None


def summed(shares: Iterable[Share]) -> Share:
    shares = tuple(shares)
    return Share(sum(share.right for share in shares), sum(share.of for share in shares))


def table(figures: list[Figures]) -> str:
    """Return the figures as a Markdown table with the sums and the means below."""
    lines = [
        "| schema | tables | clusters | high said | high said or review | medium said or review "
        "| false alarms | unlabelled said | planted found | decoys accused |",
        "| :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    shares = ("recall", "recall_or_review", "medium_or_review", "false_alarms")
    for one in figures:
        cells = [str(getattr(one, name)) for name in shares]
        lines.append(
            f"| {one.name} | {one.tables} | {one.clusters} | {' | '.join(cells)} "
            f"| {one.unlabelled} | {one.planted} | {one.decoys} |"
        )
    for title, chosen in (
        ("**all labelled**", [one for one in figures if not one.planted.of]),
        ("**all planted**", [one for one in figures if one.planted.of]),
    ):
        if not chosen:
            continue
        sums = [summed(getattr(one, name) for one in chosen) for name in shares]
        means = [_mean(getattr(one, name) for one in chosen) for name in shares]
        cells = [f"{total} (mean {mean})" for total, mean in zip(sums, means, strict=True)]
        lines.append(
            f"| {title} | {sum(one.tables for one in chosen)} "
            f"| {sum(one.clusters for one in chosen)} | {' | '.join(cells)} "
            f"| {sum(one.unlabelled for one in chosen)} "
            f"| {summed(one.planted for one in chosen)} "
            f"| {summed(one.decoys for one in chosen)} |"
        )
    return "\n".join(lines)


def _mean(shares: Iterable[Share]) -> str:
    values = [share.value for share in shares if share.value is not None]
    return f"{sum(values) / len(values):.3f}" if values else "-"


def reliability(figures: list[Figures]) -> str:
    """Return how often pairs said with each confidence were right, as a Markdown table."""
    lines = ["| said with | pairs | right |", "| :-- | --: | --: |"]
    judged = [each for one in figures for each in one.judged]
    for low, high in pairwise(BINS):
        inside = [right for confidence, right in judged if low <= confidence < high]
        if inside:
            share = sum(inside) / len(inside)
            lines.append(f"| {low:.2f} to {min(high, 1.0):.2f} | {len(inside)} | {share:.1%} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
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
    print(table(figures))
    ours = f1(one.columns for one in figures)
    exact = f1(one.exact_columns for one in figures)
    if ours and exact:
        print(f"\nColumns aligned, F1: {ours:.3f}; equal names alone: {exact:.3f}.")
    print(f"\n{reliability(figures)}")
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
