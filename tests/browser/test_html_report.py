"""The HTML report as a browser shows it: the sample of the demo, and a database made to hurt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from builders import catalog, table
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from cmis_audit import pipeline
from cmis_audit.model.history import Past
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
    past = Past(
        read_at='2026-01-01T00:00:00Z"><script>',
        score=40,
        grade="<D>",
        pack_fingerprint="",
        tables=1,
        duplicates=1,
        clusters=1,
        waived=0,
    )
    report = msgspec.structs.replace(report, trend=(past, past))
    file = tmp_path_factory.mktemp("hostile") / "report.html"
    file.write_text(pipeline.documents(report, ("html",))["report.html"], "utf-8")
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
