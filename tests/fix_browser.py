"""Headless Chromium for the tests of the HTML report.

CMIS_AUDIT_TEST_CHROMIUM   its path; else Debian's `chromium` or another on the PATH. Without one
                           the tests are skipped with the reason, or fail where CI or
                           CMIS_AUDIT_REQUIRE_BROWSER is set.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


def chromium() -> str | None:
    named = os.environ.get("CMIS_AUDIT_TEST_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        reason = "no Chromium: install Debian's `chromium` or set CMIS_AUDIT_TEST_CHROMIUM"
        if os.environ.get("CI") or os.environ.get("CMIS_AUDIT_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()
