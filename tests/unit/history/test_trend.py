"""Audits over time: what is kept under which name, and what is drawn."""

import re
from html import unescape
from html.parser import HTMLParser

import msgspec
from audited import recorded

from cmis_audit.comparing import trend_files, trend_text, with_trend
from cmis_audit.history.trend import file_name, trend
from cmis_audit.model.history import Past
from cmis_audit.model.record import Record
from cmis_audit.render.charts_trend import Point, line_chart

FIRST = recorded("invoices", read_at="2026-01-05T00:00:00Z")
SECOND = recorded("invoices", "invoices_v2", read_at="2026-04-06T00:00:00Z")


def of_database(record: Record, name: str) -> Record:
    source = msgspec.structs.replace(record.source, database=name)
    return msgspec.structs.replace(record, source=source)


def test_a_trend_is_of_one_database_and_counts_a_reading_once() -> None:
    pasts = trend([SECOND, of_database(FIRST, "elsewhere"), FIRST], SECOND)
    assert [(one.read_at[:10], one.score, one.duplicates) for one in pasts] == [
        ("2026-01-05", 100, 0),
        ("2026-04-06", 92, 1),
    ]


def test_names_are_files_and_never_taken() -> None:
    assert file_name(FIRST, ()) == "20260105T000000Z-shop.audit.json"
    taken = ["20260105T000000Z-shop.audit.json", "20260105T000000Z-shop-2.audit.json"]
    assert file_name(FIRST, taken) == "20260105T000000Z-shop-3.audit.json"
    odd, odder = (file_name(of_database(FIRST, name), ()) for name in ("../x y", "../x/y"))
    assert odd != odder
    assert re.fullmatch(r"20260105T000000Z-[A-Za-z0-9_-]+\.audit\.json", odd)


def past(**fields: object) -> Past:
    values: dict[str, object] = {
        "read_at": "2026-01-05T00:00:00Z",
        "score": 80,
        "grade": "B",
        "pack_fingerprint": "one",
        "tables": 10,
        "duplicates": 2,
        "clusters": 1,
        "waived": 0,
    }
    return Past(**{**values, **fields})


def test_scores_of_two_scales_have_no_change_between_them() -> None:
    later = past(read_at="2026-04-06T00:00:00Z", score=60)
    assert "−20" in trend_text({"shop": (past(), later)}, color=False)
    other = msgspec.structs.replace(later, pack_fingerprint="two")
    text = trend_text({"shop": (past(), other)}, color=False)
    assert "−20" not in text
    assert "not of one scale" in text


def test_colour_is_there_only_when_asked_for() -> None:
    assert "\x1b[" in trend_text({"shop": (past(),)}, color=True)
    assert "\x1b" not in trend_text({"sh\x1b[2Jop": (past(),)}, color=False)


def test_the_page_holds_what_a_name_holds_as_text() -> None:
    name = "<script>alert(1)</script>"
    page = trend_files({name: (past(), past(score=70))}, ("html",))["trend.html"]
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: tags.append(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert "script" not in tags
    assert tags.count("svg") == 4
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert not re.search(r"(src|href)=", page)
    assert "alert(1)" in page


def test_a_chart_tells_every_value_to_those_who_do_not_see_it() -> None:
    points = [Point(label="May", value=50), Point(label="June", value=100)]
    chart = line_chart("Score & more", points, highest=100).__html__()
    assert 'aria-label="Score &amp; more over 2 audits: May: 50; June: 100"' in chart
    low, high = (
        float(y) for y in re.findall(r'<circle class="dot" cx="[\d.]+" cy="([\d.]+)"', chart)
    )
    assert low > high
    assert chart.count("<polyline") == 1
    assert line_chart("None", []).body.count("<circle") == 0
    assert line_chart("Zeros", points[:1]).body.count("<circle") == 1


def test_a_report_shows_its_trend() -> None:
    from audited import audited

    from cmis_audit.writing import documents

    report = audited(frozenset({"invoices", "invoices_v2"}), read_at="2026-04-06T00:00:00Z")
    shown = with_trend(report, SECOND, [FIRST])
    assert [one.score for one in shown.trend] == [100, 92]
    assert "### Earlier audits" in documents(shown, ("markdown",))["report.md"]
    alone = with_trend(report, SECOND, [])
    assert "### Earlier audits" not in documents(alone, ("markdown",))["report.md"]
