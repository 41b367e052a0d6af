"""How often pairs with so many bits were right."""

from bisect import bisect
from itertools import pairwise

_AT = "confidence.at_"


class Confidence:
    """Turns bits into the share that was right on labelled schemas, by the pack's points.

    Bits are log odds only as far as signals are independent of each other, which columns and names
    are not: what the sum is worth is measured, not computed.
    """

    def __init__(self, weights: dict[str, float]) -> None:
        points = sorted(
            (float(name.removeprefix(_AT).replace("minus_", "-")), share)
            for name, share in weights.items()
            if name.startswith(_AT)
        )
        self._bits = [bits for bits, _ in points]
        self._shares = [share for _, share in points]

    def of(self, bits: float) -> float:
        """Return a share between 0 and 1: straight lines between the points, flat beyond them."""
        place = bisect(self._bits, bits)
        if place in (0, len(self._bits)):
            return self._shares[max(place - 1, 0)]
        (left, right), (low, high) = (
            tuple(pairwise(values))[place - 1] for values in (self._bits, self._shares)
        )
        return round(low + (high - low) * (bits - left) / (right - left), 3)
