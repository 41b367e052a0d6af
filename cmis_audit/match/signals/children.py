"""What belongs to the one corresponds to what belongs to the other."""

from collections.abc import Iterator
from typing import NamedTuple

from cmis_audit.match.forms import TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation
from cmis_audit.model.names import TableRef

_FEWEST = 2  # correspondences
_MOST = 3
_MOST_CHILDREN = 50
_STRANGERS = frozenset({Relation.NONE, Relation.KIN})


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield a little for unrelated names when two or more of their children are named alike.

    `inquiry_files` and `files`, of `inquiries` and of `mandates`: without the parent's name they
    are the same, and one of them does without it. Siblings have such children too, `host_state` and
    `service_state`, but both are named after their parents.
    """
    if pair.relation.relation not in _STRANGERS:
        return
    mine, theirs = _children(pair, pair.left), _children(pair, pair.right)
    shared = [
        words
        for words in sorted(mine.keys() & theirs.keys())
        if mine[words].named_after != theirs[words].named_after
    ]
    if len(shared) < _FEWEST:
        return
    named = ", ".join(f"{mine[words].table} and {theirs[words].table}" for words in shared[:_MOST])
    yield Evidence(
        signal="children",
        bits=round(min(len(shared), _MOST) * pair.weight("children.each"), 2),
        detail=f"what belongs to them is named alike: {named}",
    )


class _Child(NamedTuple):
    table: TableRef
    named_after: bool
    """Whether its name begins with its parent's."""


def _children(pair: Pair, form: TableForm) -> dict[tuple[str, ...], _Child]:
    """Return the tables that point at one, by their names without its own."""
    children = pair.database.children.get(form.traits.ref, ())
    if len(children) > _MOST_CHILDREN:
        return {}
    own = form.traits.stem
    found: dict[tuple[str, ...], _Child] = {}
    for number in children:
        traits = pair.database.forms[number].traits
        after = traits.stem[: len(own)] == own
        rest = traits.stem[len(own) :] if after else traits.stem
        if rest:
            found[rest] = _Child(traits.ref, after)
    return found
