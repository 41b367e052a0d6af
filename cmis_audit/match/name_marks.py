"""What two column names that might be taken for one column have in common: marks of their words."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, combinations
from math import ceil

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from cmis_audit.match.alignment import LEAST_SHARED, SHORTEST_PREFIX, SIMILAR_WORDS, TIME_WORDS
from cmis_audit.match.columns import ColumnForm
from cmis_audit.match.forms import Database
from cmis_audit.match.words import skeleton

_SHORTEST_SIMILAR = 4  # letters, as for the alignment
_NEAREST = 0.73  # of the letters of the longer word: below it no two are similar enough
_NOTHING: frozenset[str] = frozenset()


class MarkedName:
    """A column name by what another one must have to be taken for it; one for all its columns."""

    __slots__ = (
        "_marks",
        "_words",
        "bits",
        "echoes",
        "first",
        "heads",
        "key",
        "last",
        "need",
        "rest",
        "whole",
        "words",
    )

    def __init__(self, column: ColumnForm, bits: float, marks: "Marks") -> None:
        words = column.words
        self.key = column.key
        self.bits = bits
        self.whole = marks.of_name(column)
        """Marks of the whole name."""
        plain = [word for word in words if word not in TIME_WORDS]
        self.heads = tuple(map(marks.of_word, {*(words[:-1] or words), *plain[:1]}))
        """Marks of each word that tells: all but the last.

        Two names of several words that are alike have more than their last word in common, such as
        `id` or `at`, unless a table's own name stands before one of them.
        """
        self._words = words
        self._marks = marks
        self.words = tuple(map(marks.of_word, plain))
        """Marks of each word but those for a time."""
        self.need = ceil(LEAST_SHARED * len(words)) - len(words) + len(plain)
        """How many of these must be found again."""
        self.first = words[0] if len(words) > 1 and len(words[0]) >= SHORTEST_PREFIX else ""
        """What may be the name of a table before the name of another column."""
        self.rest = marks.of_word(words[1]) if len(words) > 1 else _NOTHING
        """Marks of the word after it."""
        self.last = marks.ending(words[-1])
        """The last word and its meanings."""
        self.echoes = marks.echo(words)
        """Whether one word of another name may be found again in two of this one."""

    @property
    def telling(self) -> frozenset[str]:
        """Return marks of which whatever is taken for this column has one."""
        return union((self.whole, *self.heads))

    @property
    def every(self) -> frozenset[str]:
        """Return the marks of the whole name and of each word."""
        return union((self.whole, *map(self._marks.of_word, self._words)))

    def within(self, every: frozenset[str]) -> bool:
        """Tell whether a name with these marks might be another writing of this one."""
        found = every.isdisjoint
        named = not found(self.whole)
        if not named and all(map(found, self.heads)):
            return False
        return named or self.need < 2 or sum(not found(word) for word in self.words) >= self.need


class Marks:
    """The marks of words, and the marked names of columns."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._synonyms = database.column_synonyms
        self._similar = _similar_words(database)
        self._near: dict[str, set[str]] = defaultdict(set)
        for word in chain.from_iterable(database.lexicon.column_synonyms):
            meanings = self._synonyms.meanings(word)
            for meaning in meanings:
                self._near[meaning].update(meanings)
        self._words: dict[str, frozenset[str]] = {}
        self._names: dict[str, MarkedName] = {}

    def of_word(self, word: str) -> frozenset[str]:
        """Return marks of which two words share one where they are similar or of one meaning."""
        known = self._words.get(word)
        if known is None:
            own = (word[:3], skeleton(word), *self._synonyms.meanings(word))
            known = self._words[word] = frozenset(own) | self._similar.get(word, _NOTHING)
        return known

    def echo(self, words: tuple[str, ...]) -> bool:
        """Tell whether two of the words are one, or some third means what either does."""
        meanings = [self._synonyms.meanings(word) for word in words]
        return len(set(words)) < len(words) or any(
            not self._near[mine].isdisjoint(theirs)
            for one, theirs in combinations(meanings, 2)
            for mine in one
        )

    def ending(self, word: str) -> tuple[str, ...]:
        """Return marks of which two words share one where they are one or of one meaning."""
        return ("=" + word, *self._synonyms.meanings(word))

    def of_name(self, column: ColumnForm) -> tuple[str, ...]:
        return ("=" + "".join(column.words), *self._synonyms.meanings(column.key))

    def name(self, column: ColumnForm) -> MarkedName:
        known = self._names.get(column.key)
        if known is None:
            bits = self._database.column_bits(column.key)
            known = self._names[column.key] = MarkedName(column, bits, self)
        return known


def union(sets: Iterable[Iterable[str]]) -> frozenset[str]:
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
