"""Which table of a cluster should stay."""

from collections import Counter, defaultdict
from math import log2

from cmis_audit.cluster.code_reasons import code_reasons
from cmis_audit.cluster.registered import canonical_by_register
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.decisions import Registered
from cmis_audit.model.match import Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.traits import Marker

AGAINST = {Marker.COPY: -8.0, Marker.ARCHIVE: -8.0, Marker.PART: -6.0, Marker.VERSION: -4.0}
"""What a marker takes off; a second version may have become the one that is used."""

_SAID = 20.0
"""What a comment adds that says a table takes the place of another."""


class Standing:
    """What speaks for a table as the one to keep, over a whole catalog."""

    def __init__(
        self,
        catalog: Catalog,
        matches: Matches,
        register: tuple[Registered, ...] = (),
        code: CodeIndex | None = None,
    ) -> None:
        self._register = register
        self._code = code
        self._tables = {table.ref: table for table in catalog.tables}
        self._traits = {one.ref: one for one in matches.traits}
        self._marks = {one.name: one.markers for one in matches.schemas}
        self._pointing: dict[TableRef, set[TableRef]] = defaultdict(set)
        for one in matches.traits:
            for parent in one.parents:
                self._pointing[parent].add(one.ref)
        self._replaces: dict[TableRef, set[TableRef]] = defaultdict(set)
        for match in matches.matches:
            if match.successor:
                self._replaces[match.successor] |= {match.left, match.right} - {match.successor}
        self._read_by: Counter[TableRef] = Counter()
        for view in catalog.views:
            self._read_by.update(set(view.reads))
        for function in catalog.functions:
            self._read_by.update(set(function.reads))

    def canonical(self, refs: tuple[TableRef, ...]) -> tuple[TableRef, str]:
        """Return the table to keep and the reasons in words.

        What the team's register says is settled. Names without a marker come first, the schemas'
        too; then counts what depends on the table, in how many files code uses it, how much it can
        hold, what it does hold; then the order of names, so that there is always one answer.
        """
        settled = canonical_by_register(refs, self._register)
        if settled:
            return settled
        ranked = sorted(refs, key=lambda ref: (-self._worth(ref, refs), ref))
        best = ranked[0]
        return best, self._reason(best, refs)

    def _worth(self, ref: TableRef, refs: tuple[TableRef, ...]) -> float:
        table = self._tables[ref]
        marks = (*self._traits[ref].affixes, *self._marks[ref.schema])
        return (
            min((AGAINST.get(affix.marker, 0.0) for affix in marks), default=0.0)
            + 2 * log2(1 + self._pointed_at(ref, refs))
            + log2(1 + self._read_by[ref])
            + log2(1 + self._used_in(ref))
            + log2(1 + len(table.columns))
            + 0.25 * log2(1 + _rows(table))
            + len(table.foreign_keys) * 0.2
            + (0.5 if table.primary_key else 0.0)
            + 0.5 * self._editions(ref, refs)
            + (_SAID if self._replaces[ref].intersection(refs) else 0.0)
        )

    def _pointed_at(self, ref: TableRef, refs: tuple[TableRef, ...]) -> int:
        """Return how many tables outside the cluster point at the table."""
        return len(self._pointing[ref].difference(refs))

    def _used_in(self, ref: TableRef) -> int:
        """Return in how many files code uses the table."""
        return self._code.files_using(ref) if self._code else 0

    def _editions(self, ref: TableRef, refs: tuple[TableRef, ...]) -> int:
        stem = self._traits[ref].stem
        return sum(
            1 for other in refs if other != ref and stem == self._traits[other].stem[-len(stem) :]
        )

    def _reason(self, ref: TableRef, refs: tuple[TableRef, ...]) -> str:
        table = self._tables[ref]
        others = [self._tables[other] for other in refs if other != ref]
        reasons = []
        if self._replaces[ref].intersection(refs):
            reasons.append("a comment says to use it")
        marked = any(self._traits[other.ref].affixes for other in others)
        copied = any(self._marks[other.ref.schema] for other in others)
        if marked and not self._traits[ref].affixes:
            reasons.append("its name bears no marker")
        if copied and not self._marks[ref.schema]:
            reasons.append("its schema's name bears none")
        pointing = self._pointed_at(ref, refs)
        if pointing:
            reasons.append(f"{pointing} {'tables point' if pointing > 1 else 'table points'} at it")
        if self._read_by[ref]:
            number = self._read_by[ref]
            readers = "views or functions" if number > 1 else "view or function"
            reasons.append(f"read by {number} {readers}")
        reasons += code_reasons(ref, refs, self._code) if self._code else []
        if all(len(table.columns) >= len(other.columns) for other in others):
            reasons.append(f"it has the most columns ({len(table.columns)})")
        if _rows(table) and all(_rows(table) >= _rows(other) for other in others):
            reasons.append(f"it has the most rows (about {_rows(table):,})")
        if table.primary_key and not any(other.primary_key for other in others):
            reasons.append("it alone has a primary key")
        return ", ".join(reasons) or "nothing sets the tables apart; the first by name"


def _rows(table: Table) -> int:
    return (table.statistics.rows_estimate or 0) if table.statistics else 0
