"""Which pairs that their names brought up can come to anything, without their ledger.

Names alone bring a hundred pairs together for each that is of interest. What is still too little
for review, and too unlike to be named a look-alike, is passed over. A bound is never below the
truth.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.name_marks import Marks
from cmis_audit.match.pair import Pair
from cmis_audit.match.signals import (
    columns,
    coverage,
    data,
    foreign_key_between,
    names,
    order,
    own_parent,
    schemas,
)
from cmis_audit.match.signals.comments import speaks_of_another
from cmis_audit.match.table_names import NameRelation
from cmis_audit.match.words import is_span
from cmis_audit.model.match import (
    ALIKE,
    CONTAINED,
    HELD,
    TELLING_BITS,
    TELLING_COLUMN,
    Evidence,
    Relation,
)
from cmis_audit.model.names import TableRef


class Shared(NamedTuple):
    """What two tables have in common, or may have at most."""

    columns: int
    bits: float
    telling: bool
    """Whether hardly any third table has one of the columns."""


_ROUNDING = 0.1  # bits: each piece of evidence is rounded to two decimals


class Outlook:
    """Judges pairs by an upper bound of what speaks for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = Marks(database)
        self._sides: dict[int, Side] = {}
        weights = database.weights
        self._base = _ROUNDING + weights["base_rate"]
        self._order = max(weights["order.kept"], 0.0)
        self._saturation = weights["column.saturation"]
        self._empty = weights["coverage.empty"]
        self._covered = weights["coverage.full"] - weights["coverage.empty"]
        told = any(form.table.statistics is not None for form in database.forms)
        self._most_of_data = data.most(database) if told else 0.0
        self._lowest = min(weights["review_from"], weights["join_from"])
        lexicon = database.lexicon
        self._split_words = lexicon.type_words | lexicon.grain_words
        self._together: dict[TableRef, list[TableRef]] = defaultdict(list)
        for one, other in database.together:
            self._together[one].append(other)
            self._together[other].append(one)
        self.least_telling = TELLING_BITS - _ROUNDING
        """Bits in common, without which two tables do not look alike."""

    def name_bits(self, relation: NameRelation) -> float | None:
        """Return what the names may say at most; None where they alone are worth a ledger.

        Of names of which one begins or ends with the other, and of those of one meaning.
        """
        if relation.relation not in {Relation.SYNONYM, Relation.QUALIFIED, Relation.PART}:
            return None
        different = {*relation.left_only, *relation.right_only}
        if not self._split_words.isdisjoint(different) or any(map(is_span, different)):
            return None
        return names.at_most(relation, self._database)

    def equal_name_bits(self, left: TableRef, right: TableRef) -> float:
        """Return what one name in two schemas may say at most, where neither copies the other."""
        database = self._database
        return database.weights["name.same"] + schemas.at_most(left.schema, right.schema, database)

    def least_shared(self, name_bits: float, whole: float) -> float:
        """Return the bits in common below which no pair comes to anything by its evidence.

        `whole` is what all columns of a table are worth, of the one of the two with fewer.
        """
        missing = self._lowest - self._base - self._order - self._most_of_data - name_bits
        return (missing - self._empty) / (1 + self._covered / whole) if whole else 0.0

    def is_promising(
        self, one: TableForm, other: TableForm, name_bits: float, shared: Shared, *, equal: bool
    ) -> bool:
        """Tell whether two tables with no more than these bits and columns may come to something.

        Tables of `equal` names look alike however little their columns tell.
        """
        if self._stand_out(one, other, shared, equal=equal):
            return True
        bits = self._most(one, other, name_bits, shared)
        if bits < self._lowest or equal:
            return bits >= self._lowest
        bits += own_parent.at_most(one, other, shared.columns, self._database)
        return bits >= self._lowest

    def worth_a_ledger(
        self, one: TableForm, other: TableForm, name_bits: float, *, equal: bool
    ) -> bool:
        """Tell the same of two tables by the columns that they do share; the dearest comes last."""
        pair = Pair(one, other, self._database)
        each = [match.bits for match in pair.alignment]
        shared = Shared(len(each), sum(each), max(each, default=0.0) >= TELLING_COLUMN)
        if self._stand_out(one, other, shared, equal=equal):
            return True
        bits = self._most(one, other, name_bits, shared)
        if bits < self._lowest:
            return False
        bits += _said(order.evidence, pair) - self._order + _said(own_parent.evidence, pair)
        return bits >= self._lowest and bits + _said(columns.family, pair) >= self._lowest

    def _stand_out(self, one: TableForm, other: TableForm, shared: Shared, *, equal: bool) -> bool:
        """Tell whether the one may be a part of the other, or look like it."""
        least = len(_smaller(one, other).columns)
        if shared.telling and shared.columns >= HELD * least:
            return True
        if equal:
            return shared.columns >= CONTAINED * least
        worth = columns.saturated(shared.bits, self._saturation)
        return worth >= self.least_telling and _may_look_alike(one, other, shared.columns)

    def _most(self, one: TableForm, other: TableForm, name_bits: float, shared: Shared) -> float:
        """Return the most that may speak for two tables, or something below what is enough."""
        small, database = self.side(_smaller(one, other)), self._database
        bits = self._base + self._order + name_bits
        bits += columns.saturated(shared.bits, self._saturation)
        bits += coverage.at_most(shared.bits, small.bits, database)
        if bits + self._most_of_data < self._lowest:  # what is asked for last is mostly nothing
            return bits
        bits += foreign_key_between.at_most(one, other, database)
        return bits + data.at_most(one, other, database)

    def together_with(self, ref: TableRef) -> Sequence[TableRef]:
        """Return the tables that a view or function has to do with as well."""
        return self._together.get(ref, ())

    def side(self, form: TableForm) -> "Side":
        known = self._sides.get(form.number)
        if known is None:
            known = self._sides[form.number] = Side(form, self._marks, self._database)
        return known


def _said(signal: Callable[[Pair], Iterator[Evidence]], pair: Pair) -> float:
    return sum(evidence.bits for evidence in signal(pair))


def _smaller(one: TableForm, other: TableForm) -> TableForm:
    """Return the one of fewer columns, as `Pair.smaller` chooses."""
    if len(one.columns) != len(other.columns):
        return one if len(one.columns) < len(other.columns) else other
    return min(one, other, key=lambda form: form.traits.ref)


def _may_look_alike(one: TableForm, other: TableForm, shared: int) -> bool:
    mine, theirs = one.by_name.keys(), other.by_name.keys()
    if shared >= CONTAINED * min(len(mine), len(theirs)):
        return True
    same = len(mine & theirs)
    return same >= ALIKE * (len(mine) + len(theirs) - same)


class Side:
    """A table as the bounds see it."""

    __slots__ = ("any_way", "bits", "names", "own_key", "refers")

    def __init__(self, form: TableForm, marks: Marks, database: Database) -> None:
        self.bits = database.whole_bits(form)
        self.names = tuple([marks.name(column) for column in form.columns])
        self.refers = frozenset([column.reference for column in form.columns if column.reference])
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
