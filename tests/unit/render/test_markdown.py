"""report.md: what it says, and that it is whole whatever the database is called."""

import re

import msgspec
from builders import (
    catalog,
    cluster,
    column,
    finding,
    function,
    match,
    report,
    schema_copies,
    score,
    skipped,
    table,
    view,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cmis_audit.model.catalog import Table
from cmis_audit.model.cluster import Kind, Member, Priority, Role, Verdict
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.model.schema_copy import ColumnDrift, SchemaKind, TablePair
from cmis_audit.model.score import SchemaPayoff
from cmis_audit.model.traits import MetricShape
from cmis_audit.pipeline import audit, rule_packs
from cmis_audit.render.markdown import render_markdown

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OUR_TAGS = re.compile(
    r"</?(details|summary|code)>|<br>|<a id=\"(?:schema-\d+|group-[\w-]+)\">|</a>"
)
names = st.one_of(
    st.sampled_from(
        [
            "a|b`c",
            "x\ny",
            "<script>",
            "</details>",
            "```",
            "\\|",
            "# h",
            'q"uote',
            "\u202eabc",
            "PK",
            "%%{init}%%",
            "{{ 1 }}",
            "[x](#group-c-1)",
        ]
    ),
    st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=63),
)

POSTS = table("cmis.posts", "id uuid pk", "org_id uuid -> cmis.orgs", "body text", rows=10)
POSTS_V2 = table(
    "cmis.posts_v2", "id uuid pk", "org_id uuid", "body character varying(50)", "likes integer"
)
ORGS = table("cmis.orgs", "id uuid pk")


def html_of(source: str) -> str:
    return str(MARKDOWN.render(source))


def rows_of(section: str, source: str) -> list[list[str]]:
    """The body cells of the first table below a heading."""
    below = source.split(f" {section}\n", 1)[1]
    lines = [line for line in below.split("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def checked(text: str) -> str:
    """Assert that every table is whole and that all raw HTML is ours; return the text."""
    tokens = MARKDOWN.parse(text)
    widths: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        elif token.type in {"td_open", "th_open"}:
            widths[-1] += 1
        elif token.type == "table_close":
            assert len(set(widths)) == 1
            assert len(widths) > 1
            widths = []
        raw = [token.content] if token.type == "html_block" else []
        raw += [one.content for one in token.children or [] if one.type == "html_inline"]
        for piece in raw:
            assert "<" not in OUR_TAGS.sub("", piece)
    in_source = sum(line.startswith("|") for line in text.splitlines())
    assert in_source == sum(token.type == "tr_open" for token in tokens) + sum(
        token.type == "thead_open" for token in tokens
    )
    fences = [token for token in tokens if token.type == "fence"]
    assert all(token.info == "mermaid" for token in fences)
    assert text.count("```") == 2 * len(fences)
    assert text.count("<details>") == text.count("</details>")
    return text


def two_posts(**fields: object) -> Report:
    group = cluster("posts", POSTS, POSTS_V2)
    source = catalog(
        POSTS,
        POSTS_V2,
        ORGS,
        views=(view("cmis.feed", "cmis.posts"),),
        functions=(function("cmis.publish", "insert into cmis.posts_v2 values (1)"),),
    )
    return report(source, group, **fields)


def test_a_group_is_told_from_its_tables_to_its_impact() -> None:
    text = checked(render_markdown(two_posts()))
    assert "**1 group of tables stores the same thing more than once.**" in text
    assert "1 of 3 tables (33%)" in text
    assert "**Keep `cmis.posts`**" in text
    assert "| ⚠ body | text | varchar(50) |" in text
    assert "- Only in `posts_v2` (1): `likes`" in text
    assert "| `body` | text | 2 of 2 | ⚠ seen as varchar(50), text |" in text
    assert "| view | `cmis.feed` | reads it | `posts` |" in text
    assert "| function | `cmis.publish()` | names it in its body | `posts_v2` |" in text
    assert 't2 ||..|| t1 : "merges into"' in text


def test_the_same_report_gives_the_same_text() -> None:
    assert render_markdown(two_posts()) == render_markdown(two_posts())


def test_an_empty_database_gets_a_short_report() -> None:
    text = checked(render_markdown(report(catalog())))
    assert "no tables that the role could read" in text
    assert "consolidate" not in text.split("## Appendix")[0]


def test_no_duplicates_is_said_and_nothing_else() -> None:
    text = checked(render_markdown(report(catalog(POSTS, ORGS))))
    assert "No two of the 2 tables were found to store the same thing." in text
    alone = checked(render_markdown(report(catalog(POSTS))))
    assert "There is no second table that could store the same thing." in alone
    assert "mermaid" not in text
    assert "## Risks" not in text


def test_a_table_in_two_groups_is_counted_once_in_the_total() -> None:
    one = table("s.plan", "id uuid pk")
    two = table("s.plan_v2", "id uuid pk")
    three = table("s.link", "id uuid pk")
    four = table("s.link_v2", "id uuid pk")
    shared = table("s.link_plan", "id uuid pk")
    text = render_markdown(
        report(
            catalog(one, two, three, four, shared),
            cluster("plan", one, two, related=(shared,)),
            cluster("link", three, four, related=(shared,)),
        )
    )
    assert "| **Total, each table once** | **5** | **3** | **40%** |" in text
    assert "`s.link_plan` stands in more than one row; the total counts it once." in text
    assert [row[:4] for row in rows_of("By word", text)] == [
        ["`link`", "3", "3", "2"],
        ["`plan`", "3", "3", "2"],
        ["**Total, each table once**", "**5**", "**5**", "**3**"],
    ]


def test_metrics_are_told_by_shape_and_naming() -> None:
    wide = table("m.ad_metrics", "id uuid pk", "at date", "clicks bigint", "spend numeric")
    named = table("m.metrics", "id uuid pk", "at date", "metric text", "value numeric")
    group = cluster("metrics", named, wide, kind=Kind.FRAGMENTED_METRICS)
    first, second = group.members
    group = msgspec.structs.replace(
        group,
        members=(
            msgspec.structs.replace(first, shape=MetricShape.NAME_VALUE, naming="metric"),
            msgspec.structs.replace(second, shape=MetricShape.WIDE),
        ),
    )
    text = checked(render_markdown(report(catalog(wide, named), group)))
    assert "| wide | 1 | `ad_metrics` | — |" in text
    assert "| name/value | 1 | `metrics` | `metric` |" in text
    assert "names the metric: `clicks`, `spend`." in text


def test_look_alikes_say_why_and_what_they_should_be_called() -> None:
    small = cluster(
        "assets",
        table("a.assets", "id uuid"),
        table("b.assets", "id uuid"),
        verdict=Verdict.KEEP_APART,
        kind=Kind.SAME_WORD,
        canonical=None,
        reason="Different things.",
    )
    renamed = tuple(
        msgspec.structs.replace(one, role=Role.RELATED, suggested_name="library")
        for one in small.members
    )
    small = msgspec.structs.replace(small, members=renamed)
    many = [table(f"a.tag_{number}", "id uuid") for number in range(20)]
    family = cluster("tags", *many, verdict=Verdict.KEEP_APART, kind=Kind.FAMILY)
    source = catalog(*many, table("a.assets", "id uuid"), table("b.assets", "id uuid"))
    text = checked(render_markdown(report(source, small, family)))
    assert "`a.assets` → `library`" in text
    assert "`a.tag_0`, `a.tag_1`, `a.tag_2` and 17 more." in text
    assert "a.tag_3" not in text


def test_groups_come_by_priority_then_size() -> None:
    def group(name: str, priority: Priority, size: int) -> tuple[list[str], object]:
        tables = [table(f"{name}.t{number}", "id uuid pk") for number in range(size)]
        return [name], cluster(name, *tables, priority=priority)

    made = [
        group("late", Priority.LOW, 9)[1],
        group("small", Priority.CRITICAL, 2)[1],
        group("big", Priority.CRITICAL, 4)[1],
    ]
    text = render_markdown(report(catalog(), *made))
    headings = re.findall(r"^### (\d\. \w+)$", text, re.MULTILINE)
    assert headings == ["1. big", "2. small", "3. late"]


def test_thirty_groups_make_a_whole_report() -> None:
    made, tables = [], []
    for number in range(30):
        old = table(f"s.thing{number}", "id uuid pk", "name text", "note text")
        new = table(f"s.thing{number}_v2", "id uuid pk", "name text")
        tables += [old, new]
        made.append(cluster(f"thing {number}", old, new))
    found = tuple(finding(one, id=f"f{number}") for number, one in enumerate(tables))
    text = checked(render_markdown(report(catalog(*tables), *made, findings=found)))
    assert text.count("#### Impact") == 30
    assert "<details><summary>All 60 findings</summary>" in text


def test_a_capped_rule_says_that_gains_do_not_add_up() -> None:
    taken = score((cluster("posts", POSTS, POSTS_V2),)).deductions[0]
    capped = msgspec.structs.replace(taken, units=12, points=40.0)
    text = render_markdown(two_posts(score=score(deductions=(capped,), exact=60.0, value=60)))
    assert "DUP001 took off the most that the rule may" in text


def drifted(source: Table, copy: Table, cluster: str | None, name: str = "fax") -> TablePair:
    """A pair in which everything differs."""
    changed = ColumnDrift(source=name, copy=f"{name}2", source_type="text", copy_type=name)
    return TablePair(
        source=source.ref,
        copy=copy.ref,
        cluster=cluster,
        only_in_source=(name,),
        only_in_copy=(name, name),
        changed=(changed,),
        keys_only_in_source=(f"primary key ({name})",),
        keys_only_in_copy=(f"unique ({name})",),
    )


def repeated(number: int) -> Report:
    """A schema with that many tables, all of them repeated, and one group beside it."""
    made, pairs, tables = [], [], []
    for place in range(number):
        old = table(f"shop.thing{place:02}", "id uuid pk", "note text")
        new = table(f"shop_v2.thing{place:02}", "id uuid pk", "note text")
        tables += [old, new]
        made.append(cluster(f"thing {place:02}", old, new, kind=Kind.CROSS_SCHEMA))
        same = TablePair(
            source=old.ref,
            copy=new.ref,
            cluster=made[-1].id,
            only_in_source=(),
            only_in_copy=(),
            changed=(),
            keys_only_in_source=(),
            keys_only_in_copy=(),
        )
        pairs.append(drifted(old, new, made[-1].id) if place == 0 else same)
    told = tuple(one.id for one in made)
    alone = cluster("posts", POSTS, POSTS_V2)
    reads = view("web.page", tables[1].ref)
    copies = schema_copies("shop", "shop_v2", *pairs, clusters=told)
    clusters = (*made, alone)
    gains = (SchemaPayoff(schema_copies=copies.id, points=32.0),)
    return report(
        catalog(*tables, POSTS, POSTS_V2, views=(reads,)),
        *clusters,
        schema_copies=(copies,),
        score=score(clusters, schema_payoffs=gains),
    )


def test_a_repeated_schema_is_told_once_with_its_drift() -> None:
    text = checked(render_markdown(repeated(30)))
    assert text.count("### Schema `shop` is repeated by `shop_v2`") == 1
    assert text.count("#### Impact") == 2, "the schema's and that of the one group beside it"
    assert len(text.splitlines()) < 300
    assert "- **Schema shop_v2 repeats 30 of the 30 tables of shop**" in text
    assert "| [schema shop](#schema-1) | high | a second version of a schema | 60 | 30 |" in text
    assert "**31 groups of tables store the same thing more than once" in text
    assert "| **Total, each table once** | **62** | **31** | **50%** |" in text
    assert rows_of("What `shop_v2` repeats, and where it has drifted", text)[0] == [
        "`thing00`",
        "`fax`",
        "`fax`, `fax`",
        "`fax` → `fax2` text → fax",
        "only in `shop`: primary key (fax); only in `shop_v2`: unique (fax)",
    ]
    assert "- The same in columns, types and keys (29): `thing01`," in text
    assert "| view | `web.page` | reads it | `shop_v2.thing00` |" in text
    assert "### 1. posts" in text


def test_a_schema_of_any_size_makes_a_short_report() -> None:
    text = checked(render_markdown(repeated(260)))
    assert "The other 60 groups stand in the JSON output." in text
    assert len(text.splitlines()) < 500


def test_schemas_to_be_judged_and_tenants_have_their_drift() -> None:
    left, right = table("lyon.menus", "id uuid"), table("paris.menus", "id uuid")
    undecided = msgspec.structs.replace(
        schema_copies("lyon", "paris", drifted(left, right, "c-1"), kind=SchemaKind.ALIKE),
        verdict=Verdict.REVIEW,
    )
    tenant = msgspec.structs.replace(
        schema_copies(
            "east",
            "west",
            drifted(table("east.bills", "id uuid"), table("west.bills", "id uuid"), None),
            kind=SchemaKind.TENANT,
        ),
        verdict=Verdict.KEEP_APART,
    )
    kept = cluster("east.*", left, right, verdict=Verdict.KEEP_APART, kind=Kind.TENANTS)
    made = report(catalog(left, right), kept, schema_copies=(undecided, tenant))
    text = checked(render_markdown(made))
    assert "### Schemas `lyon` and `paris`" in text
    assert rows_of("2 schemas of the template `east`", text) == [
        [
            "`west`",
            "1",
            "—",
            "—",
            "`bills` (1 column missing, 2 columns more, 1 column changed, 1 key missing, "
            "1 key more)",
        ]
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(names, min_size=8, max_size=8, unique=True))
def test_hostile_names_break_nothing(hostile: list[str]) -> None:
    schema, first, second, one, two, three, kind, words = hostile
    left = table(
        TableRef(schema=schema, name=first),
        msgspec.structs.replace(column("x text"), name=one),
        msgspec.structs.replace(column("x text"), name=two, type=kind),
    )
    right = table(
        TableRef(schema=schema, name=second),
        msgspec.structs.replace(column("x text"), name=one, type=kind),
        msgspec.structs.replace(column("x text"), name=three),
    )
    group = cluster(
        words, left, right, reason=words, canonical_reason=f"{left.ref} {words}", issues=(words,)
    )
    apart = cluster(words, left, right, verdict=Verdict.KEEP_APART, kind=Kind.SAME_WORD)
    apart = msgspec.structs.replace(
        apart, members=tuple(_renamed(member, words) for member in apart.members)
    )
    review = cluster(words, left, right, verdict=Verdict.REVIEW, pairs=(match(left, right),))
    source = catalog(
        left, right, views=(view("v.v", left.ref),), database=words, role=schema, comment=words
    )
    found = (finding(left, right, message=words, evidence=words),)
    pairs = (drifted(left, right, "told", one), drifted(right, left, None, kind))
    told = msgspec.structs.replace(group, id="told")
    entry = schema_copies(schema, first, *pairs, clusters=("told",), only_in_copy=(left.ref,))
    schemas = (
        entry,
        msgspec.structs.replace(entry, verdict=Verdict.REVIEW, clusters=()),
        msgspec.structs.replace(
            schema_copies(schema, first, *pairs, kind=SchemaKind.TENANT, reason=words),
            verdict=Verdict.KEEP_APART,
        ),
    )
    made = report(
        source,
        group,
        told,
        apart,
        review,
        findings=found,
        not_assessed=(skipped(words),),
        schema_copies=schemas,
    )
    text = checked(render_markdown(made))
    assert "<script" not in html_of(text)
    text.encode()


def _renamed(member: Member, name: str) -> Member:
    return msgspec.structs.replace(member, suggested_name=name, note=name)


def test_what_another_pack_says_is_a_section_with_the_worst_of_each_rule() -> None:
    tables = [table(f"s.t<b>{number}", "a int") for number in range(5)]
    main, *others = rule_packs(("cmis", "governance"), None)
    text = render_markdown(audit(catalog(*tables), main, beside=tuple(others)))
    section = text.partition("\n## Governance\n")[2].partition("\n## ")[0]
    assert "A score of its own" in section
    assert "5 tables (25 in 100) × 1.5" in section
    assert section.count("has no primary key") == 3
    assert "and 2 more in audit.json" in section
    assert "<b>" not in re.sub(r"`[^`]*`", "", section)
    assert "Not judged, and not taken for healthy: empty tables" in section
    assert "Governance: Score = start" in text
