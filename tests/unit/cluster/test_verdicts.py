"""Every verdict, and beside each the near miss that must get another one."""

import msgspec
import pytest
from builders import catalog, table

from cmis_audit.cluster.clusters import build_clusters
from cmis_audit.match.matches import find_matches
from cmis_audit.model.catalog import Catalog, Column, Key, Table, View
from cmis_audit.model.cluster import Cluster, Kind, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.pipeline import rule_pack

PACK = rule_pack("cmis", None)

SHOP = (
    table(
        "orders",
        "id bigint pk",
        "customer_id bigint",
        "total numeric",
        "placed_at timestamp with time zone",
    ),
    table("products", "id bigint pk", "sku text", "price numeric", "name text"),
    table(
        "shipments",
        "id bigint pk",
        "order_id bigint -> orders",
        "carrier text",
        "tracking_code text",
        "shipped_at timestamp with time zone",
    ),
)


def clusters_of(*tables: Table, database: Catalog | None = None) -> tuple[Cluster, ...]:
    read = database or catalog(*SHOP, *tables)
    return build_clusters(read, find_matches(read, PACK), PACK)


def said(*tables: Table) -> dict[frozenset[str], tuple[Verdict, Kind]]:
    """Return the verdict and kind of each cluster, by the bare names of its tables."""
    return {
        frozenset(member.table.name for member in cluster.members): (cluster.verdict, cluster.kind)
        for cluster in clusters_of(*tables)
    }


def core(cluster: Cluster) -> set[str]:
    return {member.table.name for member in cluster.members if member.role != Role.RELATED}


CLIENTS = table(
    "clients",
    "id bigint pk",
    "name text",
    "mail text",
    "telephone text",
    "created_on timestamp with time zone",
)
CUSTOMERS = table(
    "customers",
    "id bigint pk",
    "full_name text",
    "email_address text",
    "phone text",
    "signed_up_at timestamp with time zone",
)

DUPLICATES = [
    pytest.param(
        Kind.VERSION,
        (
            table(
                "orders_v2", "id bigint pk", "customer_id bigint", "total numeric", "currency text"
            ),
        ),
        {"orders", "orders_v2"},
        id="a second version with fewer columns and one more",
    ),
    pytest.param(
        Kind.COPY,
        (table("products_backup", "id bigint", "sku text", "price numeric", "name text"),),
        {"products", "products_backup"},
        id="a backup without keys",
    ),
    pytest.param(
        Kind.COPY,
        (table("bak_products_20240101", "id bigint", "sku text", "price numeric", "name text"),),
        {"products", "bak_products_20240101"},
        id="a dated backup with a prefix",
    ),
    pytest.param(
        Kind.CROSS_SCHEMA,
        (
            table(
                "billing.invoices", "id bigint pk", "number text", "due_on date", "amount numeric"
            ),
            table(
                "finance.invoices", "id bigint pk", "number text", "due_on date", "amount numeric"
            ),
        ),
        {"invoices"},
        id="one table in two schemas",
    ),
    pytest.param(
        Kind.RENAMED_TWIN, (CUSTOMERS, CLIENTS), {"customers", "clients"}, id="no equal name but id"
    ),
    pytest.param(
        Kind.RENAMED_TWIN,
        (
            table(
                "transactionlog",
                "id int pk",
                "reference text",
                "booked_at timestamp with time zone",
                "amount numeric",
            ),
            table(
                "transactionlogarchive",
                "id int pk",
                "reference text",
                "booked_at timestamp with time zone",
                "amount numeric",
            ),
        ),
        {"transactionlog", "transactionlogarchive"},
        id="a marker in a name without separators",
    ),
    pytest.param(
        Kind.FRAGMENTED_METRICS,
        (
            table("campaigns", "id bigint pk", "name text"),
            table(
                "campaign_metrics",
                "id bigint pk",
                "campaign_id bigint -> campaigns",
                "metric_name text",
                "value numeric",
                "recorded_at timestamp with time zone",
            ),
            table(
                "ad_stats",
                "id bigint pk",
                "campaign_id bigint",
                "impressions bigint",
                "clicks bigint",
                "day date",
            ),
            table(
                "campaign_analytics",
                "id bigint pk",
                "campaign_id bigint",
                "metrics jsonb",
                "day date",
            ),
        ),
        {"campaign_metrics", "ad_stats", "campaign_analytics"},
        id="metrics in three shapes",
    ),
    pytest.param(
        Kind.FRAGMENTED_METRICS,
        (
            table(
                "meters", "id bigint pk", "voltage numeric", "current_draw numeric", "place text"
            ),
            table(
                "meter_voltage",
                "meter_id bigint",
                "measured_at timestamp with time zone",
                "value real",
            ),
            table(
                "meter_current_draw",
                "meter_id bigint",
                "measured_at timestamp with time zone",
                "value real",
            ),
        ),
        {"meters", "meter_voltage", "meter_current_draw"},
        id="a table for each metric beside the wide one",
    ),
    pytest.param(
        Kind.OVERLAPPING_ENTITY,
        (
            table(
                "accounts",
                "id int pk",
                "iban text",
                "bic text",
                "holder text",
                "opened_on date",
                "closed_on date",
            ),
            table("accounts_base", "id int pk", "iban text", "bic text"),
            table(
                "accounts_extra",
                "id int pk -> accounts_base",
                "holder text",
                "opened_on date",
                "closed_on date",
            ),
        ),
        {"accounts", "accounts_base", "accounts_extra"},
        id="split in two while the whole stayed",
    ),
]


@pytest.mark.parametrize(("kind", "tables", "expected"), DUPLICATES)
def test_duplicates_are_said_with_their_kind(
    kind: Kind, tables: tuple[Table, ...], expected: set[str]
) -> None:
    found = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert [core(one) for one in found] == [expected]
    wanted = Kind.COPY if "archive" in str(expected) else kind
    assert found[0].kind == wanted
    assert found[0].confidence > 0.7


LOOK_ALIKES = [
    pytest.param(
        Kind.SAME_WORD,
        (
            table(
                "billing.accounts", "id bigint pk", "iban text", "balance numeric", "opened_on date"
            ),
            table(
                "auth.accounts", "id bigint pk", "login text", "password_hash text", "seen_at date"
            ),
        ),
        {"accounts"},
        id="one word in two schemas",
    ),
    pytest.param(
        Kind.SAME_WORD,
        (table("products_v2", "uid uuid pk", "title text", "amount_cents bigint", "vendor text"),),
        {"products", "products_v2"},
        id="a version by name only",
    ),
    pytest.param(
        Kind.HISTORY,
        (
            table(
                "products_history",
                "history_id bigint pk",
                "id bigint",
                "sku text",
                "price numeric",
                "name text",
                "changed_at timestamp with time zone",
            ),
        ),
        {"products", "products_history"},
        id="a history beside its entity",
    ),
    pytest.param(
        Kind.LOOKUP,
        (
            table("countries", "id int pk", "code text", "name text"),
            table("currencies", "id int pk", "code text", "name text"),
            table("languages", "id int pk", "code text", "name text"),
        ),
        {"countries", "currencies", "languages"},
        id="lookup tables",
    ),
    pytest.param(
        Kind.FAMILY,
        (
            table("artists", "id int pk", "name text", "born date"),
            table("labels", "id int pk", "name text", "country text"),
            table(
                "artist_aliases",
                "id int pk",
                "artist_id int -> artists",
                "name text",
                "locale text",
                "sort_name text",
            ),
            table(
                "label_aliases",
                "id int pk",
                "label_id int -> labels",
                "name text",
                "locale text",
                "sort_name text",
            ),
        ),
        {"artist_aliases", "label_aliases"},
        id="the same satellite for two parents",
    ),
    pytest.param(
        Kind.FAMILY,
        (
            table("artists", "id int pk", "name text", "born date"),
            table("labels", "id int pk", "name text", "country text"),
            table(
                "artist_aliases",
                "id int",
                "artist_id int",
                "name text",
                "locale text",
                "sort_name text",
            ),
            table(
                "label_aliases",
                "id int",
                "label_id int",
                "name text",
                "locale text",
                "sort_name text",
            ),
        ),
        {"artist_aliases", "label_aliases"},
        id="the same without any key",
    ),
    pytest.param(
        Kind.GRAIN,
        (
            table(
                "usage_daily",
                "id int pk",
                "meter_id int",
                "day date",
                "kwh numeric",
                "peak numeric",
            ),
            table(
                "usage_monthly",
                "id int pk",
                "meter_id int",
                "month date",
                "kwh numeric",
                "peak numeric",
            ),
        ),
        {"usage_daily", "usage_monthly"},
        id="another grain",
    ),
    pytest.param(
        Kind.TYPED_STORE,
        (
            table(
                "attr_int",
                "object_id bigint pk",
                "attribute_id bigint pk",
                "at date",
                "value bigint",
            ),
            table(
                "attr_text",
                "object_id bigint pk",
                "attribute_id bigint pk",
                "at date",
                "value text",
            ),
        ),
        {"attr_int", "attr_text"},
        id="a store for each type",
    ),
    pytest.param(
        Kind.SERIES,
        tuple(
            table(f"events_{year}", "id bigint", "kind text", "payload jsonb", "at date")
            for year in (2022, 2023, 2024)
        ),
        {"events_2022", "events_2023", "events_2024"},
        id="shards by year",
    ),
    pytest.param(
        Kind.FAMILY,
        tuple(
            table(
                f"{subject}_queue",
                "id bigint pk",
                f"{payload} text",
                "state text",
                "queued_at timestamp with time zone",
                "attempts int",
                "last_error text",
                "worker text",
            )
            for subject, payload in (("print", "printer"), ("geocode", "raw_address"))
        ),
        {"print_queue", "geocode_queue"},
        id="queues of one framework",
    ),
    pytest.param(
        Kind.SATELLITE,
        (
            table("nodes", "id bigint pk", "lat int", "lon int", "tile bigint", "visible boolean"),
            table(
                "current_nodes",
                "id bigint pk",
                "lat int",
                "lon int",
                "tile bigint",
                "visible boolean",
            ),
        ),
        {"nodes", "current_nodes"},
        id="the rows of one state",
    ),
]


@pytest.mark.parametrize(("kind", "tables", "expected"), LOOK_ALIKES)
def test_look_alikes_are_kept_apart_with_their_kind(
    kind: Kind, tables: tuple[Table, ...], expected: set[str]
) -> None:
    found = clusters_of(*tables)
    assert [one for one in found if one.verdict != Verdict.KEEP_APART] == []
    names = {frozenset(member.table.name for member in one.members): one.kind for one in found}
    assert names[frozenset(expected)] == kind


def test_parent_and_items_are_not_even_alike() -> None:
    items = table(
        "order_items",
        "id bigint pk",
        "order_id bigint -> orders",
        "product_id bigint -> products",
        "quantity int",
        "price numeric",
    )
    assert said(items) == {}


def test_the_real_pair_inside_a_family_is_found() -> None:
    notes = [
        table(f"{owner}_notes", "id bigint pk", f"{owner}_id bigint", "body text", "pinned boolean")
        for owner in ("contact", "deal", "company", "campaign")
    ]
    second = table("deal_notes_v2", "id bigint pk", "deal_id bigint", "body text", "pinned boolean")
    verdicts = said(*notes, second)
    assert verdicts[frozenset({"deal_notes", "deal_notes_v2"})] == (
        Verdict.CONSOLIDATE,
        Kind.VERSION,
    )
    assert sum(verdict == Verdict.CONSOLIDATE for verdict, _ in verdicts.values()) == 1


def test_archives_are_paired_one_to_one() -> None:
    columns = ("id bigint pk", "config_key text", "config text", "repository_id int")
    tables = [
        table(f"{prefix}{noun}_configs", *columns)
        for noun in ("build", "job", "request")
        for prefix in ("", "deleted_")
    ]
    found = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert sorted(sorted(core(one)) for one in found) == [
        ["build_configs", "deleted_build_configs"],
        ["deleted_job_configs", "job_configs"],
        ["deleted_request_configs", "request_configs"],
    ]


def test_a_table_of_deleted_keys_is_no_archive() -> None:
    pushers = table(
        "pushers",
        "id bigint pk",
        "user_name text",
        "app_id text",
        "pushkey text",
        "profile_tag text",
        "kind text",
        "device_display_name text",
        "lang text",
        "data text",
        "failing_since bigint",
    )
    deleted = table("deleted_pushers", "stream_id bigint", "app_id text", "pushkey text")
    assert all(verdict != Verdict.CONSOLIDATE for verdict, _ in said(pushers, deleted).values())


def test_a_comment_that_names_the_other_is_evidence() -> None:
    old = table("acct", "id int pk", "number text", "opened date")
    new = table(
        "ledger_account",
        "id int pk",
        "number text",
        "valid_from date",
        comment="Replaces acct as the list of accounts.",
    )
    found = [one for one in clusters_of(old, new) if one.verdict == Verdict.CONSOLIDATE]
    assert [core(one) for one in found] == [{"acct", "ledger_account"}]
    silent = table("ledger_account", "id int pk", "number text", "valid_from date")
    assert all(one.verdict != Verdict.CONSOLIDATE for one in clusters_of(old, silent))


def test_tenants_are_one_template_and_their_drift_is_told() -> None:
    tables = [
        table(f"{tenant}.{name}", "id bigint pk", "label text", "amount numeric")
        for tenant in ("acme", "bolt", "core")
        for name in ("invoices", "payments", "refunds")
    ]
    tables[0] = table("acme.invoices", "id bigint pk", "label text", "amount numeric", "extra text")
    found = clusters_of(*tables)
    assert {one.verdict for one in found} == {Verdict.KEEP_APART}
    [tenants] = [one for one in found if one.kind == Kind.TENANTS]
    assert "bolt.invoices" in tenants.reason
    assert "bolt.payments" not in tenants.reason


def test_two_schemas_alike_are_a_copy_not_tenants() -> None:
    tables = [
        table(f"{schema}.{name}", "id bigint pk", f"{name}_label text", "amount numeric")
        for schema in ("app", "app_copy")
        for name in ("invoices", "payments", "refunds")
    ]
    found = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert [one.kind for one in found] == [Kind.CROSS_SCHEMA] * 3


def test_inheritance_children_are_not_their_parents_duplicates() -> None:
    parent = table("readings", "id bigint pk", "taken_at date", "depth numeric", "salinity numeric")
    child = table(
        "readings_copy",
        "id bigint",
        "taken_at date",
        "depth numeric",
        "salinity numeric",
        inherits=(parent.ref,),
    )
    assert said(parent, child) == {}


def test_a_view_over_its_table_is_told_and_not_charged() -> None:
    shown = View(
        ref=TableRef(schema="public", name="live_products"),
        columns=tuple(Column(name=name, type="text") for name in ("id", "sku", "price", "name")),
        reads=(TableRef(schema="public", name="products"),),
    )
    found = clusters_of(database=catalog(*SHOP, views=(shown,)))
    assert [(one.verdict, one.kind) for one in found] == [(Verdict.KEEP_APART, Kind.VIEW)]


def test_a_table_is_merged_in_one_cluster_at_most() -> None:
    tables = [
        table(name, "id bigint pk", "headline text", "body text", "author text", "rating int")
        for name in ("articles", "articles_v2", "articles_old", "news_articles", "tmp_articles")
    ]
    merged = [
        member.table
        for one in clusters_of(*tables)
        if one.verdict == Verdict.CONSOLIDATE
        for member in one.members
        if member.role == Role.MERGE
    ]
    assert len(merged) == len(set(merged))
    assert {ref.name for ref in merged} >= {"articles_v2", "articles_old", "tmp_articles"}


def test_copies_are_put_away_and_not_merged_with_versions() -> None:
    form = "id bigint pk", "headline text", "body text", "author text", "rating int"
    names = ("articles", "articles_v2", "articles_bak_20240301", "articles_old", "articles_v2_old")
    found = clusters_of(*(table(name, *form) for name in names))
    assert {
        (one.name, one.kind): [
            str(each.table.name) for each in one.members if each.role != "related"
        ]
        for one in found
    } == {
        ("articles", Kind.VERSION): ["articles", "articles_v2"],
        ("copies of articles", Kind.COPY): ["articles", "articles_bak_20240301", "articles_old"],
        ("copies of articles v2", Kind.COPY): ["articles_v2", "articles_v2_old"],
    }
    notes = {each.table.name: each.note for each in found[0].members if each.role == Role.RELATED}
    assert notes == dict.fromkeys(names[2:], "a copy, to be put away on its own")


def test_a_numbered_copy_is_a_copy() -> None:
    tables = (
        table("clients", "id bigint pk", "given_name text", "family_name text", "city text"),
        table("clients_old", "id bigint pk", "given_name text", "family_name text", "city text"),
        table("clients_old_2", "id bigint pk", "given_name text", "family_name text", "city text"),
    )
    [found] = clusters_of(*tables)
    assert found.kind == Kind.COPY
    assert len(found.members) == len(tables)


def test_the_canonical_table_is_the_one_others_depend_on() -> None:
    tables = (
        table("people_new", "id bigint pk", "given_name text", "birthday date", "city text"),
        table("people", "id bigint pk", "given_name text", "birthday date"),
        table("visits", "id bigint pk", "person_id bigint -> people", "seen_on date"),
    )
    [found] = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert str(found.canonical) == "public.people"
    assert "no marker" in found.canonical_reason
    assert "1 table points at it" in found.canonical_reason


def test_the_comparison_has_each_column_once() -> None:
    tables = (
        CUSTOMERS,
        CLIENTS,
        table("clients_v2", "id bigint", "name text", "mail character varying(80)", "fax text"),
    )
    [found] = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    cells = [(cell.table, cell.column) for row in found.comparison for cell in row.cells]
    assert len(cells) == len(set(cells)) == sum(len(one.columns) for one in tables)
    for row in found.comparison:
        assert len({cell.table for cell in row.cells}) == len(row.cells)
        assert row.type_drift == (len({cell.type for cell in row.cells}) > 1)


def test_ids_stay_while_the_members_do() -> None:
    first = clusters_of(CUSTOMERS, CLIENTS)
    second = clusters_of(CLIENTS, CUSTOMERS, table("unrelated", "id int pk", "colour text"))
    assert first[0].id == second[0].id
    assert first[0].id != clusters_of(table("orders_v2", "id bigint pk", "total numeric"))[0].id


def test_satellites_of_twins_are_twins_too() -> None:
    def satellite(parent: str) -> Table:
        return table(
            f"{parent}_signatories",
            "id int pk",
            f"{parent}_id int -> {parent}",
            "given_name text",
            "limit_amount numeric",
            "valid_until date",
        )

    old = table("dossier", "id int pk", "reference text", "opened date")
    new = table(
        "casefile", "id int pk", "reference text", "opened date", comment="Replaces dossier."
    )
    found = [
        core(one)
        for one in clusters_of(old, new, satellite("dossier"), satellite("casefile"))
        if one.verdict == Verdict.CONSOLIDATE
    ]
    assert {"dossier_signatories", "casefile_signatories"} in found
    other = table("casefile", "id int pk", "judge text", "court text")
    apart = clusters_of(old, other, satellite("dossier"), satellite("casefile"))
    assert all(one.verdict != Verdict.CONSOLIDATE for one in apart)


ORDER = ("ordered_at timestamp with time zone", "total numeric", "currency text", "note text")
NOT_ACCUSED = [
    pytest.param(
        (
            table("suppliers", "id int pk", "tax_no text"),
            table("buyers", "id int pk", "loyalty int"),
            table("purchase_slips", "id int pk", "supplier_id int -> suppliers", *ORDER),
            table("slips", "id int pk", "buyer_id int -> buyers", *ORDER),
        ),
        id="one noun, parents of their own",
    ),
    pytest.param((table("trial", "a int"), table("trial2", "a int", "b text")), id="a name alone"),
    pytest.param(
        tuple(
            table(f"address_{protocol}", "ip inet", "host text", "seen date", "vlan int")
            for protocol in ("v4", "v6")
        ),
        id="two protocols, not two versions",
    ),
    pytest.param(
        tuple(
            table(f"{layer}.orders", "id int", "customer text", "total numeric", "placed date")
            for layer in ("raw", "staging", "dw")
        ),
        id="stages of one load",
    ),
    pytest.param(
        tuple(
            table(f"{tenant}.{name}", "id int pk", f"{name}_a text", "org int", f"{name}_b text")
            for tenant in ("acme", "globex")
            for name in ("users", "projects", "tasks", "invoices")
        ),
        id="two schemas that may be tenants",
    ),
    pytest.param(
        (
            table("posts", "id int pk", "title text", "body text", "author int"),
            table("draft_posts", "id int pk", "title text", "body text", "author int"),
        ),
        id="the rows of one state of work",
    ),
    pytest.param(
        (
            table("contacts", "id int pk", "name text", "email text", "phone text"),
            table(
                "leads",
                "id int pk",
                "name text",
                "email text",
                "phone text",
                "contact_id int -> contacts",
            ),
        ),
        id="what becomes the other",
    ),
]


@pytest.mark.parametrize("tables", NOT_ACCUSED)
def test_what_is_not_to_be_accused(tables: tuple[Table, ...]) -> None:
    assert all(verdict != Verdict.CONSOLIDATE for verdict, _ in said(*tables).values())


def test_equal_columns_under_unrelated_names_are_for_a_person() -> None:
    columns = (
        "id int pk",
        "email text",
        "opted_in boolean",
        "source text",
        "locale text",
        "joined_on date",
    )
    others = [table(f"thing_{word}", "id int pk", f"{word} text") for word in ("ant", "bee", "cow")]
    found = said(table("subscribers", *columns), table("newsletter_signups", *columns), *others)
    assert found[frozenset({"subscribers", "newsletter_signups"})][0] == Verdict.REVIEW


def test_a_tenant_may_lack_a_table_or_have_its_own() -> None:
    tables = [
        table(f"{tenant}.{name}", "id int pk", f"{name}_a text", "org int", f"{name}_b text")
        for tenant in ("acme", "bolt", "core", "dune")
        for name in ("users", "projects", "tasks", "invoices")
        if (tenant, name) != ("dune", "invoices")
    ]
    assert all(one.verdict == Verdict.KEEP_APART for one in clusters_of(*tables))
    backup = table("bolt.users_backup", "id int", "users_a text", "org int", "users_b text")
    [copy] = [one for one in clusters_of(*tables, backup) if one.verdict == Verdict.CONSOLIDATE]
    assert {str(member.table) for member in copy.members} == {"bolt.users", "bolt.users_backup"}


def test_unrelated_counters_do_not_acquit_scattered_metrics() -> None:
    subject = (
        table("campaigns", "id int pk", "name text"),
        table("campaign_stats", "id int pk", "campaign_id int", "clicks int", "impressions int"),
        table("campaign_metrics", "id int pk", "campaign_id int", "metric_name text", "value real"),
        table("campaign_performance", "id int pk", "campaign_id int", "metrics jsonb", "day date"),
    )
    machines = [
        table(f"{part}_metrics", "id int pk", "host_id int", "usage real", "total real", "at date")
        for part in ("cpu", "mem", "disk", "net")
    ]
    hosts = table("hosts", "id int pk", "name text")
    for others in ((), (hosts, *machines)):
        found = [
            core(one)
            for one in clusters_of(*subject, *others)
            if one.kind == Kind.FRAGMENTED_METRICS
        ]
        assert found == [{"campaign_stats", "campaign_metrics", "campaign_performance"}]


def test_a_version_that_took_over_is_canonical() -> None:
    tables = (
        table("parts", "id int pk", "sku text", "price numeric"),
        table("parts_new", "id int pk", "sku text", "price numeric", "tax numeric", rows=9000),
        table("lines", "id int pk", "part_id int -> parts_new", "quantity int"),
        table("stocks", "id int pk", "part_id int -> parts_new", "shelf text"),
    )
    [found] = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert str(found.canonical) == "public.parts_new"
    assert "rows" in found.canonical_reason


def test_a_comment_finds_even_what_was_redesigned() -> None:
    old = table("credentials", "id int pk", "k text", "v text", comment="replaced by api_keys")
    new = table("api_keys", "id int pk", "token_hash text", "scope text", "expires_at date")
    [found] = [one for one in clusters_of(old, new) if one.verdict == Verdict.CONSOLIDATE]
    assert core(found) == {"credentials", "api_keys"}


def test_no_pair_is_both_for_review_and_kept_apart() -> None:
    columns = ("id int pk", "headline text", "body text", "byline text", "cover_url text")
    tables = [table(name, *columns) for name in ("articles", "pages", "stories", "bulletins")]
    seen: dict[frozenset[TableRef], Verdict] = {}
    for one in clusters_of(*tables):
        refs = [member.table for member in one.members]
        for place, left in enumerate(refs):
            for right in refs[place + 1 :]:
                known = seen.setdefault(frozenset((left, right)), one.verdict)
                assert known == one.verdict


def test_many_schemas_of_one_table_are_one_entry() -> None:
    for count in (6, 60, 250):
        tables = [
            table(f"site_{number}.visits", "id int pk", "path text", "seen_on date", "agent text")
            for number in range(count)
        ]
        found = clusters_of(*tables)
        assert [(one.verdict, one.kind) for one in found] == [(Verdict.KEEP_APART, Kind.TENANTS)]


def test_backup_schemas_are_no_tenants() -> None:
    tables = [
        table(f"{schema}.{name}", "id bigint pk", f"{name}_label text", "amount numeric")
        for schema in ("app", "app_backup", "app_old")
        for name in ("invoices", "payments", "refunds")
    ]
    found = [one for one in clusters_of(*tables) if one.verdict == Verdict.CONSOLIDATE]
    assert sorted(len(one.members) for one in found) == [3, 3, 3]


def test_tenants_of_inheritance_children_are_survived() -> None:
    parent = table("base", "id int pk", "label text")
    children = [
        table(f"{tenant}.{name}", "id int", "label text", inherits=(parent.ref,))
        for tenant in ("acme", "bolt", "core")
        for name in ("first", "second")
    ]
    assert clusters_of(parent, *children) == ()


@pytest.mark.parametrize(
    ("comment", "convicts"),
    [
        ("Replaces public.acct.", True),
        ("Replaces acct as the list of accounts", True),
        ("This never replaces acct.", False),
        ("Does not replace acct; see there.", False),
        ("Replaces legacy.acct.", False),
        ("Replaces the paper files. Unlike acct it has no owner.", False),
        ("deprecated " * 9000 + "acct", False),
    ],
)
def test_what_a_comment_must_say(comment: str, *, convicts: bool) -> None:
    old = table("acct", "id int pk", "number text", "opened date")
    new = table("ledger_account", "id int pk", "code text", "valid_from date", comment=comment)
    found = [one for one in clusters_of(old, new) if one.verdict == Verdict.CONSOLIDATE]
    assert bool(found) == convicts


def test_a_group_is_as_large_as_it_says() -> None:
    columns = ("id int pk", "headline text", "body text", "byline text", "cover_url text")
    tables = [table(f"{name}_page", *columns) for name in ("front", "inner", "back", "last")]
    for one in clusters_of(*tables):
        if one.kind == Kind.FAMILY:
            assert one.reason.startswith(f"{len(one.members)} tables")


def test_a_table_that_was_split_and_stayed() -> None:
    columns = ("id int pk", "room_id int -> rooms", "lesson_id int -> lessons")
    context = (
        table("rooms", "id int pk", "capacity int"),
        table("lessons", "id int pk", "subject text"),
        table("plans", "id int pk", "goal text"),
    )
    whole = table(
        "room_lessons",
        *columns,
        "seat_order text",
        "blackboard text",
        "started_late boolean",
        "left_early boolean",
    )
    seats = table(
        "room_plans",
        "id int pk",
        "room_id int -> rooms",
        "plan_id int -> plans",
        "seat_order text",
        "blackboard text",
    )
    states = table(
        "room_plan_lesson_states",
        "id int pk",
        "room_plan_id int -> room_plans",
        "lesson_id int -> lessons",
        "started_late boolean",
        "left_early boolean",
    )
    found = [one for one in clusters_of(*context, whole, seats, states) if one.kind == Kind.SPLIT]
    assert [core(one) for one in found] == [
        {"room_lessons", "room_plans", "room_plan_lesson_states"}
    ]
    assert [member.table.name for member in found[0].members if member.role == Role.MERGE] == [
        "room_lessons"
    ]


def test_a_join_that_was_written_down_is_no_split() -> None:
    seats = table("seat_plans", "id int pk", "seat_order text", "blackboard text")
    states = table(
        "seat_states",
        "id int pk",
        "seat_plan_id int -> seat_plans",
        "started_late boolean",
        "left_early boolean",
    )
    joined = table(
        "seat_reports",
        "id int pk",
        "seat_plan_id int -> seat_plans",
        "seat_state_id int -> seat_states",
        "seat_order text",
        "blackboard text",
        "started_late boolean",
        "left_early boolean",
    )
    assert all(one.kind != Kind.SPLIT for one in clusters_of(seats, states, joined))


@pytest.mark.parametrize(
    ("comment", "kept"),
    [
        ("Deprecated since spring, use parcels", "parcels"),
        ("Backup of parcels", "parcels"),
        ("Replaces parcels", "zz_packets"),
    ],
)
def test_a_comment_says_which_table_to_keep(comment: str, kept: str) -> None:
    columns = ("id int pk", "weight numeric", "fragile boolean", "sent_on date")
    read = catalog(
        *SHOP,
        table("parcels", *columns),
        msgspec.structs.replace(table("zz_packets", *columns, "note text"), comment=comment),
    )
    (found,) = (one for one in clusters_of(database=read) if one.verdict == Verdict.CONSOLIDATE)
    assert found.canonical is not None
    assert found.canonical.name == kept
    assert "a comment says to use it" in found.canonical_reason


def test_comments_on_columns_name_the_other_table() -> None:
    columns = ("id int pk", "weight numeric", "fragile boolean", "sent_on date")
    moved = msgspec.structs.replace(
        table("ledger_notes", "id int pk", "weight numeric", "hue text"),
        columns=tuple(
            msgspec.structs.replace(column, comment=f"moved to parcels.{column.name}")
            for column in table("ledger_notes", "id int pk", "weight numeric", "hue text").columns
        ),
    )
    matches = find_matches(catalog(*SHOP, table("parcels", *columns), moved), PACK).matches
    (pair,) = (
        one for one in matches if {one.left.name, one.right.name} == {"parcels", "ledger_notes"}
    )
    assert [piece.bits for piece in pair.evidence if piece.signal == "column-comment"] == [12.0]


def test_a_view_that_unites_two_tables_speaks_for_them() -> None:
    columns = ("id int pk", "weight numeric", "fragile boolean", "sent_on date")
    tables = (table("parcels", *columns), table("letters", *columns))
    view = View(
        ref=TableRef(schema="public", name="mail"),
        definition="SELECT id FROM parcels UNION ALL SELECT id FROM letters",
    )

    def bits(*views: View) -> float:
        read = msgspec.structs.replace(catalog(*SHOP, *tables), views=views)
        (pair,) = (
            one
            for one in find_matches(read, PACK).matches
            if {one.left.name, one.right.name} == {"parcels", "letters"}
        )
        return pair.bits

    assert bits(view) == pytest.approx(bits() + 4.0)


APART_BY_NAME = [
    pytest.param("stock_in", "stock_out", id="two sides of one thing"),
    pytest.param("hostchecks", "servicechecks", id="siblings in one word"),
    pytest.param("comments", "commenthistory", id="a history in one word"),
]


@pytest.mark.parametrize(("one", "other"), APART_BY_NAME)
def test_names_that_keep_equal_tables_apart(one: str, other: str) -> None:
    columns = ("id int pk", "taken_by text", "batch_code text", "seen_on date", "remarks text")
    context = (table("hosts", "id int pk", "ip inet"), table("services", "id int pk", "port int"))
    found = clusters_of(*context, table(one, *columns), table(other, *columns))
    assert all(cluster.verdict == Verdict.KEEP_APART for cluster in found)


def test_one_noun_in_two_formats_is_one() -> None:
    columns = ("id int pk", "order_id int", "received_on date", "sender text")
    found = clusters_of(
        table("message_json", *columns, "content jsonb"),
        table("message_xml", *columns, "content xml"),
    )
    assert [core(one) for one in found if one.verdict == Verdict.CONSOLIDATE] == [
        {"message_json", "message_xml"}
    ]


def test_rows_unique_in_other_things_are_not_one() -> None:
    columns = ("id int pk", "resource text", "hard_limit int", "org_id int")
    quotas = table("quotas", *columns)
    per_user = table("member_quotas", *columns, "member_key text")

    def verdicts(*tables: Table) -> set[Verdict]:
        return {one.verdict for one in clusters_of(*tables)}

    assert Verdict.CONSOLIDATE in verdicts(quotas, per_user)
    keyed = (
        msgspec.structs.replace(quotas, uniques=(Key(name="u", columns=("resource", "org_id")),)),
        msgspec.structs.replace(
            per_user, uniques=(Key(name="u", columns=("resource", "org_id", "member_key")),)
        ),
    )
    assert Verdict.CONSOLIDATE not in verdicts(*keyed)


def test_each_schema_has_its_own_outbox() -> None:
    columns = ("id bigint pk", "topic text", "payload jsonb", "published_at date")
    own = (
        table("ship.outbox", *columns),
        table("store.outbox", *columns),
        table("ship.routes", "id int pk", "path text"),
        table("store.shelves", "id int pk", "height int"),
    )
    assert all(one.verdict == Verdict.KEEP_APART for one in clusters_of(*own))


def test_schemas_as_namespaces_are_not_copies() -> None:
    columns = ("id int pk", "title text", "code text", "colour text")
    roles = (
        table("events.events", "id int pk", "starts_on date", "venue text"),
        table("categories.categories", "id int pk", "logo text", "depth int"),
        table("events.roles", *columns, "event_id int -> events.events"),
        table("categories.roles", *columns, "category_id int -> categories.categories"),
    )
    assert all(one.verdict == Verdict.KEEP_APART for one in clusters_of(*roles))
    members = tuple(
        table(
            f"{schema}.role_badges",
            f"role_id int -> {schema}.roles",
            "engraving text",
            "handed_out_on date",
        )
        for schema in ("events", "categories")
    )
    assert all(one.verdict == Verdict.KEEP_APART for one in clusters_of(*roles, *members))


def test_what_belongs_to_a_renamed_table_of_another_schema_is_a_twin_all_the_way() -> None:
    def billing(schema: str, payer: Table, payer_id: str) -> tuple[Table, ...]:
        ref = TableRef(schema=schema, name=payer.ref.name)
        return (
            msgspec.structs.replace(payer, ref=ref),
            table(
                f"{schema}.subscriptions",
                "id bigint pk",
                f"{payer_id} bigint -> {ref}",
                "plan_code text",
                "renews_on date",
            ),
            table(
                f"{schema}.subscription_pauses",
                "id bigint pk",
                f"subscription_id bigint -> {schema}.subscriptions",
                "paused_on date",
                "resumed_on date",
            ),
        )

    found = clusters_of(
        *billing("sales", CUSTOMERS, "customer_id"), *billing("crm", CLIENTS, "client_id")
    )
    merged = [core(one) for one in found if one.verdict == Verdict.CONSOLIDATE]
    assert sorted(map(sorted, merged)) == [
        ["clients", "customers"],
        ["subscription_pauses"],
        ["subscriptions"],
    ]


def test_the_versions_of_versions_are_their_history() -> None:
    columns = ("id int pk", "label text", "released_on date", "notes text")
    found = said(
        table("versions", *columns), table("versions_versions", *columns, "changed_by text")
    )
    assert found[frozenset({"versions", "versions_versions"})] == (
        Verdict.KEEP_APART,
        Kind.HISTORY,
    )


def test_a_copy_that_points_where_its_original_points_at_itself() -> None:
    columns = ("id int pk", "title text", "body text", "shown_on date", "parent_id int -> pages")
    found = clusters_of(table("pages", *columns), table("pages_list", *columns))
    assert [core(one) for one in found if one.verdict == Verdict.CONSOLIDATE] == [
        {"pages", "pages_list"}
    ]
    rows = ("id int pk", "title text", "body text", "shown_on date", "page_id int -> pages")
    found = clusters_of(table("pages", *columns), table("pages_list", *rows))
    assert all(one.verdict == Verdict.KEEP_APART for one in found)


def test_children_named_alike_speak_for_unrelated_names() -> None:
    columns = ("id int pk", "status text", "summary text", "sponsor text", "closed_on date")

    def bits(*children: tuple[str, str]) -> float:
        read = catalog(
            *SHOP,
            table("mandates", *columns),
            table("inquiries", *columns),
            *(
                table(name, "id int pk", f"owner_id int -> {parent}", f"{name}_text text")
                for name, parent in children
            ),
        )
        (pair,) = (
            one
            for one in find_matches(read, PACK).matches
            if {one.left.name, one.right.name} == {"mandates", "inquiries"}
        )
        return pair.bits - sum(
            piece.bits for piece in pair.evidence if piece.signal in {"columns", "coverage"}
        )

    alone = bits()
    bare = (("files", "mandates"), ("inquiry_files", "inquiries"))
    more = (("papers", "mandates"), ("inquiry_papers", "inquiries"))
    assert bits(*bare, *more) == pytest.approx(alone + 2.0)
    assert bits(*bare) == pytest.approx(alone)
    both = tuple((name if "inquiry" in name else f"mandate_{name}", of) for name, of in bare + more)
    assert bits(*both) == pytest.approx(alone)


def test_a_twin_is_asked_about_though_what_it_repeats_has_a_version_already() -> None:
    columns = ("id bigint pk", "surname text", "born date", "blood_group text", "ward text")
    patients, version = table("patients", *columns), table("patients_v2", *columns)
    twin = table("persons_seen", *columns)
    versions = frozenset({"patients", "patients_v2"})
    asked = frozenset({"patients", "persons_seen"})
    assert said(patients, twin)[asked][0] == Verdict.REVIEW
    found = said(patients, version, twin)
    assert found[versions] == (Verdict.CONSOLIDATE, Kind.VERSION)
    assert found[asked] == (Verdict.REVIEW, Kind.RENAMED_TWIN)
    assert len(found) == 2  # one question, not one for each version
    # Half of it is no twin: the nearest of patients is its version.
    half = table("persons_seen", *columns[:3], "seat text", "meal text", "gate text")
    assert not any(
        "persons_seen" in group and verdict == Verdict.REVIEW
        for group, (verdict, _) in said(patients, version, half).items()
    )
