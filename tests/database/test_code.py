"""`--code`: a shop and its code, audited and planned together on a real server."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from code_trees import written
from jsonschema import Draft202012Validator

from cmis_audit.resources import report_schemas

TESTS = Path(__file__).parent.parent
SHOP = TESTS / "labelled" / "shop.sql"
CODE = TESTS / "code" / "shop"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shop(database: str) -> str:
    with psycopg.connect(database) as connection:
        connection.execute(SHOP.read_bytes())
    return database


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cmis_audit", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_the_report_says_where_tables_came_from(shop: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop").symlink_to(CODE)
    done = run("audit", shop, "-o", "made", "--code", "shop")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "made" / "report.md").read_text("utf-8")
    lines = text.splitlines()
    v2, first = (
        next(line for line in lines if line.startswith(f"| `shop.{name}` | `shop/web/database"))
        for name in ("products_v2", "products")
    )
    assert "2023_05_09_080000_give_the_import_its_own_products.php:16`" in v2
    assert "Repairs the migration of last week, which broke off with 14 errors" in v2
    assert "2019_03_01_100000_create_products_table.php:14`" in first
    assert "| `shop.products` | `Product` (laravel) | 2 |" in text
    mapped = "`ImportedProduct` (sqlalchemy) | 1 | `shop/jobs/models.py:9` |"
    assert f"| `shop.products_v2` | {mapped}" in text
    assert "create_purchases_table.php:12` as `purchases` | What a customer has paid for. |" in text
    assert "Safety copy before the change of currency. Drop it after a week." in text
    assert "code uses it in 2 files, any other in 1 at most" in text
    assert "it was created first (web/database/migrations/2019_03_01" in text
    assert "Code outside the database was not looked at" not in text

    audit = json.loads((tmp_path / "made" / "audit.json").read_text("utf-8"))
    schema = json.loads((report_schemas() / "audit.schema.json").read_text("utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(audit)]
    code = audit["code"]
    assert {"shop.tags", "shop.customers", "shop.orders_backup_20230114"} <= {*code["unused"]}
    assert {"shop.brands", "shop.orders", "shop.orders_archive"}.isdisjoint(code["unused"])
    assert all(f"\n| `{table}` |" in text for table in code["unused"])
    assert {"shop.tags", "shop.reviews", "shop.brands"} & {*code["references"]} == {"shop.brands"}
    made = [one for one in code["references"]["shop.orders"] if one["use"] == "creates"]
    assert [(one["name"], one["line"]) for one in made] == [("purchases", 12)]


def test_what_is_merged_without_code_is_merged_with_it(shop: str, run: Run, tmp_path: Path) -> None:
    assert run("snapshot", shop, "-o", "shop.json").returncode == 0
    for name, code in (
        ("without", []),
        ("with", ["--code", str(CODE)]),
        ("again", ["--code", str(CODE)]),
    ):
        assert run("audit", "shop.json", "-o", name, *code).returncode == 0
    audits = {
        name: json.loads((tmp_path / name / "audit.json").read_text("utf-8"))
        for name in ("without", "with")
    }
    told = [
        {(one["id"], one["verdict"], one["canonical"]) for one in each["clusters"]}
        for each in audits.values()
    ]
    assert told[0] == told[1]
    assert "code" not in audits["without"]
    assert "came from" not in (tmp_path / "without" / "report.md").read_text("utf-8")
    for file in ("report.md", "audit.json"):
        assert (tmp_path / "with" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


@pytest.mark.parametrize(("files", "kept"), [(3, "patients"), (40, "patients_v2")])
def test_the_table_that_the_code_uses_is_kept(
    run: Run, tmp_path: Path, database: str, files: int, kept: str
) -> None:
    """A few files that use the second version prove nothing; forty, and none the first, do."""
    columns = "id bigint PRIMARY KEY, blood_type text, insurance_number text, allergies text"
    with psycopg.connect(database) as connection:
        for name in ("patients", "patients_v2"):
            connection.execute(f"CREATE TABLE {name} ({columns})".encode())
    queries = {f"app/q{n}.py": "run('SELECT * FROM patients_v2')\n" for n in range(files)}
    written(tmp_path / "tree", queries)
    assert run("audit", database, "-o", "made", "--code", "tree").returncode == 0
    audit = json.loads((tmp_path / "made" / "audit.json").read_text("utf-8"))
    assert [one["canonical"] for one in audit["clusters"]] == [f"public.{kept}"]
    reason = audit["clusters"][0]["canonical_reason"]
    assert ("code uses it in 40 files, the others in none" in reason) == (files == 40)


def test_the_plan_says_what_to_change(shop: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "cmis-audit.toml").write_text(f'code = ["{CODE}"]\n')
    done = run("plan", shop, "-o", "made")
    assert done.returncode == 0, done.stderr
    readme = (tmp_path / "made" / "README.md").read_text("utf-8")
    assert (
        f"| `{CODE}/jobs/models.py` | 9 | model `ImportedProduct` | `shop.products_v2` |" in readme
    )
    assert "### Code that uses the old tables" in readme
    assert "files of code, listed below." in readme


def test_a_wrong_directory_is_told_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in ("audit", "plan", "rehearse"):
        for name, why in (
            ("nowhere", "there is no such directory"),
            ("file", "is not a directory"),
        ):
            done = run(command, "host=nowhere.invalid", "-o", "made", "--code", name)
            assert done.returncode == 2
            assert done.stderr == (
                f"cmis-audit: --code {name}: {why}; give the top of a code tree\n"
            )
    assert not (tmp_path / "made").exists()


def test_code_that_has_nothing_to_do_with_it(shop: str, run: Run, tmp_path: Path) -> None:
    written(tmp_path / "tree", {"a.py": "print(1)\n"})
    assert run("audit", shop, "-o", "made", "--code", "tree").returncode == 0
    text = (tmp_path / "made" / "report.md").read_text("utf-8")
    assert "Nothing in 1 file of code in tree names any of the tables" in text
    assert json.loads((tmp_path / "made" / "audit.json").read_text("utf-8"))["code"]["unused"] == []
