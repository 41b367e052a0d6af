"""Whatever a name holds, Markdown shows it and does not obey it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cmis_audit.render.escape import (
    Safe,
    code,
    escaped,
    html_code,
    joined,
    mermaid_label,
    mermaid_word,
    table,
    text,
    visible,
)

HOSTILE = [
    "a|b",
    "a\\|b",
    "`tick`",
    "``",
    "`",
    "new\nline",
    "<script>alert(1)</script>",
    "*bold*",
    "_under_",
    "[link](javascript:alert(1))",
    "![x](y)",
    "# heading",
    "- item",
    "1. one",
    "> quote",
    "&lt;b&gt;",
    "$x$",
    "~~gone~~",
    "http://example.com",
    "www.example.com",
    "---",
    "===",
    "\u202etxt.exe",
    "a\x00\x1b[31mb",
    " lead and trail ",
    "two  blanks",
    "جدول",
    "x" * 63,
    "|" * 63,
    "\\",
    "<!-- c -->",
    "]]>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "\ud800",
    "a\u2028b",
    ":-:",
    "--",
]
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.sampled_from("ab|`\\<>*_[]()#&;~!$-+=.:/ \n\t\"'1"), min_size=1),
    st.text(min_size=1, max_size=63),
)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(source: str) -> list[Token]:
    flat = []
    for token in MARKDOWN.parse(source):
        flat += [token, *(token.children or [])]
    return flat


def shown(source: str) -> str:
    """The text that a reader sees, `<code>` tags being ours."""
    kept = []
    for token in tokens(source):
        if token.type in {"text", "code_inline"}:
            kept.append(token.content)
        elif token.type == "html_inline":
            assert token.content in {"<code>", "</code>"}
        else:
            allowed = {"inline", "paragraph_open", "paragraph_close"}
            assert token.type in allowed, f"{token.type} came of {source!r}"
    return "".join(kept)


def squeezed(name: str) -> str:
    return visible(name).strip(" ")


@given(names)
def test_text_shows_the_name_and_nothing_else(name: str) -> None:
    if squeezed(name).strip():
        # Markdown drops other blanks (U+00A0 stays, U+3000 may not) at the ends of a paragraph.
        assert shown(text(name)).strip() == squeezed(name).strip()


@given(names)
def test_code_shows_the_name_and_nothing_else(name: str) -> None:
    assert shown(code(name)) == visible(name)


@given(names)
def test_html_code_is_ascii_markup_around_references(name: str) -> None:
    inner = html_code(name).removeprefix("<code>").removesuffix("</code>")
    assert not set(inner) & set("<>|`\"'\n")


@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=5))
def test_a_table_keeps_its_cells(rows: list[tuple[str, str, str]]) -> None:
    source = table(
        ["one", "two", "three"], [(text(a), code(b), joined("", [c, a])) for a, b, c in rows], "lrc"
    )
    found = [token.type for token in tokens(source)]
    assert found.count("tr_open") == 1 + len(rows)
    assert found.count("td_open") == 3 * len(rows)
    assert found.count("th_open") == 3
    assert found[-1] == "table_close"


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 cells under 1 headers"):
        table(["one"], [["a", "b"]], "l")


@given(names)
def test_visible_text_has_one_line_and_no_controls(name: str) -> None:
    assert "\n" not in visible(name)
    assert all(char.isprintable() or char.isspace() for char in visible(name))
    visible(name).encode()


def test_visible_says_what_it_hides() -> None:
    assert visible("a\tb\x7f\u202e") == "a␉b␡⟨U+202E⟩"
    assert visible("العملاء") == "العملاء"


def test_plain_names_stay_readable() -> None:
    assert text("social_posts_v2") == "social_posts_v2"
    assert code("cmis.social_posts") == "`cmis.social_posts`"


def test_operations_on_safe_text_are_no_longer_safe() -> None:
    assert escaped(Safe("**") + "*") == "&#42;&#42;&#42;"
    assert escaped(Safe("**")) == "**"


def test_none_is_never_printed() -> None:
    with pytest.raises(TypeError):
        escaped(None)


@given(names)
def test_mermaid_gets_harmless_characters_only(name: str) -> None:
    assert not set(mermaid_label(name)) & set('"%\\\n\r<>#;[]{}|`')
    assert "direction " not in mermaid_label(f"direction TB {name}")
    word = mermaid_word(name)
    assert word.isascii()
    assert word.replace("_", "a").isalnum()
    assert not word[0].isdigit()
