"""What must hold of evidence whatever the tables are."""

import random
import string

import msgspec
from builders import catalog, table
from hypothesis import given, settings
from hypothesis import strategies as st

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.alignment import align
from cmis_audit.match.forms import Database
from cmis_audit.match.matches import find_matches, match_of
from cmis_audit.match.pair import Pair
from cmis_audit.model.catalog import Catalog, Column, ColumnStatistics, Table, TableStatistics
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


@st.composite
def statistics(draw: st.DrawFn, one: Table) -> TableStatistics:
    """Figures of a table as servers give them: with gaps, and often the same ones."""
    count = st.one_of(st.none(), st.sampled_from([0, 3, 900, 1_000, 50_000, 2_000_000]))
    return TableStatistics(
        rows_estimate=draw(count),
        scans=draw(count),
        writes=draw(count),
        last_use=draw(st.sampled_from([None, "2021-01-01T00:00:00Z", "2024-01-01T00:00:00Z"])),
        columns=tuple(
            ColumnStatistics(
                column=column.name,
                null_fraction=draw(st.sampled_from([0.0, 0.03, 0.5, 1.0])),
                distinct=draw(st.sampled_from([-1.0, -0.1, 0.0, 1.0, 12.0, 700.0])),
                average_width_bytes=8,
            )
            for column in one.columns
            if draw(st.booleans())
        ),
    )


@st.composite
def measured_databases(draw: st.DrawFn) -> Catalog:
    database = draw(databases())
    first = draw(st.sampled_from(database.tables))
    tables = [
        msgspec.structs.replace(
            one,
            columns=one.columns if draw(st.booleans()) else first.columns,
        )
        for one in database.tables
    ]
    return catalog(
        *(
            msgspec.structs.replace(one, statistics=draw(st.none() | statistics(one)))
            for one in tables
        )
    )


def without_statistics(database: Catalog) -> Catalog:
    tables = [msgspec.structs.replace(one, statistics=None) for one in database.tables]
    return catalog(*tables)


@given(measured_databases())
@settings(deadline=None)
def test_statistics_move_a_pair_within_their_bounds(database: Catalog) -> None:
    weights = {weight.name: weight.value for weight in PACK.weights}
    most = weights["data.rows"] + weights["data.columns"] + weights["data.superseded"]
    bare, full = compared(without_statistics(database)), compared(database)
    assert weights["data.contradict"] - 0.01 <= full.bits - bare.bits <= most + 0.01
    forms = Database(database, PACK)
    left, right = forms.forms[:2]
    assert match_of(Pair(left, right, forms)) == match_of(Pair(right, left, forms))
    if database.tables[0].statistics is None or database.tables[1].statistics is None:
        assert full == bare


@given(measured_databases(), st.data())
@settings(deadline=None)
def test_figures_that_come_to_agree_never_lower_the_bits(
    database: Catalog, data: st.DataObject
) -> None:
    """Give one column of a table the figures of its partner, or the table as many rows."""
    before = compared(database)
    left, right = database.tables[:2]
    if not (left.statistics and right.statistics and before.columns):
        return
    match = data.draw(st.sampled_from(before.columns))
    theirs = {one.column: one for one in right.statistics.columns}
    if match.right not in theirs or left.statistics.rows_estimate != right.statistics.rows_estimate:
        return
    own = msgspec.structs.replace(theirs[match.right], column=match.left)
    rest = tuple(one for one in left.statistics.columns if one.column != match.left)
    figures = msgspec.structs.replace(left.statistics, columns=(*rest, own))
    agreed = msgspec.structs.replace(left, statistics=figures)
    assert compared(catalog(agreed, *database.tables[1:])).bits >= before.bits - 0.02


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
    assert (first.traits, first.matches) == (second.traits, second.matches)
    assert build_clusters(database, first, PACK) == build_clusters(other, second, PACK)


def test_a_shared_name_is_worth_less_the_more_tables_have_it() -> None:
    def bits(holders: int) -> float:
        tables = [table(f"t{number}", "id int", "odd text") for number in range(holders)]
        others = [table(f"o{number}", "id int") for number in range(20 - holders)]
        return Database(catalog(*tables, *others), PACK).column_bits("odd")

    assert bits(2) > bits(5) > bits(15)
