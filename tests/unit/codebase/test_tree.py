"""Which files of a tree are read, and what becomes of those that nobody should read."""

import os
import time
from pathlib import Path

import pytest
from code_trees import said, searched, written

from cmis_audit.codebase import survey
from cmis_audit.codebase.languages import LANGUAGES
from cmis_audit.codebase.reading import read
from cmis_audit.codebase.walk import Limits
from cmis_audit.errors import UsageError
from cmis_audit.model.code import CodeSurvey
from cmis_audit.model.names import TableRef

QUERY = "run('SELECT * FROM orders')\n"
ORDERS = (TableRef(schema="public", name="orders"),)


def files_of(found: CodeSurvey) -> list[str]:
    return sorted({one.file for one in found.references})


def why(found: CodeSurvey, file: str) -> str:
    return next(one.why for one in found.skipped if file in one.what)


def test_what_is_ignored(tmp_path: Path) -> None:
    files = {
        ".gitignore": "*.gen.py\n/made/\n!kept.gen.py\n# a remark\n\\#odd.py\ndeep/**/x.py\n",
        "a.py": QUERY,
        "a.gen.py": QUERY,
        "kept.gen.py": QUERY,
        "made/a.py": QUERY,
        "sub/made/a.py": QUERY,
        "sub/.gitignore": "!a.gen.py\nb.py\n",
        "sub/a.gen.py": QUERY,
        "sub/b.py": QUERY,
        "sub/.ignore": "!b.py\nc.py\n",
        "sub/c.py": QUERY,
        "deep/one/two/x.py": QUERY,
        "vendor/a.py": QUERY,
        "web/node_modules/a.js": "knex('orders')",
        ".git/a.py": QUERY,
        "#odd.py": QUERY,
    }
    found = searched(tmp_path, files, "orders")
    assert files_of(found) == [
        "a.py",
        "kept.gen.py",
        "sub/a.gen.py",
        "sub/b.py",
        "sub/made/a.py",
    ]
    assert "ignored by .gitignore" in why(found, "a.gen.py")


def test_what_a_repository_ignores_above_the_root(tmp_path: Path) -> None:
    files = {
        ".git/HEAD": "",
        ".gitignore": "api/made/\nlone/\n",
        "api/a.py": QUERY,
        "api/made/a.py": QUERY,
        "lone/a.py": QUERY,
    }
    written(tmp_path, files)
    assert files_of(survey([tmp_path / "api"], ORDERS)) == ["a.py"]
    assert files_of(survey([tmp_path / "lone"], ORDERS)) == ["a.py"], "it was asked for by name"


def test_a_link_a_pipe_and_a_circle(tmp_path: Path) -> None:
    outside = written(tmp_path / "outside", {"secret.py": QUERY})
    tree = written(tmp_path / "tree", {"a.py": QUERY})
    (tree / "link.py").symlink_to(outside / "secret.py")
    (tree / "circle").symlink_to(tree)
    os.mkfifo(tree / "pipe.py")
    found = survey([tree], ORDERS)
    assert files_of(found) == ["a.py"]
    assert why(found, "link.py") == "links are not followed"
    assert why(found, "pipe.py") == "neither a file nor a directory"


def test_what_is_no_text_or_too_much_of_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "latin.py": b"# caf\xe9\n" + QUERY.encode() + b"\xff\xfe\n",
        "marked.py": b"\xef\xbb\xbf" + QUERY.encode(),
        "binary.py": b"\x00" + QUERY.encode(),
        "wide.js": QUERY + "x" * 10_000_001,
        "line.js": QUERY + "x" * 20_000,
        "line.sql": "SELECT 1 FROM orders;" + " " * 20_000,
        "large.sql": "SELECT 1 FROM orders;\n" * 60_000,
        "empty.py": "",
    }
    found = searched(tmp_path, files, "orders")
    assert files_of(found) == ["latin.py", "line.sql", "marked.py"]
    assert why(found, "binary.py") == "binary"
    assert "10,000 letters" in why(found, "line.js")
    assert "1,000,000 bytes" in why(found, "large.sql")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": QUERY, "b.py": QUERY, "sub/c.py": QUERY})
    (tmp_path / "b.py").chmod(0)
    (tmp_path / "sub").chmod(0)
    try:
        found = survey([tmp_path], ORDERS)
    finally:
        (tmp_path / "sub").chmod(0o700)
    assert files_of(found) == ["a.py"]
    assert "permission denied" in why(found, "b.py")
    assert "permission denied" in why(found, "sub")


def test_a_file_that_goes_while_it_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"a.py": QUERY, "b.py": QUERY})
    opened = os.open

    def gone(path: str, *rest: int) -> int:
        if path.endswith("b.py"):
            Path(path).unlink()
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", gone)
    found = survey([tmp_path], ORDERS)
    assert files_of(found) == ["a.py"]
    assert "no such file" in why(found, "b.py")


def test_bounds_are_kept_and_told(tmp_path: Path) -> None:
    files = {f"f{number}.py": QUERY for number in range(9)}
    files["a/b/c/d.py"] = QUERY
    found = searched(tmp_path, files, "orders", limits=Limits(files=4))
    assert found.files == 4
    assert any("more than 4 files" in one.why for one in found.skipped)
    shallow = searched(tmp_path, {}, "orders", limits=Limits(depth=1))
    assert "a/b/c/d.py" not in files_of(shallow)
    assert "deeper" in why(shallow, "a/b")
    few = searched(tmp_path, {}, "orders", limits=Limits(entries=5))
    assert any("5 entries" in one.why for one in few.skipped)


def test_what_is_no_directory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such directory"):
        survey([tmp_path / "nowhere"], ORDERS)
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is not a directory"):
        survey([tmp_path / "file"], ORDERS)


def test_directories_within_each_other_are_read_once(tmp_path: Path) -> None:
    written(tmp_path, {"api/a.py": QUERY, "web/a.py": QUERY})
    roots = [tmp_path / "api", tmp_path / "web", tmp_path / "web" / ".." / "api"]
    two = survey(roots, ORDERS)
    assert [(one.root, one.file) for one in two.references] == [(0, "a.py"), (1, "a.py")]
    assert [two.path(one) for one in two.references] == [
        f"{tmp_path}/api/a.py",
        f"{tmp_path}/web/a.py",
    ]
    assert survey([*roots, tmp_path], ORDERS).files == 2


HOSTILE = {
    "openings": '"' * 99_999,
    "apostrophes": "'\\" * 50_000,
    "comments": "/*" * 50_000,
    "parentheses": "@Entity(" * 12_000,
    "calls": "op.create_table('x'," * 5_000,
    "heredocs": "<<~SQL\n<<<SQL\n<<SQL\n" * 5_000,
    "blanks": "select a" + " " * 99_000,
    "blanks between": "run('select a" + " " * 90_000 + "')",
    "classes": "class A(" * 12_000,
    "nested classes": "\n".join(f"{' ' * min(n, 90)}class A:" for n in range(5_000)),
    "prisma": "model a {" * 10_000,
    "selects": "SELECT " * 14_000,
    "from": "from a, " * 12_000,
    "with": ") , a (" * 14_000,
    "create": "create index a " * 6_000,
    "dots": "from a" + ".a" * 49_000,
    "lines": "\n" * 99_000,
    "comment lines": "# x\n" * 24_000 + "op.drop_table('x')\n",
    "statements": "ALTER TABLE a RENAME TO b;\nCREATE TABLE b (x int);\n" * 2_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    """A hundred thousand letters; what looks at a letter twice for each letter takes minutes."""
    for ending in ("php", "py", "rb", "ts", "java", "sql", "sh", "prisma", "xml", "ex"):
        start = time.process_time()
        read(text, LANGUAGES[ending], f"migrations/a.{ending}")
        assert time.process_time() - start < 15, ending


def test_many_names_that_are_given_on(tmp_path: Path) -> None:
    text = HOSTILE["statements"]
    start = time.process_time()
    found = searched(tmp_path, {"a.sql": text}, "a", "b")
    assert time.process_time() - start < 15
    assert len(said(found)) <= 10_000
