"""A table and those that bear some name: with which of them it may come to something."""

from collections.abc import Iterator
from functools import cached_property
from math import ceil, floor

from cmis_audit.match.bearers import UNITS, Bearers, Places
from cmis_audit.match.forms import TableForm
from cmis_audit.match.outlook import Outlook, Shared
from cmis_audit.match.tally import Tally, places_of
from cmis_audit.model.match import ALIKE, CONTAINED, HELD, TELLING_COLUMN

_ALIKE = min(CONTAINED, 2 * ALIKE / (1 + ALIKE))
"""Of the columns of the smaller table, without which two tables do not look alike."""


class Question:
    """Asks for pairs of table numbers that are worth a ledger; what is dear is asked for once."""

    def __init__(self, form: TableForm, bearers: Bearers, outlook: Outlook) -> None:
        self._form = form
        self._side = outlook.side(form)
        self._bearers = bearers
        self._outlook = outlook

    def of_other_name(self, places: Places, name_bits: float | None) -> Iterator[tuple[int, int]]:
        """Yield pairs with tables of another name, given the most that the two names may say.

        All of them where the names alone are worth a ledger.
        """
        if name_bits is None:
            yield from self._pairs(places)
            return
        certain = places & (self._any_way | self._bearers.of_words(self._form.traits.words))
        yield from self._pairs(certain)
        likely = places & ~certain & self._likely(name_bits)
        for place in places_of(likely):
            yield from self._pair(place, name_bits)

    def of_equal_name(self, places: Places) -> Iterator[tuple[int, int]]:
        """Yield pairs with tables of the same name, in other schemas unless written otherwise."""
        own = self._form.traits.ref
        certain = places & (self._any_way | self._bearers.of_schema(own.schema))
        yield from self._pairs(certain)
        open_to_doubt = places_of(places & ~certain)
        if not open_to_doubt:
            return
        forms, bits_of = self._bearers.forms, self._outlook.equal_name_bits
        bits = {place: bits_of(own, forms[place].traits.ref) for place in open_to_doubt}
        likely = self._likely(max(bits.values()), equal=True)
        for place, name_bits in bits.items():
            if likely >> place & 1:
                yield from self._pair(place, name_bits, equal=True)

    def _pairs(self, places: Places) -> Iterator[tuple[int, int]]:
        for place in places_of(places):
            yield self._form.number, self._bearers.forms[place].number

    def _pair(
        self, place: int, name_bits: float, *, equal: bool = False
    ) -> Iterator[tuple[int, int]]:
        """Yield the pair with one table if it is worth a ledger."""
        form, other, counted = self._form, self._bearers.forms[place], self._counted
        shared = Shared(
            columns=counted.columns.at(place),
            bits=counted.bits.at(place) / UNITS,
            telling=bool(counted.telling >> place & 1),
        )
        outlook = self._outlook
        promising = outlook.is_promising(form, other, name_bits, shared, equal=equal)
        if promising and outlook.worth_a_ledger(form, other, name_bits, equal=equal):
            yield form.number, other.number

    @cached_property
    def _any_way(self) -> Places:
        return self._bearers.any_way(self._form, self._side)

    @cached_property
    def _counted(self) -> "_Counted":
        """Return how much each of them may have in common with the table."""
        found = _Counted()
        for name, column in zip(self._side.names, self._form.columns, strict=True):
            for places, units in self._bearers.partners(name, column, self._form):
                found.columns.add(places, 1)
                found.bits.add(places, units)
                if units >= TELLING_COLUMN * UNITS:
                    found.telling |= places
        return found

    def _likely(self, name_bits: float, *, equal: bool = False) -> Places:
        """Return those that may share enough, in telling columns or in many of them.

        As if each were the one of them that needs least; of tables of `equal` names, however little
        many columns tell.
        """
        counted, every = self._counted, self._bearers.every
        whole = min(self._bearers.least_bits, self._side.bits)
        enough = floor(self._outlook.least_shared(name_bits, whole) * UNITS)
        columns = min(self._bearers.least_columns, len(self._form.columns))
        part = counted.columns.at_least(ceil(HELD * columns), counted.telling)
        alike = counted.columns.at_least(ceil(_ALIKE * columns), every & ~part)
        if not equal:
            alike = counted.bits.at_least(floor(self._outlook.least_telling * UNITS), alike)
        return part | alike | counted.bits.at_least(max(enough, 0), every)


class _Counted:
    """What several tables may have in common with another: columns, their bits, a telling one."""

    def __init__(self) -> None:
        self.columns = Tally()
        self.bits = Tally()
        self.telling: Places = 0
