"""What must hold of evidence whatever the tables are."""

import random
import string

from builders import catalog, table
from hypothesis import given, settings
from hypothesis import strategies as st

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.alignment import align
from cmis_audit.match.forms import Database
from cmis_audit.match.matches import find_matches, match_of
from cmis_audit.match.pair import Pair
from cmis_audit.model.catalog import Catalog, Column, Table
from cmis_audit.model.match import Match
from cmis_audit.model.names import TableRef
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
_WORDS = """
id name title email mail phone created updated at on customer client order total amount status type
org user post content caption date start end value metric count url v2 old data history
"""
WORDS = _WORDS.split()
TYPES = ("text", "bigint", "uuid", "numeric", "jsonb", "date", "timestamp with time zone", "text[]")

names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join)
anything = st.text(string.ascii_letters + string.digits + '_ ."é-', min_size=1, max_size=12)
columns = st.lists(
    st.tuples(st.one_of(names, anything), st.sampled_from(TYPES)),
    max_size=10,
    unique_by=lambda column: column[0],
)


@st.composite
def databases(draw: st.DrawFn) -> Catalog:
    refs = draw(
        st.lists(
            st.tuples(st.sampled_from(["public", "sales"]), st.one_of(names, anything)),
            min_size=2,
            max_size=7,
            unique=True,
        )
    )
    tables = [
        Table(
            ref=TableRef(schema=schema, name=name),
            columns=tuple(Column(name=one, type=kind) for one, kind in draw(columns)),
        )
        for schema, name in refs
    ]
    return catalog(*tables)


def compared(database: Catalog) -> Match:
    forms = Database(database, PACK)
    return match_of(Pair(forms.forms[0], forms.forms[1], forms))


@given(databases())
@settings(deadline=None)
def test_a_pair_is_the_same_from_both_sides(database: Catalog) -> None:
    forms = Database(database, PACK)
    left, right = forms.forms[:2]
    assert match_of(Pair(left, right, forms)) == match_of(Pair(right, left, forms))


@given(databases())
@settings(deadline=None)
def test_figures_stay_within_their_bounds(database: Catalog) -> None:
    match = compared(database)
    assert 0 <= match.containment <= 1
    assert 0 <= match.jaccard <= 1
    assert all(piece.bits >= 0 for piece in match.evidence)
    assert all(piece.bits <= 0 for piece in match.counter_evidence)
    ledger = sum(piece.bits for piece in (*match.evidence, *match.counter_evidence))
    assert abs(ledger - match.bits) < 0.02


@given(databases())
@settings(deadline=None)
def test_a_column_is_aligned_once_at_most(database: Catalog) -> None:
    forms = Database(database, PACK)
    left, right = forms.forms[:2]
    aligned = align(left, right, forms)
    assert len({one.left for one in aligned}) == len(aligned)
    assert len({one.right for one in aligned}) == len(aligned)
    assert {one.left for one in aligned} <= {column.name for column in left.table.columns}
    assert {one.right for one in aligned} <= {column.name for column in right.table.columns}


@given(databases())
@settings(deadline=None)
def test_a_table_is_wholly_contained_in_its_copy(database: Catalog) -> None:
    original = database.tables[0]
    copy = Table(ref=TableRef(schema="zz", name=original.ref.name), columns=original.columns)
    forms = Database(catalog(original, copy), PACK)
    match = match_of(Pair(forms.forms[0], forms.forms[1], forms))
    if original.columns:
        assert match.containment == match.jaccard == 1


@given(databases(), st.text(string.ascii_lowercase, min_size=9, max_size=12))
@settings(deadline=None)
def test_sharing_one_more_rare_column_never_lowers_the_bits(database: Catalog, word: str) -> None:
    column = Column(name=f"q{word}", type="text")
    before = compared(database)
    grown = [
        Table(ref=one.ref, columns=(*one.columns, column)) if place < 2 else one
        for place, one in enumerate(database.tables)
    ]
    assert compared(catalog(*grown)).bits >= before.bits - 0.02


@given(databases(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_the_catalog_does_not_matter(
    database: Catalog, shuffler: random.Random
) -> None:
    tables = list(database.tables)
    shuffler.shuffle(tables)
    other = catalog(*tables)
    first, second = find_matches(database, PACK), find_matches(other, PACK)
    assert first == second
    assert build_clusters(database, first, PACK) == build_clusters(other, second, PACK)


def test_a_shared_name_is_worth_less_the_more_tables_have_it() -> None:
    def bits(holders: int) -> float:
        tables = [table(f"t{number}", "id int", "odd text") for number in range(holders)]
        others = [table(f"o{number}", "id int") for number in range(20 - holders)]
        return Database(catalog(*tables, *others), PACK).column_bits("odd")

    assert bits(2) > bits(5) > bits(15)
