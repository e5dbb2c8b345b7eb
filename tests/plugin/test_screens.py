"""The plugin's own screens: what they say first, and whom they turn away with which reasons."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from otp_policy.wagtail import schedule
from otp_policy.wagtail.forms import SlotForm
from otp_policy.wagtail.item_state import item_state
from otp_policy.wagtail.models import LedgerEntry, Post
from otp_policy.wagtail.next_moves import next_moves
from otp_policy.wagtail.wording import clause_name
from otp_site.demo.office import make_accounts
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db
BANGKOK = ZoneInfo("Asia/Bangkok")
REGISTERS = ("unit", "post", "delegationorder", "ledgerentry")


def moves(page) -> str:
    with translation.override("en"):
        return "\n".join(next_moves(item_state(fresh(page))))


def screen(client, office, username: str, name: str, *args):
    client.force_login(office[username])
    return client.get(reverse(name, args=args), follow=True)


@pytest.mark.parametrize("register", REGISTERS)
def test_every_register_opens(client, office, register):
    office.agree(office.draft())
    client.force_login(office["admin"])
    assert client.get(f"/admin/otp_policy/{register}/").status_code == 200


def test_posts_are_chosen_by_unit(client, office):
    unit = office["pr.division-b"].otp_posts.get().unit
    client.force_login(office["admin"])
    text = client.get(f"/admin/otp_policy/post/?unit={unit.pk}").content.decode()
    assert "pr.division-b" in text
    assert "pr.division-a" not in text
    assert Post.objects.filter(user=office["pr.division-a"]).exists()


def test_the_ledger_reads_in_words_and_is_chosen_by_deed(client, office):
    office.agree(office.draft())
    client.force_login(office["admin"])
    text = client.get("/admin/otp_policy/ledgerentry/?deed=confirm_slot").content.decode()
    rows = text.split("listing full-width")[1].split("</table>")[0]
    assert "ยืนยันเวลา" in rows
    assert "เสนอเวลา" not in rows
    assert "propose_slot" not in rows


def test_another_divisions_director_is_told_why_not_and_no_title(client, office):
    page = office.submit(office.draft(title="ร่างที่ยังไม่เผยแพร่"))
    answer = screen(client, office, "director.division-b", "otp_policy:item", page.pk)
    text = answer.content.decode()
    assert "ท่านมีหน้าที่นี้ในหน่วยงานอื่น" in text
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in text
    assert "ร่างที่ยังไม่เผยแพร่" not in text


def test_the_screen_says_who_holds_the_item_in_every_state(office):
    page = office.draft()
    writer, web = office["pr.division-a"], office["publisher.web"]
    assert "not submitted yet" in moves(page)
    assert "The Office's website: no time is agreed" in moves(page)
    schedule.propose(page, writer, channel="website", at=in_an_hour())
    assert "Trade and Economic Data Centre has to answer" in moves(page)
    schedule.counter(page, web, channel="website", at=in_an_hour())
    assert "The division has to answer" in moves(page)
    schedule.accept_counter(page, writer, channel="website")
    schedule.hold(page, web, channel="website", note="รอภาพประกอบ")
    assert "Reason: รอภาพประกอบ" in moves(page)
    schedule.confirm(page, web, channel="website")
    assert "once approved" in moves(page)
    page = office.submit(page)
    assert "Approve: Division director / Director of the Trade Policy" in moves(page)
    office.decide(page, "director.division-a", "reject", comment="แก้ตัวเลข")
    assert "Changes are asked for" in moves(page)
    assert item_state(fresh(page)).changes_asked.comment == "แก้ตัวเลข"


def test_the_writer_reads_the_comment_of_whoever_asked_for_changes(client, office):
    page = office.submit(office.draft())
    office.decide(page, "director.division-a", "reject", comment="แก้ตัวเลขในย่อหน้าแรก")
    text = screen(client, office, "pr.division-a", "otp_policy:item", page.pk).content.decode()
    assert "แก้ตัวเลขในย่อหน้าแรก" in text.split('class="otp-quote"')[1].split("</blockquote>")[0]


def test_a_live_item_shows_when_it_went_out(client, office):
    page = office.publish(office.draft())
    text = screen(client, office, "pr.division-a", "otp_policy:item", page.pk).content.decode()
    website = text.split('id="otp-website"')[1].split("</section>")[0]
    assert "ส่งเผยแพร่แล้ว" in website
    assert "publisher.web" in website
    assert "the public reads the text as approved" in moves(page)


def test_a_reason_for_holding_ends_with_the_hold(office):
    page = office.draft()
    web = office["publisher.web"]
    office.agree(page, at=in_an_hour())
    schedule.hold(page, web, channel="website", note="รอภาพประกอบ")
    assert schedule.confirm(page, web, channel="website").note == ""
    assert "รอภาพประกอบ" in LedgerEntry.objects.get(action="hold_slot").body


@pytest.mark.parametrize(
    "typed",
    ["2028-02-29 09:00", "2571-02-29 09:00", " ๒๕๗๑-๐๒-๒๙ ๐๙:๐๐", "2571-02-29T09:00"],
)
def test_a_time_may_be_typed_in_either_calendar(typed):
    form = SlotForm({"website-at": typed}, prefix="website")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["at"] == datetime(2028, 2, 29, 9, tzinfo=BANGKOK)


@pytest.mark.parametrize("typed", ["", "พรุ่งนี้", "2569-02-29 09:00", "29-02-2571"])
def test_what_is_no_time_is_refused(typed):
    assert "at" in SlotForm({"website-at": typed}, prefix="website").errors


def test_clauses_are_named_in_the_readers_language():
    with translation.override("th"):
        assert clause_name("annex 1 step 3, remark") == "แนบท้ายประกาศข้อ 1 ขั้นตอน 3, หมายเหตุ"
        assert clause_name("announcement 1(4)") == "ประกาศข้อ 1(4)"
        assert clause_name("4.2(1)") == "4.2(1)"
    with translation.override("en"):
        assert clause_name("annex 1 step 3, remark") == "annex 1 step 3, remark"


def test_a_new_page_offers_a_draft_and_not_the_sections_workflow(client, office):
    client.force_login(office["pr.division-a"])
    section = office.section("news")
    text = client.get(f"/admin/pages/add/news/newspage/{section.pk}/").content.decode()
    footer = text.split("<footer")[-1]
    assert "บันทึกฉบับร่าง" in footer
    assert "action-submit" not in footer
    assert "action-publish" not in footer


def test_the_screen_speaks_the_language_chosen_in_the_account(client, office):
    page = office.submit(office.draft())
    UserProfile.get_for_user(office["pr.division-a"]).delete()
    UserProfile.objects.create(user=office["pr.division-a"], preferred_language="en")
    text = screen(client, office, "pr.division-a", "otp_policy:item", page.pk).content.decode()
    assert "Where it stands" in text
    assert "The text waits for a decision" in text
    assert "(annex 1 step 3, remark)" in text


def test_every_account_of_the_demo_can_save_its_language(client, office, tmp_path):
    for account in make_accounts(tmp_path / "accounts.json"):
        client.force_login(get_user_model().objects.get(username=account.username))
        panels = client.get("/admin/account/").context["panels_by_tab"].values()
        fields = [field for tab in panels for panel in tab for field in panel.get_form()]
        data = {field.html_name: field.value() for field in fields if field.value()}
        client.post("/admin/account/", {**data, "locale-preferred_language": "en"})
        profile = UserProfile.objects.get(user__username=account.username)
        assert profile.preferred_language == "en", account.username
