"""
Has axe judge every public page type: both languages, every size, theme and contrast, in Chromium.

The suite asks less of fewer pages (`tests/browser/test_axe.py`). A violation ends with 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from served import FRAME, PREFIXES, need, publish_samples, set_up_site, site_served

# The smallest window that WCAG 2.2 asks for, 1.4.10; and a choice of the reader.
NARROW = (320, 640)
HIGH_CONTRAST = "document.documentElement.dataset.contrast = 'more'"
LARGEST_TEXT = "document.documentElement.dataset.size = 'larger'"


def found_on(browser: Browser, url: str) -> Iterator[str]:
    """Yield what is wrong with one address."""
    from tests.browser.measuring import DESKTOP, TELEPHONE, axe_script, violations

    views = [(size, theme) for size in (DESKTOP, TELEPHONE) for theme in ("light", "dark")]
    page = browser.new_page()
    page.goto(url)
    yield from violations(page, None, axe_script(), views, whole=True)
    page.evaluate(HIGH_CONTRAST)
    for line in violations(page, None, axe_script(), views):
        yield f"high contrast: {line}"
    page.evaluate(LARGEST_TEXT)
    for line in violations(page, None, axe_script(), [(NARROW, "light")]):
        yield f"largest text: {line}"
    page.close()


def main() -> int:
    """Judge every page and tell."""
    need("chromium")
    set_up_site()
    addresses = [*FRAME, *publish_samples().values(), "/not-here/"]
    urls = [f"{prefix}{quote(path, safe='/?=&%')}" for prefix in PREFIXES for path in addresses]
    wrong = 0
    with site_served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for url in urls:
            for line in found_on(browser, f"{site}{url}"):
                wrong += 1
                print(f"{url}: {line}", flush=True)
    print(f"{len(urls)} pages, {wrong} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
