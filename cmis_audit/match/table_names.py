"""What the names of two tables say about each other."""

from collections.abc import Iterable

from cmis_audit.match.words import Singulars, Synonyms, is_version, tokens
from cmis_audit.model.match import Relation
from cmis_audit.model.rule import Lexicon
from cmis_audit.model.traits import PUT_AWAY, Affix, Marker, Traits
from cmis_audit.model.value import Value

COPIES = PUT_AWAY | {Marker.VERSION}
"""What the name of a copy bears, of a table or a schema."""
_SHORTEST_WORD = 3  # letters of a part of a run-together word
_SHORTEST_NOUN = 5  # letters of a name with which a run-together one ends
_SHORTEST_STEM = 4  # letters two run-together names must share
_LONGEST_VERSION = 2  # digits of a bare version number: `orders2`, not `orders_2024`


class NameRelation(Value, frozen=True, kw_only=True):
    relation: Relation
    markers: tuple[Affix, ...] = ()
    """The affixes that make the difference when MARKED."""
    shared: tuple[str, ...] = ()
    left_only: tuple[str, ...] = ()
    right_only: tuple[str, ...] = ()


class NameReader:
    """Parses table names with a pack's word lists."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._singular = Singulars(lexicon)
        self.markers = {
            **dict.fromkeys(lexicon.part_words, Marker.PART),
            **dict.fromkeys(lexicon.neutral_words, Marker.NEUTRAL),
            **dict.fromkeys(lexicon.version_markers, Marker.VERSION),
            **dict.fromkeys(lexicon.copy_markers, Marker.COPY),
            **dict.fromkeys(lexicon.archive_markers, Marker.ARCHIVE),
        }
        self._known: set[str] = set()
        self._satellites = {
            word: purpose for purpose, words in lexicon.satellite_words for word in words
        }

    def learn(self, names: Iterable[str]) -> None:
        """Take the words of a database's names for known: `job` makes two words of `jobqueue`."""
        self._known.update(word for name in names for word in self._singular.all(tokens(name)))

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(part for word in self._singular.all(tokens(name)) for part in self._cut(word))

    def _cut(self, word: str) -> tuple[str, ...]:
        """Return the word, cut where a known word ends and a word for a satellite begins."""
        for place in range(_SHORTEST_WORD, len(word) - _SHORTEST_WORD + 1):
            if word[place:] in self._satellites and word[:place] in self._known:
                return word[:place], word[place:]
        return (word,)

    def stem(self, name: str) -> tuple[tuple[str, ...], tuple[Affix, ...]]:
        """Return the words between the markers, and the markers; one word always stays."""
        words = list(self.words(name))
        affixes: list[Affix] = []
        while len(words) > 1 and (marker := self._trailing(words[-1])):
            affixes.append(Affix(word=words.pop(), marker=marker))
        while len(words) > 1 and (marker := self.markers.get(words[0])) and marker != Marker.PART:
            affixes.append(Affix(word=words.pop(0), marker=marker))
        return tuple(words), tuple(affixes)

    def _trailing(self, word: str) -> Marker | None:
        if is_version(word):
            return Marker.VERSION
        if word.isdigit():
            if len(word) <= _LONGEST_VERSION:
                return Marker.VERSION
            return Marker.COPY
        return self.markers.get(word)

    def satellite(self, words: tuple[str, ...]) -> str | None:
        """Return what the last word says the table is for; None for a name of one word."""
        return self._satellites.get(words[-1]) if len(words) > 1 else None


def name_relation(
    left: Traits, right: Traits, synonyms: Synonyms, markers: dict[str, Marker]
) -> NameRelation:
    """Return how two table names are related; the same for both orders but for the sides."""
    if left.words == right.words:
        return NameRelation(relation=Relation.SAME, shared=left.words)
    if left.stem == right.stem:
        return NameRelation(
            relation=Relation.MARKED, markers=_difference(left, right), shared=left.stem
        )
    if len(left.stem) == len(right.stem) and all(
        synonyms.same(a, b) for a, b in zip(left.stem, right.stem, strict=True)
    ):
        return _sided(Relation.SYNONYM, left.stem, right.stem)
    if synonyms.same("_".join(left.stem), "_".join(right.stem)):
        return _sided(Relation.SYNONYM, left.stem, right.stem)
    inside = _run_together(left, right, synonyms, markers)
    if inside:
        return inside
    short, long = sorted((left.stem, right.stem), key=len)
    if len(short) < len(long):
        if long[: len(short)] == short == long[-len(short) :]:
            more = long[len(short) :]  # `version_version`: the versions of the versions
            left_only, right_only = (more, ()) if long is left.stem else ((), more)
            return NameRelation(
                relation=Relation.PART, shared=short, left_only=left_only, right_only=right_only
            )
        if _ends(long, short, synonyms):
            return _sided(Relation.QUALIFIED, left.stem, right.stem)
        if _starts(long, short, synonyms):
            return _sided(Relation.PART, left.stem, right.stem)
    shared = set(left.stem) & set(right.stem)
    if not shared:
        return _sided(Relation.NONE, left.stem, right.stem)
    aligned = left.stem[-1] == right.stem[-1] or left.stem[0] == right.stem[0]
    return _sided(Relation.SIBLING if aligned else Relation.KIN, left.stem, right.stem)


def _run_together(
    left: Traits, right: Traits, synonyms: Synonyms, markers: dict[str, Marker]
) -> NameRelation | None:
    """Find markers and synonyms in names written without separators: `transactionarchive`."""
    one, other = "".join(left.stem), "".join(right.stem)
    head = shared_length(one, other)
    tail = shared_length(one[head:][::-1], other[head:][::-1])
    if head + tail < _SHORTEST_STEM:
        return None
    rest = (one[head : len(one) - tail], other[head : len(other) - tail])
    if not all(rest):
        word = rest[0] or rest[1]
        marker = markers.get(word)
        if marker and len(word) > 2 and not (head and tail):
            affix = Affix(word=word, marker=marker)
            return NameRelation(relation=Relation.MARKED, markers=(affix,), shared=left.stem)
        alone = len(left.stem) == len(right.stem)
        if alone and not head and tail >= _SHORTEST_NOUN and len(word) >= _SHORTEST_WORD:
            sides = ((rest[0],), ()) if rest[0] else ((), (rest[1],))
            return _sided(Relation.QUALIFIED, *sides)
    elif synonyms.same(*rest):
        return _sided(Relation.SYNONYM, (rest[0],), (rest[1],))
    return None


def shared_length(one: str, other: str) -> int:
    """Return how many letters the two begin with in common."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _difference(left: Traits, right: Traits) -> tuple[Affix, ...]:
    """Return the affixes that only one of the two names has."""
    both = set(left.affixes) & set(right.affixes)
    return tuple(affix for affix in (*left.affixes, *right.affixes) if affix not in both)


def _sided(relation: Relation, left: tuple[str, ...], right: tuple[str, ...]) -> NameRelation:
    return NameRelation(
        relation=relation,
        shared=tuple(word for word in left if word in right),
        left_only=tuple(word for word in left if word not in right),
        right_only=tuple(word for word in right if word not in left),
    )


def _ends(long: tuple[str, ...], short: tuple[str, ...], synonyms: Synonyms) -> bool:
    tail = long[-len(short) :]
    return all(synonyms.same(a, b) for a, b in zip(tail, short, strict=True))


def _starts(long: tuple[str, ...], short: tuple[str, ...], synonyms: Synonyms) -> bool:
    head = long[: len(short)]
    return all(synonyms.same(a, b) for a, b in zip(head, short, strict=True))
