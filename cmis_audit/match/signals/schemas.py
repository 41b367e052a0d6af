"""Whether the two schemas are copies of each other."""

from collections.abc import Iterator

from cmis_audit.match.forms import Database, TableForm
from cmis_audit.match.pair import Pair
from cmis_audit.model.match import Evidence, Relation

_REPEATED = 0.75  # of the smaller schema's table names, in both
_UNTYPED = 2  # columns


def evidence(pair: Pair) -> Iterator[Evidence]:
    """Yield bits between `schema.nothing` and `schema.all`, for equal names in two schemas.

    A name that two schemas share by accident is one of many; in a copied schema all are shared.
    """
    left, right = pair.left.traits.ref.schema, pair.right.traits.ref.schema
    if left == right or pair.relation.relation not in {Relation.SAME, Relation.MARKED}:
        return
    if _layers(pair):
        yield Evidence(
            signal="layers",
            bits=pair.weight("schema.layers"),
            detail=f"{left} and {right} are stages of one load",
        )
        return
    if pair.relation.relation == Relation.MARKED:
        return
    if _own_plumbing(pair):
        yield Evidence(
            signal="schemas",
            bits=pair.weight("schema.plumbing"),
            detail=f"each schema has {pair.left.traits.ref.name} for itself",
        )
        return
    if _unrelated_copies(pair):
        yield Evidence(
            signal="two-alike",
            bits=pair.weight("schema.two_alike"),
            detail=f"{left} and {right} have the same tables, and neither name says copy: tenants?",
        )
        return
    share = pair.database.schema_overlap(left, right)
    yield Evidence(
        signal="schemas",
        bits=round(_of_share(share, pair.database), 2),
        detail=f"{share:.0%} of the smaller schema's table names stand in both schemas",
    )
    if (left, right) in pair.database.copied_schemas:
        yield Evidence(
            signal="copied-schema",
            bits=pair.weight("schema.copied"),
            detail=f"most tables of equal names in {left} and {right} were found to be one",
        )


def at_most(left: str, right: str, database: Database) -> float:
    """Return the most that `evidence` says of equal names, unless the one schema is a copy."""
    known = (database.weights[f"schema.{name}"] for name in ("layers", "plumbing", "two_alike"))
    return max(_of_share(database.schema_overlap(left, right), database), *known)


def _of_share(share: float, database: Database) -> float:
    nothing, every = database.weights["schema.nothing"], database.weights["schema.all"]
    return nothing + (every - nothing) * share


def _layers(pair: Pair) -> bool:
    """Tell whether the tables are stages of a warehouse's load.

    Both schemas are named for a stage, or one is and another stage has the table as well: a table
    that stands in `raw` and in `staging` has been loaded from somewhere. Or one is, and takes as
    text what the other has types for.
    """
    words = pair.database.lexicon.layer_words
    stages = [
        form
        for form in pair.database.with_stem(pair.left.traits.stem)
        if not words.isdisjoint(form.traits.schema_words)
    ]
    if pair.left not in stages and pair.right not in stages:
        return False
    return len(stages) > 1 or _untyped(pair, stages[0])


def _untyped(pair: Pair, stage: TableForm) -> bool:
    """Tell whether several columns are text in the stage's table and typed in the other."""
    other = pair.right if stage is pair.left else pair.left
    untyped = 0
    for match in pair.alignment:
        names = (match.left, match.right) if stage is pair.left else (match.right, match.left)
        families = stage.by_name[names[0]].family, other.by_name[names[1]].family
        untyped += families[0] == "text" != families[1]
    return untyped >= _UNTYPED


def _own_plumbing(pair: Pair) -> bool:
    """Tell whether the name says what the rows are for and not of what: `outbox`, `job_queue`.

    Every service has its own. In a copied schema such tables are copies like the rest.
    """
    left, right = pair.left.traits.ref, pair.right.traits.ref
    if "_".join(pair.left.traits.words) not in pair.database.lexicon.plumbing_tables:
        return False
    return pair.database.schema_overlap(left.schema, right.schema) < _REPEATED


def _unrelated_copies(pair: Pair) -> bool:
    """Tell whether two schemas repeat each other without a name that says which is the copy."""
    left, right = pair.left.traits.ref.schema, pair.right.traits.ref.schema
    alike = pair.database.repeat_each_other(left, right)
    return alike and not pair.database.schemas.are_related(left, right)
