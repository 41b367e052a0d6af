"""Which column of one table is which of the other, and by what."""

import pytest
from builders import catalog, table

from cmis_audit.match.alignment import align
from cmis_audit.match.columns import type_family, type_likeness
from cmis_audit.match.forms import Database
from cmis_audit.model.catalog import Domain, Enum, Table
from cmis_audit.model.match import Alike, ColumnMatch
from cmis_audit.model.names import TableRef
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)


def aligned(left: Table, right: Table, *others: Table) -> dict[str, ColumnMatch]:
    database = Database(catalog(left, right, *others), PACK)
    forms = [database.by_ref[left.ref], database.by_ref[right.ref]]
    return {match.left: match for match in align(*forms, database)}


@pytest.mark.parametrize(
    ("left", "right", "how"),
    [
        ("total numeric", "total numeric", Alike.EXACT),
        ("alpha_total numeric", "total numeric", Alike.OWN_NAME),
        ("email_address text", "mail text", Alike.SYNONYM),
        ("signed_up_at timestamptz", "created_on timestamptz", Alike.SYNONYM),
        ("status text", "stts text", Alike.ABBREVIATION),
        ("organisation_name text", "organisations_name text", Alike.EXACT),
        ("media_url text", "mediaurl text", Alike.SIMILAR),
        ("timeframe daterange", "start_date date", Alike.RANGE),
        ("created timestamptz", "created_at timestamptz", Alike.SYNONYM),
        ("surname text", "last_name text", Alike.SYNONYM),
    ],
)
def test_how_columns_meet(left: str, right: str, how: Alike) -> None:
    found = aligned(table("alpha", "id int pk", left), table("beta", "id int pk", right))
    match = found[left.split(maxsplit=1)[0]]
    assert match.right == right.split(maxsplit=1)[0]
    assert match.how in {how, Alike.OWN_NAME}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("colour text", "weight numeric"),
        ("start_state text", "state_start date"),
        ("shipped_on date", "is_shipped boolean"),
        ("alpha_ref int", "gamma_ref int"),
    ],
)
def test_columns_that_do_not_meet(left: str, right: str) -> None:
    found = aligned(table("alpha", "id int pk", left), table("beta", "id int pk", right))
    assert left.split(maxsplit=1)[0] not in found


def test_keys_of_different_names_meet() -> None:
    found = aligned(
        table("clients", "client_no uuid pk", "mail text"),
        table("customers", "cid uuid pk", "mail text"),
    )
    assert (found["client_no"].right, found["client_no"].how) == ("cid", Alike.KEY)


def test_a_reference_is_not_taken_for_the_key_it_points_at() -> None:
    posts = table("posts", "post_id uuid pk", "body text")
    drafts = table("draft_posts", "draft_id uuid pk", "post_id uuid", "body text")
    found = aligned(drafts, posts)
    assert found["draft_id"].right == "post_id"
    assert "post_id" not in found


def test_references_to_different_tables_do_not_meet() -> None:
    found = aligned(
        table("left_note", "id int pk", "owner_id int -> people", "body text"),
        table("right_note", "id int pk", "holder_id int -> companies", "body text"),
        table("people", "id int pk"),
        table("companies", "id int pk"),
    )
    assert "owner_id" not in found


def test_the_best_whole_alignment_is_taken() -> None:
    found = aligned(
        table("alpha", "id int pk", "user_name text", "login_name text"),
        table("beta", "id int pk", "username text", "login_title text"),
    )
    assert found["user_name"].right == "username"
    assert found["login_name"].right == "login_title"


@pytest.mark.parametrize(
    ("type_name", "family"),
    [
        ("character varying(50)", "text"),
        ("timestamp(0) without time zone", "timestamp"),
        ("bigint", "integer"),
        ("numeric(20,4)", "decimal"),
        ("double precision", "decimal"),
        ("text[]", "text[]"),
        ("jsonb", "json"),
        ("daterange", "period"),
        ("vector(768)", "vector"),
        ("shop.mood", "enum"),
        ("shop.email", "text"),
        ("interval", "interval"),
        ("date", "date"),
        ('"char"', '"char"'),
        ("shop.realm", "shop.realm"),
        ("realtime.action", "realtime.action"),
        ("text_direction", "text_direction"),
        ("interval day to second", "interval"),
        ("public.citext", "text"),
    ],
)
def test_type_families(type_name: str, family: str) -> None:
    assert type_family(type_name, {"shop.mood": "enum", "shop.email": "text"}) == family


def test_domains_and_enums_have_the_family_of_what_they_hold() -> None:
    ref = TableRef(schema="shop", name="email")
    mood = TableRef(schema="shop", name="mood")
    read = catalog(
        table("shop.alpha", "id int pk", "contact shop.email", "mood shop.mood"),
        table("shop.beta", "id int pk", "contact text", "mood text"),
        domains=(Domain(ref=ref, base_type="character varying(320)"),),
        enums=(Enum(ref=mood, labels=("good", "bad")),),
    )
    database = Database(read, PACK)
    assert len(align(*database.forms, database)) == 3


@pytest.mark.parametrize("left", ["text", "integer", "uuid", "json", "text[]", "date", "period"])
@pytest.mark.parametrize("right", ["text", "integer", "uuid", "json", "text[]", "date", "enum"])
def test_type_likeness_is_symmetric_and_bounded(left: str, right: str) -> None:
    assert type_likeness(left, right) == type_likeness(right, left)
    assert 0 <= type_likeness(left, right) <= 1
    assert (type_likeness(left, right) == 1) == (left == right)
