"""Each query is one statement, says what it returns, and fits its server."""

import re

import pytest

from cmis_audit.resources import catalog_queries
from cmis_audit.source.queries import catalog_query
from cmis_audit.source.reader import CATALOG, VISIBLE_COLUMNS

NAMES = sorted(path.name.removesuffix(".sql") for path in catalog_queries().iterdir())


def test_all_are_used_and_all_are_there() -> None:
    used = {name for batch in (*CATALOG, VISIBLE_COLUMNS) for name in batch.queries}
    of_values = {"common_values", "sampled_values", "indexed_values"}
    of_rows = {"sampled_rows", "parent_rows"}
    by_itself = {"readable_statistics", "server_identity"}
    assert used | by_itself | of_values | of_rows == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_headers(name: str) -> None:
    text = (catalog_queries() / f"{name}.sql").read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("--"))
    assert "-- Columns: " in header
    assert "-- Order: none. Oldest server: 13." in header
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("major", [13, 14, 15, 16, 17, 18])
def test_versions(name: str, major: int) -> None:
    text = catalog_query(name, major)
    assert "--" not in text
    assert ";" not in re.sub(r"'[^']*'", "", text)
    assert ("indnullsnotdistinct" in text) == (name == "indexes" and major >= 15)
    assert ("pg_stat_get_lastscan" in text) == (name == "activity" and major >= 16)
    assert ("prosqlbody" in text) == (name in ("functions", "bodies") and major >= 14)
