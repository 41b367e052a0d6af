"""Which values are asked about, and what the answers must not say."""

from builders import catalog, table

from cmis_audit.match.matches import find_matches
from cmis_audit.match.value_questions import Questions
from cmis_audit.match.values import Values
from cmis_audit.model.catalog import Catalog
from cmis_audit.model.overlap import Overlap, Overlaps, SampledColumn
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
WEIGHTS = {weight.name: weight.value for weight in PACK.weights}


def test_what_is_asked_about() -> None:
    invoices = [
        table(
            name,
            "id uuid pk",
            "number text unique",
            "org_id uuid",
            "account bigint",
            "due date",
            "booked timestamp",
            "note citext",
            "tags text[]",
            "payer text -> parties",
        )
        for name in ("invoices", "invoices_copy")
    ]
    source = catalog(*invoices, table("parties", "id text pk", "title text"))
    (question,), left_out = Questions(source, PACK).about(find_matches(source, PACK))
    asked = {left for left, right in question.columns if left == right}
    assert asked == {"id", "number", "booked", "note"}
    assert left_out == ()


def test_no_more_than_a_hundred_pairs_are_asked_about() -> None:
    tables = []
    for letter in range(60):
        name = f"{chr(97 + letter % 26)}{'ab'[letter // 26 % 2]}{letter}x"
        specs = ("id bigint pk", *(f"{name}{number}q text" for number in range(5)))
        tables += [table(f"{name}{end}", *specs) for end in ("", "_v2", "_bak")]
    source = catalog(*tables)
    found = find_matches(source, PACK)
    questions, (note,) = Questions(source, PACK).about(found)
    assert len(questions) == 100
    likely = [match for match in found.matches if match.bits >= WEIGHTS["review_from"]]
    assert note.what == f"values of {len(likely) - 100} further pairs of likely duplicates"


def twins(name: str) -> Catalog:
    specs = ("id bigint pk", "iban text unique", "api_token text unique", "depot text", "n int")
    return catalog(
        table("customers", *specs), table(name, *specs), table("other", "id int pk", "name text")
    )


def added(source: Catalog, column: str) -> float:
    """Return the bits that 400 different values on either side add, none of them shared."""
    apart = SampledColumn(
        left=column,
        right=column,
        left_filled=400,
        left_values=400,
        right_filled=400,
        right_values=400,
        shared=0,
    )
    matches = find_matches(source, PACK)
    before = next(
        match for match in matches.matches if "other" not in (match.left.name, match.right.name)
    )
    answer = Overlap(left=before.left, right=before.right, sampled=(apart,))
    after = Values(source, PACK).entered(matches, Overlaps(pairs=(answer,)))
    return round(
        sum(match.bits for match in after.matches) - sum(match.bits for match in matches.matches), 2
    )


def test_editions_that_share_out_the_rows_are_not_held_against_each_other() -> None:
    copy, archive, version = (twins(f"customers_{word}") for word in ("bak", "archive", "v2"))
    assert (added(copy, "iban"), added(archive, "iban"), added(version, "iban")) == (-3.0, 0, 0)


def test_tokens_drawn_anew_for_each_row_are_no_natural_key() -> None:
    assert added(twins("customers_bak"), "api_token") == 0
    assert added(twins("customers_bak"), "depot") == 0
