"""The pieces of the HTML report that need no browser."""

import json
import re
from itertools import pairwise

import msgspec
import pytest
from builders import catalog, table

from bench.skewed import catalog as skewed
from cmis_audit import pipeline, writing
from cmis_audit.model.cluster import Verdict
from cmis_audit.model.code import CodeReference, CodeSurvey, CodeUse
from cmis_audit.model.history import Past
from cmis_audit.model.plan import Phase, Step
from cmis_audit.model.report import PackReport, Report
from cmis_audit.render import html, html_cards
from cmis_audit.render.charts_trend import score_chart
from cmis_audit.render.escape import Safe, code, text
from cmis_audit.render.html import render_html
from cmis_audit.render.html_cards import reasons, turned
from cmis_audit.render.markup import html_of
from cmis_audit.render.waterfall import falls

PACK = pipeline.rule_pack("cmis", None)
POSTS = ("id bigint pk", "headline text", "body text", "published_at date", "slug text")


def audited() -> Report:
    return pipeline.audit(
        catalog(table("posts", *POSTS), table("posts_v2", *POSTS), table("tags", "id bigint pk")),
        PACK,
    )


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        (code("a.b"), "<code>a.b</code>"),
        (code("a`b<c"), "<code>a`b&lt;c</code>"),
        (text("**no** [x](#y) <b>"), "**no** [x](#y) &lt;b&gt;"),
        (Safe(f"**{code('a')}** and [{text('<i>')}](#there)"), None),
        (Safe("~~gone~~<br>next"), "<s>gone</s><br>next"),
        ("<script>", "&lt;script&gt;"),
        ("\u202eabc", "⟨U+202E⟩abc"),
        (3, "3"),
    ],
)
def test_markdown_of_ours_becomes_html_and_nothing_else_does(
    piece: object, shown: str | None
) -> None:
    expected = shown or '<strong><code>a</code></strong> and <a href="#there">&lt;i&gt;</a>'
    assert html_of(piece) == expected


def test_the_waterfall_leads_from_a_hundred_to_the_score() -> None:
    report = audited()
    steps = falls(report.score)
    assert (steps[0].end, steps[-1].end) == (100, report.score.exact)
    assert all(one.end == other.start for one, other in pairwise(steps[:-1]))
    assert steps[-2].end == report.score.exact


def test_the_bars_of_a_pair_add_up_to_its_bits() -> None:
    (pair,) = audited().clusters[0].pairs
    bars, whole = reasons(pair)
    assert min(min(bar.start, bar.end) for bar in bars) == pytest.approx(0)
    assert max(max(bar.start, bar.end) for bar in bars) == pytest.approx(whole)
    total = bars[-1]
    assert total.end - total.start == pytest.approx(pair.bits, abs=0.05)
    assert bars[-2].end == pytest.approx(total.end, abs=0.05)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_html(audited()) == render_html(audited())


def test_all_tables_are_in_the_list_with_the_place_of_their_group() -> None:
    page = writing.documents(audited(), ("html",))["report.html"]
    (listed,) = re.findall(r'<script type="application/json" id="tables">(.*?)</script>', page)
    rows = {row[0]: row for row in json.loads(listed)}
    assert rows.keys() == {"public.posts", "public.posts_v2", "public.tags"}
    assert rows["public.posts_v2"][4] == "merge"
    assert f'id="{rows["public.posts_v2"][6]}"' in page
    assert rows["public.tags"][4:] == ["", "", ""]


def test_without_a_plan_the_card_says_how_to_get_one() -> None:
    report = audited()
    assert "<code>cmis-audit plan</code>" in render_html(report)
    assert "01-expand.sql" in writing.documents(report, ("html",))["report.html"]


def test_sql_that_reads_otherwise_than_it_runs_is_warned_of() -> None:
    def page(name: str) -> str:
        pair = [table(name, *POSTS), table(f"{name}_v2", *POSTS)]
        return writing.documents(pipeline.audit(catalog(*pair), PACK), ("html",))["report.html"]

    for char in "\u202a\u202e\u2066\u2069":
        assert f"turn the direction of text: U+{ord(char):04X} in line" in page(f"posts{char}b")
    for name in ("posts", "\u05d0\u05d1\u05d2", "posts\u200f", "posts\u2029"):
        assert "direction of text" not in page(name)


def test_every_place_of_what_turns_text_is_told() -> None:
    def told(sql: str) -> str:
        values = {"file": "", "title": "", "lock_timeout_ms": 0, "statement_timeout_ms": 0}
        return turned(Step(phase=Phase.EXPAND, transaction=True, sql=sql, **values))

    assert told("a\nb") == ""
    assert told("a\u202e\u202e") == "U+202E in line 1"
    assert told("\u2066a\nb\n\u202ec") == "U+202E, U+2066 in lines 1, 3"
    assert told("\u202e\n" * 10) == "U+202E in lines 1, 2, 3, 4, 5, 6, 7, 8 and 2 more"


def test_a_title_cannot_end_the_list_of_tables() -> None:
    hostile = table("</script><!--", *POSTS)
    page = render_html(pipeline.audit(catalog(hostile), PACK))
    assert page.count("</script>") == 2
    assert "<!--" not in page.replace("<!doctype", "")
    empty = msgspec.structs.replace(audited(), clusters=())
    assert render_html(empty)


def dead_links(page: str) -> set[str]:
    """Return where links lead to, those of the table list too, and nothing stands."""
    listed = json.loads(re.search(r'id="tables">(.*?)</script>', page, re.DOTALL)[1])
    leading = {*re.findall(r'href="#([^"]*)"', page), *(row[6] for row in listed if row[6])}
    return leading - set(re.findall(r'\bid="([^"]+)"', page))


def test_links_to_groups_that_have_no_card_lead_to_where_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = pipeline.audit(skewed(1000, 1), PACK)
    assert {one.verdict for one in report.clusters} == set(Verdict)
    monkeypatch.setattr(html, "MOST_CARDS", 1)
    monkeypatch.setattr(html, "MOST_REVIEWS", 1)
    page = render_html(report)
    assert page.count('<article class="card"') == 2
    assert "further group" in page
    assert "further question" in page
    assert dead_links(page) == set()


def test_what_a_card_leaves_out_is_counted_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("posts", "posts_v2", "posts_v3", "posts_v4")
    report = pipeline.audit(catalog(*(table(name, *POSTS) for name in names)), PACK)
    (group,) = report.clusters
    uses = tuple(
        CodeReference(table=group.members[0].table, use=CodeUse.QUERY, file="a.sql", line=line)
        for line in (1, 2, 3)
    )
    survey = CodeSurvey(roots=("app",), files=1, references=uses)
    report = msgspec.structs.replace(report, code=survey)
    whole = render_html(report)
    assert "in audit.json" not in whole.split('id="review"')[0].split('id="groups"')[1]
    for name, most in (("MOST_LEDGERS", 1), ("MOST_HEATED", 3), ("MOST_USES", 1)):
        monkeypatch.setattr(html_cards, name, most)
    page = render_html(report)
    assert f"{len(group.pairs) - 1} further pairs in audit.json" in page
    assert "1 further table in audit.json" in page
    assert "2 further places that name" in page


def test_code_may_name_some_members_and_not_others() -> None:
    report = audited()
    one = CodeReference(
        table=report.clusters[0].members[0].table,
        use=CodeUse.CREATES,
        file="db/1.sql",
        line=4,
        comment="<b>quick fix</b>",
    )
    survey = CodeSurvey(roots=("app",), files=1, references=(one,))
    page = render_html(msgspec.structs.replace(report, code=survey))
    assert "<code>app/db/1.sql:4</code>" in page
    assert "&lt;b&gt;quick fix&lt;/b&gt;" in page


def test_a_pack_that_repeats_findings_repeats_no_anchor() -> None:
    report = audited()
    other = PackReport(
        title="Beside",
        score=msgspec.structs.replace(report.score, pack="beside"),
        findings=report.findings,
        rules=report.rules,
    )
    page = render_html(msgspec.structs.replace(report, beside=(other,)))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert report.findings[0].id in ids
    assert len(ids) == len(set(ids))


def test_no_line_joins_scores_of_different_packs() -> None:
    def past(day: int, pack: str) -> Past:
        return Past(
            read_at=f"2026-01-0{day}T00:00:00Z",
            score=50,
            grade="C",
            pack_fingerprint=pack,
            tables=1,
            duplicates=0,
            clusters=0,
            waived=0,
        )

    picture = score_chart((past(1, "a"), past(2, "a"), past(3, "b"), past(4, "b"))).body
    assert [len(one.split()) for one in re.findall(r'points="([^"]+)"', picture)] == [2, 2]
    assert picture.count("<circle") == 4
