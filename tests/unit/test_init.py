"""The file that `init` writes, and the scripts that `completion` prints."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from cmis_audit.cli.init import TOLD, settings_text
from cmis_audit.cli.main import main as program
from cmis_audit.cli.main import status_of
from cmis_audit.settings import OWN_FILE, Settings, load_settings

NOBODY_SETS = ("read_from", "waiver_lines", "table_lines")
SETTINGS = [field for field in fields(Settings) if field.name not in NOBODY_SETS]


def test_every_setting_is_told() -> None:
    assert list(TOLD) == [
        field.name for field in SETTINGS if field.name not in ("waivers", "tables")
    ]


def test_the_file_is_what_holds_without_it(tmp_path: Path) -> None:
    """As it is written, and with every setting uncommented but for those that have no default."""
    file = tmp_path / OWN_FILE
    file.write_text(settings_text())
    assert load_settings({}, {}, tmp_path) == Settings()
    uncommented = re.sub(r"^# ([a-z-]+ = |\[\[)", r"\1", settings_text(), flags=re.MULTILINE)
    file.write_text(uncommented)
    found = load_settings({}, {}, tmp_path)
    for field in SETTINGS:
        heading = field.name in ("waivers", "tables")
        key = field.name.replace("_", "-")
        assert (f"\n[[{key}]]\n" if heading else f"\n{key} = ") in uncommented
        if field.name == "output":
            assert found.output == str(tmp_path / field.default)
        elif heading:
            assert len(getattr(found, field.name)) == 1
        elif field.default is not None:
            assert getattr(found, field.name) == field.default
        else:
            assert getattr(found, field.name) is not None


def test_a_file_that_is_there_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert status_of(["init"]) == 0
    assert (tmp_path / OWN_FILE).read_text() == settings_text()
    (tmp_path / OWN_FILE).write_text("quiet = true\n")
    capsys.readouterr()
    assert status_of(["init"]) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert "is there already" in captured.err
    assert (tmp_path / OWN_FILE).read_text() == "quiet = true\n"


ASK = """
source "$1"
COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); COMPREPLY=()
_cmis_audit_completion cmis-audit
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(folder: Path, *words: str) -> list[str]:
    """Ask bash what may come where the last word stands."""
    tools = folder / "bin"
    tools.mkdir(exist_ok=True)
    tool = tools / "cmis-audit"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmis_audit "$@"\n')
    tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    script = subprocess.run(
        ["cmis-audit", "completion", "bash"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (folder / "completion.bash").write_text(script.stdout)
    asked = subprocess.run(
        ["bash", "--norc", "-c", ASK, "bash", str(folder / "completion.bash"), *words],
        env=environment, capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    return asked.stdout.split()


def test_bash_completes_commands_options_and_shells(tmp_path: Path) -> None:
    assert completed(tmp_path, "cmis-audit", "") == sorted(program.commands)
    assert completed(tmp_path, "cmis-audit", "gu") == ["guard"]
    assert "--against" in completed(tmp_path, "cmis-audit", "guard", "--ag")
    assert completed(tmp_path, "cmis-audit", "completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize(
    ("shell", "hold"), [("zsh", "#compdef cmis-audit"), ("fish", "complete --no-files")]
)
def test_the_other_shells_have_a_script(
    shell: str, hold: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert hold in said
    assert "_CMIS_AUDIT_COMPLETE" in said
