"""Columns in the form in which they are compared."""

import re
from collections import Counter
from typing import NamedTuple

from cmis_audit.match.words import Singulars, Synonyms, joined_phrases, skeleton, tokens
from cmis_audit.model.catalog import Column, Table
from cmis_audit.model.names import TableRef

_FAMILIES = {
    name: family
    for family, names in (
        ("integer", ("smallint", "integer", "bigint", "int", "int2", "int4", "int8", "serial")),
        ("decimal", ("numeric", "decimal", "real", "double precision", "money")),
        ("text", ("text", "character varying", "character", "varchar", "bpchar", "name", "citext")),
        ("boolean", ("boolean", "bool")),
        ("timestamp", ("timestamp without time zone", "timestamp with time zone")),
        ("timestamp", ("timestamp", "timestamptz")),
        ("date", ("date",)),
        ("time", ("time without time zone", "time with time zone", "time", "timetz")),
        ("uuid", ("uuid",)),
        ("json", ("json", "jsonb", "xml", "hstore")),
        ("bytes", ("bytea", "bit", "bit varying")),
        ("network", ("inet", "cidr", "macaddr", "macaddr8")),
        ("period", ("daterange", "tsrange", "tstzrange")),
    )
    for name in names
}
_EXTENSION_TYPES = frozenset({"citext", "hstore"})
_MODIFIER = re.compile(r"\([^)]*\)")

_FEWEST_MARKED = 4  # columns that begin with one word
_MARKED = 0.9  # of all columns of a table
_SHORTEST_NAME = 3  # letters of a table's name before `id` in a run-together key

_NEAR = {
    frozenset(pair): likeness
    for pair, likeness in (
        (("integer", "decimal"), 0.85),
        (("date", "timestamp"), 0.85),
        (("integer", "boolean"), 0.6),
        (("text", "uuid"), 0.6),
        (("text", "json"), 0.5),
        (("text", "network"), 0.6),
        (("text", "integer"), 0.4),
        (("text", "decimal"), 0.3),
        (("text", "boolean"), 0.3),
        (("integer", "timestamp"), 0.4),
        (("text", "timestamp"), 0.4),
        (("text", "date"), 0.4),
        (("period", "date"), 0.6),
        (("period", "timestamp"), 0.6),
        (("time", "timestamp"), 0.5),
        (("interval", "integer"), 0.5),
    )
}


class ColumnForm:
    """A column as MATCH sees it."""

    __slots__ = (
        "family",
        "is_key",
        "key",
        "marks",
        "name",
        "place",
        "reference",
        "sketch",
        "type",
        "words",
    )

    def __init__(self, column: Column, place: int, named: "_Named", family: str) -> None:
        self.name = column.name
        self.type = column.type
        self.place = place
        self.family = family
        self.is_key = False
        self.reference: TableRef | None = None
        self.key, self.words, self.sketch, self.marks = named


class _Named(NamedTuple):
    """What the words of a column's name say, whatever its table."""

    key: str
    words: tuple[str, ...]
    """With each known phrase made one."""
    sketch: tuple[str, ...]
    marks: frozenset[str]
    """What a column of a like name has one of: its words' beginnings, sketches, meanings."""


def type_family(type_name: str, known: dict[str, str]) -> str:
    """Return the family of a format_type() name; `known` maps domains and enums to theirs."""
    if type_name.endswith("[]"):
        return type_family(type_name[:-2], known) + "[]"
    found = known.get(type_name)
    if found:
        return found
    plain = _MODIFIER.sub("", type_name)
    if plain.startswith("interval") and plain.split()[0] == "interval":
        return "interval"
    last = plain.rsplit(".", maxsplit=1)[-1]
    return _FAMILIES.get(last if last in _EXTENSION_TYPES else plain, plain)


def type_likeness(left: str, right: str) -> float:
    """Return how well values of one type family fit the other, 0 to 1, symmetric."""
    if left == right:
        return 1.0
    if left.endswith("[]") != right.endswith("[]"):
        return 0.6 if "json" in (left, right) else 0.4
    if "enum" in (left, right) and "text" in (left, right):
        return 0.9
    return _NEAR.get(frozenset((left, right)), 0.15)


class ColumnReader:
    """Puts columns into the form in which they are compared; each name and type is read once."""

    def __init__(self, singular: Singulars, synonyms: Synonyms, known: dict[str, str]) -> None:
        self._singular = singular
        self._synonyms = synonyms
        self._known = known
        self._families: dict[str, str] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._named: dict[tuple[str, ...], _Named] = {}

    def forms(self, table: Table, stem: tuple[str, ...]) -> tuple[ColumnForm, ...]:
        """Return the table's columns with its own name taken off theirs."""
        primary = table.primary_key.columns if table.primary_key else ()
        references = {
            key.columns[0]: key.target for key in table.foreign_keys if len(key.columns) == 1
        }
        every = [self._words_of(column.name) for column in table.columns]
        taken = {"_".join(words) for words in every}
        mark = _mark(every)
        forms = []
        for place, (column, full) in enumerate(zip(table.columns, every, strict=True)):
            words = full
            if mark and words[0] == mark and len(words) > 1:
                taken.discard("_".join(words))
                words = words[1:]
                taken.add("_".join(words))
            is_key = primary == (column.name,)
            own = is_key or (not primary and place == 0)
            reference = references.get(column.name)
            short = _without_own_name(words, stem, own=own)
            if short != words and (key := "_".join(short)) not in taken and not reference:
                taken.add(key)
                words = short
            form = ColumnForm(column, place, self._name(words), self._family(column.type))
            form.is_key, form.reference = is_key, reference
            forms.append(form)
        return tuple(forms)

    def _words_of(self, name: str) -> tuple[str, ...]:
        known = self._words.get(name)
        if known is None:
            known = self._words[name] = self._singular.all(tokens(name))
        return known

    def _family(self, type_name: str) -> str:
        known = self._families.get(type_name)
        if known is None:
            known = self._families[type_name] = type_family(type_name, self._known)
        return known

    def _name(self, words: tuple[str, ...]) -> _Named:
        known = self._named.get(words)
        if known is None:
            key, joined = "_".join(words), joined_phrases(words, self._synonyms.phrases)
            sketch = tuple(skeleton(word) for word in joined)
            marks = _marks(key, joined, sketch, self._synonyms)
            known = self._named[words] = _Named(key, joined, sketch, marks)
        return known


def _mark(every: list[tuple[str, ...]]) -> str | None:
    """Return the word that nearly all columns of a table begin with: `rev_` of `revision`."""
    first = Counter(words[0] for words in every if len(words) > 1)
    word, count = max(first.items(), key=lambda entry: (entry[1], entry[0]), default=("", 0))
    return word if count >= _FEWEST_MARKED and count >= _MARKED * len(every) else None


def _marks(
    key: str, words: tuple[str, ...], sketch: tuple[str, ...], synonyms: Synonyms
) -> frozenset[str]:
    marks = {word[:3] for word in words}
    marks.update(sketch)
    for word in (key, *words):
        marks.update(synonyms.meanings(word))
    return frozenset(marks)


def _without_own_name(
    words: tuple[str, ...], stem: tuple[str, ...], *, own: bool
) -> tuple[str, ...]:
    """Return the words without the table's name before them; only `own` names lose it from an id.

    `post_id` is the id of `posts` where it is its key; elsewhere it points at another table.
    """
    if not own and words[0] not in stem:
        return words
    for start in range(len(stem)):
        tail = stem[start:]
        if len(words) > len(tail) and words[: len(tail)] == tail:
            rest = words[len(tail) :]
            return rest if own or rest[-1] not in {"id", "uuid", "key", "no"} else words
    joined = "".join(stem)
    if own and len(words) == 1 and words[0] in {joined + "id", joined + "_id", stem[-1] + "id"}:
        return ("id",)
    if own and len(words) == 1 and words[0].endswith("id"):
        before = words[0][:-2]
        if len(before) >= _SHORTEST_NAME and before in joined:
            return ("id",)
    return words
