"""What a user gets of this checkout, and programs run as a user would run them."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a program as a user would, with nothing of the checkout in sight."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "CMIS_AUDIT", "PG", "COVERAGE")
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={key: text for key, text in os.environ.items() if not key.startswith(hidden)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def copy_checkout(target: Path) -> None:
    """Copy what a commit of everything would hold, so that no leftovers are built."""
    listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
