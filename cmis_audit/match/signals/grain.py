"""The same facts at another grain: hourly beside daily."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence when a word for a period stands in only one of the names."""
    words = pair.database.lexicon.grain_words
    relation = pair.relation
    grains = sorted(words.intersection((*relation.left_only, *relation.right_only)))
    if grains and relation.shared:
        yield Evidence(
            signal="grain",
            bits=pair.weight("against.grain"),
            detail=f"another grain: {', '.join(grains)}",
        )
