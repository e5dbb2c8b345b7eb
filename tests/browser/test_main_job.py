"""The main job in a real browser: from a division's draft to the website, LINE and Facebook."""

import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.needs("chromium")

BANGKOK = ZoneInfo("Asia/Bangkok")
ANNOUNCEMENT = "มาตรการในการเผยแพร่ข้อมูลข่าวสาร"
CHANNELS = ("website", "line", "facebook")
OWNERS = {"website": "publisher.web", "line": "publisher.social", "facebook": "publisher.social"}


def read(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode(), answer.headers["X-Disclosure-Digest"]
    except urllib.error.HTTPError as error:
        return error.code, "", ""


def about(messages, title):
    return [row["channel"] for row in messages if title in json.dumps(row, ensure_ascii=False)]


def write_news(desk, demo, title: str, summary: str = "สรุปข่าวสำหรับประชาชน") -> str:
    """Write a news page in the editor, and return the path of its screen of steps."""
    page = desk.page
    page.goto(f"{demo.url}/admin/pages/add/news/newspage/{news_section(page, demo)}/")
    page.fill("[name=title]", title)
    page.fill("[name=summary]", summary)
    editor = page.locator("[data-contentpath=body] [contenteditable=true]").first
    editor.click()
    editor.type("กระทรวงพาณิชย์แถลงตัวเลขการส่งออก ป่าไม้ ป้า ที่ปี่ ปู และค่าน้ำมัน")
    # The editor hands its text over a moment after the last key.
    page.wait_for_function("document.querySelector('[name=body]').value.includes('ค่าน้ำมัน')")
    save_draft(page)
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))
    number = re.search(r"/pages/(\d+)/", page.url).group(1)
    return f"{demo.url}/admin/measures/items/{number}/"


def save_draft(page) -> None:
    page.locator("footer button[type=submit]").first.click()
    page.wait_for_load_state()


def news_section(page, demo) -> str:
    text = page.request.get(f"{demo.url}/admin/api/main/pages/?type=home.CategoryPage&limit=20")
    rows = text.json()["items"]
    return str(next(row["id"] for row in rows if row["meta"]["slug"] == "news"))


def propose_all(desk, item: str, minutes: int = 0) -> None:
    at = (datetime.now(BANGKOK) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M")
    for channel in CHANNELS:
        desk.page.goto(item)
        desk.page.fill(f"[name={channel}-at]", at)
        desk.page.keyboard.press("Escape")
        desk.slot(channel, "propose")


def confirm_all(log_in, item: str) -> None:
    for username in ("publisher.web", "publisher.social"):
        unit = log_in(username)
        for channel, owner in OWNERS.items():
            if owner == username:
                unit.page.goto(item)
                unit.slot(channel, "confirm")


def approve(log_in, item: str, username: str = "director.division-a") -> None:
    director = log_in(username)
    director.page.goto(item)
    director.page.click("button[name=action][value=approve]")
    director.page.wait_for_load_state()


def submit(desk, item: str) -> None:
    desk.page.goto(item)
    desk.page.click("form[action$='/submit/'] button")
    desk.page.wait_for_load_state()


def test_the_announcement_is_live_and_went_out_once_on_each_channel(demo):
    status, home, _ = read(f"{demo.url}/")
    assert status == 200
    assert ANNOUNCEMENT in home
    # The demo is ready before its dispatcher has made the first round.
    demo.wait_for(lambda: len(about(demo.received(), ANNOUNCEMENT)) >= 2)
    assert sorted(about(demo.received(), ANNOUNCEMENT)) == ["facebook", "line"]
    status, page, digest = read(f"{demo.url}/other/announcement-2562/")
    assert status == 200
    assert digest.startswith("sha256:")
    assert "ผู้แทนทีมประชาสัมพันธ์ของกอง" in page
    assert "Responsible" in read(f"{demo.url}/en/other/announcement-2562/")[1]


def test_news_from_draft_to_reader_and_its_correction(demo, desk):
    title = f"ผลการส่งออกไทยเดือนตุลาคม {time.time_ns() % 100000}"
    writer = desk("pr.division-a")
    item = write_news(writer, demo, title)
    propose_all(writer, item)
    submit(writer, item)
    assert about(demo.received(), title) == []
    confirm_all(desk, item)
    assert title not in read(f"{demo.url}/")[1]
    approve(desk, item)
    demo.wait_for(lambda: title in read(f"{demo.url}/")[1])
    demo.wait_for(lambda: len(about(demo.received(), title)) == 2)
    assert sorted(about(demo.received(), title)) == ["facebook", "line"]
    visitor = writer.context.browser.new_context().new_page()
    visitor.goto(demo.url)
    visitor.click(f"a:has-text('{title}')")
    assert "กระทรวงพาณิชย์แถลง" in visitor.inner_text("main")
    address = visitor.url
    for row in demo.received():
        if title in json.dumps(row, ensure_ascii=False):
            assert address in json.dumps(row)

    writer.page.goto(item.replace("measures/items", "pages") + "edit/")
    writer.page.fill("[name=summary]", "สรุปที่แก้ไขแล้ว")
    writer.page.fill("[name=correction_note]", "แก้ไขสรุปให้ตรงกับเอกสาร")
    save_draft(writer.page)
    assert "สรุปที่แก้ไขแล้ว" not in read(address)[1]
    submit(writer, item)
    now = datetime.now(BANGKOK).strftime("%Y-%m-%d %H:%M")
    writer.page.fill("[name=website-at]", now)
    writer.slot("website", "propose")
    web = desk("publisher.web")
    web.page.goto(item)
    web.slot("website", "confirm")
    time.sleep(2)
    assert "สรุปที่แก้ไขแล้ว" not in read(address)[1]
    approve(desk, item)
    demo.wait_for(lambda: "สรุปที่แก้ไขแล้ว" in read(address)[1])
    assert len(about(demo.received(), title)) == 2


def test_the_writers_own_director_post_does_not_let_others_decide(demo, desk):
    """The writer sees the item waiting and no button to approve it."""
    writer = desk("pr.division-a", locale="th-TH")
    item = write_news(writer, demo, f"ข่าวของกอง {time.time_ns() % 100000}")
    submit(writer, item)
    writer.page.goto(item)
    assert writer.page.locator("button[name=action][value=approve]").count() == 0
    assert writer.page.locator(".otp-reasons li").count() >= 1


@pytest.mark.parametrize("channel", ["line", "facebook"])
def test_killing_the_dispatcher_in_a_call_ends_in_one_message(demo, desk, channel):
    title = f"ข่าวระหว่างไฟดับ {channel} {time.time_ns() % 100000}"
    writer = desk("pr.division-a")
    item = write_news(writer, demo, title)
    propose_all(writer, item)
    submit(writer, item)
    confirm_all(desk, item)
    demo.fault(channel=channel, operation="send", fault="hold", seconds=30, accepted=True)
    approve(desk, item)
    demo.wait_for(lambda: demo.report()["held"] == 1)
    os.kill(demo.processes()["dispatcher"], signal.SIGKILL)
    demo.wait_for(lambda: delivered(demo, title) == 2)
    assert sorted(about(demo.received(), title)) == ["facebook", "line"]


def delivered(demo, title) -> int:
    import sqlite3

    connection = sqlite3.connect(f"file:{demo.directory / 'site.sqlite3'}?mode=ro", uri=True)
    try:
        return connection.execute(
            "select count(*) from otp_policy_syndication_delivery d"
            " join wagtailcore_page p on p.id = d.page_id"
            " where d.state = 'sent' and p.title = ?",
            (title,),
        ).fetchone()[0]
    finally:
        connection.close()


def test_ctrl_c_leaves_nothing_running_and_a_second_start_is_quick(tmp_path):
    from tests.browser.conftest import Demo

    demo = Demo(tmp_path)
    demo.start()
    first = (tmp_path / "accounts.json").read_text(encoding="utf-8")
    numbers = demo.processes()
    assert demo.interrupt() == 0
    for number in numbers.values():
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)
    seconds = demo.start()
    try:
        assert seconds < 45
        assert "preparing the database" not in demo.log.read_text(encoding="utf-8")
        assert (tmp_path / "accounts.json").read_text(encoding="utf-8") == first
        demo.wait_for(lambda: len(demo.received()) == 2)
    finally:
        demo.interrupt()


PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "th-TH",
}


def is_wider_than_the_screen(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_changes_are_asked_for_and_approved_on_a_phone(demo, desk):
    """The director reads, refuses and approves on a phone; the writer reads why, and mends it."""
    title = f"“น้ำใจ” ๒๕๖๙ 😀 <b>ไม่หนา</b> กำแพงปี่ {time.time_ns() % 100000}"
    writer = desk("pr.division-a", locale="th-TH")
    item = write_news(writer, demo, title)
    submit(writer, item)
    director = desk("director.division-a", **PHONE)
    director.open_waiting(title)
    assert director.page.inner_text("h1").startswith(title)
    assert not is_wider_than_the_screen(director.page)
    approving = director.page.locator("button[name=action][value=approve]")
    assert approving.bounding_box()["height"] >= 44
    steps = director.page.locator(".otp-steps").bounding_box()
    assert approving.bounding_box()["y"] < steps["y"]
    director.page.fill("[name=comment]", "แก้ตัวเลขในย่อหน้าแรก")
    director.page.click("button[name=action][value=reject]")
    director.page.wait_for_load_state()

    writer.page.goto(item)
    assert "แก้ตัวเลขในย่อหน้าแรก" in writer.page.inner_text(".otp-quote")
    writer.page.goto(item.replace("measures/items", "pages") + "edit/")
    writer.page.fill("[name=summary]", "สรุปที่แก้แล้ว")
    save_draft(writer.page)
    submit(writer, item)
    director.open_waiting(title)
    assert "สรุปที่แก้แล้ว" in director.page.inner_text(".otp-diff")
    director.page.click("button[name=action][value=approve]")
    director.page.wait_for_load_state()
    assert "ได้รับความเห็นชอบแล้ว" in director.page.inner_text(".otp-moves")


def test_titles_that_romanise_alike_keep_apart_and_long_ones_fit(demo, desk):
    writer = desk("pr.division-a", locale="th-TH")
    mark = time.time_ns() % 100000
    for title in (f"ค่า {mark}", f"ข่า {mark}", f"ฃ่า {mark}", "ก" * 240 + f" {mark}"):
        item = write_news(writer, demo, title)
        writer.page.goto(item)
        assert title in writer.page.inner_text("h1")


def test_a_missing_title_keeps_what_was_typed(demo, desk):
    writer = desk("pr.division-a", locale="th-TH")
    page = writer.page
    page.goto(f"{demo.url}/admin/pages/add/news/newspage/{news_section(page, demo)}/")
    page.fill("[name=summary]", "สรุปที่พิมพ์ไว้ก่อน")
    page.locator("footer button[type=submit]").first.click()
    page.wait_for_selector("#id_title[aria-invalid=true], [id$=title-errors]")
    assert page.input_value("[name=summary]") == "สรุปที่พิมพ์ไว้ก่อน"
