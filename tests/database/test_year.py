"""A fictional year on a real server: duplicates come, are merged by a plan's files, and come back.

The program runs as a process, on the days of the year.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cmis_audit.resources import report_schemas
from tests.quarterly import PAGE, page
from tests.year import AGAIN, DAYS, audit_program, make_year

pytestmark = pytest.mark.slow

SEASONS = tuple(DAYS)
WAIVER = """
[[waivers]]
tables = ["cmis.social_accounts", "cmis.social_accounts_v2"]
reason = "the app writes both"
until = 2026-09-30
"""
PLANS = ["cmis.content_plans", "cmis.content_plans_v2"]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the four snapshots, the summer's plan, and the audits kept on their days."""
    folder = tmp_path_factory.mktemp("year")
    make_year(folder)
    for season in SEASONS:
        config = folder / f"{season}.toml"
        config.write_text(WAIVER if season in ("summer", "autumn") else "", "utf-8")
        arguments = ("--history", "audits", "--config", config.name, "-o", season, "-q")
        done = audit_program(season, folder, "audit", f"{season}.json", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture
def compared(year: Path) -> Callable[..., dict[str, Any]]:
    def compared(old: str, new: str, *more: str) -> dict[str, Any]:
        told = ("-o", "-", "--format", "json")
        done = audit_program("autumn", year, "compare", old, new, *more, *told)
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        Draft202012Validator(schema("comparison")).validate(found)
        return found  # type: ignore[no-any-return]

    return compared


def schema(name: str) -> Any:
    return json.loads((report_schemas() / f"{name}.schema.json").read_text("utf-8"))


def kept(year: Path, season: str) -> str:
    [path] = (year / "audits").glob("{}{:02}{:02}T*.audit.json".format(*DAYS[season]))
    return str(path)


def changes(found: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one["change"], one["tables"]) for one in found["clusters"]]


def test_the_tutorial_is_what_its_commands_print(year: Path, tmp_path: Path) -> None:
    for season in SEASONS:
        (tmp_path / f"{season}.json").write_bytes((year / f"{season}.json").read_bytes())
    assert PAGE.read_text("utf-8") == page(tmp_path), "run `python -m tests.quarterly`"


def test_the_scores_of_the_year(year: Path) -> None:
    scores = {
        season: json.loads((year / season / "audit.json").read_text("utf-8")) for season in SEASONS
    }
    assert [one["score"]["value"] for one in scores.values()] == [68, 52, 68, 52]
    validator = Draft202012Validator(schema("audit"))
    for one in scores.values():
        validator.validate(one)
    assert [past["score"] for past in scores["autumn"]["trend"]] == [68, 52, 68, 52]
    assert [past["waived"] for past in scores["autumn"]["trend"]] == [0, 0, 1, 0]
    assert [one["status"] for one in scores["summer"]["waivers"]] == ["holds"]
    assert [one["rule"] for one in scores["autumn"]["notices"]] == ["WAV001"]


def test_in_spring_two_groups_were_born(compared: Callable[..., dict[str, Any]]) -> None:
    found = compared("winter.json", "spring.json")
    assert changes(found) == [
        ("born", PLANS),
        ("born", ["cmis.social_accounts", "cmis.social_accounts_v2"]),
    ]
    assert [one["resembles"][0]["table"] for one in found["new_tables"]] == [
        "cmis.content_plans",
        "cmis.social_accounts",
    ]


def test_in_summer_what_was_promised_came(
    year: Path, compared: Callable[..., dict[str, Any]]
) -> None:
    plan = json.loads((year / "plan" / "plan.json").read_text("utf-8"))
    Draft202012Validator(schema("plan")).validate(plan)
    found = compared("spring.json", "summer.json", "--plan", "plan/plan.json")
    assert changes(found) == [("closed", PLANS)]
    assert found["delivery"]["made_from_old"]
    outcomes = {one["figure"]: one for one in found["delivery"]["outcomes"]}
    assert (outcomes["score"]["promised"], outcomes["score"]["came"]) == (60, 60)
    assert all(one["kept"] for one in outcomes.values())
    late = compared("spring.json", "autumn.json", "--plan", "plan/plan.json")["delivery"]
    assert not any(one["kept"] for one in late["outcomes"])
    other = compared("winter.json", "autumn.json", "--plan", "plan/plan.json")["delivery"]
    assert not other["made_from_old"]


def test_in_autumn_one_has_grown_again(year: Path, compared: Callable[..., dict[str, Any]]) -> None:
    found = compared(kept(year, "summer"), kept(year, "autumn"), "--history", "audits")
    assert changes(found) == [("regrown", PLANS)]
    assert "2026-04-06" in found["clusters"][0]["note"]
    assert found["no_longer_waived"] == ["group 'social accounts'"]
    assert changes(compared(kept(year, "summer"), kept(year, "autumn"))) == [("born", PLANS)]


def test_snapshots_and_their_audits_say_the_same(
    year: Path, compared: Callable[..., dict[str, Any]]
) -> None:
    snapshots = compared("winter.json", "spring.json")
    assert compared(kept(year, "winter"), "spring.json") == snapshots
    assert compared(kept(year, "winter"), kept(year, "spring")) == snapshots


def test_each_bridge_reaches_the_other_side(compared: Callable[..., dict[str, Any]]) -> None:
    for old in SEASONS:
        for new in SEASONS:
            found = compared(f"{old}.json", f"{new}.json")
            [governance] = found["beside"]
            for bridge in (found["bridge"], governance["bridge"]):
                lines = sum(line["change"] for line in bridge["lines"])
                assert round(bridge["before"] + lines + bridge["rounding"], 6) == bridge["after"]
                assert bridge["floor"] == bridge["unexplained"] == 0


def test_what_governance_found_in_spring_came_with_the_new_tables(
    compared: Callable[..., dict[str, Any]],
) -> None:
    [governance] = compared("winter.json", "spring.json")["beside"]
    came = {one["rule"] for one in governance["came"]}
    assert came == {"GOV002", "GOV007", "GOV008"}
    assert all("_v2" in one["message"] for one in governance["came"])
    assert not compared("spring.json", "spring.json")["beside"][0]["came"]


def test_a_comparison_is_written_and_drawn(year: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    for _ in range(2):
        done = audit_program("autumn", year, "compare", "winter.json", "spring.json", "-o", out)
        assert done.returncode == 0
    assert "68" in done.stdout
    assert {path.name for path in Path(out).iterdir()} == {"compare.md", "compare.json"}
    text = (Path(out) / "compare.md").read_text("utf-8")
    assert "**68 → 52**, 2 new, 3 groups as before." in text
    assert "| `DUP001` | Duplicate table pattern |" in text


def test_the_baseline_stops_what_comes_back(year: Path, tmp_path: Path) -> None:
    def gated(season: str, baseline: str, *more: str) -> tuple[int, str]:
        arguments = ("--baseline", f"{baseline}/audit.json", "-q", "-o", str(tmp_path), *more)
        done = audit_program(season, year, "audit", f"{season}.json", *arguments)
        return done.returncode, done.stderr

    assert gated("summer", "spring") == (0, "")
    status, said = gated("autumn", "summer")
    assert status == 1
    assert "group 'content plans' (cmis.content_plans, cmis.content_plans_v2)" in said
    assert gated("autumn", "summer", "--fail-on", "critical") == (0, "")
    assert gated("autumn", "summer", "--fail-on", "high")[0] == 1
    assert gated("autumn", "summer", "--exit-zero")[0] == 0
    # The group of the waiver that has run out is known; that it has run out is not.
    status, said = gated("autumn", "summer", "--config", "autumn.toml", "--fail-on", "medium")
    assert status == 1
    assert "WAV001" in said
    assert "group 'social accounts'" not in said


def test_packs_beside_are_held_against_the_baseline_and_fail_nothing(
    year: Path, tmp_path: Path
) -> None:
    def audit(season: str, packs: str, *more: str) -> tuple[int, str]:
        arguments = (
            "--pack",
            packs,
            "--config",
            "winter.toml",
            "-o",
            str(tmp_path / season),
            *more,
        )
        done = audit_program(season, year, "audit", f"{season}.json", *arguments)
        return done.returncode, done.stderr

    assert audit("winter", "cmis,governance")[0] == 0
    baseline = ("--baseline", str(tmp_path / "winter" / "audit.json"))
    status, said = audit("spring", "cmis,governance", *baseline, "--fail-on", "critical")
    assert status == 0
    assert "in packs beside the main one, which fail nothing: GOV" in said
    status, said = audit("spring", "governance,cmis", *baseline)
    assert (status, "other rules" in said) == (1, False)
    assert "(--baseline)" in said
    status, said = audit("spring", "cmis,density", *baseline, "--fail-on", "critical")
    assert (status, "knows nothing of the pack" in said) == (0, True)


def guarded(year: Path, day: str, *arguments: str) -> tuple[int, dict[str, bool]]:
    """Return how a guard ends on a day, and for each table that repeats one whether it is waived.

    What a person should look at is left out: the merged plans look a little like other tables.
    """
    done = audit_program(
        day, year, "guard", *arguments, "--config", "autumn.toml", "--format", "json"
    )
    assert done.stderr == ""
    told = json.loads(done.stdout)["alarms"]
    return done.returncode, {
        one["table"]: one["waiver"] is not None and one["waiver"]["status"] == "holds"
        for one in told
        if one["charge"] != "review"
    }


def test_the_guard_stops_what_comes_and_lets_pass_what_is_waived(year: Path) -> None:
    came = ("--base", "winter.json", "--head", "spring.json")
    plans, accounts = "cmis.content_plans_v2", "cmis.social_accounts_v2"
    assert guarded(year, "summer", *came) == (1, {plans: False, accounts: True})
    assert guarded(year, "autumn", *came) == (1, {plans: False, accounts: False})
    assert guarded(year, "autumn", "--base", "spring.json", "--head", "summer.json") == (0, {})
    (year / "again.sql").write_text(AGAIN, "utf-8")
    by_file = guarded(year, "autumn", "again.sql", "--against", "summer.json")
    by_head = guarded(year, "autumn", "--base", "summer.json", "--head", "autumn.json")
    assert by_file == by_head == (1, {plans: False})


def test_the_tutorial_writes_the_migration_that_autumn_has_seen() -> None:
    assert AGAIN.strip() in PAGE.read_text("utf-8")


def test_a_reading_is_kept_once_and_never_written_over(year: Path, tmp_path: Path) -> None:
    folder = tmp_path / "audits"
    run = ("audit", str(year / "winter.json"), "--history", str(folder), "-q", "-o", "out")
    for _ in range(2):
        assert audit_program("winter", tmp_path, *run).returncode == 0
    [first] = folder.iterdir()
    before = first.read_bytes()
    other = tmp_path / "other.json"
    snapshot = json.loads((year / "spring.json").read_text("utf-8"))
    snapshot["catalog"]["read_at"] = "2026-01-05T00:00:00Z"
    other.write_text(json.dumps(snapshot), "utf-8")
    run = ("audit", str(other), "--history", str(folder), "-q", "-o", "out")
    assert audit_program("winter", tmp_path, *run).returncode == 0
    assert len(list(folder.iterdir())) == 2
    assert first.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "winter.json", "none.json"), "cannot read none.json: no such file"),
        (("compare", "winter.json", "plan"), "cannot read plan: it is not a regular file"),
        (("compare", "winter.toml", "winter.json"), "cannot read the snapshot winter.toml"),
        (("compare", "winter.json", "plan/plan.json"), "it is JSON but not"),
        (
            ("compare", "winter.json", "spring.json", "--plan", "spring.json"),
            "spring.json is no plan.json",
        ),
        (("compare", "winter.json", "spring.json", "--history", "none"), "no history in none"),
        (("compare", "winter.json", "spring.json", "--format", "jsn"), "did you mean 'json'?"),
        (("compare", "winter.json", "spring.json", "-o", "-"), "name its format"),
        (("trend", "none"), "there is no history in none"),
        (("trend", "plan"), "plan keeps no audit yet"),
        (("audit", "winter.json", "--baseline", "winter.json"), "winter.json is no audit.json"),
        (("audit", "winter.json", "--baseline", "none.json"), "cannot read none.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    year: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = audit_program("autumn", year, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert not (year / "cmis-audit-out").exists()


def test_a_trend_is_drawn_in_every_format(year: Path, tmp_path: Path) -> None:
    done = audit_program("autumn", year, "trend", "audits", "-o", str(tmp_path))
    assert done.returncode == 0
    assert "4 audits, 2026-01-05 to 2026-10-05" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"trend.md", "trend.html"}
    assert (tmp_path / "trend.html").read_text("utf-8").count("<svg") == 4 + 1
    done = audit_program("autumn", year, "trend", "audits", "--format", "markdown")
    assert done.stdout == (tmp_path / "trend.md").read_text("utf-8")
