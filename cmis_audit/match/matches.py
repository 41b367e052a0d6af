"""MATCH as a whole: a catalog in, matches with their evidence out."""

from collections.abc import Iterable

from cmis_audit.match.candidates import candidate_pairs, children_of_twins
from cmis_audit.match.forms import Database
from cmis_audit.match.pair import Pair
from cmis_audit.match.signals import SIGNALS
from cmis_audit.match.signals.comments import successor
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.match import Evidence, Match, Matches
from cmis_audit.model.names import TableRef
from cmis_audit.model.rule import RulePack


def find_matches(catalog: Catalog, pack: RulePack) -> Matches:
    """Return every pair of tables that was compared, with its evidence, and each table's traits.

    Tables that belong to twins are compared once more, now that their parents are known to be one.
    Pairs are sorted; the result depends on the catalog and the pack alone.
    """
    database = Database(catalog, pack)
    found = {
        pair: match_of(Pair(database.forms[pair[0]], database.forms[pair[1]], database))
        for pair in candidate_pairs(database)
    }
    database.twins = _twins(found.values(), database)
    for pair in children_of_twins(database):
        found[pair] = match_of(Pair(database.forms[pair[0]], database.forms[pair[1]], database))
    return Matches(
        traits=tuple(form.traits for form in database.forms),
        matches=tuple(sorted(found.values(), key=lambda match: (match.left, match.right))),
        tenants=database.tenants,
    )


def _twins(matches: Iterable[Match], database: Database) -> frozenset[tuple[TableRef, TableRef]]:
    enough = database.weights["consolidate_from"]
    pairs = [(match.left, match.right) for match in matches if match.bits >= enough]
    return frozenset([*pairs, *((right, left) for left, right in pairs)])


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
