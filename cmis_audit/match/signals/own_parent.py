"""Each table belongs to a parent of its own."""

from collections.abc import Iterator
from itertools import product

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import NEARLY_ALL, Pair
from cmis_audit.model.match import Evidence, Relation
from cmis_audit.model.names import TableRef

_LONG = 4  # letters of a word that is looked for within others


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence for tables of different parents, strong where they are named so.

    Where they are not, only if they have no parent in common and names that are else alike.

    `artist_alias` points at artists and `label_alias` at labels: the columns that point there have
    no partner, or partners with another target.
    """
    if pair.twin_parents or pair.keyed_otherwise:
        return
    if pair.relation.relation in {Relation.MARKED, Relation.SAME}:
        yield from _of_own_schemas(pair)
        return
    left = set(pair.left.traits.parents)
    right = set(pair.right.traits.parents)
    mine = sorted(str(ref) for ref in left - right - {pair.right.traits.ref})
    theirs = sorted(str(ref) for ref in right - left - {pair.left.traits.ref})
    if mine and theirs:
        named = _named_after(pair)
        strangers = pair.relation.relation in {Relation.NONE, Relation.KIN}
        if not named and (strangers or left & right):
            return
        yield Evidence(
            signal="own-parent" if named else "other-parents",
            bits=pair.weight("against.own_parent" if named else "against.other_parents"),
            detail=f"the one belongs to {_listed(mine)}, the other to {_listed(theirs)}",
        )


def at_most(left: TableForm, right: TableForm, shared: int, database: Database) -> float:
    """Return the most that `evidence` says of names that are related and neither equal nor marked.

    Unless their parents were found to be one; `shared` is how many columns they share at most.
    """
    mine = {*left.traits.parents} - {right.traits.ref}
    theirs = {*right.traits.parents} - {left.traits.ref}
    if not mine or not theirs or not mine.isdisjoint(theirs):
        return 0.0
    if shared >= NEARLY_ALL * max(len(left.columns), len(right.columns)):
        return 0.0  # the one may be keyed otherwise
    weights = database.weights
    return max(weights["against.own_parent"], weights["against.other_parents"])


def _of_own_schemas(pair: Pair) -> Iterator[Evidence]:
    """Yield counter-evidence for one name in two schemas, each for a parent of its own schema.

    `events.roles` belongs to `events.events`, `categories.roles` to `categories.categories`, and
    what belongs to either is as different. In a copied schema all of them have the same names.
    """
    left, right = pair.left.traits, pair.right.traits
    if left.ref.schema == right.ref.schema:
        return
    mine, theirs = _owners(left.ref, right.ref, pair, through=True)
    if mine and theirs:
        yield Evidence(
            signal="own-parent",
            bits=pair.weight("against.own_parent"),
            detail=f"the one belongs to {_listed(mine)}, the other to {_listed(theirs)}",
        )


def _owners(
    left: TableRef, right: TableRef, pair: Pair, *, through: bool
) -> tuple[list[str], list[str]]:
    """Return the parents of each table, in its own schema, whose like the other does not belong to.

    Like are parents of one name; looked `through`, not if they have such parents themselves.
    """
    forms = pair.database.by_ref

    def alike(one: TableRef, other: TableRef) -> bool:
        if _stem(pair, one) != _stem(pair, other):
            return False
        if not through or one.schema == other.schema:
            return True
        return not all(_owners(one, other, pair, through=False))

    mine, theirs = (forms[ref].traits.parents if ref in forms else () for ref in (left, right))
    like = {ref for both in product(mine, theirs) if alike(*both) for ref in both}
    return (
        sorted(str(ref) for ref in mine if ref.schema == left.schema and ref not in like),
        sorted(str(ref) for ref in theirs if ref.schema == right.schema and ref not in like),
    )


def _stem(pair: Pair, ref: TableRef) -> tuple[str, ...]:
    form = pair.database.by_ref.get(ref)
    return form.traits.stem if form else (ref.name,)


def _named_after(pair: Pair) -> bool:
    """Tell whether either table is named after a parent that the other does not have."""
    for one, other in ((pair.left, pair.right), (pair.right, pair.left)):
        for ref in set(one.traits.parents) - set(other.traits.parents):
            word = _stem(pair, ref)[-1]
            if _names(one, word) and not _names(other, word):
                return True
    return False


def _names(form: TableForm, word: str) -> bool:
    """Tell whether a table's name has the word, within a run-together one if it is long enough."""
    stem = form.traits.stem
    return word in stem or (len(word) >= _LONG and any(word in part for part in stem))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3])
