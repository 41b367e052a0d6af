"""Which pairs of tables their names bring together, and which of these are worth a ledger.

Two names are one, or of one meaning, or the one begins or ends with the other. Few such pairs are
of interest where many tables bear a name; there the tables of each name are asked all at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, islice, pairwise, product
from typing import NamedTuple

from cmis_audit.match.bearers import Bearers, Places
from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.outlook import Outlook
from cmis_audit.match.pair import Pair
from cmis_audit.match.question import Question
from cmis_audit.match.tally import places_of

LONGEST_LIST = 200
"""Tables with one column or name. In a longer list each table is compared with its neighbours only:
what so many share tells no two of them from the others."""
_FEW = 12
"""Tables of a name, of which all pairs have a ledger; of more, neighbours and those worth it."""
_NEAREST = 3  # tables of one name before each; not one, for a merged one leaves a gap
_MOST_READINGS = 64  # of one name, by synonyms

Words = tuple[str, ...]
Held = tuple[tuple[int, ...], dict[Words, None]]
"""Tables, and the names that begin or end with theirs."""


class Listed(NamedTuple):
    """What is to be gone through, which may be done in parts."""

    bearing: list[list[int]]
    """The tables of each name, by each way to read it."""
    held: list[Held]

    def half(self, first: int) -> "Listed":
        return Listed(self.bearing[first::2], self.held[first::2])


class NameCandidates:
    """Pairs of table numbers that are worth a ledger, and those that are not."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bearing = self._by_reading()

    def listed(self) -> "Listed":
        """Return the tables that names bring together."""
        return Listed([*self._bearing.values()], [*self._holding().items()])

    def pairs(self, listed: "Listed", outlook: Outlook) -> Iterator[tuple[int, int]]:
        """Yield the pairs that are worth a ledger; some of them twice, or the larger first."""
        yield from self._of_one_name(listed.bearing, outlook)
        yield from self._within_names(listed.held, outlook)

    def brought_together(self, one: int, other: int) -> bool:
        """Tell whether the names bring two tables together, be it worth a ledger or not."""
        left, right = (self._database.forms[number].traits.stem for number in (one, other))
        if any(other in numbers for numbers in self._held(left)):
            return True
        if any(one in numbers for numbers in self._held(right)):
            return True
        shared = {*self._readings(left)}.intersection(self._readings(right))
        return any(len(self._bearing[reading]) <= LONGEST_LIST for reading in shared)

    def _by_reading(self) -> dict[Words, list[int]]:
        """Return the tables by each way to read their names, in the order of the tables."""
        having: dict[Words, list[int]] = defaultdict(list)
        for stem, forms in self._database.by_stem.items():
            for reading in self._readings(stem):
                having[reading] += [form.number for form in forms]
        for numbers in having.values():
            numbers.sort()
        return having

    def _readings(self, stem: Words) -> list[Words]:
        """Return the name with each word as itself and as each meaning it may have."""
        synonyms = self._database.table_synonyms
        options = [(word, *synonyms.meanings(word)) for word in stem]
        readings = list(islice(product(*options), _MOST_READINGS))
        together = synonyms.meanings("_".join(stem)) if len(stem) > 1 else ()
        return readings + [(meaning,) for meaning in together]

    def _of_one_name(self, bearing: list[list[int]], outlook: Outlook) -> Iterator[tuple[int, int]]:
        """Yield pairs of one name and of one meaning, given the tables of each."""
        for numbers in bearing:
            if _FEW < len(numbers) <= LONGEST_LIST:
                forms = [self._database.forms[number] for number in numbers]
                yield from self._worth_it(forms, outlook)
            else:
                yield from all_pairs(numbers)

    def _worth_it(self, forms: list[TableForm], outlook: Outlook) -> Iterator[tuple[int, int]]:
        """Yield the pairs of many tables of one meaning that are worth a ledger.

        And of each table with those of its name just before it: one name hangs together.
        """
        bearers = Bearers(forms, outlook)
        by_words: dict[Words, Places] = defaultdict(int)
        for place, form in enumerate(forms):
            words = form.traits.words
            question = Question(form, bearers, outlook)
            for other, places in by_words.items():
                if other == words:
                    for near in places_of(places)[-_NEAREST:]:
                        yield forms[near].number, form.number
                    yield from question.of_equal_name(places)
                else:
                    bits = self._name_bits(form, bearers.first(places), outlook)
                    yield from question.of_other_name(places, bits)
            by_words[words] |= 1 << place

    def _within_names(self, held: list[Held], outlook: Outlook) -> Iterator[tuple[int, int]]:
        """Yield pairs of which one name begins or ends with the other.

        How the names are related is told once for all tables of the two names.
        """
        forms, by_stem = self._database.forms, self._database.by_stem
        for numbers, stems in held:
            bearers = Bearers([forms[number] for number in numbers], outlook)
            shorter: dict[Words, Places] = defaultdict(int)
            for place, form in enumerate(bearers.forms):
                shorter[form.traits.stem] |= 1 << place
            for stem in stems:
                others = [
                    (places, self._name_bits(by_stem[stem][0], bearers.first(places), outlook))
                    for places in shorter.values()
                ]
                for form in by_stem[stem]:
                    question = Question(form, bearers, outlook)
                    for places, bits in others:
                        yield from question.of_other_name(places, bits)

    def _holding(self) -> dict[tuple[int, ...], dict[Words, None]]:
        """Return the names that begin or end with the name of some tables, by these."""
        found: dict[tuple[int, ...], dict[Words, None]] = defaultdict(dict)
        for stem in self._database.by_stem:
            for numbers in self._held(stem):
                found[numbers][stem] = None
        return found

    def _held(self, stem: Words) -> Iterator[tuple[int, ...]]:
        """Yield the tables whose names end this one, by any reading, or begin it."""
        for reading in self._readings(stem):
            for start in range(1, len(stem)):
                if numbers := self._bearing.get(reading[start:]):
                    yield tuple(numbers[:LONGEST_LIST])
        for end in range(1, len(stem)):
            if forms := self._database.by_stem.get(stem[:end]):
                yield tuple([form.number for form in forms[:LONGEST_LIST]])

    def _name_bits(self, one: TableForm, other: TableForm, outlook: Outlook) -> float | None:
        """Return the most that the names of two tables may say; None for whatever they like."""
        return outlook.name_bits(Pair(one, other, self._database).relation)


def all_pairs(numbers: list[int]) -> Iterable[tuple[int, int]]:
    """Return all pairs, of very many tables those of neighbours."""
    return pairwise(numbers) if len(numbers) > LONGEST_LIST else combinations(numbers, 2)
