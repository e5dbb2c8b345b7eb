"""Pictures of every public page type, in both languages, for `docs/screenshots/`."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright
from served import PREFIXES, ROOT, need, publish_samples, set_up_site, site_served

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1200, 800), "phone": (390, 844)}
HIGHEST = 1800
FRAME = {
    "home": "/",
    "category": "/news/",
    "series of a fiscal year": "/plans-and-performance/",
    "disclosure index": "/disclosure/",
    "corrections": "/corrections/",
    "responsibilities": "/responsibilities/",
    "search": f"/search/?q={quote('แผนปฏิบัติการ')}",
    "open contracting data": "/procurement/ocds/",
    "accessibility statement": "/accessibility/",
    "privacy notice": "/privacy/",
    "page that is not there": "/not-here/",
}


def take(browser: Browser, site: str, name: str, address: str) -> list[Path]:
    """Take the page in every language and size."""
    taken = []
    for prefix in PREFIXES:
        language = prefix.strip("/") or "th"
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{site}{prefix}{address}")
            page.evaluate("document.fonts.ready")
            whole = int(page.evaluate("document.documentElement.scrollHeight"))
            path = FOLDER / f"{name.replace(' ', '-')}.{language}.{size}.jpg"
            clip = {"x": 0, "y": 0, "width": width, "height": min(whole, HIGHEST)}
            page.screenshot(path=path, type="jpeg", quality=38, clip=clip, full_page=True)
            page.close()
            taken.append(path)
    return taken


def write_index(names: list[str]) -> None:
    """Write the page that shows them side by side."""
    lines = ["# Every public page type", "", "Taken by `make screenshots`, of examples alone.", ""]
    for name in names:
        shown = [
            f'<img src="{name.replace(" ", "-")}.{language}.{size}.jpg"'
            f' alt="{name}, {language}, {size}" height="420">'
            for language in ("th", "en")
            for size in SIZES
        ]
        lines += [f"## {name[:1].upper()}{name[1:]}", "", *shown, ""]
    (FOLDER / "README.md").write_text("\n".join(lines), encoding="utf-8")


def main() -> int:
    """Take them all."""
    need("chromium")
    set_up_site()
    addresses = FRAME | publish_samples()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with site_served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for name, address in addresses.items():
            for path in take(browser, site, name, address):
                print(path.relative_to(ROOT), path.stat().st_size // 1024, "KB", flush=True)
    write_index(list(addresses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
