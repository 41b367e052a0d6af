"""PHP and Laravel's database parts, as Debian ships them, to run what is written."""

import json
import os
import shutil
from pathlib import Path

import psycopg
import pytest
from migrated import ran

FOLDER = Path(__file__).parent / "php"
_PACKAGES = (
    "php-cli php-pgsql php-illuminate-database php-illuminate-events "
    "php-illuminate-filesystem phpunit"
)


def require_php() -> None:
    """Skip the test with the reason, or fail it where CI or CMIS_AUDIT_REQUIRE_PHP is set."""
    there = shutil.which("php") and all(
        Path(f"/usr/share/php/Illuminate/{part}/autoload.php").exists()
        for part in ("Database", "Events", "Filesystem")
    )
    if there and shutil.which("phpunit"):
        return
    said = f"no PHP with Laravel's database parts: apt-get install {_PACKAGES}"
    if os.environ.get("CI") or os.environ.get("CMIS_AUDIT_REQUIRE_PHP"):
        pytest.fail(said, pytrace=False)
    pytest.skip(said)


def php(conninfo: str, app: Path, *arguments: str | Path, **environment: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    given = {
        "host": parts.get("host", "localhost"),
        "port": parts.get("port", "5432"),
        "database": parts["dbname"],
        "username": parts.get("user", "postgres"),
        "password": parts.get("password", ""),
    }
    environment |= {"CMIS_AUDIT_TEST_PDO": json.dumps(given), "CMIS_AUDIT_TEST_APP": str(app)}
    return ran(*arguments, cwd=app, **environment)


def migrate(conninfo: str, app: Path, way: str, *more: str) -> list[str]:
    """Run Laravel's Migrator, and return the migrations that it ran."""
    folder = app / "database" / "migrations"
    said = json.loads(php(conninfo, app, "php", FOLDER / "migrate.php", folder, way, *more))
    assert said["path"] == '"$user", public' or said["path"] == "public", said
    return list(said["done"])
