"""The tutorial docs/quarterly.md; its commands are run: `python -m tests.quarterly` writes it anew.

In a block of `console` a line that begins with `$` is a command, those below are what it prints.
A block of `toml` is the settings file from there on, one of `sql` a file that its first line names.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.year import environment, make_year

PAGE = Path(__file__).parent.parent / "docs" / "quarterly.md"
_BLOCK = re.compile(r"^```(console|toml|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NOT_RUN = ("make ", "python -m tests.year")


def page(folder: Path) -> str:
    """Return the tutorial with what its commands print in a folder that holds the year."""
    session = _Session(folder)
    return _BLOCK.sub(session.block, PAGE.read_text("utf-8"))


class _Session:
    """A shell's working folder, variables and last exit status."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._exports: list[str] = []
        self._status = 0

    def block(self, found: re.Match[str]) -> str:
        kind, text = found.groups()
        if kind == "toml":
            (self._folder / "cmis-audit.toml").write_text(text, "utf-8")
            return found.group()
        if kind == "sql":
            name = text.partition("\n")[0].removeprefix("-- ")
            (self._folder / name).write_text(text, "utf-8")
            return found.group()
        commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        told = "".join(f"$ {command}\n{self._printed(command)}" for command in commands)
        return f"```console\n{told}```"

    def _printed(self, command: str) -> str:
        if command.startswith(_NOT_RUN):
            return ""
        if command.startswith("export "):
            self._exports.append(command)
            return ""
        bare = environment("winter")
        bare["PATH"] = f"{Path(sys.executable).parent}:{bare['PATH']}"
        done = subprocess.run(
            ["bash", "-c", "\n".join([*self._exports, f"(exit {self._status})", command])],
            cwd=self._folder,
            env=bare,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        self._status = done.returncode
        return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cmis-audit-year-") as folder:
        make_year(Path(folder))
        PAGE.write_text(page(Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
