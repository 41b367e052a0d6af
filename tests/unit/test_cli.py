"""What the program does with failures, files, secrets and a terminal, without any server."""

import io
import os
import sys
import time
from pathlib import Path

import pytest

from cmis_audit import reading
from cmis_audit.cli import progress as progress_module
from cmis_audit.cli.main import status_of
from cmis_audit.cli.output import check_directory, one_line, write_files
from cmis_audit.cli.progress import Progress
from cmis_audit.errors import SourceError, UsageError
from cmis_audit.model.catalog import Skipped
from cmis_audit.model.visibility import HelpfulGrant, SchemaVisibility, Visibility
from cmis_audit.settings import PREFIX


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in os.environ:
        if variable.startswith((PREFIX, "PG")):
            monkeypatch.delenv(variable)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Let the audit fail with an exception."""

    def fail_with(error: BaseException) -> None:
        def catalog_of(*_: object) -> None:
            raise error

        monkeypatch.setattr(reading, "catalog_of", catalog_of)

    return fail_with


def test_a_failure_of_ours_is_its_message(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(SourceError("tried\nthis\x1b[31m"))
    assert status_of(["audit", "shop", "-v"]) == 2
    assert capsys.readouterr().err == "cmis-audit: tried this [31m\n"


def test_any_other_failure_is_one_line_and_a_hint(
    failing, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(ZeroDivisionError("by 0 at postgresql://me:hunter2@db/shop?password=hunter2"))
    assert status_of(["audit", "shop"]) == 2
    said = capsys.readouterr().err
    assert said == (
        "cmis-audit: unexpected ZeroDivisionError: by 0 at "
        "postgresql://me:***@db/shop?password=***; run it again with -v for the traceback\n"
    )
    assert status_of(["audit", "shop", "-v"]) == 2
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "postgresql:/me:hunter2@db/shop: no such file",
            "postgresql:/me:***@db/shop: no such file",
        ),
        ("mysql://me:p@ss-hunter2@db:1/shop", "mysql://me:***@db:1/shop"),
        ("postgresql://me:hunter2/shop", "postgresql://me:***/shop"),
        ("postgresql://db.lan:5432/shop", "postgresql://db.lan:5432/shop"),
        ("postgresql://me@[::1]:5432/shop", "postgresql://me@[::1]:5432/shop"),
        ("rules/mine.toml:12: no word", "rules/mine.toml:12: no word"),
    ],
)
def test_the_password_of_a_uri_is_not_printed_whatever_became_of_the_uri(
    failing, capsys: pytest.CaptureFixture[str], written: str, said: str
) -> None:
    failing(SourceError(written))
    assert status_of(["audit", "shop"]) == 2
    assert capsys.readouterr().err == f"cmis-audit: {said}\n"


def test_a_password_from_the_environment_is_not_printed(
    failing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "s3cret!")
    failing(RuntimeError("s3cret! is wrong"))
    assert status_of(["audit"]) == 2
    assert "s3cret!" not in capsys.readouterr().err


def test_an_interrupt_is_130(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyboardInterrupt())
    assert status_of(["audit", "shop"]) == 130
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip() == "cmis-audit: interrupted"


def test_a_password_that_cannot_be_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_terminal(*_: object) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", no_terminal)
    assert status_of(["audit", "-W", "-d", "shop"]) == 2
    assert "no password was given" in capsys.readouterr().err


def test_a_password_is_asked_for_and_handed_on(
    failing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_: "s3cret!")
    failing(RuntimeError("s3cret! is wrong"))
    assert status_of(["audit", "-W", "-d", "shop"]) == 2
    assert "*** is wrong" in capsys.readouterr().err


def test_without_a_command_the_help_says_what_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status_of([]) == 2
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["audit", "demo", "doctor", "rules", "snapshot"])
@pytest.mark.parametrize("option", ["--help", "-?"])
def test_every_command_has_examples(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of([command, option]) == 0
    said = capsys.readouterr().out
    assert f"  cmis-audit {command}" in said.partition("Examples:")[2]
    assert f"{option}" in said


def test_h_is_the_host(failing) -> None:
    failing(SourceError("reached"))
    assert status_of(["audit", "-h", "--help"]) == 2


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write_files(out, {"a": "1", "b": b"2"})
    assert [(out / name).read_text() for name in "ab"] == ["1", "2"]
    (out / "b").unlink()
    (out / "b").mkdir()
    with pytest.raises(UsageError, match=r"cannot write .*b: .*directory"):
        write_files(out, {"a": "new", "c/d": "new", "b": "new"})
    with pytest.raises(UsageError, match=r"cannot write .*d: "):
        write_files(out, {"a": "new", "a/d": "new"})
    assert (out / "a").read_text() == "1"
    assert sorted(each.name for each in out.iterdir()) == ["a", "b"]


def test_a_directory_is_checked_without_creating_it(tmp_path: Path) -> None:
    check_directory(tmp_path / "not" / "there" / "yet")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "nowhere")
    for name in ("file", "file/below", "loop"):
        with pytest.raises(UsageError, match="is not a directory"):
            check_directory(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="no permission"):
        check_directory(tmp_path / "out")


def test_a_line_is_one_line() -> None:
    assert one_line("a\n\tb\x00c\x1b[0m\u2028d") == "a b c [0m d"


def test_doctor_prints_no_name_that_acts_on_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a\x1b[31m\nb"
    schema = SchemaVisibility(
        name=name,
        usable=False,
        relations=3,
        relations_listed=1,
        columns=9,
        columns_listed=4,
        tables=3,
        tables_selectable=1,
        tables_row_secured=0,
    )
    seen = Visibility(
        database=name,
        server="PostgreSQL 16.4",
        role=name,
        superuser=False,
        schemas=(schema,),
        hidden=(Skipped(what=name, why=name),),
        grants=(
            HelpfulGrant(statement=f'GRANT USAGE ON SCHEMA "{name}" TO x;', gains=name),
            HelpfulGrant(statement="GRANT USAGE ON SCHEMA hr TO x;", gains="hr"),
        ),
    )
    monkeypatch.setattr(reading, "visibility_of", lambda *_: seen)
    assert status_of(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\n  GRANT USAGE ON SCHEMA hr TO x;\n" in said
    assert '\n  -- GRANT USAGE ON SCHEMA "a [31m b"' in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("kind", "term", "quiet", "shown"),
    [
        (Terminal, "xterm", False, True),
        (Terminal, "xterm", True, False),
        (Terminal, "dumb", False, False),
        (io.StringIO, "xterm", False, False),
    ],
)
def test_a_spinner_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, kind: type[io.StringIO], term: str, quiet: bool, shown: bool
) -> None:
    stream = kind()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(progress_module, "DELAY_SECONDS", 0)
    with Progress(quiet=quiet, verbose=False, color=True) as progress:
        progress("comparing [tables]")
        deadline = time.monotonic() + (5 if shown else 0.2)
        while "comparing [tables]" not in stream.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert ("comparing [tables]" in stream.getvalue()) is shown
    assert bool(stream.getvalue()) is shown


def test_no_spinner_within_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with Progress(quiet=False, verbose=False, color=True) as progress:
        progress("quick")
    assert stream.getvalue() == ""
