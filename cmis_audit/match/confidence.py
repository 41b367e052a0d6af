"""How often pairs with so many bits were right."""

from bisect import bisect

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
        left, right = self._bits[place - 1], self._bits[place]
        low, high = self._shares[place - 1], self._shares[place]
        return round(low + (high - low) * (bits - left) / (right - left), 3)
