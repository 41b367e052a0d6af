"""Tables of evidence: pairs, their ledgers, the overlap matrix, the aligned columns."""

from collections.abc import Callable
from typing import Final

from cmis_audit.model.cluster import Cell, Cluster, ComparisonRow
from cmis_audit.model.match import ColumnMatch, Evidence, Match
from cmis_audit.model.names import TableRef
from cmis_audit.render.escape import Safe, Table, code, joined, table, text
from cmis_audit.render.units import share, short_type, signed

HOW: Final = {
    "exact": "same name",
    "own-name": "same without the table's name",
    "synonym": "synonym",
    "abbreviation": "abbreviation",
    "key": "both the key",
    "range": "a range and its lower bound",
    "similar": "similar name",
}
_SHADES: Final = ("", "░", "▒", "▓", "█")
DRIFT: Final = "⚠"
PRIOR: Final = "base-rate"
"""The signal that every pair starts with, so that it tells none from another."""
MISSING: Final = Safe("—")


def telling_first(pairs: tuple[Match, ...]) -> list[Match]:
    """Return the pairs with the most bits first."""
    return sorted(pairs, key=lambda match: (-match.bits, match.left, match.right))


def short_names(cluster: Cluster) -> dict[TableRef, Safe]:
    """Return what to call each member: its bare name while all stand in one schema."""
    refs = [member.table for member in cluster.members]
    alone = len({ref.schema for ref in refs}) == 1
    return {ref: code(ref.name if alone else str(ref)) for ref in refs}


def pair_label(match: Match, names: dict[TableRef, Safe]) -> Safe:
    """Return `a` ~ `b`."""
    return joined(" ~ ", [_named(match.left, names), _named(match.right, names)])


def pairs_table(pairs: list[Match], names: dict[TableRef, Safe]) -> Table:
    """Return a line for each pair: bits, shared and aligned columns, strongest reasons."""
    return table(
        [
            "Pair",
            "Bits",
            "Same name",
            "Aligned",
            "Containment",
            "Jaccard",
            "Most for it",
            "Most against",
        ],
        [
            [
                pair_label(match, names),
                signed(match.bits),
                len(match.same_name_columns),
                len(match.columns),
                share(match.containment),
                share(match.jaccard),
                _strongest(match.evidence),
                _strongest(match.counter_evidence),
            ]
            for match in pairs
        ],
        "lrrrrrll",
    )


def ledger(match: Match, prose: Callable[[str], Safe] = text) -> Table:
    """Return every reason for and against, and the sum."""
    rows: list[list[object]] = [
        [mark, text(one.signal), signed(one.bits), prose(one.detail)]
        for mark, reasons in (("for", match.evidence), ("against", match.counter_evidence))
        for one in reasons
    ]
    rows.append([Safe("**sum**"), "", Safe(f"**{signed(match.bits)}**"), ""])
    return table(["", "Signal", "Bits", "Detail"], rows, "llrl")


def same_names(match: Match) -> Safe:
    """Return the columns with the same name, or `none`."""
    return joined(", ", map(code, match.same_name_columns)) or Safe("none")


def aligned_by_other_means(match: Match) -> Safe:
    """Return the aligned columns whose names differ, with the reason; empty when there are none."""
    return joined(", ", [_aligned(one) for one in match.columns if one.left != one.right])


def matrix(cluster: Cluster, names: dict[TableRef, Safe]) -> Table:
    """Return the overlap of every two members: same-name / aligned columns, shaded.

    The diagonal has the member's own number of columns.
    """
    found = {(match.left, match.right): match for match in cluster.pairs}
    refs = [member.table for member in cluster.members]
    rows: list[list[object]] = []
    for number, member in enumerate(cluster.members, start=1):
        cells = [
            Safe(f"**{member.columns}**")
            if other == member.table
            else _overlap(found.get((min(member.table, other), max(member.table, other))))
            for other in refs
        ]
        rows.append([number, names[member.table], *cells])
    headers = ["", "", *range(1, len(refs) + 1)]
    return table(headers, rows, "rl" + "c" * len(refs))


def compared(cluster: Cluster) -> list[TableRef]:
    """Return the members whose columns were set side by side: related ones often are not."""
    held = {cell.table for row in cluster.comparison for cell in row.cells}
    return [member.table for member in cluster.members if member.table in held]


def shared_concepts(cluster: Cluster) -> list[ComparisonRow]:
    """Return the concepts that two members or more hold."""
    return [row for row in cluster.comparison if len(row.cells) > 1]


def comparison(cluster: Cluster, names: dict[TableRef, Safe]) -> Table:
    """Return the concepts that two members or more hold, a column for each member."""
    refs = compared(cluster)
    rows = [
        [_concept(row), *(_cells(row, ref) for ref in refs)] for row in shared_concepts(cluster)
    ]
    return table(["Concept", *(names[ref] for ref in refs)], rows, "l" * (1 + len(refs)))


def _named(ref: TableRef, names: dict[TableRef, Safe]) -> Safe:
    return names.get(ref) or code(str(ref))


def _strongest(reasons: tuple[Evidence, ...]) -> Safe:
    telling = [one for one in reasons if one.signal != PRIOR]
    best = sorted(telling, key=lambda one: -abs(one.bits))[:1]
    return joined("", [f"{one.signal} {signed(one.bits)}" for one in best]) or MISSING


def _aligned(one: ColumnMatch) -> Safe:
    how = HOW.get(one.how, str(one.how))
    drift = "" if one.same_type else f" {DRIFT}"
    return Safe(f"{code(one.left)} = {code(one.right)} ({text(how)}){drift}")


def _overlap(match: Match | None) -> Safe:
    if match is None:
        return Safe("·")
    step = min(4, int(match.containment * 5)) if match.containment < 1 else 4
    return Safe(f"{_SHADES[step]} {len(match.same_name_columns)} / {len(match.columns)}".strip())


def _concept(row: ComparisonRow) -> Safe:
    return joined(" ", [DRIFT, text(row.concept)]) if row.type_drift else text(row.concept)


def _cells(row: ComparisonRow, ref: TableRef) -> Safe:
    return joined(", ", [_cell(row, cell) for cell in row.cells if cell.table == ref]) or MISSING


def _cell(row: ComparisonRow, cell: Cell) -> Safe:
    kind = text(short_type(cell.type))
    return kind if cell.column == row.concept else joined(" ", [code(cell.column), kind])
