"""Which tables have nearly all of a set of columns, and how many of these go by other names."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import fsum

_MOST_WORDS = 5  # of a name, for which all its parts are tried
_KEPT = 1000  # tables with a column, from which on its bit mask is kept
_SET_BYTE = re.compile(rb"[^\0]", re.DOTALL)

Nouns = frozenset[str]


class Pattern:
    """The tables that have nearly all of some columns."""

    def __init__(
        self, count: int, numbers: Callable[[], Iterable[int]], nouns_of: Sequence[Nouns]
    ) -> None:
        self.count = count
        self._numbers = numbers
        """Asked for when it matters which they are: mostly their count says enough."""
        self._nouns_of = nouns_of
        self._having: Counter[Nouns] = Counter()
        self._by_word: dict[str, list[Nouns]] = {}

    def of_other_names(self, left: Nouns, right: Nouns) -> int:
        """Return how many of the tables have names that neither lie within the two nor hold one."""
        if not self._having:
            self._having.update(self._nouns_of[number] for number in self._numbers())
            for each in self._having:
                for word in each:
                    self._by_word.setdefault(word, []).append(each)
        akin = {*self._akin(left), *self._akin(right)}
        return self.count - sum(self._having[nouns] for nouns in akin)

    def _akin(self, nouns: Nouns) -> Iterator[Nouns]:
        rarest = min((self._by_word.get(word, []) for word in nouns), key=len)
        yield from (each for each in rarest if each >= nouns)
        if len(nouns) > _MOST_WORDS:
            yield from (each for each in self._having if each <= nouns)
            return
        sizes = range(1, len(nouns) + 1)
        for words in chain.from_iterable(combinations(nouns, size) for size in sizes):
            if (part := frozenset(words)) in self._having:
                yield part


class BitMasks:
    """The tables with each column as the bits of one number: counting many costs little."""

    def __init__(self, tables: int, tables_with: Mapping[str, Sequence[int]]) -> None:
        self._bytes = tables // 8 + 1
        self._tables_with = tables_with
        self._kept: dict[str, int] = {}

    def with_nearly_all(
        self, keys: Sequence[str], bits: Sequence[float], enough: float, prefix: int
    ) -> int:
        """Return the tables that have `enough` bits of the columns and one of the first few.

        The columns stand with the rarest first: then few ways of having nearly all are tried.
        """
        masks = [self._mask(key) for key in keys]
        one_of_first = 0
        for mask in masks[:prefix]:
            one_of_first |= mask
        return _having(masks, bits, enough, one_of_first, ())

    def _mask(self, key: str) -> int:
        known = self._kept.get(key)
        if known is None:
            numbers = self._tables_with[key]
            data = bytearray(self._bytes)
            for number in numbers:
                data[number >> 3] |= 1 << (number & 7)
            known = int.from_bytes(data, "little")
            if len(numbers) >= _KEPT:
                self._kept[key] = known
        return known

    def numbers(self, mask: int) -> Iterator[int]:
        """Yield the tables of a mask in order."""
        for found in _SET_BYTE.finditer(mask.to_bytes(self._bytes, "little")):
            byte, start = found[0][0], found.start() * 8
            yield from (start + bit for bit in range(8) if byte >> bit & 1)


def _having(
    masks: Sequence[int],
    bits: Sequence[float],
    enough: float,
    among: int,
    had: tuple[float, ...],
) -> int:
    """Return those of the tables `among` that reach `enough` bits with what they have already."""
    place = len(masks) - len(bits)
    if not among or fsum(had) >= enough:
        return among
    if fsum((*had, *bits)) < enough:
        return 0
    rest = bits[1:]
    having = _having(masks, rest, enough, among & masks[place], (*had, bits[0]))
    return having | _having(masks, rest, enough, among & ~masks[place], had)
