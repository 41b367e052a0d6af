"""What must hold of the evidence of values, whatever the counts are."""

import msgspec
from builders import catalog, table
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.match.matches import find_matches
from cmis_audit.match.values import Values
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.match import Match, Matches
from cmis_audit.model.overlap import CommonValues, LookedUpColumn, Overlap, Overlaps, SampledColumn
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
WEIGHTS = {weight.name: weight.value for weight in PACK.weights}


def twins(first: str, second: str) -> Catalog:
    def twin(name: str) -> Table:
        return table(
            name, "id bigint pk", "iban text unique", "api_token text unique", "depot text", "n int"
        )

    return catalog(twin(first), twin(second), table("other", "id int pk", "name text"))


# `customers` sorts before `zustomers`; the same pair from the other side is `customers`, `ancients`
ONE, OTHER = twins("customers", "customers_bak"), twins("customers", "bak_customers")


@st.composite
def counts(draw: st.DrawFn, name: str) -> SampledColumn:
    left_values, right_values = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    spare = st.sampled_from([0, 1, 300])
    return SampledColumn(
        left=name,
        right=name,
        left_values=left_values,
        left_filled=left_values + draw(spare),
        right_values=right_values,
        right_filled=right_values + draw(spare),
        shared=draw(st.sampled_from([0, 1, 9]) | st.integers(0, 400))
        % (1 + min(left_values, right_values)),
    )


@st.composite
def lookups(draw: st.DrawFn, name: str) -> LookedUpColumn:
    values = draw(st.integers(0, 256))
    return LookedUpColumn(
        left=name,
        right=name,
        from_left=draw(st.booleans()),
        values=values,
        found=draw(st.integers(0, values)),
    )


@st.composite
def common(draw: st.DrawFn) -> CommonValues:
    number = st.integers(1, 100)
    left, right = draw(number), draw(number)
    return CommonValues(
        left="depot",
        right="depot",
        left_values=left,
        right_values=right,
        shared=draw(st.integers(0, min(left, right))),
        agreement=draw(st.sampled_from([0.0, 0.5, 0.8, 1.0])),
    )


read = st.sampled_from([1.0, 1.0, 0.5, 0.01])


@st.composite
def overlaps(draw: st.DrawFn) -> Overlap:
    match = _pair(MATCHES[id(ONE)])
    names = draw(st.lists(st.sampled_from(["iban", "api_token", "depot"]), unique=True))
    looked_up = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return Overlap(
        left=match.left,
        right=match.right,
        left_read=draw(read),
        right_read=draw(read),
        sampled=tuple(draw(counts(name)) for name in names),
        looked_up=tuple(draw(lookups(name)) for name in looked_up),
        common=draw(st.just(()) | common().map(lambda one: (one,))),
    )


def _pair(matches: Matches) -> Match:
    return next(
        match for match in matches.matches if "customers" in (match.left.name, match.right.name)
    )


MATCHES = {id(source): find_matches(source, PACK) for source in (ONE, OTHER)}


def entered(source: Catalog, overlap: Overlap) -> Match:
    matches = MATCHES[id(source)]
    return _pair(Values(source, PACK).entered(matches, Overlaps(pairs=(overlap,))))


@given(overlaps())
def test_values_move_a_pair_within_their_bounds_and_the_ledger_adds_up(overlap: Overlap) -> None:
    before, after = _pair(MATCHES[id(ONE)]), entered(ONE, overlap)
    most = WEIGHTS["sample.shared"] + WEIGHTS["data.common_values"]
    assert WEIGHTS["sample.disjoint"] - 0.01 <= after.bits - before.bits <= most + 0.01
    pieces = (*after.evidence, *after.counter_evidence)
    assert abs(sum(piece.bits for piece in pieces) - after.bits) < 0.02
    if not overlap.sampled and not overlap.common:
        assert after == before


@given(overlaps())
def test_values_say_the_same_from_both_sides(overlap: Overlap) -> None:
    mirrored = Overlap(
        left=next(one.ref for one in OTHER.tables if one.ref.name == "bak_customers"),
        right=overlap.left,
        left_read=overlap.right_read,
        right_read=overlap.left_read,
        sampled=tuple(
            msgspec.structs.replace(
                one,
                left_filled=one.right_filled,
                left_values=one.right_values,
                right_filled=one.left_filled,
                right_values=one.left_values,
            )
            for one in overlap.sampled
        ),
        looked_up=tuple(
            msgspec.structs.replace(one, from_left=not one.from_left) for one in overlap.looked_up
        ),
        common=tuple(
            msgspec.structs.replace(one, left_values=one.right_values, right_values=one.left_values)
            for one in overlap.common
        ),
    )

    def added(source: Catalog, answer: Overlap) -> list[float]:
        match = entered(source, answer)
        pieces = (*match.evidence, *match.counter_evidence)
        return [one.bits for one in pieces if one.signal in ("sample", "common-values")]

    assert added(ONE, overlap) == added(OTHER, mirrored)


@given(overlaps(), st.data())
def test_one_more_value_in_common_never_lowers_the_bits(
    overlap: Overlap, data: st.DataObject
) -> None:
    growing = [
        place
        for place, one in enumerate(overlap.sampled)
        if one.shared < min(one.left_values, one.right_values)
    ]
    if not growing:
        return
    place = data.draw(st.sampled_from(growing))
    grown = list(overlap.sampled)
    one = grown[place]
    most = min(one.left_values, one.right_values)
    grown[place] = msgspec.structs.replace(one, shared=data.draw(st.integers(one.shared + 1, most)))
    looked_up = tuple(
        msgspec.structs.replace(one, found=data.draw(st.integers(one.found, one.values)))
        for one in overlap.looked_up
    )
    more = msgspec.structs.replace(overlap, sampled=tuple(grown), looked_up=looked_up)
    assert entered(ONE, more).bits >= entered(ONE, overlap).bits
