"""Which pairs with one name inside the other can come to anything, without their ledger.

Names alone bring a hundred pairs together for each that is of interest. A column counts as shared
here wherever it might be aligned at all; what is still too little for review and too unlike to be
named a look-alike is passed over. The bound is never below the truth.
"""

from itertools import chain

from cmis_audit.match.alignment import SHORTEST_PREFIX, align
from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.name_marks import MarkedName, Marks, union
from cmis_audit.match.signals import columns, coverage, data, foreign_key_between, names
from cmis_audit.match.signals.comments import speaks_of_another
from cmis_audit.match.table_names import NameRelation
from cmis_audit.match.words import is_span
from cmis_audit.model.match import ALIKE, CONTAINED, HELD, TELLING_BITS, TELLING_COLUMN, Relation
from cmis_audit.model.names import TableRef

_ROUNDING = 0.1  # bits: each piece of evidence is rounded to two decimals
_NONE = -1.0  # bits, where there is no partner
_NOWHERE: frozenset[TableRef] = frozenset()


class Outlook:
    """Judges pairs by an upper bound of what they share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = Marks(database)
        self._sides: dict[int, _Side] = {}
        weights = database.weights
        self._beside = _ROUNDING + weights["base_rate"] + weights["order.kept"]
        self._saturation = weights["column.saturation"]
        self._most_of_data = data.most(database)
        self._lowest = min(weights["review_from"], weights["join_from"])
        lexicon = database.lexicon
        self._split_words = lexicon.type_words | lexicon.grain_words

    def name_bits(self, relation: NameRelation) -> float | None:
        """Return what the names may say at most; None where they alone are worth a ledger."""
        if relation.relation not in {Relation.QUALIFIED, Relation.PART}:
            return None
        different = {*relation.left_only, *relation.right_only}
        if not self._split_words.isdisjoint(different) or any(map(is_span, different)):
            return None
        return names.at_most(relation, self._database)

    def partners(self, form: TableForm) -> "Partners":
        """Return what tells which other tables' columns might have a partner in this one."""
        return Partners(form, self.side(form), self._marks)

    def worth_a_ledger(self, form: TableForm, partners: "Partners", name_bits: float) -> bool:
        """Tell whether a pair with no more than these bits for its names may come to anything."""
        other = partners.form
        one, two = self.side(form), partners.side
        if one.any_way or two.any_way or (one.own_key and one.own_key == two.own_key):
            return True
        if form.traits.words == other.traits.words or self._together(form, other):
            return True
        own = (form.traits.ref, other.traits.ref)
        if not (one.refers.isdisjoint(own) or two.refers.isdisjoint(own)):
            return True  # self references of either table may be one
        shared = partners.shared_at_most(form, one)
        if not self._may_be_enough(form, other, name_bits, shared):
            return False
        left, right = (form, other) if form.traits.ref < other.traits.ref else (other, form)
        bits = [match.bits for match in align(left, right, self._database)]
        shared = len(bits), sum(bits), max(bits, default=0.0)
        return self._may_be_enough(form, other, name_bits, shared)

    def _may_be_enough(
        self, one: TableForm, other: TableForm, name_bits: float, shared: tuple[int, float, float]
    ) -> bool:
        """Tell whether so many columns in common, of so many bits and at most, may be enough."""
        database, (count, bits, most) = self._database, shared
        sizes = (len(one.columns), one.traits.ref), (len(other.columns), other.traits.ref)
        # As `Pair.smaller` chooses.
        small, least = (one, sizes[0][0]) if sizes[0] < sizes[1] else (other, sizes[1][0])
        worth = columns.saturated(bits, self._saturation)
        total = self._beside + name_bits + worth
        total += coverage.at_most(bits, self.side(small).bits, database)
        # What is asked for last is mostly nothing.
        if total + self._most_of_data >= self._lowest:
            total += foreign_key_between.at_most(one, other, database)
            total += data.at_most(one, other, database)
            if total >= self._lowest:
                return True
        if most >= TELLING_COLUMN and count >= HELD * least:
            return True
        return worth + _ROUNDING >= TELLING_BITS and _may_look_alike(one, other, count)

    def _together(self, left: TableForm, right: TableForm) -> bool:
        """Tell whether a view or function has to do with both."""
        refs = left.traits.ref, right.traits.ref
        return (min(refs), max(refs)) in self._database.together

    def side(self, form: TableForm) -> "_Side":
        known = self._sides.get(form.number)
        if known is None:
            known = self._sides[form.number] = _Side(form, self._marks, self._database)
        return known


def _may_look_alike(one: TableForm, other: TableForm, count: int) -> bool:
    mine, theirs = one.by_name.keys(), other.by_name.keys()
    if count >= CONTAINED * min(len(mine), len(theirs)):
        return True
    same = len(mine & theirs)
    return same >= ALIKE * (len(mine) + len(theirs) - same)


class _Side:
    """A table as the bound sees it."""

    __slots__ = ("any_way", "bits", "columns", "own_key", "refers")

    def __init__(self, form: TableForm, marks: Marks, database: Database) -> None:
        self.bits = database.whole_bits(form)
        self.columns = tuple(
            (marks.name(column), column.is_key, column.reference) for column in form.columns
        )
        refers = frozenset(column.reference for column in form.columns if column.reference)
        self.refers = refers or _NOWHERE
        primary = form.table.primary_key
        key = primary.columns[0] if primary and len(primary.columns) == 1 else ""
        self.own_key = key if key != "id" else ""
        self.any_way = (
            not form.has_key
            or not self.bits
            or bool(form.traits.shape)
            or not database.lexicon.metric_table_words.isdisjoint(form.traits.words)
            or speaks_of_another(form, database)
            or any(column.family == "period" for column in form.columns)
        )
        """Whether more than names, keys and references may bring its columns together."""


def _prefixes(stem: tuple[str, ...]) -> frozenset[str]:
    return frozenset(part[:end] for part in stem for end in range(SHORTEST_PREFIX, len(part) + 1))


class Partners:
    """A table by what other tables' columns might be aligned with; each name is judged once."""

    def __init__(self, form: TableForm, side: _Side, marks: Marks) -> None:
        self.form = form
        self.side = side
        self._open = [
            (name.bits, name.every(column, marks))
            for column, (name, is_key, _) in zip(form.columns, side.columns, strict=True)
            if not is_key
        ]
        self._every = union(every for _, every in self._open)
        self._heads = union(
            chain.from_iterable(
                (name.whole, *name.heads) for name, is_key, _ in side.columns if not is_key
            )
        )
        self._prefixes = _prefixes(form.traits.stem)
        self._marks = marks
        self._echoes = [name for name, is_key, _ in side.columns if name.echoes and not is_key]
        self._known: dict[MarkedName, float] = {}

    def shared_at_most(self, other: TableForm, side: _Side) -> tuple[int, float, float]:
        """Return how many columns of another table might have a partner, their bits, and the most.

        Keys may be partners of each other, whatever their names; and columns that point at one
        table, or that bear the other's own name before a like one.
        """
        count, total, most = 0, 0.0, 0.0
        known, refers, unlike = self._known, self.side.refers, self._heads.isdisjoint
        for name, is_key, reference in side.columns:
            bits = known.get(name)
            if bits is None:
                bits = known[name] = self._bits(name)
            if bits < name.bits and (is_key or (reference is not None and reference in refers)):
                bits = name.bits
            if (
                bits < name.bits
                and name.first
                and not unlike(name.rest)
                and self._begins(name, other)
            ):
                bits = name.bits
            if bits >= 0.0:
                count += 1
                total += bits
                most = max(most, bits)
        return count, total, most

    def _begins(self, name: MarkedName, other: TableForm) -> bool:
        """Tell whether the name begins as either table's does."""
        return name.first in self._prefixes or any(
            part.startswith(name.first) for part in other.traits.stem
        )

    def _bits(self, name: MarkedName) -> float:
        """Return the bits of the name with the best partner that it might have."""
        if name.key in self.form.keys:
            return name.bits
        partners = [
            min(name.bits, echo.bits) for echo in self._echoes if self._marks.end_alike(name, echo)
        ]
        if name.within(self._every):
            partners += [min(name.bits, bits) for bits, every in self._open if name.within(every)]
        return max(partners, default=_NONE)
