"""What a policy compares with a setting of the session."""

import pytest
from builders import catalog, function, table

from cmis_audit.model.catalog import Column, Policy
from cmis_audit.model.tenancy import Tenancy, tenancies

SETTING = "current_setting('app.tenant'::text, true)"


def found(using: str | None, check: str | None = None, secured: bool = True) -> list[str]:
    policy = Policy(name="p", command="all", permissive=True, roles=("public",), using=using)
    one = table(
        "app.orders",
        "id bigint",
        "org_id uuid",
        "kind text",
        Column(name='Odd "one', type="text"),
        row_security=secured,
        policies=(
            policy,
            Policy(**{**_fields(policy), "name": "q", "using": None, "check": check}),
        ),
    )
    source = catalog(one, functions=(function("app.me", f"SELECT {SETTING}::uuid"),))
    return [f"{each.column}={each.setting}" for each in tenancies(source, one)]


def _fields(policy: Policy) -> dict[str, object]:
    return {name: getattr(policy, name) for name in policy.__struct_fields__}


@pytest.mark.parametrize(
    "text",
    [
        f"(org_id = ({SETTING})::uuid)",
        f"(({SETTING})::uuid = org_id)",
        f"((org_id)::text = {SETTING})",
        "(org_id = app.me())",
        "(org_id = ( SELECT app.me() AS me))",
        f"((kind = 'a = b'::text) AND (org_id = (NULLIF({SETTING}, ''::text))::uuid))",
        f"((org_id IS NULL) OR (org_id = ({SETTING})::uuid))",
    ],
)
def test_a_column_that_is_held_against_a_setting(text: str) -> None:
    assert found(text) == ["org_id=app.tenant"]
    assert found(None, text) == ["org_id=app.tenant"]
    assert found(text, secured=False) == []


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "(kind = 'public'::text)",
        f"({SETTING} = 'admin'::text)",
        f"(elsewhere = {SETTING})",
        f"((org_id = id) AND ({SETTING} IS NOT NULL))",
        "(",
        " = ",
        "",
    ],
)
def test_what_names_no_tenant(text: str) -> None:
    assert found(text) == []


def test_several_are_told_in_their_order() -> None:
    text = f"((kind = current_setting('app.kind'::text)) AND (org_id = ({SETTING})::uuid))"
    assert found(text) == ["kind=app.kind", "org_id=app.tenant"]
    assert found(f'("Odd ""one" = {SETTING})') == ['Odd "one=app.tenant']


def test_they_have_an_order() -> None:
    assert Tenancy(column="a", setting="b") < Tenancy(column="b", setting="a")
