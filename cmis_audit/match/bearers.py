"""Tables of one name, asked all at once which of them another table may come to something with."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import TypeVar

from cmis_audit.match.alignment import SHORTEST_PREFIX
from cmis_audit.match.columns import ColumnForm
from cmis_audit.match.forms import TableForm
from cmis_audit.match.name_marks import MarkedName
from cmis_audit.match.outlook import Outlook, Side
from cmis_audit.model.names import TableRef

_Thing = TypeVar("_Thing")

UNITS = 8  # that a bit of evidence has in a tally

Places = int
"""Some of the tables, as the bits of a number."""


class Bearers:
    """Tables by what others' columns might be aligned with; each column name is judged once."""

    def __init__(self, forms: Sequence[TableForm], outlook: Outlook) -> None:
        self.forms = forms
        self.every: Places = (1 << len(forms)) - 1
        self._outlook = outlook
        sides = [outlook.side(form) for form in forms]
        self.least_bits = min(side.bits for side in sides)
        self.least_columns = min(len(form.columns) for form in forms)
        self._any_way: Places = 0
        self._to_themselves: Places = 0
        self._words: dict[tuple[str, ...], Places] = defaultdict(int)
        self._refs: dict[TableRef, Places] = defaultdict(int)
        self._refers: dict[TableRef, Places] = defaultdict(int)
        self._schemas: dict[str, Places] = defaultdict(int)
        self._own_keys: dict[str, Places] = defaultdict(int)
        self._columns: dict[str, Places] = defaultdict(int)
        self._keys: dict[str, Places] = defaultdict(int)
        self._prefixes: dict[str, Places] = defaultdict(int)
        self._heads: dict[str, Places] = defaultdict(int)
        self._names: dict[MarkedName, Places] = defaultdict(int)
        for place, (form, side) in enumerate(zip(forms, sides, strict=True)):
            self._note(form, side, 1 << place)
        self._with_mark: dict[str, list[tuple[frozenset[str], Places, int]]] = defaultdict(list)
        self._echoes: dict[str, list[tuple[Places, int]]] = defaultdict(list)
        for name, places in self._names.items():
            every, units = name.every, _units(name.bits)
            for mark in every:
                self._with_mark[mark].append((every, places, units))
            for mark in name.last if name.echoes else ():
                self._echoes[mark].append((places, units))
        self._known: dict[MarkedName, tuple[list[tuple[Places, int]], Places, int]] = {}

    def _note(self, form: TableForm, side: Side, bit: Places) -> None:
        ref = form.traits.ref
        self._refs[ref] |= bit
        self._words[form.traits.words] |= bit
        self._schemas[ref.schema] |= bit
        for target in side.refers:
            self._refers[target] |= bit
        if side.own_key:
            self._own_keys[side.own_key] |= bit
        if side.any_way:
            self._any_way |= bit
        if ref in side.refers:
            self._to_themselves |= bit
        for prefix in _prefixes(form.traits.stem):
            self._prefixes[prefix] |= bit
        for key in form.keys:
            self._keys[key] |= bit
        for name, column in zip(side.names, form.columns, strict=True):
            self._columns[column.name] |= bit
            if not column.is_key:
                self._names[name] |= bit
                for mark in name.telling:
                    self._heads[mark] |= bit

    def first(self, places: Places) -> TableForm:
        return self.forms[(places & -places).bit_length() - 1]

    def of_words(self, words: tuple[str, ...]) -> Places:
        return self._words.get(words, 0)

    def of_schema(self, schema: str) -> Places:
        return self._schemas.get(schema, 0)

    def any_way(self, form: TableForm, side: Side) -> Places:
        """Return those with which more than names and columns may speak for the other table.

        Among them those where both point at one of the two: self references may be one.
        """
        if side.any_way:
            return self.every
        ref = form.traits.ref
        found = self._any_way | self._own_keys.get(side.own_key, 0)
        pointing = self._to_themselves | self._refers.get(ref, 0)
        pointed_at = self.every if ref in side.refers else _any_of(self._refs, side.refers)
        together = _any_of(self._refs, self._outlook.together_with(ref))
        return found | (pointing & pointed_at) | together

    def partners(
        self, name: MarkedName, column: ColumnForm, form: TableForm
    ) -> Iterator[tuple[Places, int]]:
        """Yield which tables may have a partner for a column of another, and its bits in units.

        Keys may be partners of each other, whatever their names; and columns that point at one
        table, or that bear a table's own name before a like one.
        """
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._judged(name)
        like, begun, units = known
        if column.is_key:
            yield self.every, units
            return
        best = self._columns.get(column.name, 0)
        if column.reference is not None:
            best |= self._refers.get(column.reference, 0)
        if begun:
            if any(part.startswith(name.first) for part in form.traits.stem):
                best |= begun
            else:
                best |= begun & self._prefixes.get(name.first, 0)
        if best:
            yield best, units
        for places, fewer in like:
            if places & ~best:
                yield places & ~best, fewer

    def _judged(self, name: MarkedName) -> tuple[list[tuple[Places, int]], Places, int]:
        """Return which tables have a like name, by the bits in units that both names are worth.

        Each table stands where it has most. Beside it those that do when the first word of the name
        is a table's, and the units of the name itself.
        """
        units = _units(name.bits)
        found = {units: self._keys.get(name.key, 0)}
        for mark in name.last:
            for places, theirs in self._echoes.get(mark, ()):
                both = min(units, theirs)
                found[both] = found.get(both, 0) | places
        for mark in name.telling:
            if mark not in self._with_mark:
                continue
            for every, places, theirs in self._with_mark[mark]:
                both = min(units, theirs)
                if places & ~found.get(both, 0) and name.within(every):
                    found[both] = found.get(both, 0) | places
        like, before = [], 0
        for both in sorted(found, reverse=True):
            if places := found[both] & ~before:
                like.append((places, both))
                before |= places
        return like, _any_of(self._heads, name.rest) if name.first else 0, units


def _units(bits: float) -> int:
    return ceil(bits * UNITS)


def _prefixes(stem: tuple[str, ...]) -> set[str]:
    return {part[:end] for part in stem for end in range(SHORTEST_PREFIX, len(part) + 1)}


def _any_of(index: Mapping[_Thing, Places], things: Iterable[_Thing]) -> Places:
    found = 0
    for thing in things:
        found |= index.get(thing, 0)
    return found
