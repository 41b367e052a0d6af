"""What views and functions do with both tables."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little where a view reads the two as one, or a function copies between them.

    A little only: a view may put stores of unlike things into one list, and every history table
    is written by a function.
    """
    together = pair.database.together.get((pair.left.traits.ref, pair.right.traits.ref), ())
    read = [one for one in together if not one.copies]
    copied = [one for one in together if one.copies]
    if read:
        yield Evidence(
            signal="union",
            bits=pair.weight("bodies.union"),
            detail=f"{read[0].by} reads both as one, by UNION",
        )
    if copied:
        yield Evidence(
            signal="copied",
            bits=pair.weight("bodies.copied"),
            detail=f"{copied[0].by} copies rows from the one into the other",
        )
