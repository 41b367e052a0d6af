"""What the report works out for itself: outline, impact, risk, words, units, diagrams."""

import pytest
from builders import catalog, cluster, function, table, view

from cmis_audit.model.catalog import Trigger
from cmis_audit.model.cluster import Kind
from cmis_audit.model.match import Alike
from cmis_audit.model.names import TableRef
from cmis_audit.render.diagram import entity_diagram
from cmis_audit.render.evidence import HOW
from cmis_audit.render.impact import dependents
from cmis_audit.render.index import Index
from cmis_audit.render.outline import outline, widest
from cmis_audit.render.outlook import KINDS, words_of
from cmis_audit.render.risk import Level, factors, overall
from cmis_audit.render.units import human_bytes, human_rows, percent, points, short_type, signed


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ({"uuid"}, "uuid"),
        ({"integer", "bigint"}, "bigint"),
        ({"character varying(50)", "character varying(255)"}, "character varying(255)"),
        ({"character varying(50)", "text"}, "text"),
        ({"character(10)", "character varying(5)"}, "character varying"),
        ({"numeric(10,2)", "bigint"}, "numeric"),
        ({"numeric(10,2)", "numeric(8,4)"}, "numeric"),
        (
            {"timestamp(0) without time zone", "timestamp without time zone"},
            "timestamp without time zone",
        ),
        ({"timestamp with time zone", "date"}, "timestamp with time zone"),
        ({"json", "jsonb"}, "jsonb"),
        ({"uuid", "bigint"}, None),
        ({"real", "integer"}, None),
        ({"text", "text[]"}, None),
    ],
)
def test_the_widest_type_holds_all(types: set[str], expected: str | None) -> None:
    assert widest(frozenset(types)) == expected


def test_there_are_words_for_every_kind_and_likeness() -> None:
    assert set(KINDS) == set(Kind)
    assert set(HOW) == set(Alike)


def test_the_outline_loses_no_column_and_joins_the_keys() -> None:
    old = table("s.plan", "plan_id uuid pk", "name text", "goal text")
    new = table("s.plan_v2", "id uuid pk", "name varchar(9)", "start date")
    other = table("s.plan_report", "id uuid pk", "page text")
    found = outline(Index(catalog(old, new, other)), cluster("plan", old, new, related=(other,)))
    # The keys align nowhere by name alone; `id` is shared with the related table.
    assert {one.name: len(one.members) for one in found.columns} == {
        "plan_id": 2,
        "name": 2,
        "goal": 1,
        "start": 1,
    }


def test_dependents_are_those_that_name_a_member() -> None:
    old = table("s.posts", "id uuid pk")
    new = table("s.posts_v2", "id uuid pk", "old uuid -> s.posts")
    far = table("s.likes", "post_id uuid -> s.posts")
    trigger = Trigger(name="touch", function="s.touch", definition="")
    new = table("s.posts_v2", "id uuid pk", "old uuid -> s.posts", triggers=(trigger,))
    source = catalog(
        old,
        new,
        far,
        views=(view("s.feed", "s.posts"), view("s.rest", "s.likes")),
        functions=(
            function("s.by_text", "SELECT 1 FROM posts_v2"),
            function("s.variable", "posts := 3; -- posts"),
            function("s.longer", "select from s.posts_old"),
            function("s.known", "", "s.posts"),
        ),
    )
    found = dependents(Index(source), cluster("posts", old, new))
    assert [(one.kind, one.name, one.how) for one in found] == [
        ("foreign key", "s.likes (post_id)", "points at it"),
        ("foreign key", "s.posts_v2 (old)", "between members"),
        ("view", "s.feed", "reads it"),
        ("function", "s.by_text()", "names it in its body"),
        ("function", "s.known()", "depends on it"),
        ("trigger", "touch", "sits on it"),
    ]


def test_risk_grows_with_rows_drift_and_uneven_row_security() -> None:
    calm = [table("s.a", "id uuid"), table("s.b", "id uuid", rows=0)]
    wild = [
        table("s.a", "id uuid", row_security=True),
        table("s.b", "id text", rows=50_000_000),
    ]
    quiet = factors(Index(catalog(*calm)), cluster("x", *calm), ())
    loud = factors(Index(catalog(*wild)), cluster("x", *wild), ())
    assert overall(quiet) is Level.NONE
    assert {one.name: one.level for one in loud} == {
        "Rows": Level.HIGH,
        "Type drift": Level.LOW,
        "Dependents": Level.NONE,
        "Row security": Level.HIGH,
        "Triggers": Level.NONE,
    }


def test_never_analysed_is_not_the_same_as_empty() -> None:
    pair = [table("s.a", "id uuid"), table("s.b", "id uuid")]
    rows = factors(Index(catalog(*pair)), cluster("x", *pair), ())[0]
    assert (rows.level, rows.fact) == (Level.MEDIUM, "1 table never analysed")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("social_posts_v2", ("social", "post")),
        ("SocialPosts2", ("social", "post")),
        ("campaign_analytics", ("campaign", "analytics")),
        ("ad_metrics", ("ad", "metric")),
        ("categories", ("category",)),
        ("addresses", ("address",)),
        ("status", ("status",)),
        ("_", ()),
    ],
)
def test_words_are_singular_and_without_version(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_a_diagram_survives_hostile_names() -> None:
    odd = TableRef(schema='s"', name="a%%b\n]")
    pair = [table(odd, "PK uuid pk", "n|m text"), table("s.b", "PK uuid pk", "x uuid -> s.other")]
    drawn = entity_diagram(Index(catalog(*pair)), cluster("x", *pair))
    assert drawn.splitlines() == [
        "```mermaid",
        "erDiagram",
        '    t1["s·.a··b␊·"] {'.replace("␊", "·"),
        '        uuid c_PK PK "PK"',
        "    }",
        '    t2["s.b"] {',
        '        uuid c_PK PK "PK"',
        "        uuid x FK",
        "    }",
        '    t3["s.other"]',
        '    t3 ||--o{ t2 : "x"',
        '    t2 ||..|| t1 : "merges into"',
        "```",
    ]


def test_numbers_are_written_as_people_read_them() -> None:
    assert [human_bytes(size) for size in (None, 0, 8192, 5 * 2**30)] == [
        "unknown",
        "0 B",
        "8.0 kB",
        "5.0 GB",
    ]
    assert [human_rows(rows) for rows in (None, 999_999, 2_500_000, 10_000_000)] == [
        "unknown",
        "999,999",
        "2.5 million",
        "10 million",
    ]
    assert [percent(1, 0), percent(14, 241), percent(1, 3)] == ["0%", "5.8%", "33%"]
    assert [points(4.0), points(3.75), points(11.5)] == ["4", "3.75", "11.5"]
    assert [signed(0.01), signed(-2), signed(3.14)] == ["0.0", "−2.0", "+3.1"]
    assert short_type("timestamp(0) without time zone") == "timestamp(0)"
    assert short_type("timestamp with time zone[]") == "timestamptz[]"
    assert short_type("character varying(50)") == "varchar(50)"
    assert short_type("character(3)") == "char(3)"
