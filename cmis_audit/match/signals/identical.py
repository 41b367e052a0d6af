"""Two tables with exactly the same columns."""

from collections.abc import Iterator

from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_FEWEST = 5


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little for the same column names and types under unrelated names, lookups aside."""
    left = {(column.name, column.type) for column in pair.left.columns}
    right = {(column.name, column.type) for column in pair.right.columns}
    strangers = pair.relation.relation in {Relation.NONE, Relation.KIN}
    if not strangers or len(left) < _FEWEST or left != right:
        return
    if pair.database.lexicon.lookup_columns.issuperset(pair.left.keys):
        return
    yield Evidence(
        signal="identical",
        bits=pair.weight("identical.all"),
        detail=f"all {len(left)} columns have the same names and types",
    )
