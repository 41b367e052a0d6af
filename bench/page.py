"""How heavy the HTML report is: `python -m bench.page [--sizes 241,1000,10000] [--write]`.

For each size a catalog is made without a server, audited, planned and rendered; the file is then
opened from disk in headless Chromium, several times, each in a context of its own:

make    rendering it, plan included
size    of the file
load    from the navigation to the end of `load`, the script having listed and wired everything
paint   to the first paint
find    to answer a search for a table with the list of those found
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.pages import SPEED, circumstances, markdown, write
from bench.skewed import catalog
from cmis_audit.pipeline import audit, rule_pack
from cmis_audit.writing import documents

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from fix_browser import ARGUMENTS, chromium

SEED = 1
ROUNDS = 5
LOAD_SECONDS = 2.0
SIZE_BYTES = 10_000_000
_TIMING = """() => {
    const entry = performance.getEntriesByType('navigation')[0];
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return [entry.loadEventEnd / 1000, paint ? paint.startTime / 1000 : 0];
}"""
_FIND = """() => {
    const began = performance.now();
    const box = document.getElementById('find');
    box.value = 'a';
    box.dispatchEvent(new Event('input'));
    document.getElementById('found').getBoundingClientRect();
    return (performance.now() - began) / 1000;
}"""


def opened(browser: Browser, file: Path) -> tuple[float, float, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(file.as_uri(), wait_until="load")
    page.wait_for_timeout(200)
    load, paint = page.evaluate(_TIMING)
    find = page.evaluate(_FIND)
    context.close()
    return load, paint, find


def row(browser: Browser, tables: int) -> list[str]:
    report = audit(catalog(tables, SEED), rule_pack("cmis", None))
    began = time.process_time()
    text = documents(report, ("html",))["report.html"]
    made = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(text, "utf-8")
        size = file.stat().st_size
        rounds = [opened(browser, file) for _ in range(ROUNDS)]
    load, paint, find = (statistics.median(times) for times in zip(*rounds, strict=True))
    met = "met" if load < LOAD_SECONDS and size < SIZE_BYTES else "NOT MET"
    return [
        f"{tables:,} tables, {len(report.clusters):,} groups",
        f"{made:.2f} s",
        f"{size / 1e6:.2f} MB",
        f"{load:.2f} s",
        f"{paint:.2f} s",
        f"{find:.3f} s",
        met,
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.page", description="Weigh the HTML report.")
    parser.add_argument("--sizes", default="241,1000,10000", help="numbers of tables")
    parser.add_argument("--write", action="store_true", help="the table to docs/speed.md")
    options = parser.parse_args(arguments)
    path = chromium()
    if path is None:
        raise SystemExit("bench: Chromium is wanted: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        rows = [row(browser, int(size)) for size in options.sizes.split(",")]
    titles = ["", "made in", "size", "load", "first paint", "find", "under 2 s and 10 MB"]
    text = f"{markdown(titles, rows)}\n\n{circumstances('playwright', 'jinja2')}"
    print(text)
    if options.write:
        write(SPEED, {"page": text})


if __name__ == "__main__":
    main()
