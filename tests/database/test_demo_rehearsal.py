"""The demo's plans on a clone with the demo's own rows: nothing lost, nobody sees more, undone."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MEMBERS = 19
CLUSTERS = ["metrics", "social posts", "integrations", "social accounts", "content plans"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "cmis_audit", "demo", "-o", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "52/100" in done.stdout
    assert "Score of the clone: 52 before, 100 after." in done.stdout
    return folder


@pytest.fixture(scope="module")
def found(made: Path) -> dict[str, Any]:
    rehearsal: dict[str, Any] = json.loads((made / "rehearsal.json").read_text("utf-8"))
    return rehearsal


@pytest.mark.slow
def test_all_five_plans_hold_at_the_first_attempt(found: dict[str, Any]) -> None:
    assert [each["name"] for each in found["clusters"]] == CLUSTERS
    for each in found["clusters"]:
        assert (each["status"], each["stopped"], each["refused"]) == ("measured", "", None)
        assert not any("refused at first" in note for note in each["notes"])
        assert each["writes"]["after_switch"] > 0
        assert each["writes"]["other"] == []
        # The plan names these beforehand, as hazards: one table holds to the rules of all.
        for line in each["writes"]["refused"]:
            assert re.search("_org_id_fkey|_pkey|does not survive", line), line
    assert found["finish"] == {"clusters_left": [], "score_before": 52, "score_after": 100}


@pytest.mark.slow
def test_every_row_of_the_demo_is_there_or_set_aside_with_its_reason(
    found: dict[str, Any],
) -> None:
    ledger = [line for each in found["clusters"] for line in each["ledger"]]
    assert len(ledger) == MEMBERS
    assert found["filling"] == []
    assert found["given"] > 20 * MEMBERS
    for line in ledger:
        assert line["rows_in"] >= 20
        assert line["rows_in"] == line["inserted"] + line["merged"] + line["rejected"]
        assert line["same"]
        assert len(line["rejects"]) >= min(1, line["rejected"])
        assert all(reject["reason"] for reject in line["rejects"])
    # The demo holds rows of one key and different values: one of each two has no place.
    aside = {line["member"] for line in ledger if line["rejected"]}
    assert {"cmis.posts", "cmis.social_accounts_v2", "cmis.content_plans_v2"} <= aside


@pytest.mark.slow
def test_tenants_see_what_they_saw(found: dict[str, Any]) -> None:
    tried = [each["isolation"] for each in found["clusters"]]
    assert sum(each["row_security"] for each in tried) == 4
    for each in tried:
        assert each["differences"] == []
        assert not each["row_security"] or (each["tenants"] >= 2 and each["comparisons"] > 0)


@pytest.mark.slow
def test_the_report_tells_of_it(made: Path) -> None:
    report = (made / "report.md").read_text("utf-8")
    assert report.count("#### Rehearsal") == len(CLUSTERS)
    assert "of the original's own" in report
    assert (made / "audit.json").exists()
    assert (made / "01-metrics" / "01-expand.sql").exists()
