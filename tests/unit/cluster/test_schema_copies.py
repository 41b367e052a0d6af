"""Whole schemas that repeat another, and beside each the near miss that must not be one."""

import pytest
from builders import catalog, table, view

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.cluster.schema_copies import schema_copies
from cmis_audit.match.matches import find_matches
from cmis_audit.model.catalog import Catalog, Table
from cmis_audit.model.cluster import Cluster, Kind, Priority, Verdict
from cmis_audit.model.schema_copy import SchemaCopies, SchemaCopy, SchemaKind
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)
SHOP = {
    "users": ("id bigint pk", "email text", "password_hash text", "locale text", "seen_at date"),
    "orders": ("id bigint pk", "user_id bigint -> S.users", "total numeric", "currency text"),
    "products": ("id bigint pk", "sku text unique", "price numeric", "title text"),
    "shipments": ("id bigint pk", "order_id bigint -> S.orders", "carrier text", "tracking text"),
    "reviews": ("id bigint pk", "product_id bigint -> S.products", "rating int", "body text"),
}
Form = dict[str, tuple[str, ...]]


def schema(name: str, form: Form = SHOP, rows: int | None = None) -> list[Table]:
    return [
        table(f"{name}.{bare}", *(spec.replace("S.", f"{name}.") for spec in columns), rows=rows)
        for bare, columns in form.items()
    ]


def judged(*tables: Table, **fields: object) -> tuple[tuple[SchemaCopies, ...], list[Cluster]]:
    """Return the schemas and the clusters to consolidate."""
    return _judged(catalog(*tables, **fields))


def _judged(read: Catalog) -> tuple[tuple[SchemaCopies, ...], list[Cluster]]:
    matches = find_matches(read, PACK)
    clusters = build_clusters(read, matches, PACK)
    found = schema_copies(read, matches, clusters)
    return found, [one for one in clusters if one.verdict == Verdict.CONSOLIDATE]


def only(found: tuple[SchemaCopies, ...]) -> tuple[SchemaCopies, SchemaCopy]:
    [copies] = found
    [copy] = copies.copies
    return copies, copy


@pytest.mark.parametrize(
    ("source", "copy", "kind", "priority"),
    [
        ("shop", "shop_v2", SchemaKind.VERSION, Priority.HIGH),
        ("shop", "shop2", SchemaKind.VERSION, Priority.HIGH),
        ("api_v1", "api_v2", SchemaKind.VERSION, Priority.HIGH),
        ("app", "app_backup_20240115", SchemaKind.BACKUP, Priority.LOW),
        ("app", "app_2024_01_15", SchemaKind.BACKUP, Priority.LOW),
        ("app", "old_app", SchemaKind.BACKUP, Priority.LOW),
        ("public", "archive", SchemaKind.BACKUP, Priority.LOW),
        ("sales", "sales_europe", SchemaKind.COPY, Priority.HIGH),
    ],
)
def test_a_repeated_schema_is_said_once(
    source: str, copy: str, kind: SchemaKind, priority: Priority
) -> None:
    found, clusters = judged(*schema(source), *schema(copy))
    copies, one = only(found)
    assert (copies.source, one.schema, one.kind) == (source, copy, kind)
    assert (copies.verdict, copies.priority) == (Verdict.CONSOLIDATE, priority)
    assert copies.clusters == tuple(sorted(each.id for each in clusters))
    assert len(clusters) == one.repeated == len(SHOP)
    assert all(pair.source.name == pair.copy.name for pair in one.pairs)
    assert not any(pair.has_drifted for pair in one.pairs)
    assert one.confidence > 0.9


def test_copies_of_one_schema_stand_under_it() -> None:
    found, clusters = judged(
        *schema("app"), *schema("app_20240115"), *schema("app_20240201"), *schema("app_old")
    )
    [copies] = found
    assert copies.source == "app"
    assert [one.schema for one in copies.copies] == ["app_20240115", "app_20240201", "app_old"]
    assert len(copies.clusters) == len(clusters) == len(SHOP)
    assert {str(one.canonical).split(".")[0] for one in clusters} == {"app"}


def test_of_two_dated_copies_the_later_stays() -> None:
    found, _ = judged(*schema("app_20240115"), *schema("app_20240201"))
    assert only(found)[0].source == "app_20240201"


def test_a_version_that_took_over_is_the_source() -> None:
    billing = [
        table(f"billing.{name}", "id int pk", "order_id bigint -> shop_v2.orders", f"{name} text")
        for name in ("charges", "refunds", "fees")
    ]
    found, _ = judged(*schema("shop", rows=10), *schema("shop_v2", rows=90_000), *billing)
    copies, copy = only(found)
    assert (copies.source, copy.schema) == ("shop_v2", "shop")
    assert "3 tables outside point at it" in copies.source_reason
    assert "most rows" in copies.source_reason


def test_drift_is_told_by_table_column_and_key() -> None:
    form = {
        **SHOP,
        "users": ("id bigint pk", "email text", "password_hash bytea", "locale text", "fax text"),
        "products": ("id bigint", "sku text", "price numeric", "title text"),
        "orders": (
            "id bigint pk",
            "user_id bigint -> shop.users",
            "total numeric",
            "currency text",
        ),
        "coupons": ("id bigint pk", "coupon_code text", "percent int"),
    }
    del form["shipments"]
    _, copy = only(judged(*schema("shop"), *schema("shop_v2", form))[0])
    pairs = {pair.source.name: pair for pair in copy.pairs}
    users = pairs["users"]
    assert (users.only_in_source, users.only_in_copy) == (("seen_at",), ("fax",))
    assert [(one.source, one.source_type, one.copy_type) for one in users.changed] == [
        ("password_hash", "text", "bytea")
    ]
    assert pairs["products"].keys_only_in_source == ("primary key (id)", "unique (sku)")
    # The copy's foreign key still points at the source.
    assert pairs["orders"].keys_only_in_source == ("foreign key (user_id) to users",)
    assert pairs["orders"].keys_only_in_copy == ("foreign key (user_id) to shop.users",)
    assert not pairs["reviews"].has_drifted
    assert [str(ref) for ref in copy.only_in_source] == ["shop.shipments"]
    assert [str(ref) for ref in copy.only_in_copy] == ["shop_v2.coupons"]


REDESIGNED = (
    "id uuid pk",
    "product_id bigint -> S.products",
    "stars smallint",
    "comment_text text",
    "author text",
    "helpful int",
)
OTHER = ("setting_id uuid pk", "scope text", "payload jsonb", "valid_from date")


def test_what_drifted_far_is_lifted_by_a_copied_schema() -> None:
    _, clusters = judged(*schema("shop"), *schema("shop_v2", {**SHOP, "reviews": REDESIGNED}))
    assert len(clusters) == len(SHOP)


@pytest.mark.parametrize(
    "equal",
    [
        pytest.param(("users", "products"), id="two tables are no copied schema"),
        pytest.param(
            ("users", "orders", "products", "carts", "stores", "offers"), id="half of the names"
        ),
    ],
)
def test_a_few_equal_tables_lift_nothing(equal: tuple[str, ...]) -> None:
    def side(words: str) -> Form:
        other = [f"{word} text" for word in words.split()]
        return {name: SHOP.get(name, ("id bigint pk", *other)) for name in equal}

    left = {**side("colour weight brand"), "reviews": SHOP["reviews"]}
    right = {**side("opened_on mandate iban"), "reviews": REDESIGNED}
    _, clusters = judged(*schema("sales", left), *schema("sales_eu", right))
    merged = [{str(each.table) for each in one.members} for one in clusters]
    assert not any({"sales.reviews", "sales_eu.reviews"} <= each for each in merged)
    assert any({"sales.users", "sales_eu.users"} <= each for each in merged)


def test_what_has_only_the_name_is_listed_and_not_merged() -> None:
    found, clusters = judged(
        *schema("shop", {**SHOP, "settings": ("id bigint pk", "key text", "value text")}),
        *schema("shop_v2", {**SHOP, "settings": OTHER}),
    )
    _, copy = only(found)
    [settings] = [pair for pair in copy.pairs if pair.cluster is None]
    assert settings.source.name == settings.copy.name == "settings"
    assert copy.repeated == len(clusters) == len(SHOP)
    assert copy.confidence < 0.9


def test_tables_are_paired_by_name_before_all_else() -> None:
    form = {**SHOP, "orders_v2": SHOP["orders"]}
    _, copy = only(judged(*schema("shop", form), *schema("shop_old", form))[0])
    assert [(pair.source.name, pair.copy.name) for pair in copy.pairs] == [
        (name, name) for name in sorted(form)
    ]
    assert all(pair.cluster for pair in copy.pairs)


def test_what_bears_a_marker_may_have_tables_of_its_own() -> None:
    form = {name: SHOP[name] for name in ("users", "orders", "products")}
    own = {
        "restore_log": ("id bigint pk", "run_at date"),
        "checksums": ("file text pk", "sum text"),
    }
    backup = judged(*schema("shop"), *schema("shop_backup", {**form, **own}))[0]
    assert only(backup)[1].repeated == len(form)
    assert [ref.name for ref in only(backup)[1].only_in_copy] == sorted(own)
    assert judged(*schema("shop"), *schema("shop_lab", {**form, **own}))[0] == ()


def test_a_cluster_that_says_more_keeps_its_own_section() -> None:
    second = table("shop.orders_v2", "id bigint pk", "user_id bigint", "total numeric")
    found, clusters = judged(*schema("shop"), second, *schema("shop_old"))
    copies, copy = only(found)
    [orders] = [one for one in clusters if second.ref in {each.table for each in one.members}]
    assert orders.id not in copies.clusters
    assert len(copies.clusters) == len(SHOP) - 1
    assert orders.id in {pair.cluster for pair in copy.pairs}


FRAMEWORK = {
    "schema_migrations": ("version bigint pk", "dirty boolean", "applied_at date"),
    "job_queue": ("id bigint pk", "queue_name text", "payload jsonb", "locked_until date"),
    "feature_flags": ("flag text pk", "is_enabled boolean", "rollout int", "owner_team text"),
}


def _contexts() -> list[Table]:
    """Return bounded contexts: the names are equal, what is stored is not."""
    left = {
        name: ("id bigint pk", f"{name}_sku text", f"{name}_weight numeric", "shelf text")
        for name in ("products", "orders", "customers", "returns")
    }
    right = {
        name: ("id bigint pk", f"{name}_ledger text", f"{name}_tax numeric", "booked_on date")
        for name in left
    }
    return [*schema("warehouse", left), *schema("finance", right)]


NO_COPIES = [
    pytest.param(
        [
            *schema("shop", {**SHOP, **FRAMEWORK}),
            *schema(
                "billing",
                {
                    **FRAMEWORK,
                    "invoices": ("id bigint pk", "number text", "due_on date"),
                    "payments": ("id bigint pk", "iban text", "paid_on date"),
                },
            ),
        ],
        id="three tables of a framework in both",
    ),
    pytest.param(_contexts(), id="bounded contexts with equal names"),
    pytest.param(
        [
            each
            for name in ("shop", "shop_backup")
            for each in schema(name, {one: SHOP[one] for one in ("users", "products")})
        ],
        id="a backup of two tables: two groups say it as shortly",
    ),
    pytest.param(
        [each for layer in ("raw", "staging") for each in schema(layer)], id="two layers of a load"
    ),
    pytest.param(
        [each for layer in ("raw", "staging", "mart") for each in schema(layer)],
        id="three layers of a load",
    ),
]


@pytest.mark.parametrize("tables", NO_COPIES)
def test_what_is_no_copied_schema(tables: list[Table]) -> None:
    assert judged(*tables)[0] == ()


def test_layers_are_kept_apart_however_rich_their_tables() -> None:
    rich = {"trips": ("id bigint pk", *(f"measure_{word} numeric" for word in "abcdefghijkl"))}
    read = catalog(*(each for layer in ("raw", "staging") for each in schema(layer, SHOP | rich)))
    kinds = {one.kind for one in build_clusters(read, find_matches(read, PACK), PACK)}
    assert kinds == {Kind.LAYERS}


def test_two_schemas_without_a_marker_are_for_a_person() -> None:
    menus = {**SHOP, "users": (*SHOP["users"], "loyalty_tier text")}
    found, clusters = judged(*schema("lyon"), *schema("paris", menus))
    copies, copy = only(found)
    assert clusters == []
    assert (copies.verdict, copy.kind) == (Verdict.REVIEW, SchemaKind.ALIKE)
    assert [pair.source.name for pair in copy.pairs if pair.has_drifted] == ["users"]
    # A third makes it a design.
    found, clusters = judged(*schema("lyon"), *schema("paris", menus), *schema("rome"))
    assert clusters == []
    assert [(one.verdict, len(one.copies)) for one in found] == [(Verdict.KEEP_APART, 2)]


def test_each_tenant_has_its_drift() -> None:
    west: Form = {**SHOP, "users": ("id bigint pk", "email text", "locale text not null")}
    west["imaging"] = ("id bigint pk", "scan_kind text")
    del west["reviews"]
    del west["shipments"]
    found, clusters = judged(
        *(each for name in ("east", "north", "south") for each in schema(name)),
        *schema("west", west),
    )
    [copies] = found
    assert clusters == []
    assert copies.source == "east"
    drift = {one.schema: one for one in copies.copies}
    assert all(one.kind == SchemaKind.TENANT for one in copies.copies)
    assert (
        drift["north"].pairs == drift["north"].only_in_source == drift["north"].only_in_copy == ()
    )
    [users] = drift["west"].pairs
    assert users.only_in_source == ("password_hash", "seen_at")
    assert [one.copy_type for one in users.changed] == ["text not null"]
    assert [ref.name for ref in drift["west"].only_in_source] == ["reviews", "shipments"]
    assert [ref.name for ref in drift["west"].only_in_copy] == ["imaging"]


def test_a_tenants_backup_is_held_against_that_tenant() -> None:
    tenants = [each for name in ("acme", "bolt", "core") for each in schema(name)]
    found, clusters = judged(*tenants, *schema("bolt_backup"))
    copies = [one for one in found if one.verdict == Verdict.CONSOLIDATE]
    assert [(one.source, one.copies[0].schema) for one in copies] == [("bolt", "bolt_backup")]
    schemas = {each.table.schema for one in clusters for each in one.members}
    assert schemas == {"bolt", "bolt_backup"}


def test_a_tenant_called_archive_is_one_where_three_others_are() -> None:
    three = [each for name in ("acme", "bolt", "core") for each in schema(name)]
    found, _ = judged(*three, *schema("test"))
    assert [one.verdict for one in found] == [Verdict.KEEP_APART]
    found, _ = judged(*schema("public"), *schema("archive"), *schema("backup"))
    assert [(one.verdict, one.source) for one in found] == [(Verdict.CONSOLIDATE, "public")]


def test_the_order_of_the_catalog_changes_nothing() -> None:
    tables = [*schema("app"), *schema("app_old"), *schema("app_backup"), *schema("lyon")]
    reads = view("reporting.v", "app_old.users")
    first = _judged(catalog(*tables, views=(reads,)))[0]
    read = catalog(*tables, views=(reads,))
    turned = Catalog(
        **{
            name: getattr(read, name)[::-1] if name == "tables" else getattr(read, name)
            for name in Catalog.__struct_fields__
        }
    )
    assert _judged(turned)[0] == first
