"""Sums for many tables at once, held as the bits of a few long numbers."""


class Tally:
    """A sum for each place; bit `i` of plane `p` is bit `p` of the sum at place `i`.

    Adding to hundreds of sums costs as much as adding to one.
    """

    __slots__ = ("_planes",)

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, places: int, amount: int) -> None:
        """Add the amount at every place whose bit is set."""
        planes, start = self._planes, 0
        while amount:
            if amount & 1:
                carried, plane = places, start
                while carried:
                    while plane >= len(planes):
                        planes.append(0)
                    planes[plane], carried = planes[plane] ^ carried, planes[plane] & carried
                    plane += 1
            amount >>= 1
            start += 1

    def at(self, place: int) -> int:
        """Return the sum at one place."""
        return sum([(plane >> place & 1) << power for power, plane in enumerate(self._planes)])

    def at_least(self, least: int, among: int) -> int:
        """Return the places, of those given, with a sum of `least` or more."""
        if least >> len(self._planes):
            return 0
        more, equal = 0, among
        for place in range(len(self._planes) - 1, -1, -1):
            plane = self._planes[place]
            if least >> place & 1:
                equal &= plane
            else:
                more |= equal & plane
                equal &= ~plane
        return more | equal


def places_of(mask: int) -> list[int]:
    """Return the places whose bits are set, in order."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found
