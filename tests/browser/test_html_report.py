"""The HTML report as a browser shows it: the sample of the demo, and a database made to hurt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from builders import HOSTILE_PAST, catalog, table
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from cmis_audit import pipeline, writing
from cmis_audit.model.names import TableRef
from cmis_audit.render.html import render_html

SAMPLE = Path(__file__).parents[2] / "reports" / "samples" / "demo" / "report.html"
HOSTILE = "<script>alert(1)</script>"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@dataclass
class Opened:
    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def complain(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def note(self, request: Request) -> None:
        if not request.url.startswith("file:"):
            self.requests.append(request.url)


def opened(browser: Browser, file: Path, scheme: str = "light", size: dict = DESK) -> Opened:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = Opened(context.new_page())
    found.page.on("console", found.complain)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("request", found.note)
    found.page.goto(file.as_uri())
    return found


@pytest.fixture
def sample(browser: Browser) -> Iterator[Opened]:
    found = opened(browser, SAMPLE)
    yield found
    found.page.context.close()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in which every name and comment tries to get out of its place."""
    columns = ('"><img src=x onerror=alert(2)> text', "' onclick='alert(3) text", "price numeric")
    names = (
        HOSTILE,
        f"{HOSTILE}_v2",
        "</style><script>alert(4)",
        "-->]]>",
        "\u202eevil\u2066",
        "x" * 63,
    )
    tables = [
        table(
            TableRef(schema="</title><b>", name=name),
            "id bigint pk",
            *(
                msgspec.structs.replace(table("t", "c text").columns[0], name=one)
                for one in columns
            ),
            "sku text",
            "remark text",
            comment="<!-- </script><script>alert(5)</script> javascript:alert(6)",
        )
        for name in names
    ]
    source = msgspec.structs.replace(catalog(*tables), database="</title><script>alert(7)</script>")
    report = pipeline.audit(source, pipeline.rule_pack("cmis", None))
    report = msgspec.structs.replace(report, trend=(HOSTILE_PAST, HOSTILE_PAST))
    file = tmp_path_factory.mktemp("hostile") / "report.html"
    file.write_text(writing.documents(report, ("html",))["report.html"], "utf-8")
    return file


def test_it_loads_without_a_complaint_or_a_request(sample: Opened) -> None:
    assert sample.page.locator("h1").inner_text() == "52/100 · grade C · Needs Improvement"
    assert sample.complaints == []
    assert sample.requests == []


def test_nothing_but_its_own_style_and_script_may_run(sample: Opened) -> None:
    sample.page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.broken = 1';
            document.body.append(script);
        }"""
    )
    assert sample.page.evaluate("window.broken") is None
    assert any("Content Security Policy" in one for one in sample.complaints)


def test_names_and_comments_stay_text(browser: Browser, hostile: Path) -> None:
    found = opened(browser, hostile)
    dialogs: list[str] = []
    found.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found.page.fill("#find", "script")
    assert HOSTILE in found.page.locator("#found").inner_text()
    assert HOSTILE in found.page.locator("#table-list").inner_text()
    assert HOSTILE in found.page.locator("article.card").first.inner_text()
    assert found.page.locator("img, b").count() == 0
    assert found.page.locator("script").count() == 2
    assert (
        found.page.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
            ".filter(a => a.name.startsWith('on') || a.name === 'style').length"
        )
        == 0
    )
    assert (dialogs, found.complaints, found.requests) == ([], [], [])
    found.page.context.close()


def test_a_heading_sorts_its_table(sample: Opened) -> None:
    glance = sample.page.locator("#groups table.data").first
    head = glance.locator("th", has_text="Points back")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    gains = glance.locator("tbody tr td:last-child").all_inner_texts()
    assert gains == ["+7", "+7.75", "+7.75", "+11.5", "+14"]
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert glance.locator("tbody tr td:last-child").first.inner_text() == "+14"


def cells(table: Locator, place: int) -> list[str]:
    """The texts of a column of the rows that sort."""
    found = table.locator(f"tbody:last-of-type tr > :nth-child({place})")
    return [one.strip() for one in found.all_text_contents()]


def test_the_waterfall_sorts_between_its_ends_and_goes_back(sample: Opened) -> None:
    table = sample.page.locator("#score table.data")
    button = table.locator("th", has_text="Points").locator("button")
    as_told = cells(table, 3)
    button.click()
    assert cells(table, 3) == ["−20", "−15", "−10", "−3"]
    button.click()
    assert cells(table, 3) == ["−3", "−10", "−15", "−20"]
    button.click()
    assert cells(table, 3) == as_told
    assert table.locator("[aria-sort]").count() == 0
    assert table.locator("tr").nth(1).locator("th").inner_text() == "Start"
    assert table.locator("tfoot th").inner_text() == "Score"
    assert table.locator("th", has_text="Of 100 points").locator("button").count() == 0


def test_evidence_sorts_once_it_is_unfolded(sample: Opened) -> None:
    fold = sample.page.locator("details", has_text="Evidence, pair by pair").first
    table = fold.locator("table.data").first
    assert table.locator("th button").count() == 0
    fold.locator("summary").click()
    table.locator("th", has_text="Bits").locator("button").click()
    bits = [float(one.replace("−", "-")) for one in cells(table, 3)]
    assert len(bits) > 3
    assert bits == sorted(bits)
    assert table.locator("tfoot th").inner_text() == "sum"


def test_grades_and_totals_have_their_place(sample: Opened) -> None:
    table = sample.page.locator("table.data", has_text="Tables before and after")
    table.locator("th", has_text="Priority").locator("button").click()
    grades = cells(table, 5)
    assert grades == sorted(grades, key=["low", "medium", "high", "critical"].index)
    assert len(set(grades)) == 3
    assert "Total" in table.locator("tfoot").inner_text()


def test_every_table_of_more_than_one_row_sorts(sample: Opened) -> None:
    """With everything unfolded, as a heading is a button; the longer ones have a filter."""
    page = sample.page
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("() => new Promise(done => setTimeout(done, 200))")
    assert page.locator("table th button").count() > 100
    left_out = page.evaluate(
        """() => [...document.querySelectorAll('table:not(.heat)')].filter(table =>
            [...table.tBodies].at(-1).rows.length > 1 && !table.querySelector('th button')
        ).map(table => table.caption.textContent)"""
    )
    assert left_out == []
    unfiltered = page.evaluate(
        """() => [...document.querySelectorAll('table:not(.heat)')].filter(table =>
            ([...table.tBodies].at(-1).rows.length > 8)
            !== !!table.closest('.scroll').previousElementSibling?.matches('.filter')
        ).map(table => table.caption.textContent)"""
    )
    assert unfiltered == []


def test_a_filter_leaves_what_matches(sample: Opened) -> None:
    page = sample.page
    page.fill("#filter-tables", "social_posts")
    rows = page.locator("#table-list tbody tr")
    names = rows.locator("td:first-child").all_inner_texts()
    assert names
    assert all("social_posts" in name for name in names)
    assert (
        page.locator("#table-list [role=status]").inner_text()
        == f"{len(names)} of {len(names)} shown"
    )
    page.fill("#filter-tables", "")
    assert rows.count() == 100
    page.locator("#table-list .more").click()
    assert rows.count() == 241


def test_sizes_sort_as_sizes(sample: Opened) -> None:
    page = sample.page
    table = page.locator("#table-list table")
    for title, factors in (("Size", {"B": 1, "kB": 1024, "MB": 1024**2}), ("Rows", {"": 1})):
        head = table.locator("th", has_text=title)
        head.locator("button").click()
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "descending"
        place = [one.strip() for one in table.locator("th").all_text_contents()].index(
            head.inner_text()
        )
        texts = [one for one in cells(table, place + 1) if one != "unknown"]
        values = [float(one.replace(",", "").partition(" ")[0]) for one in texts]
        sizes = [
            value * factors[t.partition(" ")[2]] for value, t in zip(values, texts, strict=True)
        ]
        assert sizes == sorted(sizes, reverse=True)
        assert len(set(sizes)) > 2


def test_paper_gets_every_table_in_ink(browser: Browser) -> None:
    """By night too: what is printed is dark on white, whole, and no sum comes twice."""
    found = opened(browser, SAMPLE, "dark")
    page = found.page
    by_night = page.evaluate("getComputedStyle(document.body).color")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).color") != by_night
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 37, 48)"
    assert page.locator("#table-list tbody tr").count() == 241
    assert page.locator("#table-list p.note").is_hidden()
    assert page.locator("tfoot").first.evaluate("e => getComputedStyle(e).display") != (
        "table-footer-group"
    )
    folded = "article > details:not([open]):not(:has(details.sql))"
    assert page.locator(folded).count() == 0
    page.context.close()


def test_the_search_finds_any_table_and_goes_to_its_group(sample: Opened) -> None:
    page = sample.page
    page.fill("#find", "content_plans_v2")
    assert page.locator("#found-note").inner_text() == "1 found"
    page.press("#find", "Enter")
    page.wait_for_function("location.hash.startsWith('#group-c-')")
    card = page.locator(page.evaluate("location.hash"))
    assert card.locator("h3").text_content() == "content plans"
    page.fill("#find", "no_such_table")
    assert page.locator("#found-note").inner_text() == "0 found"


def test_sql_is_copied_as_it_is(sample: Opened) -> None:
    page = sample.page
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    block = page.locator("details.sql").first
    block.locator("button.copy").click()
    page.wait_for_function(
        "e => e.textContent === 'Copied'", arg=block.locator("button").element_handle()
    )
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied == block.locator("code").inner_text()
        or copied == block.locator("code").text_content()
    )
    assert "BEGIN" in copied


def test_every_link_leads_somewhere_and_ids_are_unique(browser: Browser, hostile: Path) -> None:
    for file in (SAMPLE, hostile):
        found = opened(browser, file)
        broken = found.page.evaluate(
            """() => [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))
                .filter(href => href
                    && !(href.startsWith('#') && document.getElementById(href.slice(1))))"""
        )
        assert broken == []
        twice = found.page.evaluate(
            """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                return ids.filter((id, place) => ids.indexOf(id) !== place); }"""
        )
        assert twice == []
        found.page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_by_everybody(browser: Browser, scheme: str) -> None:
    """axe-core finds no serious fault, with everything unfolded."""
    context = browser.new_context(viewport=DESK, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(SAMPLE.as_uri())
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    serious = {
        one["id"]: [node["html"][:200] for node in one["nodes"]][:3]
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    }
    assert serious == {}
    context.close()


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 640}, DESK])
def test_the_page_is_as_wide_as_its_window(browser: Browser, hostile: Path, size: dict) -> None:
    for file in (SAMPLE, hostile):
        found = opened(browser, file, size=size)
        found.page.evaluate(
            "() => document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        assert found.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        found.page.context.close()


def test_it_reads_without_a_script(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(SAMPLE.as_uri())
    assert page.locator("article.card").count() == 5
    assert page.locator("#search").is_hidden()
    assert "needs a script" in page.locator("noscript").first.text_content()
    context.close()


def test_an_empty_database_has_a_page_too(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    report = pipeline.audit(catalog(), pipeline.rule_pack("cmis", None))
    file.write_text(render_html(report), "utf-8")
    found = opened(browser, file)
    assert "no tables" in found.page.locator(".lead").inner_text()
    assert found.complaints == []
    found.page.context.close()
