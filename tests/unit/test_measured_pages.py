"""Pages with measured tables: what the renderers make is what stands between their markers."""

import re
from collections.abc import Sequence

import pytest

from bench import figures, outcome, tried
from bench.figures import ComaColumns, Figures, Said, Share
from bench.outcome import Outcome
from bench.pages import ACCURACY, REHEARSAL, SPEED, written
from bench.tried import Tried
from cmis_audit.model.cluster import Kind
from cmis_audit.model.names import TableRef
from cmis_audit.model.plan import ClusterPlan, Plan, PlanOptions, Refusal, Strategy
from cmis_audit.model.rehearsal import (
    ClusterRehearsal,
    Finish,
    LedgerLine,
    Refused,
    Rehearsal,
    Status,
)

SCHEMA = Figures(
    name="shop",
    tables=40,
    clusters=2,
    ours=Said(pairs=4, right=3, wrong=1, high=Share(3, 4)),
    naive=Said(pairs=10, right=2, wrong=7, high=Share(2, 4)),
    recall_or_review=Share(4, 4),
    medium_or_review=Share(0, 0),
    false_alarms=Share(1, 30),
    planted=Share(0, 0),
    decoys=Share(0, 0),
    judged=((0.85, False), (0.96, True), (0.99, True), (0.99, True)),
)
PLANTED = Figures(
    name="shop + planted",
    tables=50,
    clusters=4,
    ours=Said(pairs=2, right=2, wrong=0, high=Share(2, 2)),
    naive=Said(pairs=0, right=0, wrong=0, high=Share(0, 2)),
    recall_or_review=Share(2, 2),
    medium_or_review=Share(0, 0),
    false_alarms=Share(0, 30),
    planted=Share(2, 2),
    decoys=Share(0, 3),
    judged=((0.99, True),),
    columns=(8, 0, 2),
    given_columns=(9, 0, 1),
    exact_columns=(5, 0, 5),
    coma=ComaColumns(own=(5, 1, 5), scored=((0.2, False), (0.4, True), (0.9, True)), wanted=10),
)
SIZES = (
    Outcome(tables=1000, contender="ours", seconds=2.0, said=14, found=10, planted=10),
    Outcome(tables=1000, contender="coma", seconds=800.0, share=0.01),
    Outcome(tables=10_000, contender="ours", seconds=20.0, said=99, found=98, planted=100),
    Outcome(tables=10_000, contender="coma", seconds=80_000.0, share=0.0001),
)
TABLES = figures.blocks((SCHEMA, PLANTED))


def _plan(names: Sequence[str], reason: str) -> Plan:
    planned = (
        ClusterPlan(
            cluster=f"c-{name}",
            name=name,
            kind=Kind.VERSION,
            strategy=Strategy.MERGE,
            folder=f"01-{name}",
            book="book",
            targets=(),
            members=(),
            steps=(),
        )
        for name in names
    )
    refusal = Refusal(cluster="c-0", name="split", kind=Kind.SPLIT, reasons=(reason, "more"))
    return Plan(
        tool_version="0",
        database="shop",
        server_version_number=160000,
        fingerprint="f",
        options=PlanOptions(),
        clusters=tuple(planned),
        refused=(refusal,) if reason else (),
    )


def _rehearsed(name: str, status: Status, stopped: str = "") -> ClusterRehearsal:
    line = LedgerLine(
        member=TableRef(schema="public", name=name),
        rows_in=20,
        inserted=15,
        merged=3,
        rejected=2,
        counted=15,
        rows_switched=24,
        rows_out=24,
        same=True,
    )
    refused = Refused(
        file=f"01-{name}/04-switch.sql",
        line=3,
        statement="SELECT 1 | 0",
        sqlstate="42883",
        message="no |",
    )
    taken = status is not Status.GENERATED
    return ClusterRehearsal(
        cluster=f"c-{name}",
        name=name,
        folder=f"01-{name}",
        status=status,
        stopped=stopped,
        refused=None if taken else refused,
        ledger=(line,) if taken else (),
    )


def _rehearsal(*clusters: ClusterRehearsal) -> Rehearsal:
    return Rehearsal(
        tool_version="0",
        database="shop",
        fingerprint="f",
        server_version="16",
        seed=1,
        rows=20,
        given=0,
        sampled=0,
        clone=(),
        filling=(),
        clusters=clusters,
        finish=Finish(clusters_left=("posts",), score_before=50, score_after=60),
    )


GOOD = Tried.of("good", 2, _plan(["posts"], ""), _rehearsal(_rehearsed("posts", Status.UNDONE)))
BAD = Tried.of(
    "bad",
    5,
    _plan(["posts", "users", "orders", "lost"], "it was split"),
    _rehearsal(
        _rehearsed("posts", Status.MEASURED),
        _rehearsed("users", Status.CONSERVED, "a role sees more"),
        _rehearsed("orders", Status.GENERATED, "a file was refused"),
    ),
)
REHEARSALS = tried.blocks((GOOD, BAD))
MATCHING = f"{outcome.matching(SIZES)}\n\n{outcome.growth(SIZES)}"


def _between(page: str, name: str) -> str:
    [found] = re.findall(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", page, re.DOTALL)
    return str(found)


def _titles(text: str) -> list[str]:
    """Return the first line of each table."""
    return [block.split("\n")[0] for block in text.split("\n\n") if block.startswith("|")]


def test_blocks_stand_between_their_markers_and_nothing_else_moves() -> None:
    page = ACCURACY.read_text("utf-8")
    once = written(page, {**TABLES, "run": "Measured."})
    assert {name: _between(once, name) for name in TABLES} == TABLES
    assert _between(once, "run") == "Measured."
    kept = {name: _between(page, name) for name in (*TABLES, "run")}
    assert written(once, kept) == page


def test_a_page_without_the_markers_is_not_written() -> None:
    with pytest.raises(SystemExit, match="the markers of verdicts 0 times"):
        written("# A page\n", TABLES)


def test_the_pages_hold_what_the_renderers_make_today() -> None:
    accuracy, speed = ACCURACY.read_text("utf-8"), SPEED.read_text("utf-8")
    for name, text in TABLES.items():
        assert _titles(_between(accuracy, name)) == _titles(text), f"{name}: make accuracy"
    assert _titles(_between(speed, "matching")) == _titles(MATCHING), "make matching ARGS=--write"
    assert set(_titles(_between(speed, "audit"))) == {
        "| contender | median | least | most | n | / server | / introspection |"
    }
    rehearsal = REHEARSAL.read_text("utf-8")
    for name, text in REHEARSALS.items():
        # Where nothing was refused or fell short, the page says so instead.
        made = (_titles(text), _titles(tried.blocks((GOOD,))[name]))
        assert _titles(_between(rehearsal, name)) in made, f"make rehearsals: {name}"


def test_the_sums_of_the_rehearsals_on_the_page_are_those_of_its_lines() -> None:
    lines = _between(REHEARSAL.read_text("utf-8"), "rehearsals").splitlines()[2:]
    rows = [
        [int(cell) for cell in re.findall(r"\| (\d+)(?: of \d+)?(?= \|)", line)] for line in lines
    ]
    assert len(rows) > 4
    *each, total = rows
    assert [sum(column) for column in zip(*each, strict=True)] == total


def test_a_plan_that_falls_short_is_counted_as_far_as_it_came() -> None:
    rows = [line.strip("| ").split(" | ") for line in REHEARSALS["rehearsals"].splitlines()[2:]]
    assert rows == [
        ["good", "1 of 2", "0", "1", "1", "1", "1", "1", "20", "3", "2", "1"],
        ["bad", "5", "1", "4", "2", "2", "1", "1", "40", "6", "4", "1"],
        ["**all**", "6", "1", "5", "3", "3", "2", "2", "60", "9", "6", "2"],
    ]
    assert "| it was split; more | 1 |" in REHEARSALS["refusals"]
    assert REHEARSALS["shortfalls"].splitlines()[2:] == [
        "| bad | users | conserved | a role sees more |",
        "| bad | orders | generated | a file was refused (01-orders/04-switch.sql: no \\|) |",
        "| bad | lost | - | it was not rehearsed |",
    ]
    assert tried.blocks((GOOD,))["shortfalls"] == "Every plan came through to the end."


def test_shares_are_of_what_was_said() -> None:
    rows = [line.split(" | ") for line in TABLES["rules"].splitlines()[2:]]
    assert rows == [
        ["| all labelled", "cmis-audit", "4", "3", "1", "0", "75.0%", "3/4 |"],
        ["| all labelled", "Jaccard ≥ 0.6", "10", "2", "7", "1", "20.0%", "2/4 |"],
        ["| all planted", "cmis-audit", "2", "2", "0", "0", "100.0%", "2/2 |"],
        ["| all planted", "Jaccard ≥ 0.6", "0", "0", "0", "0", "-", "0/2 |"],
    ]
    assert "| 0.85 to 0.90 | 1 | 0.0% |" in TABLES["reliability"]
    assert "| 0.99 to 1.00 | 3 | 100.0% |" in TABLES["reliability"]


def test_every_aligner_is_counted_on_the_same_columns() -> None:
    rows = [line.strip("| ").split(" | ") for line in TABLES["alignment"].splitlines()[2:]]
    assert [(row[0].split(",")[0], *row[1:]) for row in rows] == [
        ("cmis-audit", "8", "0", "2", "0.889"),
        ("cmis-audit", "9", "0", "1", "0.947"),
        ("equal names", "5", "0", "5", "0.667"),
        ("COMA", "5", "1", "5", "0.625"),
        ("COMA", "2", "0", "8", "0.333"),
    ]


def test_what_is_extrapolated_says_so() -> None:
    lines = MATCHING.splitlines()
    assert "| 1,000, coma | 800.00 s | extrapolated from 0.01 of the pairs | 400.0 |" in (
        " |".join(lines[3].split(" |")[:4]) + " |"
    )
    assert "| ours | 1,000 to 10,000 | 1.00 | measured |" in lines
    assert "| coma | 1,000 to 10,000 | 2.00 | extrapolated |" in lines
    assert "| 98/100 | 99 |" in MATCHING
