"""Which pairs of tables are worth comparing."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from cmis_audit.match.forms import Database
from cmis_audit.match.signals.comments import says_replaced

_TELLING_BITS = 1.0  # columns below say nothing and are not followed
_LEAST_SHARE = 0.3  # of the smaller table's bits, by columns of equal names
_SHORTEST_WORD = 4
_COMMON_WORD = 40  # tables with the word; a name word more common than that is not followed


def candidate_pairs(database: Database) -> list[tuple[int, int]]:
    """Return pairs of table numbers, sorted: those with enough columns or a name in common."""
    return sorted(
        {
            *_by_columns(database),
            *_by_name(database),
            *_by_comment(database),
            *_by_measurement(database),
        }
    )


def _by_columns(database: Database) -> list[tuple[int, int]]:
    shared: dict[tuple[int, int], float] = defaultdict(float)
    bits = {key: database.column_bits(key) for key in database.tables_with}
    for key, numbers in database.tables_with.items():
        if bits[key] >= _TELLING_BITS:
            for pair in combinations(numbers, 2):
                shared[pair] += bits[key]
    whole = [sum(bits[key] for key in form.keys) for form in database.forms]
    return [
        (left, right)
        for (left, right), total in shared.items()
        if total >= _LEAST_SHARE * min(whole[left], whole[right])
    ]


def _by_name(database: Database) -> list[tuple[int, int]]:
    having: dict[str, list[int]] = defaultdict(list)
    for form in database.forms:
        having["".join(form.traits.stem)].append(form.number)
        for word in set(form.traits.stem):
            having[f"word {word}"].append(form.number)
            for number, group in enumerate(database.lexicon.table_synonyms):
                if word in group:
                    rest = "_".join(other for other in form.traits.stem if other != word)
                    having[f"synonym {number} {rest}"].append(form.number)
        for number, rest in _run_together(form.traits.stem, database):
            having[f"together {number} {rest}"].append(form.number)
    return [
        pair
        for numbers in having.values()
        if 1 < len(numbers) <= _COMMON_WORD
        for pair in combinations(sorted(set(numbers)), 2)
    ]


def _run_together(stem: tuple[str, ...], database: Database) -> Iterator[tuple[int, str]]:
    """Yield the synonym groups that begin or end the name written as one word, with the rest."""
    joined = "".join(stem)
    for number, group in enumerate(database.lexicon.table_synonyms):
        for word in group:
            if len(word) >= _SHORTEST_WORD and len(word) < len(joined):
                if joined.startswith(word):
                    yield number, f"{joined[len(word) :]} after"
                if joined.endswith(word):
                    yield number, f"{joined[: -len(word)]} before"


def _by_comment(database: Database) -> list[tuple[int, int]]:
    phrases = database.lexicon.replaces_phrases
    found = []
    for teller in database.forms:
        if teller.table.comment:
            found += [
                (min(teller.number, told.number), max(teller.number, told.number))
                for told in database.forms
                if told is not teller and says_replaced(teller, told, phrases)
            ]
    return found


def _by_measurement(database: Database) -> list[tuple[int, int]]:
    """Return all pairs of metric tables of one schema, and of tables that speak of metrics."""
    words = database.lexicon.metric_table_words
    having: dict[str, list[int]] = defaultdict(list)
    for form in database.forms:
        if form.traits.shape or not words.isdisjoint(form.traits.words):
            having[form.traits.ref.schema].append(form.number)
    return [
        pair
        for numbers in having.values()
        if len(numbers) <= _COMMON_WORD
        for pair in combinations(numbers, 2)
    ]
