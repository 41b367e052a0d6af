"""One store, split by the type of its values."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield strong counter-evidence when only the words for a type tell the names apart."""
    relation = pair.relation
    different = (*relation.left_only, *relation.right_only)
    if relation.shared and different and pair.database.lexicon.type_words.issuperset(different):
        yield Evidence(
            signal="value-type-split",
            bits=pair.weight("against.value_type_split"),
            detail=f"one store split by type: {', '.join(different)}",
        )
