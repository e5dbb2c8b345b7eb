"""
axe finds nothing on the plugin's screens, and no English is left on them in Thai.

Each is measured in Thai on a desktop in the light and on a telephone in the dark, and in English on
a telephone.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import REPOSITORY, need_modules
from tests.office import PASSWORD
from tests.site.test_messages import CATALOGUE, FOLDERS, entries

from .measuring import DESKTOP, TELEPHONE, axe_script, violations
from .office_site import OfficeSite
from .screens import (
    ENGLISH_LOOKS,
    NOBODY,
    THAI_LOOKS,
    Screen,
    channel_screens,
    evidence_screens,
    own_screens,
    procurement_screens,
    public_screens,
    register_screens,
    report_screens,
    wagtail_screens,
)

pytestmark = pytest.mark.needs("chromium")

# Colours are the same in every language; what is longer in English may still not fit a telephone.
VIEWS = {
    "th-TH": [(DESKTOP, "light"), (TELEPHONE, "dark")],
    "en-US": [(TELEPHONE, "light")],
}
# Where a screen is Wagtail's or modeladmin's, only our part of it is looked at: their links to
# delete a row, or to add the first, lack contrast, and so does a button of the editor.
PARTS: dict[str, dict[str, list[list[str]]]] = {
    "dashboard": {"include": [[".otp-panel"]]},
    "editor": {"include": [[".otp-side"], [".messages"]]},
    "decision": {"include": [[".modal-body"]]},
    # Wagtail's own editor of texts has no name.
    "form": {"include": [["main"]], "exclude": [[".Draftail-Editor"]]},
    "register": {"exclude": [[".actions"], [".nice-padding > p > a[href$='/create/']"]]},
}
# A file with a mistake of every sort that an import tells of: of a sheet, a row and a cell.
FAULTY = {
    "name": "สขร.1 ที่ยังไม่ถูก.csv",
    "mimeType": "text/csv",
    "buffer": (
        "แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน ตุลาคม 2569\r\n"
        "ลำดับที่,งานที่จัดซื้อหรือจัดจ้าง,วงเงินที่จะซื้อหรือจ้าง,ราคากลาง,วิธีซื้อหรือจ้าง,ผู้เสนอราคา,"
        "ราคาที่เสนอ,ผู้ได้รับการคัดเลือก,ราคาที่ตกลง,เหตุผลที่คัดเลือกโดยสรุป,เลขที่สัญญา,วันที่สัญญา\r\n"
        "1,จ้างทำความสะอาด,หนึ่งหมื่น,,วิธีที่ไม่มี,หจก. ก,9400,หจก. ข,9400,ราคาต่ำสุด,จ 1/2570,31/2/2569\r\n"
    ).encode(),
}
EVERY = 1 if os.environ.get("AXE") == "all" else 3
# A memo to a director-general, on the office's paper.
ALWAYS_THAI = {"paper_memo"}
LEADS_ELSEWHERE = {"open_notice": 302}
PUBLIC = {"th-TH": "", "en-US": "/en"}
# The name of a language in itself, and what Wagtail says before it knows the reader's language.
SAME_FOR_ALL = {"English", "Actions", "Toggle side panel"}
SAID = """() => {
    const said = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode())
        if (!["SCRIPT", "STYLE"].includes(walk.currentNode.parentElement.tagName))
            said.push(walk.currentNode.data);
    for (const name of ["aria-label", "title", "placeholder", "alt"])
        document.querySelectorAll(`[${name}]`).forEach(e => said.push(e.getAttribute(name)));
    return said;
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script of axe-core."""
    need_modules("axe_playwright_python")
    return axe_script()


@pytest.fixture(scope="module")
def site(axe, tmp_path_factory) -> Iterator[OfficeSite]:
    """Return a site of its own with an item in every state."""
    running = OfficeSite(tmp_path_factory.mktemp("office"))
    yield running
    running.stop()


class Office:
    """A browser with one window for each person, in one language."""

    def __init__(self, browser: Any, site: OfficeSite, locale: str) -> None:
        self.browser, self.site, self.locale = browser, site, locale
        self.windows: dict[str, Any] = {}

    def window(self, username: str) -> Any:
        """Return the window of a person, who logs in at first, or of the public."""
        if username not in self.windows:
            page = self.windows[username] = self.browser.new_context(locale=self.locale).new_page()
            if username == NOBODY:
                return page
            page.goto(f"{self.site.url}/admin/login/")
            page.fill("[name=username]", username)
            page.fill("[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_url("**/admin/")
        return self.windows[username]

    def opened(self, screens: list[Screen]) -> Iterator[tuple[Screen, Any]]:
        """Yield each screen with its window; every name has to be seen, or to be no screen."""
        kinds: dict[str, set[str]] = {}
        for screen in screens:
            known = kinds.setdefault(screen.name, set())
            if "none" in known:
                continue
            page = self.window(screen.username)
            kind = "" if "page" in known else self.kind_of(screen, page)
            known.add(kind)
            if (kind or "page") == "page" and self.shows(screen, page):
                yield screen, page
        unseen = sorted(name for name, known in kinds.items() if not known & {"page", "none"})
        assert not unseen, f"nobody in tests/browser/screens.py sees: {unseen}"

    def kind_of(self, screen: Screen, page: Any) -> str:
        """Return `page`, `none` for what is no screen, or `refused` for what this person misses."""
        answer = page.request.get(self.site.url + screen.path, max_redirects=0)
        if answer.status in (200, 410) and "html" in answer.headers["content-type"]:
            return "page"
        # What takes only POST, leads elsewhere, or is a file to download, is no screen.
        is_none = answer.status in (200, 405, LEADS_ELSEWHERE.get(screen.name))
        return "none" if is_none else "refused"

    def shows(self, screen: Screen, page: Any) -> bool:
        """Open the screen, and tell whether this person gets it."""
        answer = page.goto(self.site.url + screen.path)
        # A tombstone answers with 410.
        return answer.status in (200, 410) and page.url == self.site.url + screen.path

    def close(self) -> None:
        """Close the windows."""
        for page in self.windows.values():
            page.context.close()


def all_screens(scene: dict[str, Any], locale: str) -> list[Screen]:
    return [
        *own_screens(scene, THAI_LOOKS if locale == "th-TH" else ENGLISH_LOOKS),
        *channel_screens(scene),
        *register_screens(),
        *report_screens(scene),
        *procurement_screens(scene),
        *evidence_screens(scene),
        *wagtail_screens(scene),
        *public_screens(scene, PUBLIC[locale]),
    ]


def show_part(screen: Screen, page: Any, scene: dict[str, Any]) -> None:
    """Open what the plugin adds to a screen of Wagtail's."""
    if screen.name == "editor":
        page.locator("[data-side-panel-toggle=measures]").first.click()
        page.wait_for_selector(".otp-side", state="visible")
    if screen.name == "decision":
        # No button of the editor opens Wagtail's window while the item is frozen, but its
        # address answers, and other screens of Wagtail may lead there.
        page.evaluate("url => void ModalWorkflow({url})", scene["decision"])
        page.wait_for_selector(".modal-body [name=comment]", state="visible")
        page.wait_for_timeout(400)  # the window fades in
    if screen.name == "import with errors":
        page.set_input_files("[name=file]", FAULTY)
        page.click("[name=file] >> xpath=ancestor::form >> button[type=submit]")
        page.wait_for_selector("#otp-findings-heading")


def sentences() -> list[re.Pattern]:
    """Return a pattern for each message that reads otherwise in Thai."""
    patterns = []
    for folder in FOLDERS:
        for source, thai in entries(REPOSITORY / folder / CATALOGUE).items():
            words = re.split(r"(%\(\w+\)\w)", source.strip())
            fixed = "".join(words[::2])
            if source != thai and len(re.findall(r"[A-Za-z]", fixed)) > 3:
                parts = [".+" if number % 2 else re.escape(w) for number, w in enumerate(words)]
                patterns.append(re.compile("".join(parts), re.DOTALL))
    return patterns


@pytest.mark.parametrize("locale", sorted(VIEWS))
def test_axe_finds_nothing_and_no_english_is_left(browser, site, axe, locale):
    language = locale[:2]
    site.speak(language)
    office = Office(browser, site, locale)
    untranslated = sentences() if locale == "th-TH" else []
    found = []
    for number, (screen, page) in enumerate(office.opened(all_screens(site.scene, locale))):
        # The layout is the same in both languages: of the second, the suite takes some.
        if locale == "en-US" and number % EVERY:
            continue
        where = f"{screen.name}, {screen.username}, {screen.path}: "
        lang = page.evaluate("document.documentElement.lang")
        assert lang[:2] == language or screen.name in ALWAYS_THAI, where
        show_part(screen, page, site.scene)
        part = PARTS.get(screen.name.split(" ")[0])
        found += [where + finding for finding in violations(page, part, axe, VIEWS[locale])]
        said = {text.strip() for text in page.evaluate(SAID)} if untranslated else set()
        for text in said - SAME_FOR_ALL:
            if any(pattern.fullmatch(text) for pattern in untranslated):
                found.append(f"{where}in English: {text}")
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    office.close()
    assert found == [], "\n".join(found)


def test_the_display_control_keeps_what_the_reader_chose_and_typed(browser, site):
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{site.url}/news/")
    page.fill("#site-search", "แผนจัดซื้อ")
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.click(".display summary")
    for name, value in (
        ("size", "larger"),
        ("contrast", "more"),
        ("theme", "dark"),
        ("digits", "thai"),
    ):
        page.check(f"[data-display] [name={name}][value={value}]")
    assert page.input_value("#site-search") == "แผนจัดซื้อ"
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > 1.3 * before
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(0, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    # The choice holds on the next page, and goes back to what the device says.
    page.goto(f"{site.url}/")
    assert page.evaluate(ground) == "rgb(0, 0, 0)"
    page.click(".display summary")
    for name in ("size", "contrast", "theme", "digits"):
        page.check(f"[data-display] [name={name}][value='']")
    assert page.evaluate("Object.keys(document.documentElement.dataset)") == []
    page.context.close()


ATTRIBUTES = """() => [...document.querySelectorAll("main *")].flatMap(
    e => [...e.attributes].map(a => `${e.tagName} ${a.name}=${a.value}`))"""


def choose(page: Any, name: str, value: str) -> None:
    """Choose a way of display by keyboard alone."""
    page.locator(".display summary").focus()
    page.keyboard.press("Enter")
    page.locator(f"[data-display] [name={name}]:checked").focus()
    for _press in range(5):
        if page.is_checked(f"[data-display] [name={name}][value='{value}']"):
            break
        page.keyboard.press("ArrowDown")
    assert page.is_checked(f"[data-display] [name={name}][value='{value}']")
    page.keyboard.press("Escape")


def test_digits_are_thai_where_one_reads_and_stay_where_one_copies(browser, site):
    page = browser.new_context().new_page()
    paths = site.scene["addresses"]
    page.goto(site.url + paths["MonthlySummaryPage"])
    written, attributes = page.inner_text("main"), page.evaluate(ATTRIBUTES)
    assert "9,400.00" in written
    choose(page, "digits", "thai")
    read = page.inner_text("main")
    assert "๙,๔๐๐.๐๐" in read
    assert "๑๒ ตุลาคม ๒๕๖๙" in read
    assert "9,400.00" not in read
    for code in ("69109000101", "จ 1/2570"):
        assert code in read
    assert page.evaluate(ATTRIBUTES) == attributes
    assert page.locator("time[datetime='2026-10-12']").count() > 0
    # It holds on the next pages, in both languages, and asks the server for nothing.
    page.goto(f"{site.url}/en{paths['ContractPage']}")
    assert page.context.cookies() == []
    read = page.inner_text("main")
    assert "๒ November ๒๐๒๖" in read
    for code in ("69109000001", "P69100000001", "ซ 12/2570"):
        assert code in read
    page.goto(site.url + paths["ContactPage"])
    assert "0 2000 0000" in page.inner_text("main")
    page.goto(site.url + paths["PlansPage"])
    assert "๑,๒๐๐,๐๐๐" in page.inner_text("main")
    choose(page, "digits", "arabic")
    assert "ประจำปี ๒๕๗๐ (ฉบับที่ปรับปรุง).pdf" in page.inner_text(".files"), "as it was uploaded"
    choose(page, "digits", "thai")
    page.goto(f"{site.url}/search/?q=2570")
    assert page.input_value("#search-words") == "2570"
    # Back to what was written, letter by letter.
    page.goto(site.url + paths["MonthlySummaryPage"])
    assert "๙,๔๐๐.๐๐" in page.inner_text("main")
    choose(page, "digits", "")
    assert page.inner_text("main") == written
    page.context.close()


def test_digits_of_any_text_are_written_by_one_rule(browser, site):
    page = browser.new_context().new_page()
    page.goto(f"{site.url}/")
    texts = {
        "ข้อ 2 วรรค 3 (ฉบับที่ 4) ปี2562": ("ข้อ ๒ วรรค ๓ (ฉบับที่ ๔) ปี๒๕๖๒", None),
        "เขียนถึง a1@example.go.th หรือ https://example.go.th/2562/": (None, None),
        "แผน2570.pdf รหัส P69100000001 เลข 69109000001": (None, None),
        "ข้อ ๒ ของ O9 วันที่ ๑๒": (None, "ข้อ 2 ของ O9 วันที่ 12"),
    }
    page.evaluate(
        "texts => texts.forEach(t => document.querySelector('main').append("
        "Object.assign(document.createElement('p'), {className: 'probe', textContent: t})))",
        list(texts),
    )
    wanted: dict[str, list[str]] = {
        "thai": [thai or text for text, (thai, _arabic) in texts.items()],
        "arabic": [arabic or text for text, (_thai, arabic) in texts.items()],
        "": list(texts),
    }
    for choice, said in wanted.items():
        choose(page, "digits", choice)
        assert page.locator(".probe").all_inner_texts() == said
    page.context.close()


def test_without_a_script_the_menu_opens_and_the_search_is_sent(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/")
    assert not page.is_visible(".display")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("e => e === document.activeElement")
    page.click(".sections summary")
    assert page.locator(".sections a").first.is_visible()
    page.fill("#site-search", "แผน")
    page.press("#site-search", "Enter")
    assert "/search/?q=" in page.url
    context.close()


def test_the_search_is_used_by_keyboard_alone_and_without_a_script(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site.url}/en/search/")

    def tab_to(selector: str) -> None:
        for _key in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no Tab leads to {selector}")

    def enter(selector: str, typed: str = "") -> None:
        tab_to(selector)
        page.keyboard.type(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    enter("#search-words", "ข่าว")
    assert page.locator(".results mark").count() > 1
    many = page.locator(".results > li").count()
    enter(".facets a[href*='kind=news.newspage']")
    assert "kind=news.newspage" in page.url
    assert 0 < page.locator(".results > li").count() <= many
    assert page.locator(".facets [aria-current=true]").count() == 1
    enter(".facets [aria-current=true]")
    assert "kind=" not in page.url
    enter(".results a")
    assert "/search/" not in page.url
    # A misspelt word leads on by a link as well.
    page.goto(f"{site.url}/en/search/?q=เผยแพ่ร")
    enter(".notice a")
    assert page.locator(".results mark").count() > 0
    context.close()
