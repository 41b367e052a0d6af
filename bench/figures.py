"""What `bench.accuracy` measures of a labelled schema, and the tables made of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.labelled import Labels, Pair
from bench.pages import markdown

BINS = (0.0, 0.1, 0.5, 0.85, 0.9, 0.95, 0.99, 1.01)
NAIVE = 0.6
"""Column-name Jaccard from which the naive rule calls two tables duplicates."""

Counts = tuple[int, int, int]
"""Aligned columns: right, wrong, missed."""


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
class Said:
    """How a set of pairs called duplicates stands to the labels."""

    pairs: int
    right: int
    wrong: int
    high: Share

    @classmethod
    def of(cls, pairs: Collection[Pair], labels: Labels) -> "Said":
        said = frozenset(pairs)
        return cls(
            pairs=len(said),
            right=len(said & (labels.high | labels.medium)),
            wrong=len(said & labels.negative),
            high=Share(len(said & labels.high), len(labels.high)),
        )


@dataclass(frozen=True, slots=True)
class ComaColumns:
    """What COMA aligns of planted copies."""

    own: Counts
    """Above the likeness that it chooses itself."""
    scored: tuple[tuple[float, bool], ...]
    """Every pair of its assignment: how alike, and whether right."""
    wanted: int

    def above(self, least: float) -> Counts:
        kept = [right for likeness, right in self.scored if likeness >= least]
        return sum(kept), len(kept) - sum(kept), self.wanted - sum(kept)


@dataclass(frozen=True, slots=True)
class Figures:
    name: str
    tables: int
    clusters: int
    ours: Said
    naive: Said
    recall_or_review: Share
    medium_or_review: Share
    false_alarms: Share
    planted: Share
    decoys: Share
    judged: tuple[tuple[float, bool], ...] = ()
    """Confidence of every labelled pair that was said, and whether that was right."""
    columns: Counts = (0, 0, 0)
    """Those of planted copies; all of a copy that was not found are missed."""
    given_columns: Counts = (0, 0, 0)
    """If the program was told which table is a copy of which, as its peers are."""
    exact_columns: Counts = (0, 0, 0)
    """If only equal names were aligned."""
    coma: ComaColumns | None = field(default=None)

    @property
    def recall(self) -> Share:
        return self.ours.high

    @property
    def unlabelled(self) -> int:
        return self.ours.pairs - self.ours.right - self.ours.wrong


def f1(counts: Iterable[Counts]) -> float:
    right, wrong, missed = (sum(numbers) for numbers in zip(*counts, strict=True))
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def summed(shares: Iterable[Share]) -> Share:
    shares = tuple(shares)
    return Share(sum(share.right for share in shares), sum(share.of for share in shares))


def parts(figures: Sequence[Figures]) -> list[tuple[str, list[Figures]]]:
    """Return the schemas as they are and those with planted copies, as far as there are any."""
    both = (
        ("all labelled", [one for one in figures if not one.planted.of]),
        ("all planted", [one for one in figures if one.planted.of]),
    )
    return [(title, chosen) for title, chosen in both if chosen]


def verdicts(figures: Sequence[Figures]) -> str:
    """Return a line a schema, with the sums and the means below."""
    titles = (
        *("schema", "tables", "clusters", "high said", "high said or review"),
        *("medium said or review", "false alarms", "unlabelled said"),
        *("planted found", "decoys accused"),
    )
    shares = ("recall", "recall_or_review", "medium_or_review", "false_alarms")
    rows: list[list[object]] = [
        [one.name, one.tables, one.clusters]
        + [getattr(one, name) for name in shares]
        + [one.unlabelled, one.planted, one.decoys]
        for one in figures
    ]
    for title, chosen in parts(figures):
        sums = [summed(getattr(one, name) for one in chosen) for name in shares]
        means = [_mean(getattr(one, name) for one in chosen) for name in shares]
        rows.append(
            [f"**{title}**", sum(one.tables for one in chosen)]
            + [sum(one.clusters for one in chosen)]
            + [f"{total} (mean {mean})" for total, mean in zip(sums, means, strict=True)]
            + [sum(one.unlabelled for one in chosen)]
            + [summed(one.planted for one in chosen), summed(one.decoys for one in chosen)]
        )
    return markdown(titles, rows)


def _mean(shares: Iterable[Share]) -> str:
    values = [share.value for share in shares if share.value is not None]
    return f"{sum(values) / len(values):.3f}" if values else "-"


def rules(figures: Sequence[Figures]) -> str:
    """Return what the program and the naive rule call duplicates, and how much of it is right."""
    titles = ("schemas", "rule", "pairs said", "right", "wrong", "unlabelled", "right of all said")
    rows: list[list[object]] = []
    for title, chosen in parts(figures):
        for rule, name in (("cmis-audit", "ours"), (f"Jaccard ≥ {NAIVE}", "naive")):
            said: list[Said] = [getattr(one, name) for one in chosen]
            pairs, right, wrong = (
                sum(getattr(one, what) for one in said) for what in ("pairs", "right", "wrong")
            )
            share = f"{right / pairs:.1%}" if pairs else "-"
            high = summed(one.high for one in said)
            rows.append([title, rule, pairs, right, wrong, pairs - right - wrong, share, high])
    return markdown((*titles, "high found"), rows)


def reliability(figures: Sequence[Figures]) -> str:
    """Return how often pairs said with each confidence were right."""
    judged = [each for one in figures for each in one.judged]
    rows: list[list[object]] = []
    for low, high in pairwise(BINS):
        inside = [right for confidence, right in judged if low <= confidence < high]
        if inside:
            share = sum(inside) / len(inside)
            rows.append([f"{low:.2f} to {min(high, 1.0):.2f}", len(inside), f"{share:.1%}"])
    return markdown(("said with", "pairs", "right"), rows)


def alignment(figures: Sequence[Figures]) -> str:
    """Return how the columns of planted copies are aligned, by the program and by its peers."""
    chosen = [one for one in figures if sum(one.exact_columns)]
    contenders = [
        ("cmis-audit, the pair found", [one.columns for one in chosen]),
        ("cmis-audit, the pair given", [one.given_columns for one in chosen]),
        ("equal names, the pair given", [one.exact_columns for one in chosen]),
    ]
    coma = [one.coma for one in chosen if one.coma]
    if coma:
        steps = [step / 20 for step in range(20)]
        best = max(steps, key=lambda least: f1(one.above(least) for one in coma))
        contenders += [
            ("COMA, the pair given, above its median", [one.own for one in coma]),
            (
                f"COMA, the pair given, above {best:.2f}, the best here",
                [one.above(best) for one in coma],
            ),
        ]
    rows = [
        [name, *(sum(numbers) for numbers in zip(*counts, strict=True)), f"{f1(counts):.3f}"]
        for name, counts in contenders
        if counts
    ]
    return markdown(("columns aligned by", "right", "wrong", "missed", "F1"), rows)


def blocks(figures: Sequence[Figures]) -> dict[str, str]:
    """Return every table of the page by the name of its markers."""
    return {
        "verdicts": verdicts(figures),
        "rules": rules(figures),
        "reliability": reliability(figures),
        "alignment": alignment(figures),
    }
