"""Any text means itself in the source files that are written."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.render.frameworks.literals import (
    camel,
    comment,
    free,
    php_text,
    python_string,
    python_text,
    snake,
)
from cmis_audit.sqlfile.statements import cut

texts = st.text(
    st.one_of(
        st.sampled_from("\"'\\\r\n$;{}%*/?>SQL"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    )
)


@given(texts)
def test_python(text: str) -> None:
    source = f"a = {python_text(text)}\nb = {python_string(text)}\n"
    # As Python reads a file: any end of a line is a newline.
    read = source.replace("\r\n", "\n").replace("\r", "\n")
    values = {n.targets[0].id: ast.literal_eval(n.value) for n in ast.parse(read).body}
    assert values == {"a": text, "b": text}


@given(texts)
def test_the_end_of_a_nowdoc_stands_nowhere_in_it(text: str) -> None:
    made = php_text(text)
    if made.startswith("<<<'"):
        end = made[4:].partition("'")[0]
        assert end not in text
        assert made == f"<<<'{end}'\n{text}\n{end}"
    else:
        inner = made[1:-1].replace("\\\\", "\x00").replace("\\'", "'").replace("\x00", "\\")
        assert inner == text


@given(texts)
def test_a_comment_ends_nowhere(text: str) -> None:
    said = comment(text)
    assert said.isprintable()
    assert not any(mark in said for mark in ("*/", "?>", '"""', "'''", "\\"))


@given(st.lists(texts))
def test_names_are_words_and_each_its_own(given_texts: list[str]) -> None:
    taken: set[str] = set()
    names = [free(make(text, "x"), taken) for text in given_texts for make in (snake, camel)]
    assert all(name.isidentifier() and name.isascii() for name in names)
    assert len({name.lower() for name in names}) == len(names)


@given(texts)
def test_statements_together_are_their_file(text: str) -> None:
    assert "".join(cut(text)) in (text, "")
