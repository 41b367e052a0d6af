"""report.md with its pictures: files of their own, none missing, and nothing gets out of them."""

import re
from xml.etree import ElementTree as ET

import msgspec
from builders import HOSTILE_PAST, catalog, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bench.skewed import catalog as skewed
from cmis_audit import pipeline, writing
from cmis_audit.model.catalog import ForeignKey
from cmis_audit.model.names import TableRef
from cmis_audit.model.report import Report
from cmis_audit.render import illustrated
from cmis_audit.render.escape import visible

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan", "circle"} | {
    "line",
    "polyline",
}
PACK = pipeline.rule_pack("cmis", None)
POSTS = ("id bigint pk", "headline text", "body text", "published_at date", "slug text")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
BOTH = ("markdown", "json")
NASTY = ("<script>alert(1)</script>", "](x)", "a\nb", "\u202eevil\u2066", "]]>", "\ufffe&")


def twins(name: str, schema: str = "public") -> Report:
    owners = TableRef(schema=schema, name=f"owners of {name}")
    key = ForeignKey(name="fk", columns=("slug",), target=owners, target_columns=("id",))
    pair = [
        table(TableRef(schema=schema, name=one), *POSTS, foreign_keys=(key,))
        for one in (name, f"{name}_v2")
    ]
    return pipeline.audit(catalog(*pair), PACK)


def images(text: str) -> list[Token]:
    inline = [child for token in MARKDOWN.parse(text) for child in token.children or ()]
    return [one for one in inline if one.type == "image"]


def drawn(text: str) -> ET.Element:
    """Parse the picture as strictly as an image is parsed, and see that nothing in it acts."""
    root = ET.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        assert not [key for key in element.attrib if key.startswith("on") or "href" in key]
    style = root.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style
    assert not re.search(r"var\(|url\(|@import|<", style)
    assert root.findtext(f"{SVG}title")
    told = root.attrib["aria-labelledby"].split()
    assert told == [e.attrib["id"] for e in root if e.tag in {f"{SVG}title", f"{SVG}desc"}]
    return root


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    files = writing.documents(twins("posts"), BOTH)
    shown = {str(one.attrs["src"]): one.content for one in images(files["report.md"])}
    pictures = {name: text for name, text in files.items() if name.endswith(".svg")}
    assert shown.keys() == pictures.keys()
    assert {"pictures/score.svg", "pictures/waterfall.svg", "pictures/map.svg"} < shown.keys()
    assert sum(name.endswith(("-before.svg", "-after.svg")) for name in shown) == 2
    assert all(shown.values())
    assert "mermaid" not in files["report.md"]
    for text in pictures.values():
        drawn(text)


def test_a_report_that_is_alone_needs_no_other_file() -> None:
    for formats in (("markdown",), ("markdown", "markdown")):
        files = writing.documents(twins("posts"), formats)
        assert list(files) == ["report.md"]
        assert images(files["report.md"]) == []
        assert "erDiagram" in files["report.md"]


def test_other_formats_change_no_picture() -> None:
    few = writing.documents(twins("posts"), BOTH)
    many = writing.documents(twins("posts"), ("html", "markdown"))
    assert {**few, **many} == {**many, **few}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.sampled_from(NASTY),
        st.text(
            st.characters(exclude_characters="\x00", exclude_categories=("Cs",)),
            min_size=1,
            max_size=60,
        ),
    )
)
def test_names_stay_text(name: str) -> None:
    files = writing.documents(twins(name, schema=name), BOTH)
    assert [str(one.attrs["src"]) for one in images(files["report.md"])] == [
        each for each in files if each.endswith(".svg")
    ]
    for place, text in files.items():
        if place.endswith(".svg"):
            assert re.fullmatch(r"pictures/[a-z0-9-]+\.svg", place)
            drawn(text)
    text = "".join(drawn(files["pictures/map.svg"]).itertext())
    assert visible(name)[:19].strip() in text


def test_the_alternative_is_the_name_and_no_markdown() -> None:
    for name in NASTY:
        text = writing.documents(twins(f"posts{name}"), BOTH)["report.md"]
        (before,) = (one for one in images(text) if "before" in str(one.attrs["src"]))
        shown = "".join(one.content for one in before.children or ())
        assert shown.endswith(" before: 2 tables")
        assert visible(shown) == shown
        assert {one.type for one in before.children or ()} <= {"text", "text_special"}


def test_a_trend_is_drawn_from_two_audits_on() -> None:
    for trend in ((), (HOSTILE_PAST,), (HOSTILE_PAST, HOSTILE_PAST)):
        report = msgspec.structs.replace(twins("posts"), trend=trend)
        files = writing.documents(report, BOTH)
        assert ("pictures/trend.svg" in files) == (len(trend) == 2)
        assert ("(pictures/trend.svg)" in files["report.md"]) == (len(trend) == 2)
    drawn(files["pictures/trend.svg"])


def test_an_empty_database_has_a_dial_and_nothing_else() -> None:
    files = writing.documents(pipeline.audit(catalog(), PACK), BOTH)
    assert [name for name in files if name.endswith(".svg")] == ["pictures/score.svg"]


def test_pictures_are_bounded_and_the_others_keep_their_diagram() -> None:
    files = writing.documents(pipeline.audit(skewed(3000, 1), PACK), BOTH)
    pictures = {name: text for name, text in files.items() if name.endswith(".svg")}
    groups = {name.rpartition("-")[0] for name in pictures if "-" in name}
    assert len(groups) == illustrated.MOST_GROUPS
    assert max(map(len, pictures.values())) < 600_000
    assert "erDiagram" in files["report.md"]


def test_of_very_many_schemas_those_with_duplicates_are_on_the_map() -> None:
    others = [
        table(TableRef(schema=f"s{number:03}", name=f"t{number}_{part}"), f"c{number}_{part} text")
        for number in range(300)
        for part in range(2)
    ]
    pair = [table(TableRef(schema="zz", name=name), *POSTS) for name in ("posts",)]
    pair += [table(TableRef(schema="zzz", name=name), *POSTS) for name in ("posts_v2",)]
    report = pipeline.audit(catalog(*others, *pair), PACK)
    assert report.clusters
    told = drawn(writing.documents(report, BOTH)["pictures/map.svg"])
    rows = [one.text for one in told.iter(f"{SVG}text") if one.attrib["class"] == "label"]
    words = "".join(told.itertext())
    assert "and 182 further schemas" in words
    assert "zz: 1 table" in words
    assert "zzz: 1 table" in words
    assert len(rows) == 120
