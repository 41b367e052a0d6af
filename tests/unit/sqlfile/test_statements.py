import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmis_audit.sqlfile.statements import MetaCommand, Script, Statement


def texts(script):
    return [
        piece.text if isinstance(piece, Statement) else piece.name
        for piece in Script(script).pieces()
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", []),
        (" ; ;; ", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("-- a; b\nSELECT 1 -- c;\n;", ["SELECT 1 -- c;"]),
        ("/* a; /* b; */ c; */ SELECT 1;", ["SELECT 1"]),
        ("SELECT ';', 'it''s;'; x", ["SELECT ';', 'it''s;'", "x"]),
        (r"SELECT E'\';'; x", [r"SELECT E'\';'", "x"]),
        (r"SELECT '\'; x", [r"SELECT '\'", "x"]),
        (r"SELECT U&'\0041;'; x", [r"SELECT U&'\0041;'", "x"]),
        (r"SELECT type'a\'; x", [r"SELECT type'a\'", "x"]),
        ('SELECT "a;""b;"; x', ['SELECT "a;""b;"', "x"]),
        ("SELECT $$;'$$; x", ["SELECT $$;'$$", "x"]),
        ("SELECT $a$;$$;$b$;$a$; x", ["SELECT $a$;$$;$b$;$a$", "x"]),
        ("SELECT a$1; x$y$z; $1; y", ["SELECT a$1", "x$y$z", "$1", "y"]),
        ("CREATE RULE r AS ON INSERT TO a DO (x; y); z", None),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END; x",
            [
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; END",
                "x",
            ],
        ),
        ("BEGIN; CREATE TABLE a (); END; x", ["BEGIN", "CREATE TABLE a ()", "END", "x"]),
        ("\\connect other\nSELECT 1;", ["\\connect", "SELECT 1"]),
        ("SELECT 1 \\g | rm -rf /\nSELECT 2;", ["SELECT 1", "\\g", "SELECT 2"]),
        ("SELECT 1\\; SELECT 2;", ["SELECT 1", "SELECT 2"]),
        ("\\! ls; rm\n\\.\n\\dt+ x\n\\?", ["\\!", "\\.", "\\dt+", "\\?"]),
        ("SET standard_conforming_strings = off; SELECT '\\';'; x", None),
        ("CREATE TABLE a (x int; CREATE TABLE b (y int); x", None),
    ],
)
def test_statements_end_where_psql_ends_them(script, expected):
    special = {
        "CREATE RULE": ["CREATE RULE r AS ON INSERT TO a DO (x; y)", "z"],
        "SET standard": ["SET standard_conforming_strings = off", "SELECT '\\';'", "x"],
        "CREATE TABLE a (x": ["CREATE TABLE a (x int", "CREATE TABLE b (y int)", "x"],
    }
    if expected is None:
        expected = next(value for start, value in special.items() if script.startswith(start))
    assert texts(script) == expected


def test_rows_of_copy_are_no_statements():
    script = Script("COPY a (b) FROM STDIN WITH (FORMAT text);\n1;'\n\\\\.x\n\\.\nSELECT 1;\n")
    copy, query = script.pieces()
    start, end = copy.data
    assert script.text[start:end] == "1;'\n\\\\.x\n"
    assert (query.text, query.line) == ("SELECT 1", 5)


def test_rows_without_an_end_go_to_the_end_of_the_file():
    script = Script("COPY a FROM stdin;\n1\n2")
    (copy,) = script.pieces()
    assert script.text[slice(*copy.data)] == "1\n2"


def test_lines_are_those_of_the_first_word():
    pieces = list(Script("-- a\n\nSELECT\n1;\n/* x\n*/ SELECT 2; SELECT 3;\n\\x").pieces())
    assert [piece.line for piece in pieces] == [3, 6, 6, 7]


@pytest.mark.parametrize(
    ("script", "opened"),
    [("SELECT 'a;", "'"), ('SELECT "a;', '"'), ("SELECT $x$;", "$x$"), ("SELECT 1 /* ;", "/*")],
)
def test_what_is_opened_and_not_closed_is_told(script, opened):
    (statement,) = Script(script).pieces()
    assert statement.unclosed == opened


@pytest.mark.parametrize(
    "unit",
    [
        *("'", "/*", "$a", "\\", "((", "$a$", "E'", "E'\\", "COPY ", "COPY x ;", "--", "(;", "';"),
        *("COPY a FROM STDIN;", "create function ", "\n", "/* */ -- \n", "$a1$ ", "(;'", '"";'),
        *("CREATE FUNCTION f BEGIN ATOMIC ;", "CASE ", "\\.\n", "COPY x FROM STDIN;\n\\.\n"),
    ],
)
def test_no_file_takes_more_than_linear_time(unit):
    started = time.process_time()
    for _ in Script(unit * (400_000 // len(unit))).pieces():
        pass
    assert time.process_time() - started < 15  # less than one; a square would take hours


@given(st.text(alphabet="ab;'\"$\\-/*(){}\nE \t1.", max_size=200))
def test_every_text_can_be_cut(text):
    for piece in Script(text).pieces():
        assert 1 <= piece.line <= text.count("\n") + 1
        assert isinstance(piece, MetaCommand) or piece.text == piece.text.strip() != ""
