"""Which pairs of tables are worth comparing: found through indexes, never by trying all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.halves import in_halves
from cmis_audit.match.name_candidates import LONGEST_LIST, NameCandidates, Words, all_pairs
from cmis_audit.match.outlook import Outlook
from cmis_audit.match.pair import Twins
from cmis_audit.match.signals.comments import names_as_other_edition, speaks_of_another

_LEAST_SHARE = 0.5
"""Of the smaller table's bits, in columns of equal names. Below it a pair without a related name
cannot reach the bits for review, nor look alike."""
_LEAST_BITS = 3.0
_SHORTEST_WORD = 4
_SHORTEST_MARKER = 3
_MOST_METRIC_TABLES = 60


class Candidates:
    """Pairs of table numbers, the smaller first: those worth a ledger and those passed over."""

    def __init__(self, database: Database) -> None:
        self._names = names = NameCandidates(database)
        self._database = database
        outlook, listed = Outlook(database), names.listed()
        whole = [database.bits_of(form.keys) for form in database.forms]

        def half(first: int) -> list[tuple[int, int]]:
            forms = database.forms[first::2]
            return [*_by_columns(forms, whole, database), *names.pairs(listed.half(first), outlook)]

        sources = (
            in_halves(half, list[tuple[int, int]], len(database.forms)),
            _by_run_together(database),
            _by_comment(database),
            _by_body(database),
            _by_measurement(database),
        )
        self.pairs = sorted(
            {
                (min(pair), max(pair))
                for source in sources
                for pair in source
                if pair[0] != pair[1] and not _of_two_tenants(pair, database)
            }
        )

    def passed_over(self, one: int, other: int) -> bool:
        """Tell whether a pair without a ledger was found through its names."""
        return self._names.brought_together(one, other) and not _of_two_tenants(
            (one, other), self._database
        )


def _of_two_tenants(pair: tuple[int, int], database: Database) -> bool:
    return database.of_two_tenants(database.forms[pair[0]], database.forms[pair[1]])


def children_of_twins(database: Database, twins: Twins) -> list[tuple[int, int]]:
    """Return pairs of tables that belong to two different tables found to be one, sorted."""
    children = database.children
    return sorted(
        {
            (min(one, other), max(one, other))
            for left, right in twins
            if max(len(children.get(ref, ())) for ref in (left, right)) <= LONGEST_LIST
            for one, other in product(children.get(left, ()), children.get(right, ()))
            if one != other
        }
    )


def _by_columns(
    smaller: Iterable[TableForm], whole: Sequence[float], database: Database
) -> Iterator[tuple[int, int]]:
    """Yield pairs that share at least `_LEAST_SHARE` of the smaller one's bits, of `whole` ones.

    Exact, by a prefix filter: whoever shares that much of a table shares one of its rarest columns,
    namely of those without which too little would be left.
    """
    for form in smaller:
        enough = max(_LEAST_SHARE * whole[form.number], _LEAST_BITS)
        seen = {form.number}
        for key in database.rarest(form.keys, enough):
            for number in _listed(database.tables_with[key], form.number):
                if number in seen:
                    continue
                seen.add(number)
                if whole[number] < whole[form.number]:
                    continue  # found from the smaller one
                if database.bits_of(form.keys & database.forms[number].keys) >= enough:
                    yield form.number, number


def _listed(numbers: list[int], own: int) -> list[int]:
    """Return the list, or of a very long one the two neighbours."""
    if len(numbers) <= LONGEST_LIST:
        return numbers
    from bisect import bisect_left

    place = bisect_left(numbers, own)
    return numbers[max(place - 1, 0) : place + 2]


def _by_run_together(database: Database) -> Iterator[tuple[int, int]]:
    """Yield pairs that begin or end with words of one meaning and are else the same letters.

    Those of equal words apart, which are found by their names.
    """
    having: dict[str, list[Words]] = defaultdict(list)
    for stem in database.by_stem:
        joined = "".join(stem)
        having[joined].append(stem)
        for cut in range(1, len(joined)):
            head, tail = joined[:cut], joined[cut:]
            for word, rest, place in ((head, tail, "first"), (tail, head, "last")):
                if len(word) >= _SHORTEST_WORD:
                    for meaning in database.table_synonyms.meanings(word):
                        having[f"{meaning} {place} {rest}"].append(stem)
                if len(word) >= _SHORTEST_MARKER and word in database.markers and len(rest) > 3:
                    having[rest].append(stem)
    forms = database.forms
    for stems in having.values():
        if len(set(stems)) > 1:
            numbers = sorted(form.number for stem in stems for form in database.by_stem[stem])
            yield from (
                (one, other)
                for one, other in all_pairs(numbers)
                if forms[one].traits.stem != forms[other].traits.stem
            )


def _by_comment(database: Database) -> Iterator[tuple[int, int]]:
    """Yield a table whose comment names another with one of the pack's phrases, and that other."""
    by_name: dict[str, list[TableForm]] = defaultdict(list)
    for form in database.forms:
        by_name[form.traits.ref.name].append(form)
    for teller in database.forms:
        if not speaks_of_another(teller, database):
            continue
        said = [teller.table.comment, *(column.comment for column in teller.table.columns)]
        for word in set().union(*(_words_of(comment) for comment in said)):
            for told in by_name.get(word, ())[:LONGEST_LIST]:
                if told is not teller and names_as_other_edition(teller, told, database):
                    yield teller.number, told.number


def _by_body(database: Database) -> Iterator[tuple[int, int]]:
    """Yield pairs that a view reads as one, or that a function copies between."""
    for left, right in database.together:
        yield database.by_ref[left].number, database.by_ref[right].number


def _words_of(comment: str | None) -> set[str]:
    import re

    return set(re.findall(r"\w+", comment)) if comment else set()


def _by_measurement(database: Database) -> Iterator[tuple[int, int]]:
    """Yield all pairs of metric tables of one schema, and of tables that speak of metrics."""
    words = database.lexicon.metric_table_words
    having: dict[str, list[int]] = defaultdict(list)
    for form in database.forms:
        if form.traits.shape or not words.isdisjoint(form.traits.words):
            having[form.traits.ref.schema].append(form.number)
    for numbers in having.values():
        if len(numbers) <= _MOST_METRIC_TABLES:
            yield from combinations(numbers, 2)
