"""Documents that could drift are compared with what they describe."""

import os
import re
import shutil
import subprocess
import tomllib

import click
import pytest
from documents import COMMANDS_PAGE, MANUAL_PAGE, README, ROOT, commands_page, readme

from cmis_audit.cli.main import main as program
from cmis_audit.pipeline import rule_pack
from tests.manual import manual


def test_the_commands_page_is_the_programs_own_help() -> None:
    assert COMMANDS_PAGE.read_text("utf-8") == commands_page(), "run `make docs`"


def test_the_manual_page_is_the_programs_own_help() -> None:
    page = MANUAL_PAGE.read_text("utf-8")
    assert page == manual(program), "run `make docs`"
    for name, command in program.commands.items():
        assert f'.SS "cmis\\-audit {name} ' in page
        for option in command.params:
            for written in option.opts if isinstance(option, click.Option) else ():
                assert written.replace("-", "\\-") in page


def test_troff_has_nothing_to_say_against_the_manual_page() -> None:
    if shutil.which("groff") is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("groff is not installed")
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-cbou", str(MANUAL_PAGE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "cmis-audit guard [OPTIONS] [MIGRATION]..." in " ".join(done.stdout.split())


def test_the_readme_has_the_rules_of_the_pack() -> None:
    assert README.read_text("utf-8") == readme(), "run `make docs`"
    assert len(rule_pack("cmis", None).rules) > 0


def test_the_readme_names_only_commands_that_exist() -> None:
    named = re.findall(r"cmis-audit ([a-z]+)\b", README.read_text("utf-8"))
    assert named
    assert set(named) <= {*program.commands, "reads"}


def test_the_architecture_tells_every_room() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = page.split("<!-- layout -->")[1].split("<!-- /layout -->")[0]
    told = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))
    package = ROOT / "cmis_audit"
    modules = {
        f"cmis_audit/{path.name}" + ("/" if path.is_dir() else "")
        for path in package.iterdir()
        if not path.name.startswith("__") and (path.is_dir() or path.suffix == ".py")
    }
    assert modules <= told
    assert all((ROOT / place).exists() for place in told)


def test_the_page_of_the_engine_names_modules_that_exist() -> None:
    named = re.findall(r"`((?:[a-z]+/)?[a-z_]+\.py)`", (ROOT / "docs/engine.md").read_text("utf-8"))
    assert len(named) > 15
    there = {path.name for path in (ROOT / "cmis_audit").rglob("*.py")}
    assert all((ROOT / "cmis_audit" / name).exists() or name in there for name in named)


def test_every_room_is_under_the_contract() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [contract] = pyproject["tool"]["importlinter"]["contracts"]
    assert contract["exhaustive"] is True
    layers = {name.strip() for layer in contract["layers"] for name in layer.split("|")}
    rooms = {path.stem for path in (ROOT / "cmis_audit").iterdir() if path.name[0].isalpha()}
    assert rooms - {"py"} <= layers


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_make_help_lists_every_target_that_has_a_purpose() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    described = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    assert set(phony[1].split()) == described
