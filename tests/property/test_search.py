"""The search for candidates loses nothing that comparing all pairs would have found."""

from itertools import combinations

import pytest

from bench import skewed
from cmis_audit.cluster.keep_apart import look_alikes
from cmis_audit.match.candidates import Candidates
from cmis_audit.match.forms import Database
from cmis_audit.match.matches import find_matches, match_of
from cmis_audit.match.pair import Pair
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.cluster import Kind
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
TABLES = 1000
EVERY = 16
"""Of the tables one in so many is compared with all others."""

Compared = tuple[set[tuple[TableRef, TableRef]], list[Match], Database, Catalog]


@pytest.fixture(scope="module", params=(400, 20), ids="{} tables a schema".format)
def compared(request: pytest.FixtureRequest) -> Compared:
    """Return the pairs that the search found, and the ledger of all pairs that it did not.

    In few schemas, and in many, where dozens of tables bear one name.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skewed, "TABLES_A_SCHEMA", request.param)
        read = skewed.catalog(TABLES, seed=11)
    database = Database(read, PACK)
    found = {(match.left, match.right) for match in find_matches(read, PACK).matches}
    lost = [
        match_of(Pair(one, other, database))
        for one, other in combinations(database.forms, 2)
        if (one.number % EVERY == 0 or other.number % EVERY == 0)
        and (one.traits.ref, other.traits.ref) not in found
    ]
    return found, lost, database, read


def test_no_pair_is_lost_that_would_be_said_or_reviewed(
    compared: Compared,
) -> None:
    found, lost, database, _ = compared
    assert len(found) > TABLES
    assert len(lost) > TABLES * TABLES / EVERY / 2
    assert max(match.bits for match in lost) < database.weights["review_from"]


def test_no_pair_passed_over_looks_alike(
    compared: Compared,
) -> None:
    _, lost, database, read = compared
    candidates = Candidates(database)
    passed_over = [
        match
        for match in lost
        if candidates.passed_over(
            database.by_ref[match.left].number, database.by_ref[match.right].number
        )
    ]
    assert len(passed_over) > TABLES / EVERY
    traits = {form.traits.ref: form.traits for form in database.forms}
    found = look_alikes(read, passed_over, traits, PACK.lexicon.lookup_columns)
    assert not [group for group in found if group.kind != Kind.SAME_WORD]
