"""MATCH as a whole: a catalog in, matches with their evidence out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from cmis_audit.match.candidates import Candidates, children_of_twins
from cmis_audit.match.forms import Database
from cmis_audit.match.halves import in_halves
from cmis_audit.match.pair import Pair, Twins
from cmis_audit.match.signals import SIGNALS
from cmis_audit.match.signals.comments import successor
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.match import Evidence, ImpliedReference, Match, Matches, Relation
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack
from cmis_audit.uncollected import uncollected

_FEWEST_COPIED = 3
"""Tables found to be one from which two schemas may be copies: two are an accident."""
_MOSTLY_COPIED = 0.6
"""... of the table names that both have: bounded contexts share names, and few of the columns."""


@uncollected()
def find_matches(catalog: Catalog, pack: RulePack) -> Matches:
    """Return the pairs of tables that were compared, with evidence, and each table's traits.

    Tables that belong to twins are compared once more, now that their parents are known to be one,
    as long as that finds more twins; then those of equal names in two schemas of which the one is a
    copy of the other.
    Pairs are sorted; the result depends on the catalog and the pack alone.
    """
    database = Database(catalog, pack)
    forms = database.forms
    candidates = Candidates(database)
    found = _weighed(candidates.pairs, database)
    twins: Twins = frozenset()
    while new := _twins(found.values(), database) - twins:
        twins |= new
        for pair in children_of_twins(database, new):
            found[pair] = match_of(Pair(forms[pair[0]], forms[pair[1]], database, twins))
    database.copied_schemas = _copied_schemas(found.values(), database)
    for pair in _left_behind(found, database):
        found[pair] = match_of(Pair(forms[pair[0]], forms[pair[1]], database, twins))

    @cache
    def passed_over(left: TableRef, right: TableRef) -> Match | None:
        one, other = database.by_ref.get(left), database.by_ref.get(right)
        if one and other and candidates.passed_over(one.number, other.number):
            return match_of(Pair(one, other, database))
        return None

    return Matches(
        traits=tuple(form.traits for form in forms),
        matches=tuple(sorted(found.values(), key=lambda match: (match.left, match.right))),
        passed_over=passed_over,
        tenants=database.tenants,
        schemas=tuple(database.schemas.traits.values()),
        references=tuple(_references(database)),
    )


def _references(database: Database) -> Iterator[ImpliedReference]:
    for form in sorted(database.forms, key=lambda form: form.traits.ref):
        declared = {name for key in form.table.foreign_keys for name in key.columns}
        for column in form.columns:
            if column.reference and column.name not in declared:
                yield ImpliedReference(
                    table=form.traits.ref, column=column.name, target=column.reference
                )


def _weighed(pairs: list[tuple[int, int]], database: Database) -> dict[tuple[int, int], Match]:
    """Return the ledgers of the pairs."""
    forms = database.forms

    def half(first: int) -> list[Match]:
        return [
            match_of(Pair(forms[one], forms[other], database)) for one, other in pairs[first::2]
        ]

    made = in_halves(half, list[Match], len(forms))
    return dict(zip([*pairs[0::2], *pairs[1::2]], made, strict=True))


def _twins(matches: Iterable[Match], database: Database) -> Twins:
    enough = database.weights["consolidate_from"]
    pairs = [(match.left, match.right) for match in matches if match.bits >= enough]
    return frozenset([*pairs, *((right, left) for left, right in pairs)])


def _copied_schemas(matches: Iterable[Match], database: Database) -> frozenset[tuple[str, str]]:
    """Return the pairs of schemas, sorted, whose equal table names mostly stand for one table."""
    enough = database.weights["consolidate_from"]
    one = Counter(
        (match.left.schema, match.right.schema)
        for match in matches
        if match.bits >= enough
        and match.relation == Relation.SAME
        and match.left.schema != match.right.schema
    )
    return frozenset(
        schemas
        for schemas, count in one.items()
        if count >= _FEWEST_COPIED
        and count >= _MOSTLY_COPIED * len(database.of_equal_names(*schemas))
    )


def _left_behind(
    found: Mapping[tuple[int, int], Match], database: Database
) -> list[tuple[int, int]]:
    """Return the pairs of equal names in copied schemas that are not one on their own evidence."""
    enough = database.weights["consolidate_from"]
    return sorted(
        pair
        for schemas in database.copied_schemas
        for pair in database.of_equal_names(*schemas)
        if pair not in found or found[pair].bits < enough
    )


def match_of(pair: Pair) -> Match:
    """Return the ledger of one pair: the base rate and what every signal has to say."""
    found = [evidence for signal in SIGNALS for evidence in signal(pair)]
    base = Evidence(
        signal="base-rate",
        bits=pair.weight("base_rate"),
        detail="few of the pairs that are compared store the same thing",
    )
    names_left = {column.name for column in pair.left.table.columns}
    names_right = {column.name for column in pair.right.table.columns}
    same = names_left & names_right
    every = names_left | names_right
    least = min(len(names_left), len(names_right))
    against = [base, *(evidence for evidence in found if evidence.bits < 0)]
    total = round(base.bits + sum(evidence.bits for evidence in found), 2)
    return Match(
        left=pair.left.traits.ref,
        right=pair.right.traits.ref,
        relation=pair.relation.relation,
        markers=tuple(sorted({affix.marker for affix in pair.relation.markers})),
        bits=total,
        confidence=pair.database.confidence.of(total),
        columns=pair.alignment,
        same_name_columns=tuple(
            column.name for column in pair.left.table.columns if column.name in same
        ),
        containment=round(len(pair.alignment) / least, 3) if least else 0.0,
        jaccard=round(len(same) / len(every), 3) if every else 0.0,
        successor=successor(pair),
        evidence=tuple(evidence for evidence in found if evidence.bits >= 0),
        counter_evidence=tuple(against),
    )
