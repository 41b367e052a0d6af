"""What the cards of the HTML report show, ready for their templates."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cmis_audit.model.cluster import Cluster, ComparisonRow, Verdict
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import Step
from cmis_audit.model.value import Value
from cmis_audit.render.escape import Safe, code
from cmis_audit.render.evidence import MISSING, compared, shared_concepts
from cmis_audit.render.overview import Merge
from cmis_audit.render.units import short_type, signed

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_HEATED: Final = 16
"""Members in a heat map; more of them are told by their pairs."""
MOST_LEDGERS: Final = 45
"""Pairs of a group, told reason by reason: all those of ten tables."""
MOST_USES: Final = 12
"""Places in code, of each member."""
MOST_BESIDE: Final = 300
"""Findings of each other pack."""
_STEPS: Final = 5
_SPLIT: Final = "split"
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MOST_LINES: Final = 8


class Reason(Value, frozen=True, kw_only=True):
    """One bar of the way from nothing to a pair's bits."""

    signal: str
    detail: str
    bits: str
    start: float
    """On a scale that begins at 0 and ends at `whole`."""
    end: float
    kind: str


class Compared(Value, frozen=True, kw_only=True):
    """A cell of the comparison."""

    text: Safe
    kind: str
    """`missing`, `drift`, `renamed` or nothing."""


class Heat(Value, frozen=True, kw_only=True):
    text: str
    step: int
    """0 to 5; -1 where there is nothing to say, 9 on the diagonal."""
    title: str


def actions(merges: Sequence[Merge], most: int) -> list[Merge]:
    """Return the merges that give back most points, those that remove more tables first."""
    return sorted(merges, key=lambda one: (-one.payoff, -one.leaving))[:most]


def reasons(match: Match) -> tuple[list[Reason], float]:
    """Return the pair's ledger as bars, each beginning where the last ended, and their scale."""
    ledger = [(one, "gain") for one in match.evidence]
    ledger += [(one, "loss") for one in match.counter_evidence]
    marks = [0.0]
    for one, _ in ledger:
        marks.append(marks[-1] + one.bits)
    low, high = min(marks), max(marks)
    whole = max(high - low, 1.0)
    found = [
        Reason(
            signal=one.signal,
            detail=one.detail,
            bits=signed(one.bits),
            start=marks[place] - low,
            end=marks[place + 1] - low,
            kind=kind,
        )
        for place, (one, kind) in enumerate(ledger)
    ]
    found.append(
        Reason(
            signal="sum",
            detail="",
            bits=signed(match.bits),
            start=-low,
            end=match.bits - low,
            kind="total",
        )
    )
    return found, whole


def comparison(cluster: Cluster) -> Iterator[tuple[ComparisonRow, list[Compared]]]:
    """Yield the concepts that two members or more hold, with a cell for each member compared."""
    refs = compared(cluster)
    for row in shared_concepts(cluster):
        yield row, [_cell(row, ref) for ref in refs]


def _cell(row: ComparisonRow, ref: TableRef) -> Compared:
    held = [cell for cell in row.cells if cell.table == ref]
    if not held:
        return Compared(text=MISSING, kind="missing")
    renamed = any(cell.column != row.concept for cell in held)
    shown = ", ".join(
        f"{code(cell.column)} {code(short_type(cell.type))}"
        if renamed
        else code(short_type(cell.type))
        for cell in held
    )
    kind = "drift" if row.type_drift else "renamed" if renamed else ""
    return Compared(text=Safe(shown), kind=kind)


def heat(cluster: Cluster) -> list[list[Heat]]:
    """Return the overlap of every two members, by the share of the smaller one's columns."""
    found = {(match.left, match.right): match for match in cluster.pairs}
    refs = [member.table for member in cluster.members][:MOST_HEATED]
    columns = {member.table: member.columns for member in cluster.members}
    return [
        [
            Heat(text=str(columns[one]), step=9, title=f"{one} has {columns[one]} columns")
            if one == other
            else _heat(found.get((min(one, other), max(one, other))))
            for other in refs
        ]
        for one in refs
    ]


def _heat(match: Match | None) -> Heat:
    if match is None:
        return Heat(text="·", step=-1, title="not compared: too little in common")
    return Heat(
        text=f"{match.containment:.0%}",
        step=min(_STEPS, int(match.containment * _STEPS)),
        title=f"{match.left} and {match.right}: {len(match.same_name_columns)} columns of one "
        f"name, {len(match.columns)} aligned",
    )


def sql(step: Step) -> "Markup":
    """Return a file as it is, lines and all: it is there to be copied."""
    from markupsafe import Markup

    return Markup(html.escape(step.sql, quote=False))


def turned(step: Step) -> str:
    """Return which characters of a file turn the direction of text, and where; empty for none.

    The file is shown as it is. These make what is read another text than what is run.
    """
    found = [
        (number, char)
        for number, line in enumerate(step.sql.split("\n"), start=1)
        for char in _TURNING.findall(line)
    ]
    if not found:
        return ""
    kinds = ", ".join(sorted({f"U+{ord(char):04X}" for _, char in found}))
    lines = list(dict.fromkeys(str(number) for number, _ in found))
    more = len(lines) - _MOST_LINES
    where = ", ".join(lines[:_MOST_LINES]) + (f" and {more} more" if more > 0 else "")
    return f"{kinds} in {'line' if len(lines) == 1 else 'lines'} {where}"


def merges_into_one(cluster: Cluster) -> bool:
    return cluster.verdict is Verdict.CONSOLIDATE and cluster.kind != _SPLIT
