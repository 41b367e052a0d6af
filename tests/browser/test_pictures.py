"""The pictures of report.md as a browser shows them: as images of a page, and each alone."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

SAMPLE = Path(__file__).parents[2] / "reports" / "samples" / "demo"
PICTURES = sorted((SAMPLE / "pictures").glob("*.svg"))
_CROWDED = """() => {
    const all = [...document.querySelectorAll('text')].filter(each => each.textContent.trim());
    const boxes = all.map(each => [each.textContent, each.getBBox()]);
    const ground = document.querySelector('.ground').getBBox();
    const outside = boxes.filter(([, box]) => box.x < ground.x || box.y < ground.y
        || box.x + box.width > ground.x + ground.width
        || box.y + box.height > ground.y + ground.height);
    const crossed = boxes.filter(([, one], place) => boxes.some(([, other], where) =>
        where > place && one.x < other.x + other.width && other.x < one.x + one.width
        && one.y + 3 < other.y + other.height && other.y + 3 < one.y + one.height));
    return [...outside, ...crossed].map(([text]) => text);
}"""


def test_markdown_shows_them_all_by_day_and_by_night(browser: Browser, tmp_path: Path) -> None:
    body = (
        MarkdownIt("commonmark").enable("table").render((SAMPLE / "report.md").read_text("utf-8"))
    )
    file = tmp_path / "report.html"
    file.write_text(f'<!doctype html><base href="{SAMPLE.as_uri()}/">{body}', "utf-8")
    seen = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(file.as_uri())
        shown = page.evaluate("() => [...document.images].map(i => [i.src, i.alt, i.naturalWidth])")
        assert sorted(source for source, _, _ in shown) == [each.as_uri() for each in PICTURES]
        assert all(alt and width > 0 for _, alt, width in shown)
        seen.append(page.locator("img").first.screenshot())
        context.close()
    assert seen[0] != seen[1]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: each.stem)
def test_its_words_have_room(browser: Browser, picture: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(picture.as_uri())
    assert page.locator("svg").first.bounding_box()["width"] > 0
    assert page.evaluate(_CROWDED) == []
    assert page.locator("a, script").count() == 0
    context.close()
