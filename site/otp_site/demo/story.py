"""Takes the announcement through steps 1 to 4 as the demo's accounts, and leaves a second item."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from home.models import OtherPage
from news.models import NewsPage
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.dispatcher import run_once

from .steps import AUTHOR, PUBLISHERS, agree_on, approve, prepare, submit

HERE = Path(__file__).resolve().parent
TITLE = (
    "ประกาศสำนักงานนโยบายและยุทธศาสตร์การค้า เรื่อง มาตรการในการเผยแพร่ข้อมูลข่าวสาร"
    "ต่อสาธารณะผ่านสื่ออิเล็กทรอนิกส์ของสำนักงานนโยบายและยุทธศาสตร์การค้า"
)
TITLE_EN = (
    "Announcement of the Trade Policy and Strategy Office: Measures for disseminating "
    "information to the public through electronic media"
)
SUMMARY = (
    "มาตรการเพื่อให้การเปิดเผยข้อมูลของหน่วยงานเป็นไปอย่างถูกต้องชัดเจน ครบถ้วน และเป็นปัจจุบัน "
    "ประกาศ ณ วันที่ ๒๕ พฤษภาคม พ.ศ. ๒๕๖๒"
)
SUMMARY_EN = (
    "Measures so that the agency's disclosure of information may be accurate and clear, complete, "
    "and up to date. Announced on 25 May B.E. 2562."
)
NEWS_TITLE = "ทดลองใช้ระบบเผยแพร่ข้อมูลข่าวสารตามมาตรการของสำนักงาน"
CHANNELS = ("website", "line", "facebook")

Say = Callable[[str], None]


def tell(say: Say) -> tuple[Any, Any]:
    """Run the story and return the announcement's page and the item that waits."""
    if OtherPage.objects.filter(title=TITLE).exists():
        raise RuntimeError("the demo office exists already; start from an empty database")
    return _announcement(say), _waiting_news(say)


def _announcement(say: Say) -> Any:
    page = prepare(
        OtherPage(
            title=TITLE,
            title_en=TITLE_EN,
            slug="announcement-2562",
            summary=SUMMARY,
            summary_en=SUMMARY_EN,
            body=(HERE / "announcement.th.html").read_text(encoding="utf-8"),
            body_en=(HERE / "announcement.en.html").read_text(encoding="utf-8"),
            annexes=(HERE / "annex.th.json").read_text(encoding="utf-8"),
            annexes_en=(HERE / "annex.en.json").read_text(encoding="utf-8"),
        ),
        "other",
    )
    say(f"step 1  {AUTHOR} wrote the announcement as a draft")
    for channel in CHANNELS:
        agree_on(page, [channel], timezone.now())
        say(f"step 2  {AUTHOR} proposed a time on {channel}, {PUBLISHERS[channel]} confirmed")
    submit(page)
    for who, what in (("director.division-a", "endorsed"), ("director.office", "approved")):
        approve(page, who)
        say(f"step 3  {who} {what} the text {latest_text(page)[1][7:19]}")
    run_once()
    page.refresh_from_db()
    if not page.live:
        raise RuntimeError("the announcement did not go live")
    say(f"step 4  the dispatcher published it: {page.disclosure_url()}")
    return page


def _waiting_news(say: Say) -> Any:
    page = prepare(
        NewsPage(
            title=NEWS_TITLE,
            title_en="Trying out publication under the Office's measures",
            summary="ข่าวตัวอย่างที่รอผู้อำนวยการกองให้ความเห็นชอบ",
            summary_en="A sample item that waits for its division director.",
            body="<p>เมื่อผู้อำนวยการกองให้ความเห็นชอบ ข่าวนี้จะเผยแพร่ทางเว็บไซต์ Line และ Facebook</p>",
            body_en="<p>Once approved, this goes out on the website, LINE and Facebook.</p>",
        ),
        "news",
    )
    agree_on(page, CHANNELS, timezone.now() + timedelta(minutes=1))
    submit(page)
    say("waiting a news item needs only the approval of director.division-a: yours to give")
    return page
