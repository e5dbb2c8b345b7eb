"""A request from the form to the public log: visitor, ศศ., division, directors; axe is clean."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import need_modules
from tests.office import PASSWORD

from .measuring import DESKTOP, TELEPHONE, axe_script, violations
from .office_site import OfficeSite

pytestmark = pytest.mark.needs("chromium")

VIEWS = [(DESKTOP, "light"), (TELEPHONE, "dark")]
CASES = "/admin/measures/requests/"
ANSWER = "คำตอบสำหรับทุกคน ไม่มีชื่อผู้ขอ"


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Iterator[OfficeSite]:
    need_modules("axe_playwright_python")
    running = OfficeSite(tmp_path_factory.mktemp("requests"))
    yield running
    running.stop()


class Walk:
    """The windows of those who take part, and what axe found in them."""

    def __init__(self, browser: Any, site: OfficeSite) -> None:
        self.browser, self.site, self.axe = browser, site, axe_script()
        self.windows: dict[str, Any] = {}
        self.found: list[str] = []

    def as_(self, username: str) -> Any:
        """Return the window of a person, or of the visitor."""
        if username not in self.windows:
            page = self.windows[username] = self.browser.new_context(locale="th-TH").new_page()
            if username != "visitor":
                page.goto(f"{self.site.url}/admin/login/")
                page.fill("[name=username]", username)
                page.fill("[name=password]", PASSWORD)
                page.click("button[type=submit]")
                page.wait_for_url("**/admin/")
        return self.windows[username]

    def look(self, where: str, page: Any) -> None:
        """Ask axe about a page."""
        self.found += [f"{where}: {each}" for each in violations(page, None, self.axe, VIEWS)]
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})

    def open(self, username: str, path: str) -> Any:
        page = self.as_(username)
        page.goto(self.site.url + path)
        return page


def test_a_request_goes_from_the_form_to_the_public_log(browser: Any, site: OfficeSite) -> None:
    site.speak("th")
    walk = Walk(browser, site)
    number, secret = ask(walk)
    case = handle(walk, number)
    answer(walk, case)
    seen_by_visitor(walk, number, secret)
    publish(walk, case)
    for path in ("/information-requests/", "/en/information-requests/", f"{CASES}topics/"):
        who = "publisher.web" if path.startswith("/admin") else "visitor"
        walk.look(path, walk.open(who, path))
    for page in walk.windows.values():
        page.context.close()
    assert walk.found == [], "\n".join(walk.found)


def ask(walk: Walk) -> tuple[str, str]:
    """Send a request by the form, and return its number and its secret."""
    page = walk.open("visitor", "/information-requests/")
    page.fill("[name=question]", "ขอรายงานการประชุมคณะทำงานราคาสินค้า ปี 2568")
    page.click("[value=look]")
    page.wait_for_selector("#published-already")
    walk.look("the second step", page)
    page.fill("[name=name]", "ผู้ขอ ทดสอบ")
    page.click("[value=send]")
    page.wait_for_selector(".ask__keep")
    walk.look("sent", page)
    number, secret = page.locator(".ask__keep dd").all_inner_texts()
    assert secret not in page.url
    return number, secret


def handle(walk: Walk, number: str) -> str:
    """Let ศศ. look who asks and give the case to a division; return the address of the case."""
    page = walk.open("publisher.web", CASES)
    walk.look("list", page)
    page.click(f"a:text-is('{number}')")
    page.wait_for_selector("#clock-heading")
    case = page.url.removeprefix(walk.site.url)
    page.click("form[action$='/who/'] button")
    page.wait_for_selector("text=ผู้ขอ ทดสอบ")
    walk.look("case", page)
    page.goto(f"{walk.site.url}{case}assign/")
    page.fill("[name=subject]", "รายงานการประชุมคณะทำงาน")
    page.select_option("[name=producer]", label="กอง ก")
    walk.look("assign", page)
    page.click(".otp-form button[type=submit]")
    page.wait_for_selector("#clock-heading")
    return case


def answer(walk: Walk, case: str) -> None:
    """Let the division prepare and ศศ. decide."""
    page = walk.open("pr.division-a", case)
    assert "ผู้ขอ ทดสอบ" not in page.inner_text("body")
    page.goto(f"{walk.site.url}{case}prepare/")
    page.fill("[name=note]", "กองมีรายงานนี้ และให้ได้ทั้งหมด")
    page.click(".otp-form button[type=submit]")
    page.wait_for_selector("#clock-heading")
    page = walk.open("publisher.web", f"{case}move/decided/")
    walk.look("decision", page)
    page.select_option("[name=outcome]", "full")
    page.fill("[name=note]", "ให้รายงานทั้งหมด")
    page.click(".otp-form button[type=submit]")
    page.wait_for_selector("#clock-heading")
    letter = page.locator("a[href*='/letter/']:not([href*='pdf'])").last.get_attribute("href")
    walk.look("letter", walk.open("publisher.web", letter))


def seen_by_visitor(walk: Walk, number: str, secret: str) -> None:
    """Let the visitor read the answer by number and secret."""
    page = walk.open("visitor", "/information-requests/status/")
    walk.look("status form", page)
    page.fill("[name=reference]", number)
    page.fill("[name=secret]", secret)
    page.click(".ask button[type=submit]")
    page.wait_for_selector("#case-heading")
    assert "ให้รายงานทั้งหมด" in page.inner_text("main")
    assert secret not in page.url
    walk.look("status", page)


def publish(walk: Walk, case: str) -> None:
    """Write the public answer, endorse it, approve it, and find it in the log."""
    page = walk.open("publisher.web", f"{case}log/")
    page.fill("[name=question]", "ขอรายงานการประชุม")
    page.fill("[name=answer]", ANSWER)
    page.click(".otp-form button[type=submit]")
    page.wait_for_selector(f"text={ANSWER}")
    assert "รายงานการประชุมคณะทำงาน" not in walk.open("visitor", LOG).inner_text("main")
    for who, action in (("director.division-a", "endorse"), ("director.office", "approve")):
        page = walk.open(who, f"{case}log/")
        walk.look(f"public answer, {action}", page)
        page.click(f"form[action$='/log/{action}/'] button")
        page.wait_for_load_state()
    page = walk.open("visitor", LOG)
    walk.look("log", page)
    page.click("text=รายงานการประชุมคณะทำงาน")
    page.wait_for_selector(f"text={ANSWER}")
    assert "ผู้ขอ ทดสอบ" not in page.inner_text("body")
    walk.look("entry", page)


LOG = "/information-requests/log/"
