"""Which pairs of tables are worth comparing: found through indexes, never by trying all."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise, product
from math import isnan, nan

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.outlook import Outlook
from cmis_audit.match.pair import Pair, Twins
from cmis_audit.match.signals.comments import names_as_other_edition, speaks_of_another

_LEAST_SHARE = 0.5
"""Of the smaller table's bits, in columns of equal names. Below it a pair without a related name
cannot reach the bits for review, nor look alike."""
_LEAST_BITS = 3.0
_LONGEST_LIST = 200
"""Tables with one column or name. In a longer list each table is compared with its neighbours only:
what so many share tells no two of them from the others."""
_MOST_READINGS = 64  # of one name, by synonyms
_SHORTEST_WORD = 4
_SHORTEST_MARKER = 3
_MOST_METRIC_TABLES = 60

Pairs = Iterable[tuple[int, int]]


class Candidates:
    """Pairs of table numbers, the smaller first: those worth a ledger and those passed over."""

    def __init__(self, database: Database) -> None:
        sources = (
            _by_columns,
            _by_name,
            _by_run_together,
            _by_comment,
            _by_body,
            _by_measurement,
        )
        found = {
            (min(pair), max(pair))
            for source in sources
            for pair in source(database)
            if pair[0] != pair[1] and not _of_two_tenants(pair, database)
        }
        self._passed_over: dict[int, array[int]] = defaultdict(lambda: array("I"))
        for one, other, worth_a_ledger in _within_names(database):
            if _of_two_tenants((one, other), database):
                continue
            if worth_a_ledger:
                found.add((min(one, other), max(one, other)))
            else:
                self._passed_over[one].append(other)
        self.pairs = sorted(found)

    def passed_over(self, one: int, other: int) -> bool:
        """Tell whether the pair was found through its names and could not come to anything."""
        return any(
            second in self._passed_over.get(first, ())
            for first, second in ((one, other), (other, one))
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
            if max(len(children.get(ref, ())) for ref in (left, right)) <= _LONGEST_LIST
            for one, other in product(children.get(left, ()), children.get(right, ()))
            if one != other
        }
    )


def _by_columns(database: Database) -> Iterator[tuple[int, int]]:
    """Yield pairs that share at least `_LEAST_SHARE` of the smaller one's bits.

    Exact, by a prefix filter: whoever shares that much of a table shares one of its rarest columns,
    namely of those without which too little would be left.
    """
    whole = [database.bits_of(form.keys) for form in database.forms]
    for form in database.forms:
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
    if len(numbers) <= _LONGEST_LIST:
        return numbers
    from bisect import bisect_left

    place = bisect_left(numbers, own)
    return numbers[max(place - 1, 0) : place + 2]


def _by_name(database: Database) -> Iterator[tuple[int, int]]:
    """Yield pairs of one name and of one meaning."""
    for numbers in _by_reading(database).values():
        yield from _all_pairs(numbers)


def _by_reading(database: Database) -> dict[tuple[str, ...], list[int]]:
    """Return the tables by each way to read their names, in the order of the tables."""
    having: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for stem, forms in database.by_stem.items():
        for reading in _readings(stem, database):
            having[reading] += [form.number for form in forms]
    for numbers in having.values():
        numbers.sort()
    return having


def _within_names(database: Database) -> Iterator[tuple[int, int, bool]]:
    """Yield pairs of which one name begins or ends with the other, and if they need a ledger.

    How the names are related is told once for all tables of the two names, and which columns a
    table might share once for all whose names hold its own.
    """
    outlook, forms = Outlook(database), database.forms
    for number, holding in _holding_names(database, outlook).items():
        partners = outlook.partners(forms[number])
        for other, bits in zip(*holding, strict=True):
            worth = isnan(bits) or outlook.worth_a_ledger(forms[other], partners, bits)
            yield other, number, worth


def _holding_names(
    database: Database, outlook: Outlook
) -> "dict[int, tuple[array[int], array[float]]]":
    """Return, for each table, those whose name begins or ends with its own, as numbers.

    With the most that the names may say for them; not a number where no bound is to be asked.
    """
    found: dict[int, tuple[array[int], array[float]]] = {}
    having, forms = _by_reading(database), database.forms
    for stem, every in database.by_stem.items():
        name_bits: dict[tuple[str, ...], float] = {}
        for number in dict.fromkeys(_shorter(stem, having, database)):
            other = forms[number]
            short = other.traits.stem
            if short not in name_bits:
                bits = outlook.name_bits(Pair(every[0], other, database).relation)
                name_bits[short] = nan if bits is None else bits
            if number not in found:
                found[number] = array("I"), array("d")
            numbers, most = found[number]
            for form in every:
                if form is not other:
                    numbers.append(form.number)
                    most.append(name_bits[short])
    return found


def _shorter(
    stem: tuple[str, ...], having: dict[tuple[str, ...], list[int]], database: Database
) -> Iterator[int]:
    """Yield the tables whose name ends the stem, by any reading, or begins it."""
    for reading in _readings(stem, database):
        for start in range(1, len(stem)):
            yield from having.get(reading[start:], ())[:_LONGEST_LIST]
    for end in range(1, len(stem)):
        yield from [form.number for form in database.by_stem.get(stem[:end], ())[:_LONGEST_LIST]]


def _readings(stem: tuple[str, ...], database: Database) -> list[tuple[str, ...]]:
    """Return the name with each word as itself and as each meaning it may have."""
    options = [(word, *database.table_synonyms.meanings(word)) for word in stem]
    readings: list[tuple[str, ...]] = []
    for reading in product(*options):
        readings.append(reading)
        if len(readings) == _MOST_READINGS:
            break
    together = database.table_synonyms.meanings("_".join(stem)) if len(stem) > 1 else ()
    return readings + [(meaning,) for meaning in together]


def _by_run_together(database: Database) -> Iterator[tuple[int, int]]:
    """Yield pairs that begin or end with words of one meaning and are else the same letters."""
    having: dict[str, list[int]] = defaultdict(list)
    for form in database.forms:
        joined = "".join(form.traits.stem)
        having[joined].append(form.number)
        for cut in range(1, len(joined)):
            head, tail = joined[:cut], joined[cut:]
            for word, rest, place in ((head, tail, "first"), (tail, head, "last")):
                if len(word) >= _SHORTEST_WORD:
                    for meaning in database.table_synonyms.meanings(word):
                        having[f"{meaning} {place} {rest}"].append(form.number)
                if len(word) >= _SHORTEST_MARKER and word in database.markers and len(rest) > 3:
                    having[rest].append(form.number)
    for numbers in having.values():
        yield from _all_pairs(numbers)


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
            for told in by_name.get(word, ())[:_LONGEST_LIST]:
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


def _all_pairs(numbers: list[int]) -> Pairs:
    return pairwise(numbers) if len(numbers) > _LONGEST_LIST else combinations(numbers, 2)
