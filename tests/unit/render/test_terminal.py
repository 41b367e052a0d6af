"""The summary fits a terminal and cannot take it over."""

import msgspec
import pytest
from builders import catalog, cluster, report, schema_copies, skipped, table

from cmis_audit.model.cluster import Kind, Verdict
from cmis_audit.model.report import Report
from cmis_audit.model.score import SchemaPayoff
from cmis_audit.render.terminal import summary


def sample(groups: int = 5, word: str = "thing") -> Report:
    made, tables = [], []
    for number in range(groups):
        pair = [table(f"s.{word}{number}", "id uuid pk"), table(f"s.{word}{number}_v2", "id uuid")]
        tables += pair
        made.append(cluster(f"{word} {number}", *pair))
    apart = cluster("assets", *tables[:2], verdict=Verdict.KEEP_APART, kind=Kind.SAME_WORD)
    return report(catalog(*tables), *made, apart, not_assessed=(skipped("schema vault"),))


def test_five_groups_fit_a_screen() -> None:
    files = ["./out/report.md", "./out/audit.json"]
    lines = summary(sample(), files=files).splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for piece in (
        "80/100",
        "grade C",
        "−20  DUP001",
        "5 groups × 4",
        "5 of 10 tables (50%)",
        "2 → 1 table",
        "confidence 0.90",
        "+4 points",
        "1 group of look-alikes kept apart · 1 object not assessed",
        *files,
    ):
        assert piece in text


@pytest.mark.parametrize("groups", [0, 1, 30])
@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_any_number_of_groups_in_any_width(groups: int, width: int) -> None:
    lines = summary(sample(groups, "a_rather_long_word_for_a_table"), width=width).splitlines()
    assert max(map(len, lines)) <= max(40, width)
    assert len(lines) <= 45


def test_a_repeated_schema_is_one_line_and_its_drift_another() -> None:
    plain = sample(12)
    told = tuple(one.id for one in plain.clusters if one.verdict is Verdict.CONSOLIDATE)[:11]
    copies = schema_copies("s", "s_v2", clusters=told, repeated=11)
    gain = SchemaPayoff(schema_copies=copies.id, points=36.0)
    made = msgspec.structs.replace(
        plain,
        schema_copies=(copies,),
        score=msgspec.structs.replace(plain.score, schema_payoffs=(gain,)),
    )
    lines = summary(made, width=100).splitlines()
    text = " ".join(" ".join(lines).split())
    assert "schema s 22 → 11 tables confidence 0.90 +36 points" in text
    assert "Schema s_v2 repeats 11 of the 0 tables of s; drift: none." in text
    assert "thing 11" in text
    assert "thing 3" not in text
    assert "merging its copies makes the score 96" in text
    assert len(lines) < len(summary(plain, width=100).splitlines())


def test_an_empty_database_is_said_to_be_one() -> None:
    assert "There are no tables that the role could read." in summary(report(catalog()))


def test_colour_only_when_told() -> None:
    assert "\x1b" not in summary(sample())
    assert "\x1b[" in summary(sample(), color=True)


@pytest.mark.parametrize("color", [False, True])
def test_names_cannot_drive_the_terminal(color: bool) -> None:
    evil = "x\x1b]0;owned\x07\x9b31m\r\u202e[bold red]"
    made = report(
        catalog(database=evil), cluster(evil, table("s.a", "id uuid"), table("s.b", "id uuid"))
    )
    text = summary(made, color=color, files=[evil])
    for char in ("\x1b]", "\x07", "\x9b", "\r", "\u202e"):
        assert char not in text
    assert "[bold red]" in text
