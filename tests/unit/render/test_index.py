"""The index finds what looking through the whole catalog would."""

from builders import catalog, function, table, view

from cmis_audit.model.names import TableRef
from cmis_audit.render.index import Index

PLAIN = table("s.posts", "id uuid pk", "author uuid -> s.users")
QUOTED = table(TableRef(schema="s", name="Old Posts"), "id uuid pk")
USERS = table("s.users", "id uuid pk")
SOURCE = catalog(
    PLAIN,
    QUOTED,
    USERS,
    views=(view("s.feed", "s.posts"),),
    functions=(
        function("s.longer", "SELECT 1 FROM s.posts_archive"),
        function("s.mixed", 'delete from "Old Posts"; insert into POSTS'),
        function("s.parts", 'old := posts."Posts"'),
        function("s.reads", None, "s.users"),
    ),
)


def test_a_table_is_found_by_what_names_it() -> None:
    index = Index(SOURCE)
    every = [PLAIN.ref, QUOTED.ref, USERS.ref]
    assert index.tables(every) == list(SOURCE.tables)
    assert [(one.ref, key.target) for one, key in index.keys_to(every)] == [(PLAIN.ref, USERS.ref)]
    assert [one.ref.name for one in index.views_of(every)] == ["feed"]
    assert index.table(TableRef(schema="s", name="none")) is None


def test_a_function_is_in_question_when_it_has_all_words_of_the_name() -> None:
    found = Index(SOURCE).functions_of([PLAIN.ref, QUOTED.ref, USERS.ref])
    assert [(one.ref.name, [ref.name for ref in refs]) for one, refs in found] == [
        ("mixed", ["Old Posts", "posts"]),
        ("parts", ["Old Posts", "posts"]),
        ("reads", ["users"]),
    ]
