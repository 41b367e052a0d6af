"""A plan as Flyway scripts: named, ordered and configured as Flyway reads them, run by psql.

Flyway's own runner is not among the tests' tools; what it makes of names is written down here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from migrated import MEMBERS, Migrated, leads

from cmis_audit.errors import UsageError
from cmis_audit.model.plan import Framework
from cmis_audit.render.frameworks.migrations import migrations

pytestmark = pytest.mark.since(15, "a view that honours row security")

_NAME = re.compile(r"([VU])(\d+(?:[._]\d+)*)__(\w+)\.sql\Z")
"""Flyway's default prefixes, separator and suffix."""
_CONFIG = {"executeInTransaction": "false", "placeholderReplacement": "false", "encoding": "UTF-8"}


@pytest.fixture
def made(database: str, tmp_path: Path) -> Iterator[Migrated]:
    with leads(database, tmp_path) as made:
        yield made


def _scripts(folder: Path, prefix: str) -> list[Path]:
    """Return the scripts in the order of their versions: part by part, as numbers."""
    found = {}
    for file in folder.glob("*.sql"):
        name = _NAME.match(file.name)
        assert name, file.name
        if name[1] == prefix:
            version = tuple(int(part) for part in re.split(r"[._]", name[2]))
            assert version not in found, "Flyway refuses two of one version"
            found[version] = file
    return [found[version] for version in sorted(found)]


def _run(made: Migrated, files: list[Path]) -> None:
    """Run them in one session, as Flyway does."""
    last = made.folder / "last.sql"
    last.write_text("SHOW search_path")
    assert '"$user", public' in made.psql(*files, last), "what the files set is set back"


def test_up_down_and_up_again(made: Migrated) -> None:
    folder = made.of(Framework.FLYWAY) / "flyway" / "db" / "migration"
    before = made.contents(*MEMBERS)
    forward, back = _scripts(folder, "V"), _scripts(folder, "U")
    assert [file.name[1:] for file in forward] == [file.name[1:] for file in back]
    _run(made, forward)
    assert made.contents(*MEMBERS) == before
    _run(made, back[::-1])
    assert made.contents(*MEMBERS) == before
    assert made.fingerprint() == made.before, "nothing is left of the plan"
    _run(made, forward)
    for file in (*forward, *back):
        lines = (folder / f"{file.name}.conf").read_text("utf-8").splitlines()
        said = dict(line.split("=") for line in lines if not line.startswith("#"))
        assert said == _CONFIG


@pytest.mark.parametrize(
    ("after", "first", "last"), [("57", "V58__", "V65__"), ("2.9", "V2.10__", "V2.17__")]
)
def test_versions_count_on(made: Migrated, after: str, first: str, last: str) -> None:
    folder = made.of(Framework.FLYWAY, after) / "flyway" / "db" / "migration"
    names = [file.name for file in _scripts(folder, "V")]
    assert names[0].startswith(first)
    assert names[-1].startswith(last)
    slugs = [migration.slug for migration in migrations(made.plan)]
    assert [name.partition("cmis_audit_")[2].removesuffix(".sql") for name in names] == slugs


@pytest.mark.parametrize("after", ["", "1.", "v1", "1__2", "1\n"])
def test_what_is_no_version_is_refused(made: Migrated, after: str) -> None:
    with pytest.raises(UsageError, match="no Flyway version"):
        made.of(Framework.FLYWAY, after)
    assert not list(made.folder.iterdir())
