"""
An office with an item in every state, for whoever looks at the screens.

    python -m tests.browser.scene

makes it in the database of the settings, and prints the keys of its items and people, what else
its screens are named by, and the public addresses.
"""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.utils import timezone


def make_scene(port: int) -> dict[str, Any]:
    """Make the office and its items; return their keys by state, and those of the people."""
    from otp_policy.wagtail import schedule
    from otp_policy.wagtail.screening import answer_warnings, unanswered
    from otp_policy.wagtail.telling import tell
    from tests.office import Office, in_an_hour

    office = Office(port)
    writer, web = office["pr.division-a"], office["publisher.web"]
    today = timezone.localdate()
    office.delegate("pr.division-b", first=today, last=today + timedelta(days=30))
    items: dict[str, Any] = {"draft": office.draft(title="ข่าวฉบับร่าง")}

    items["proposed"] = office.draft(title="ข่าวที่เสนอเวลาแล้ว")
    schedule.propose(items["proposed"], writer, channel="website", at=in_an_hour())

    items["countered"] = office.draft(title="ข่าวที่มีเวลาเสนอกลับ")
    schedule.propose(items["countered"], writer, channel="website", at=in_an_hour())
    schedule.counter(items["countered"], web, channel="website", at=in_an_hour(), note="ขอเลื่อนเวลา")

    items["held"] = office.draft(title="ข่าวที่พักไว้")
    office.agree(items["held"], at=in_an_hour())
    schedule.hold(items["held"], web, channel="website", note="รอภาพประกอบ")

    personal = "ติดต่อ 081-234-5678 เลขประจำตัว 1-1017-00230-70-8"
    items["unanswered"] = office.draft(title="ข่าวที่มีข้อมูลส่วนบุคคล", summary=personal)
    items["answered"] = office.draft(title="ข่าวที่ตอบคำเตือนแล้ว", summary=personal)
    asked = unanswered(items["answered"].get_latest_revision_as_object())
    reasons = {warning.fingerprint: "เป็นข้อมูลของหน่วยงานเอง" for warning in asked}
    answer_warnings(items["answered"], writer, reasons=reasons)
    office.agree(items["answered"], at=in_an_hour())
    items["answered"] = office.submit(items["answered"])

    items["submitted"] = office.submit(office.other(title="เรื่องที่รอเห็นควร"))
    items["endorsed"] = office.submit(office.other(title="เรื่องที่เห็นควรแล้ว"))
    office.decide(items["endorsed"], "director.division-a")
    items["sent_back"] = office.submit(office.draft(title="ข่าวที่ขอให้แก้ไข"))
    office.decide(items["sent_back"], "director.division-a", "reject", comment="แก้ตัวเลข")

    items["live"] = office.publish(office.draft(title="ข่าวที่เผยแพร่แล้ว"))
    items["changed"] = office.publish(office.draft(title="ข่าวที่กำลังแก้ไข"))
    office.edit(items["changed"], summary="สรุปข่าวที่แก้ไขแล้ว", title_en="Being corrected")
    deliveries = on_channels(office)
    items |= after_publication(office) | {"on_paper": on_paper(office)}
    forms = procurement_drafts(office)
    while tell():
        pass
    return {
        "items": {state: page.pk for state, page in items.items()},
        "people": {name: user.pk for name, user in office.users.items()},
        "assessment": assessment(),
        "notices": latest_notices(),
        "papers": papers(),
        "deliveries": deliveries,
        **reports(office),
        "addresses": {**addresses(items), **page_types(office)},
        "decision": decision_window(items["answered"]),
        "forms": {name: page.pk for name, page in forms.items()},
        "import": waiting_import(office, forms["MonthlySummaryPage"]),
    }


def procurement_drafts(office: Any) -> dict[str, Any]:
    """Make a draft of every form and stage of procurement; return them by the name of the type."""
    from tests.pages.samples import procurement_forms

    return {type(page).__name__: page for page in procurement_forms(office)}


def waiting_import(office: Any, page: Any) -> int:
    """Leave a file that was read and not saved yet: a month that is new, and one that is there."""
    from otp_policy.procurement.records import Month
    from otp_policy.wagtail.procurement_forms.models import WaitingImport
    from tests.procurement.books import HEADINGS, book, saved, title

    row = [1, "จ้างพิมพ์รายงาน", 20000, 20000, "เฉพาะเจาะจง", "หจก. ก", 19000, "หจก. ก", 19000]
    sheets = {
        f"เดือน {month}": [
            title(f"{name} 2569"),
            HEADINGS,
            [*row, "ราคาต่ำสุด", f"จ {month}/2570", f"5/{month}/2569"],
        ]
        for month, name in ((10, "ตุลาคม"), (11, "พฤศจิกายน"))
    }
    assert page.month_of_record() == Month(2026, 10)
    waiting = WaitingImport.objects.create(
        user=office["pr.division-a"],
        at=timezone.now(),
        name="สขร.1 ตุลาคม-พฤศจิกายน 2569.xlsx",
        kind="summary",
        parent_id=page.get_parent().pk,
        unit=page.owning_unit,
        content=saved(book(sheets)),
    )
    return waiting.pk


def reports(office: Any) -> dict[str, Any]:
    """Make a report to the executives in every state; return what their screens are named by."""
    from otp_policy.wagtail.executive_reports import steps
    from otp_policy.wagtail.executive_reports.models import Report
    from otp_policy.wagtail.executive_reports.periods import this_year

    centre, above = office["publisher.web"], office["director.office"]
    for quarter, state in enumerate(Report.State.values, start=1):
        said = "ปรับปรุงได้ตามกำหนด"
        report = steps.begin(centre, year=this_year().year - 1, quarter=quarter, findings=said)
        if state == Report.State.PREPARED:
            continue
        submission = steps.submit(report, centre)
        if state == Report.State.RETURNED:
            steps.send_back(submission, above, remark="ขอเหตุผลของรายการที่ล่าช้า")
        elif state == Report.State.ACKNOWLEDGED:
            steps.acknowledge(submission, above, remark="รับทราบ")
    return {
        "reports": dict(Report.objects.values_list("state", "pk")),
        "submission": submission.pk,
        "year": report.year,
    }


def on_channels(office: Any) -> dict[str, int]:
    """Make messages in every state on the channels; return their keys by state."""
    from otp_policy.wagtail.syndication.breaker import open_breaker
    from otp_policy.wagtail.syndication.by_hand import record_by_hand
    from otp_policy.wagtail.syndication.choosing import all_switches
    from otp_policy.wagtail.syndication.models import Attempt, Delivery
    from otp_policy.wagtail.syndication.switches import ChannelSwitch
    from otp_policy.wagtail.syndication.switching import switch_off

    unit, now = office["publisher.social"], timezone.now()
    for title in ("ข่าวที่รอโพสต์", "ข่าวที่ไม่ทราบผล", "ข่าวที่โพสต์แล้ว"):
        office.publish(office.draft(title=title, summary="สรุปข่าวสำหรับผู้อ่าน"), "website", "line")
    held, unknown, sent = Delivery.objects.order_by("pk")
    told = "the service closed the connection before it answered"
    Attempt.objects.create(delivery=unknown, at=now, kind="send", outcome="unknown", detail=told)
    Delivery.objects.filter(pk=unknown.pk).update(
        state="unknown", attempts=1, first_attempt_at=now, last_attempt_at=now, reason=""
    )
    record_by_hand(sent, unit, url="https://line.example/1", at=timezone.now(), picture=sheet())
    all_switches()
    ChannelSwitch.objects.filter(channel="line").update(
        quota_limit=500, quota_used=420, quota_cost=120, looked_at=now, health="unhealthy"
    )
    open_breaker("line", cause="person", detail="the access was revoked", page_id=None)
    switch_off("facebook", unit, "ตรวจสอบบัญชีที่อาจถูกบุกรุก")
    return {"held": held.pk, "unknown": unknown.pk, "sent": sent.pk}


def sheet() -> Any:
    """Return a picture, as somebody would upload it."""
    from PIL import Image

    from otp_policy.wagtail.scans import Scan

    content = BytesIO()
    Image.new("RGB", (20, 20), "white").save(content, "PNG")
    return Scan(content.getvalue(), "image/png", "หน้าจอ.png")


def after_publication(office: Any) -> dict[str, Any]:
    """Make what step 5 and an emergency leave behind."""
    from otp_policy.wagtail import withdrawals
    from otp_policy.wagtail.break_glass import break_glass
    from otp_policy.wagtail.urgency import mark_urgent
    from tests.office import fresh

    writer, web = office["pr.division-a"], office["publisher.web"]
    head = office["director.division-a"]
    reason = "ประกาศซ้ำกับข่าวเดิม"
    items: dict[str, Any] = {}

    items["urgent"] = office.draft(title="ข่าวด่วน")
    mark_urgent(items["urgent"], writer, reason="urgent")
    items["urgent"] = office.submit(items["urgent"])

    note = {"correction_note": "แก้ไขวันปิดรับความเห็น", "correction_note_en": "Date mended"}
    items["corrected"] = office.publish(office.draft(title="ข่าวที่แก้ไขแล้ว", title_en="Corrected"))
    edited = office.edit(items["corrected"], summary="รับความเห็นถึงวันที่ 30 ธันวาคม", **note)
    items["corrected"] = office.publish(edited)

    items["asked"] = office.publish(office.draft(title="ข่าวที่ขอถอน"))
    withdrawals.ask_to_withdraw(items["asked"], writer, reason=reason)
    items["taken_down"] = office.publish(office.draft(title="ข่าวที่ปิดการเผยแพร่ทันที"))
    withdrawals.take_down(items["taken_down"], web, reason=reason)
    items["withdrawn"] = office.publish(office.draft(title="ข่าวที่ถอนแล้ว", title_en="Withdrawn"))
    asked = withdrawals.ask_to_withdraw(
        items["withdrawn"], writer, reason=reason, reason_en="Issued twice"
    )
    withdrawals.decide_on_withdrawal(asked, head, "approve", digest=asked.digest)

    items["emergency"] = office.draft(title="ข่าวที่เผยแพร่กรณีฉุกเฉิน", title_en="In an emergency")
    with break_glass(reason="น้ำท่วมศูนย์ข้อมูล", by=web, second=head):
        items["emergency"].get_latest_revision().publish(skip_permission_checks=True)
    return {state: fresh(page) for state, page in items.items()}


def on_paper(office: Any) -> Any:
    """Make an item that was endorsed on paper, and waits for its approval."""
    from PIL import Image

    from otp_policy.wagtail.adapters import latest_text
    from otp_policy.wagtail.conf import office_day
    from otp_policy.wagtail.paper import SignedMemo, record_paper
    from otp_policy.wagtail.paper_codes import code_for
    from otp_policy.wagtail.scans import Scan
    from tests.office import fresh

    page = office.submit(office.other(title="เรื่องที่ลงนามบนกระดาษ"))
    sheet = BytesIO()
    Image.new("RGB", (20, 20), "white").save(sheet, "PNG")
    memo = SignedMemo(
        outcome="approve",
        signed_by=office["director.division-a"],
        signed_on=office_day(),
        code=code_for("endorse", page.pk, latest_text(page)[1]),
        scan=Scan(sheet.getvalue(), "image/png", "บันทึก.png"),
    )
    state = page.current_workflow_task_state
    record_paper(state.task.specific, state.specific, office["publisher.web"], memo)
    return fresh(page)


def latest_notices() -> dict[str, int]:
    """Return a notice of each person who has one, by the person's name."""
    from otp_policy.wagtail.models import Notice

    return dict(Notice.objects.order_by("pk").values_list("recipient__username", "pk"))


def assessment() -> dict[str, int]:
    """Take the form of a year over; return its key, and that of an item that news answers."""
    from otp_policy.wagtail.evidence_packs.keeping import clone_shipped

    year = clone_shipped(None, "oit_2569", fiscal_year=2569)
    return {"year": year.pk, "row": year.rows.get(code="O4").pk}


def papers() -> dict[int, int]:
    """Return a signed memo of each item that has one."""
    from otp_policy.wagtail.models import PaperDecision

    return dict(PaperDecision.objects.values_list("page_id", "pk"))


def decision_window(page: Any) -> str:
    """Return the address of Wagtail's window for the decision that *page* waits for."""
    from django.urls import reverse

    given = (page.pk, "approve", page.current_workflow_task_state.pk)
    return reverse("wagtailadmin_pages:collect_workflow_action_data", args=given)


def addresses(items: dict[str, Any]) -> dict[str, str]:
    """Return the public pages that the plugin adds something to, by what it adds."""
    path = {state: items[state].get_url() for state in ("corrected", "withdrawn", "emergency")}
    return {
        "correction note": path["corrected"],
        "prior version": f"{path['corrected']}versions/1/",
        "tombstone": path["withdrawn"],
        "emergency mark": path["emergency"],
    }


def page_types(office: Any) -> dict[str, str]:
    """Publish one item of every page type, and return what else the public opens."""
    from home.models import CategoryPage
    from tests.pages.samples import published

    paths = {name: page.get_url() for name, page in published(office).items()}
    paths |= {page.category: page.get_url() for page in CategoryPage.objects.all()}
    return paths | {
        "home": "/",
        "accessibility": "/accessibility/",
        "privacy": "/privacy/",
        "disclosure index": "/disclosure/",
        "corrections": "/corrections/",
        "search": f"/search/?q={quote('ข่าว')}",
        "search without result": f"/search/?q={quote('ฌฌฌฌ')}",
        "open data": "/procurement/ocds/",
    }


def main() -> None:
    """Make the scene and print it."""
    import os

    import django

    django.setup()
    print(json.dumps(make_scene(int(os.environ.get("PORT", "80")))))


if __name__ == "__main__":
    main()
