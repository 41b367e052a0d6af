"""Which pairs with one name inside the other can come to anything, without their ledger.

Names alone bring a hundred pairs together for each that is of interest. A column counts as shared
here wherever it might be aligned at all; what is still too little for review and too unlike to be
named a look-alike is passed over. The bound is never below the truth.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain
from math import ceil

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from cmis_audit.match.alignment import (
    LEAST_SHARED,
    SHORTEST_PREFIX,
    SIMILAR_WORDS,
    TIME_WORDS,
    align,
)
from cmis_audit.match.columns import ColumnForm
from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.signals import columns, coverage, data, foreign_key_between, names
from cmis_audit.match.signals.comments import speaks_of_another
from cmis_audit.match.table_names import NameRelation
from cmis_audit.match.words import is_span, skeleton
from cmis_audit.model.match import ALIKE, CONTAINED, HELD, TELLING_BITS, TELLING_COLUMN, Relation

_ROUNDING = 0.1  # bits: each piece of evidence is rounded to two decimals
_SHORTEST_SIMILAR = 4  # letters, as for the alignment
_NEAREST = 0.73  # of the letters of the longer word: below it no two are similar enough
_NOTHING: frozenset[str] = frozenset()


class Outlook:
    """Judges pairs by an upper bound of what they share."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._marks = _Marks(database)
        self._sides: dict[int, _Side] = {}
        weights = database.weights
        self._beside = _ROUNDING + weights["base_rate"] + weights["order.kept"]
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

    def worth_a_ledger(self, left: TableForm, right: TableForm, name_bits: float) -> bool:
        """Tell whether a pair with no more than these bits for its names may come to anything."""
        if left.traits.ref > right.traits.ref:
            left, right = right, left
        if left.traits.words == right.traits.words or self._together(left, right):
            return True
        one, other = self._side(left), self._side(right)
        if one.any_way or other.any_way or not one.own_key.isdisjoint(other.own_key):
            return True
        own = (left.traits.ref, right.traits.ref)
        if not (one.refers.isdisjoint(own) or other.refers.isdisjoint(own)):
            return True  # self references of either table may be one
        bound = self._bound(left, right, name_bits)
        if not bound(*one.shared_at_most(other)):
            return False
        aligned = align(left, right, self._database)
        bits = [match.bits for match in aligned]
        return bound(len(bits), sum(bits), max(bits, default=0.0))

    def _together(self, left: TableForm, right: TableForm) -> bool:
        """Tell whether a view or function has to do with both."""
        numbers = left.number, right.number
        return (min(numbers), max(numbers)) in self._database.together

    def _bound(
        self, left: TableForm, right: TableForm, name_bits: float
    ) -> Callable[[int, float, float], bool]:
        """Return what tells whether so many columns, of so many bits and at most, may be enough."""
        database = self._database
        one, other = self._side(left), self._side(right)
        whole = min(one, other, key=lambda side: side.size).bits
        rest = (
            self._beside
            + name_bits
            + foreign_key_between.at_most(left, right, database)
            + data.at_most(left, right, database)
        )

        def enough(count: int, bits: float, most: float) -> bool:
            worth = columns.saturated(bits, database.weights["column.saturation"])
            if rest + worth + coverage.at_most(bits, whole, database) >= self._lowest:
                return True
            if most >= TELLING_COLUMN and count >= HELD * min(one.size[0], other.size[0]):
                return True
            return worth + _ROUNDING >= TELLING_BITS and _may_look_alike(one, other, count)

        return enough

    def _side(self, form: TableForm) -> "_Side":
        known = self._sides.get(form.number)
        if known is None:
            known = self._sides[form.number] = _Side(form, self._marks, self._database)
        return known


def _may_look_alike(one: "_Side", other: "_Side", count: int) -> bool:
    least = min(len(one.names), len(other.names))
    same = len(one.names & other.names)
    every = len(one.names) + len(other.names) - same
    return count >= CONTAINED * least or same >= ALIKE * every


class _Side:
    """A table as the bound sees it."""

    __slots__ = (
        "any_way",
        "bits",
        "columns",
        "every",
        "heads",
        "keys",
        "names",
        "own_key",
        "prefixes",
        "refers",
        "size",
    )

    def __init__(self, form: TableForm, marks: "_Marks", database: Database) -> None:
        self.size = (len(form.columns), form.traits.ref)
        """By which `Pair.smaller` chooses."""
        self.bits = database.whole_bits(form)
        self.keys = form.keys
        self.columns = tuple(
            (
                database.column_bits(column.key),
                column.key,
                marks.heads(column),
                column.words[0] if len(column.words) > 1 else "",
                marks.of_word(column.words[1]) if len(column.words) > 1 else _NOTHING,
                marks.of_name(column),
                *marks.needed(column),
                column.reference,
                column.is_key,
            )
            for column in form.columns
        )
        open_columns = [column for column in form.columns if not column.is_key]
        self.every = _union(marks.every(column) for column in open_columns)
        self.heads = _union(marks.heads(column) for column in open_columns)
        self.names = frozenset(form.by_name)
        self.prefixes = frozenset(
            part[:end] for part in form.traits.stem for end in range(SHORTEST_PREFIX, len(part) + 1)
        )
        self.refers = frozenset(column.reference for column in form.columns if column.reference)
        primary = form.table.primary_key
        self.own_key = frozenset(
            primary.columns if primary and len(primary.columns) == 1 else ()
        ) - {"id"}
        self.any_way = (
            not form.has_key
            or not self.bits
            or bool(form.traits.shape)
            or not database.lexicon.metric_table_words.isdisjoint(form.traits.words)
            or speaks_of_another(form, database)
            or any(column.family == "period" for column in form.columns)
        )
        """Whether more than names, keys and references may bring its columns together."""

    def shared_at_most(self, other: "_Side") -> tuple[int, float, float]:
        """Return how many columns the other might have partners for, their bits, and the most."""
        keys, every, heads, refers = other.keys, other.every, other.heads, other.refers
        prefixes, own = other.prefixes, self.prefixes
        count, total, most = 0, 0.0, 0.0
        for bits, key, head, first, second, name, words, need, reference, is_key in self.columns:
            if (
                key in keys
                or is_key
                or (
                    not head.isdisjoint(every)
                    and (
                        need < 2
                        or not name.isdisjoint(every)
                        or sum(not word.isdisjoint(every) for word in words) >= need
                    )
                )
                or (reference is not None and reference in refers)
                or (first and (first in prefixes or first in own) and not second.isdisjoint(heads))
            ):
                count += 1
                total += bits
                most = max(most, bits)
        return count, total, most


class _Marks:
    """What two columns that might be aligned have one of, by their names."""

    def __init__(self, database: Database) -> None:
        self._synonyms = database.column_synonyms
        self._similar = _similar_words(database)
        self._words: dict[str, frozenset[str]] = {}
        self._heads: dict[tuple[str, ...], frozenset[str]] = {}
        self._every: dict[tuple[str, ...], frozenset[str]] = {}
        self._needed: dict[tuple[str, ...], tuple[tuple[frozenset[str], ...], int]] = {}

    def of_word(self, word: str) -> frozenset[str]:
        """Return marks of which two words share one where they are similar or of one meaning."""
        known = self._words.get(word)
        if known is None:
            own = (word[:3], skeleton(word), *self._synonyms.meanings(word))
            known = self._words[word] = frozenset(own) | self._similar.get(word, _NOTHING)
        return known

    def every(self, column: ColumnForm) -> frozenset[str]:
        """Return the marks of the whole name and of each word."""
        known = self._every.get(column.words)
        if known is None:
            words = _union(self.of_word(word) for word in column.words)
            known = self._every[column.words] = words | self.of_name(column)
        return known

    def heads(self, column: ColumnForm) -> frozenset[str]:
        """Return the marks of the whole name and of the words that tell: all but the last.

        Two names of several words that are alike have more than their last word in common, such as
        `id` or `at`, unless a table's own name stands before one of them.
        """
        known = self._heads.get(column.words)
        if known is None:
            words = column.words[:-1] or column.words
            plain = [word for word in column.words if word not in TIME_WORDS][:1]
            known = _union(self.of_word(word) for word in {*words, *plain})
            known = self._heads[column.words] = known | self.of_name(column)
        return known

    def needed(self, column: ColumnForm) -> tuple[tuple[frozenset[str], ...], int]:
        """Return the marks of each word but those for a time, and how many must be found again."""
        known = self._needed.get(column.words)
        if known is None:
            words = [word for word in column.words if word not in TIME_WORDS]
            need = ceil(LEAST_SHARED * len(column.words)) - len(column.words) + len(words)
            known = tuple(self.of_word(word) for word in words), need
            self._needed[column.words] = known
        return known

    def of_name(self, column: ColumnForm) -> frozenset[str]:
        """Return the marks of the whole name."""
        return frozenset(("=" + "".join(column.words), *self._synonyms.meanings(column.key)))


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(sets))


def _similar_words(database: Database) -> dict[str, frozenset[str]]:
    """Return a mark for each two words that differ at their beginning and are yet similar.

    `adress_line` and `address_line` begin with other letters; a few words of a database do so.
    """
    every = {
        word
        for words in {column.words for form in database.forms for column in form.columns}
        for word in words
        if len(words) > 1 and len(word) >= _SHORTEST_SIMILAR
    }
    by_length: dict[int, list[str]] = defaultdict(list)
    for word in sorted(every):
        by_length[len(word)].append(word)
    found: dict[str, set[str]] = defaultdict(set)
    for length, words in by_length.items():
        near = [
            other
            for size in range(length, int(length / _NEAREST) + 1)
            for other in by_length.get(size, ())
        ]
        for word in words:
            for other, _, _ in process.extract(
                word,
                near,
                scorer=JaroWinkler.similarity,
                score_cutoff=SIMILAR_WORDS,
                limit=None,
            ):
                if other[:3] != word[:3]:
                    for one in (word, other):
                        found[one].add(f"~{min(word, other)}~{max(word, other)}")
    return {word: frozenset(marks) for word, marks in found.items()}
