"""The list of packages is kept by hand in pyproject.toml: it has to say what is on disk."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
# Packages of data, which lie beside the code.
MAPPED = {"cmis_audit.reports": "reports", "cmis_audit.rules": "rules"}


def test_the_listed_packages_are_those_on_disk() -> None:
    on_disk = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for file in (ROOT / "cmis_audit").rglob("*.py")
    }
    assert SETUPTOOLS["packages"] == sorted(on_disk | MAPPED.keys())


def test_every_package_has_an_init() -> None:
    """Without it an editable install breaks while a wheel works."""
    folders = [name.replace(".", "/") for name in SETUPTOOLS["packages"] if name not in MAPPED]
    lacking = [
        folder
        for folder in (*folders, *MAPPED.values())
        if not (ROOT / folder / "__init__.py").exists()
    ]
    assert lacking == []


def test_the_folders_of_the_packages() -> None:
    assert SETUPTOOLS["package-dir"] == {"cmis_audit": "cmis_audit", **MAPPED}


@pytest.mark.parametrize("folder", MAPPED.values())
def test_a_package_of_data_holds_no_code(folder: str) -> None:
    assert [file.name for file in (ROOT / folder).rglob("*.py")] == ["__init__.py"]
    [docstring] = ast.parse((ROOT / folder / "__init__.py").read_text("utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
