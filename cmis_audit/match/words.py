"""Names taken apart into words."""

import re
from functools import lru_cache

from cmis_audit.model.rule import Lexicon

_WORD = re.compile(r"\d+[smhdwy](?![a-z0-9])|[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+", re.UNICODE)
_VOWELS = frozenset("aeiouy")
_VERSION = re.compile(r"v\d{1,2}\Z")


@lru_cache(maxsize=200_000)
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a snake_case, camelCase or digit-separated name, in lower case.

    `v2` stays one word; a name without a letter or digit is its own only word.
    """
    found = [word.lower() for word in _WORD.findall(name)]
    joined: list[str] = []
    for word in found:
        if word.isdigit() and joined and joined[-1] == "v":
            joined[-1] += word
        else:
            joined.append(word)
    return tuple(joined) or (name,)


def is_span(word: str) -> bool:
    """Tell whether the word is a number and a unit of time: `1h`, `15m`."""
    return len(word) > 1 and word[:-1].isdigit() and word[-1] in "smhdwy"


def is_version(word: str) -> bool:
    """Tell whether the word is `v` and a number."""
    return bool(_VERSION.match(word))


class Singulars:
    """Turns words into their singular, by a table of exceptions and four endings."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._known = dict(lexicon.plurals)

    def __call__(self, word: str) -> str:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = _regular(word)
        return known

    def all(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self(word) for word in words)


def _regular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if _VOWELS.isdisjoint(word):
        return word  # an abbreviation: `stts`
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


class Synonyms:
    """Knows which words may stand for each other; not transitive across groups."""

    def __init__(self, groups: tuple[tuple[str, ...], ...]) -> None:
        self._groups: dict[str, set[int]] = {}
        for number, group in enumerate(groups):
            for word in group:
                self._groups.setdefault(word, set()).add(number)
        self.phrases = frozenset(tuple(word.split("_")) for word in self._groups if "_" in word)
        """The entries of several words, as tuples."""
        self._meanings = {
            word: tuple(f"#{number}" for number in sorted(numbers))
            for word, numbers in self._groups.items()
        }

    def meanings(self, word: str) -> tuple[str, ...]:
        """Return a mark for each group that the word or phrase belongs to."""
        return self._meanings.get(word, ())

    def same(self, left: str, right: str) -> bool:
        """Tell whether two words, or two phrases joined by `_`, are equal or share a group."""
        if left == right:
            return True
        groups = self._groups.get(left)
        return bool(groups and groups & self._groups.get(right, set()))


def joined_phrases(words: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the words with each known phrase made one: `signed_up_at` is `signed_up` and `at`."""
    found: list[str] = []
    place = 0
    while place < len(words):
        length = next(
            (size for size in (3, 2) if words[place : place + size] in phrases),
            1,
        )
        found.append("_".join(words[place : place + length]))
        place += length
    return tuple(found)


def skeleton(word: str) -> str:
    """Return the first letter and the consonants after it: what abbreviations mostly keep."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiou")
