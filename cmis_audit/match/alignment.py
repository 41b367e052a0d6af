"""Which column of one table is which column of the other."""

from collections.abc import Iterator

from rapidfuzz.distance import JaroWinkler

from cmis_audit.match.columns import ColumnForm, type_likeness
from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.words import Synonyms
from cmis_audit.model.match import Alike, ColumnMatch

_LEAST_TYPE = 0.3
SIMILAR_WORDS = 0.93  # Jaro-Winkler: `organisation` and `organization`, not `start` and `state`
_LEAST_LIKENESS = 0.5
_ALL_SHARED = 0.8  # likeness of names with the same words in another order
LEAST_SHARED = _LEAST_LIKENESS / _ALL_SHARED
"""Of the words of the longer of two names."""
_BOUND_LIKENESS = 0.6
SHORTEST_PREFIX = 3  # letters
_BOUNDS = frozenset({"period", "date", "timestamp"})
TIMES = frozenset({"date", "timestamp"})
TIME_WORDS = frozenset({"at", "on", "date", "time", "ts", "datetime", "timestamp", "dt"})
_STARTS = frozenset({"start", "begin", "from", "since", "started"})


class Candidate:
    """A possible pair of columns with how alike they are, 0 to 1."""

    __slots__ = ("how", "left", "likeness", "right")

    def __init__(self, left: ColumnForm, right: ColumnForm, likeness: float, how: Alike) -> None:
        self.left = left
        self.right = right
        self.likeness = likeness
        self.how = how


def align(left: TableForm, right: TableForm, database: Database) -> tuple[ColumnMatch, ...]:
    """Return the best one-to-one alignment of two tables' columns, in the order of the left.

    Equal names are settled first, for no other partner can be better; among the rest the
    alignment with the greatest sum of likeness is taken.
    """
    settled = list(_by_role(left, right))
    mine = {candidate.left.place for candidate in settled}
    theirs = {candidate.right.place for candidate in settled}
    for key in left.keys & right.keys:
        one, other = left.by_key[key], right.by_key[key]
        if one.name == left.traits.naming or other.name == right.traits.naming:
            continue
        if one.place not in mine and other.place not in theirs:
            mine.add(one.place)
            theirs.add(other.place)
            how = Alike.EXACT if one.name == other.name else Alike.OWN_NAME
            settled.append(Candidate(one, other, _exact(one, other), how))
    # Open to any name is every column but the one that names a metric.
    naming = left.traits.naming, right.traits.naming
    rest_left = [c for c in left.columns if c.place not in mine and c.name != naming[0]]
    rest_right = [c for c in right.columns if c.place not in theirs and c.name != naming[1]]
    if rest_left and rest_right:
        settled += _assign(
            list(_candidates(rest_left, rest_right, left, right, database.column_synonyms))
        )
    settled.sort(key=_place)
    return tuple([_column_match(candidate, database) for candidate in settled])


def _place(candidate: Candidate) -> int:
    return candidate.left.place


def _by_role(left: TableForm, right: TableForm) -> Iterator[Candidate]:
    """Yield the columns that name the metric, and those that hold its value, of two such tables."""
    one, other = left.traits, right.traits
    if not (one.naming and other.naming):
        return
    for mine, theirs in ((one.naming, other.naming), (one.measures[0], other.measures[0])):
        columns = left.by_name[mine], right.by_name[theirs]
        how = Alike.EXACT if mine == theirs else Alike.SYNONYM
        yield Candidate(*columns, 0.9 * _exact(*columns), how)


def _exact(left: ColumnForm, right: ColumnForm) -> float:
    return 0.4 + 0.6 * type_likeness(left.family, right.family)


def _column_match(candidate: Candidate, database: Database) -> ColumnMatch:
    left, right, how = candidate.left, candidate.right, candidate.how
    same_type = left.type == right.type
    told = (left.name, right.name, left.key, right.key, how, candidate.likeness, same_type)
    known = database.column_matches.get(told)
    if known is None:
        bits = min(database.column_bits(left.key), database.column_bits(right.key))
        known = database.column_matches[told] = ColumnMatch(
            left=left.name,
            right=right.name,
            how=how,
            bits=round(bits * candidate.likeness, 4),
            same_type=same_type,
        )
    return known


def _candidates(
    left: list[ColumnForm],
    right: list[ColumnForm],
    left_table: TableForm,
    right_table: TableForm,
    synonyms: Synonyms,
) -> Iterator[Candidate]:
    both_have_keys = left_table.has_key and right_table.has_key
    every = frozenset().union(*[other.marks for other in right])
    for one in left:
        none_in_common, plain = one.marks.isdisjoint, not _may_differ_in_words(one)
        if plain and none_in_common(every):
            continue
        for other in right:
            if none_in_common(other.marks) and (plain or not _alike_without_words(one, other)):
                continue
            if both_have_keys and one.is_key != other.is_key:
                continue  # `post_id` is the key of posts, and a reference elsewhere
            likeness = type_likeness(one.family, other.family)
            if likeness < _LEAST_TYPE:
                continue
            if "period" in (one.family, other.family) and _bound_of_period(one, other):
                yield Candidate(one, other, _BOUND_LIKENESS, Alike.RANGE)
                continue
            same_target = one.reference is not None and one.reference == other.reference
            two_targets = one.reference and other.reference and not same_target
            if (
                two_targets
                and one.key != other.key
                and not _same_entity(one, other, left_table, right_table)
            ):
                continue
            named, how = _name_likeness(one, other, left_table, right_table, synonyms)
            if same_target:
                named = max(named, 0.6)
            total = named * (0.4 + 0.6 * likeness)
            if total >= _LEAST_LIKENESS:
                yield Candidate(one, other, total, how)


def _may_differ_in_words(one: ColumnForm) -> bool:
    """Tell whether anything but its words may bring the column together with another."""
    return (
        one.is_key
        or one.reference is not None
        or one.family in _BOUNDS
        or one.family.endswith("[]")
    )


def _alike_without_words(one: ColumnForm, other: ColumnForm) -> bool:
    """Tell whether keys, references or bounds may make two columns of unlike names one."""
    return (
        (one.is_key and other.is_key)
        or (one.reference is not None and other.reference is not None)
        or "period" in (one.family, other.family)
    )


def _bound_of_period(one: ColumnForm, other: ColumnForm) -> bool:
    """Tell whether the one is a range and the other the start of a pair of bounds."""
    bound = other if one.family == "period" else one
    return bound.family in {"date", "timestamp"} and not _STARTS.isdisjoint(bound.words)


def _same_entity(one: ColumnForm, other: ColumnForm, left: TableForm, right: TableForm) -> bool:
    """Tell whether both columns point within the pair: self references of either table."""
    own = {left.traits.ref, right.traits.ref}
    return one.reference in own and other.reference in own


def _name_likeness(
    one: ColumnForm,
    other: ColumnForm,
    left: TableForm,
    right: TableForm,
    synonyms: Synonyms,
) -> tuple[float, Alike]:
    """Return how alike two column names are that are not equal, and in what way."""
    if one.key == other.key:
        return 1.0, Alike.EXACT
    if one.is_key and other.is_key:
        return 0.8, Alike.KEY
    if synonyms.same(one.key, other.key):
        return 0.85, Alike.SYNONYM
    if _same_moment(one, other, synonyms):
        return 0.85, Alike.SYNONYM
    best: tuple[float, Alike] = (0.0, Alike.SIMILAR)
    if len(one.words) == len(other.words):
        best = _word_by_word(one, other, synonyms)
    for long, short in ((one, other), (other, one)):
        if len(long.words) == len(short.words) + 1 and _is_prefix(long.words[0], left, right):
            rest = long.words[1:]
            if rest == short.words:
                return 0.9, Alike.OWN_NAME
            if all(synonyms.same(a, b) for a, b in zip(rest, short.words, strict=True)):
                best = max(best, (0.75, Alike.SYNONYM))
    if "".join(one.words) == "".join(other.words):
        return 0.95, Alike.SIMILAR
    if best[0] == 0.0:
        best = (_shared_words(one, other, synonyms), Alike.SIMILAR)
    return best


def _same_moment(one: ColumnForm, other: ColumnForm, synonyms: Synonyms) -> bool:
    """Tell whether both hold a time and their names agree but for `_at`, `_date` and the like."""
    if not {one.family, other.family} <= TIMES:
        return False
    mine, theirs = (
        tuple(word for word in column.words if word not in TIME_WORDS) for column in (one, other)
    )
    return len(mine) == len(theirs) > 0 and all(
        synonyms.same(a, b) for a, b in zip(mine, theirs, strict=True)
    )


def _word_by_word(one: ColumnForm, other: ColumnForm, synonyms: Synonyms) -> tuple[float, Alike]:
    likeness, how = 1.0, Alike.SIMILAR
    for a, b, thin_a, thin_b in zip(one.words, other.words, one.sketch, other.sketch, strict=True):
        if a == b:
            continue
        if synonyms.same(a, b):
            likeness, how = likeness * 0.85, Alike.SYNONYM
        elif (a in (thin_a, thin_b) or b in (thin_a, thin_b)) and thin_a == thin_b and len(a) > 1:
            likeness, how = likeness * 0.85, Alike.ABBREVIATION
        elif min(len(a), len(b)) >= 4 and JaroWinkler.similarity(a, b) >= SIMILAR_WORDS:
            likeness *= 0.8
        else:
            return 0.0, Alike.SIMILAR
    return likeness, how


def _is_prefix(word: str, left: TableForm, right: TableForm) -> bool:
    """Tell whether a word of either table's name begins with the word: `cust_` in `customers`."""
    return len(word) >= SHORTEST_PREFIX and any(
        part.startswith(word) for table in (left, right) for part in table.traits.stem
    )


def _shared_words(one: ColumnForm, other: ColumnForm, synonyms: Synonyms) -> float:
    """Return a share of words that rewards the last one, for it names what is stored."""
    shared = sum(any(synonyms.same(word, twin) for twin in other.words) for word in one.words)
    longest = max(len(one.words), len(other.words))
    if not shared or not synonyms.same(one.words[-1], other.words[-1]):
        return 0.0
    return _ALL_SHARED * shared / longest


def _assign(candidates: list[Candidate]) -> list[Candidate]:
    """Return the one-to-one subset with the greatest sum of likeness."""
    lefts = {id(candidate.left) for candidate in candidates}
    rights = {id(candidate.right) for candidate in candidates}
    if len(candidates) == len(lefts) == len(rights):
        return candidates
    import networkx

    graph = networkx.Graph()
    pairs = {}
    ordered = sorted(candidates, key=lambda c: (c.left.name, c.right.name))
    for candidate in ordered:
        one, other = ("left", candidate.left.name), ("right", candidate.right.name)
        graph.add_edge(one, other, weight=candidate.likeness)
        pairs[one, other] = candidate
    chosen = networkx.max_weight_matching(graph)
    found = [pairs[min(edge), max(edge)] for edge in chosen]
    return sorted(found, key=lambda candidate: candidate.left.place)
