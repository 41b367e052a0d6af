"""The same facts at another grain: hourly beside daily."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.match.words import is_span
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence when nothing but words for a period tells the names apart."""
    relation = pair.relation
    different = (*relation.left_only, *relation.right_only)
    words = pair.database.lexicon.grain_words
    if relation.shared and different and all(word in words or is_span(word) for word in different):
        yield Evidence(
            signal="grain",
            bits=pair.weight("against.grain"),
            detail=f"another grain: {', '.join(sorted(different))}",
        )
