"""Who is told what, in the admin and by e-mail, once and in their own language."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask
from wagtail.users.models import UserProfile

from otp_policy.wagtail import schedule
from otp_policy.wagtail.dispatcher import run_once
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import LedgerEntry, Notice, Post, ToldUntil, UnwantedMail
from otp_policy.wagtail.notice_words import SENTENCES
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.telling import TELLERS, tell
from otp_policy.wagtail.urgency import mark_urgent
from otp_policy.wagtail.wording import DEEDS
from tests.office import fresh, in_an_hour
from tests.tampering import tampering

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def told(what: str) -> set[str]:
    return set(Notice.objects.filter(what=what).values_list("recipient__username", flat=True))


def mails_to(name: str) -> list:
    return [one for one in mail.outbox if one.to == [f"{name}@example.invalid"]]


def test_step_3_those_who_may_approve_today_are_told_and_nobody_else(office):
    office.delegate("pr.division-b", first=TODAY, last=TODAY)
    office.submit(office.draft())
    tell()
    assert told("ask_approve") == {"director.division-a", "director.office", "pr.division-b"}


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_delegate_outside_the_order_is_not_told(office, shift):
    day = TODAY + timedelta(days=shift)
    office.delegate("pr.division-b", first=day, last=day)
    office.submit(office.draft())
    tell()
    assert "pr.division-b" not in told("ask_approve")


def test_an_acting_holder_is_told_and_one_whose_post_ended_is_not(office):
    Post.objects.filter(user=office["director.office"]).update(until_on=TODAY - timedelta(days=1))
    Post.objects.create(
        user=office["publisher.web"], role="office_director", is_acting=True, from_on=TODAY
    )
    office.submit(office.draft())
    tell()
    assert told("ask_approve") == {"director.division-a", "publisher.web"}


def test_step_3_a_contributor_is_never_asked_to_approve(office):
    page = office.edit(office.draft(), by="director.division-a", summary="แก้โดยผู้อำนวยการ")
    office.submit(page)
    tell()
    assert told("ask_approve") == {"director.office"}


def test_where_nobody_may_decide_the_division_is_told_so(office):
    page = office.edit(office.other(), by="director.division-a", summary="แก้")
    office.submit(page)
    tell()
    assert told("nobody_may_endorse") == {"pr.division-a"}
    assert not told("ask_endorse")


def test_the_endorsement_asks_the_approver_and_tells_the_division(office):
    page = office.submit(office.other())
    tell()
    assert told("ask_endorse") == {"director.division-a"}
    office.decide(page, "director.division-a")
    tell()
    assert told("ask_approve") == {"director.office"}
    assert told("endorsed") == {"pr.division-a"}


def test_step_2_each_side_is_told_of_the_others_time(office):
    page, web = office.draft(), office["publisher.web"]
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    tell()
    assert told("ask_confirm_slot") == {"publisher.web"}
    schedule.counter(page, web, channel="website", at=in_an_hour() + timedelta(days=1))
    tell()
    assert told("ask_propose_slot") == {"pr.division-a"}
    schedule.accept_counter(page, office["pr.division-a"], channel="website")
    schedule.confirm(page, web, channel="website")
    schedule.hold(page, web, channel="website", note="รอภาพ")
    tell()
    assert told("slot_confirmed") == told("held") == {"pr.division-a"}


def test_the_division_is_told_what_became_of_its_item(office):
    page = office.submit(office.draft())
    office.decide(page, "director.division-a", "reject", comment="แก้ตัวเลขลับ")
    tell()
    assert told("changes_asked") == {"pr.division-a"}
    office.publish(office.draft(title="ข่าวที่สอง"))
    tell()
    assert told("approved") == told("published") == {"pr.division-a"}


def test_whoever_did_it_is_not_told_of_it(office):
    Post.objects.create(
        user=office["director.division-a"],
        role="pr_representative",
        unit=office["pr.division-a"].otp_posts.get().unit,
        from_on=TODAY,
    )
    page = office.submit(office.draft())
    office.decide(page, "director.division-a")
    tell()
    assert told("approved") == {"pr.division-a"}


def test_what_was_rolled_back_is_told_to_nobody(office):
    page = office.draft()
    with transaction.atomic():
        office.submit(page)
        transaction.set_rollback(True)
    run_once()
    assert not Notice.objects.exists()
    assert mail.outbox == []


def test_nothing_is_told_twice_however_often_the_dispatcher_looks(office):
    office.submit(office.draft())
    for _round in range(3):
        run_once()
    assert len(mails_to("director.division-a")) == 1
    ToldUntil.objects.update(seq=0)  # as after a crash before the row was kept
    run_once()
    assert len(mails_to("director.division-a")) == 1


def test_one_item_that_cannot_be_told_of_does_not_stop_the_others(office, caplog):
    first = office.submit(office.draft())
    entry = LedgerEntry.objects.get(action="submit", page_id=first.pk)
    with tampering():
        QuerySet(LedgerEntry).filter(pk=entry.pk).update(body="not JSON")
    office.submit(office.draft(title="ข่าวที่สอง"))
    tell()
    assert {row.title for row in Notice.objects.all()} == {"ข่าวที่สอง"}
    assert "could not be told" in caplog.text


def test_a_mail_says_the_title_and_nothing_else_of_the_text(office):
    page = office.draft(summary="ความลับก่อนอนุมัติ", body="<p>ความลับก่อนอนุมัติ</p>")
    office.submit(page)
    run_once()
    [one] = mails_to("director.division-a")
    assert one.subject == "[มาตรการเผยแพร่] “ข่าวทดสอบ” รอให้ท่านให้ความเห็นชอบ"
    assert "ความลับ" not in one.body + one.subject
    assert f"http://127.0.0.1:8000/admin/measures/items/{page.pk}/" in one.body
    assert one.extra_headers["Auto-Submitted"] == "auto-generated"
    assert one.content_subtype == "plain"


def test_a_mail_speaks_the_readers_language(office):
    UserProfile.objects.create(user=office["director.office"], preferred_language="en")
    office.submit(office.draft())
    run_once()
    [one] = mails_to("director.office")
    assert one.subject == "[Publication measures] “ข่าวทดสอบ” waits for your approval."
    assert "Open it: http" in one.body


def test_a_title_cannot_break_the_header_of_a_mail(office):
    office.submit(office.draft(title="ข่าว\r\nBcc: ผู้อื่น"))
    run_once()
    [one] = mails_to("director.division-a")
    assert "\n" not in one.subject
    assert one.bcc == []


def test_no_mail_is_sent_for_what_is_over_and_its_notice_counts_as_read(office):
    page = office.submit(office.draft())
    tell()
    office.decide(page, "director.office")
    run_once()
    assert mails_to("director.division-a") == []
    asked = Notice.objects.filter(what="ask_approve")
    assert {row.mail for row in asked} == {Notice.Mail.NEEDLESS}
    assert not asked.filter(read_at=None).exists()


def test_taking_an_item_back_settles_what_was_asked(office):
    page = office.submit(office.draft())
    tell()
    page.current_workflow_state.cancel(user=office["pr.division-a"])
    assert settle() == 2
    assert settle() == 0


def test_a_time_that_moved_settles_the_question_about_the_old_one(office):
    page, division = office.draft(), office["pr.division-a"]
    schedule.propose(page, division, channel="website", at=in_an_hour())
    tell()
    moved = in_an_hour() + timedelta(days=1)
    schedule.propose(page, division, channel="website", at=moved)
    tell()
    settle()
    assert Notice.objects.get(what="ask_confirm_slot", read_at=None).slot_at == moved


class Refusing(EmailBackend):
    """A mail server out of order, as far as each test wants it."""

    broken: type[Exception] | None = None
    closed = False

    def open(self):
        if self.closed:
            raise ConnectionRefusedError("nobody listens")
        return super().open()

    def send_messages(self, messages):
        if Refusing.broken is not None:
            raise Refusing.broken(451, "later")
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Refusing"}}
    monkeypatch.setattr(Refusing, "broken", None)
    monkeypatch.setattr(Refusing, "closed", False)
    return Refusing


def test_a_mail_server_that_is_down_loses_nothing_and_stops_nothing(office, server, monkeypatch):
    monkeypatch.setattr(server, "closed", True)
    page = office.draft()
    office.agree(page)
    office.approve(page)
    assert run_once() == 1
    assert fresh(page).live
    now = timezone.now()
    for hour in range(48):
        mail_owed(now + timedelta(hours=hour))
    assert set(Notice.objects.values_list("mail", "mail_tries")) == {("owed", 0)}
    monkeypatch.setattr(server, "closed", False)
    owed = Notice.objects.filter(mail="owed").count()
    assert mail_owed(now + timedelta(days=3)) == owed == len(mail.outbox)


def test_a_mail_that_is_refused_is_tried_again_and_not_for_ever(office, server, monkeypatch):
    monkeypatch.setattr(server, "broken", smtplib.SMTPDataError)
    office.submit(office.draft())
    tell()
    now = timezone.now()
    for day in range(30):
        assert mail_owed(now + timedelta(days=day)) == 0
    assert set(Notice.objects.values_list("mail", "mail_tries")) == {("failed", 10)}
    assert Notice.objects.filter(read_at=None).exists()


def test_a_crash_between_sending_and_marking_sends_once_more_under_the_same_name(office):
    office.submit(office.draft())
    run_once()
    before = {one.extra_headers["Message-ID"] for one in mail.outbox}
    now = timezone.now()
    Notice.objects.update(mail=Notice.Mail.SENDING, mail_next_at=now + timedelta(minutes=5))
    assert mail_owed(now) == 0  # another dispatcher may be at it
    mail_owed(now + timedelta(minutes=6))
    assert len(mail.outbox) == 2 * len(before)
    assert {one.extra_headers["Message-ID"] for one in mail.outbox} == before
    mail_owed(now + timedelta(days=1))
    assert len(mail.outbox) == 2 * len(before)


def test_two_dispatchers_send_a_mail_once(office, monkeypatch):
    office.submit(office.draft())
    tell()
    send, seconds = EmailBackend.send_messages, []

    def meanwhile(self, messages):
        if not seconds:
            seconds.append(True)
            mail_owed()
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", meanwhile)
    mail_owed()
    assert sorted(one.to[0] for one in mail.outbox) == [
        "director.division-a@example.invalid",
        "director.office@example.invalid",
    ]


def test_a_kind_can_be_done_without_by_mail_but_stays_in_the_admin(client, office):
    client.force_login(office["director.office"])
    wanted = ["slot", "answer", "published", "reminder", "escalation"]
    client.post(reverse("otp_policy:notice_mails"), {"kinds": wanted})
    assert list(UnwantedMail.objects.values_list("kind", flat=True)) == ["decide"]
    office.submit(office.draft())
    run_once()
    assert mails_to("director.office") == []
    assert len(mails_to("director.division-a")) == 1
    text = client.get(reverse("otp_policy:notices")).content.decode()
    assert "รอให้ท่านให้ความเห็นชอบ" in text


def test_annex_2_1_urgent_items_tell_all_who_may_approve_and_nobody_opts_out(client, office):
    client.force_login(office["director.office"])
    client.post(reverse("otp_policy:notice_mails"), {"kinds": []})
    assert "urgent" not in UnwantedMail.objects.values_list("kind", flat=True)
    UnwantedMail.objects.create(user=office["director.office"], kind="urgent")
    page = office.other()
    mark_urgent(page, office["pr.division-a"], reason="urgent")
    office.submit(page)
    run_once()
    assert told("urgent_ask_endorse") == {"director.division-a"}
    assert told("urgent_coming") == {"director.office"}
    assert len(mails_to("director.office")) == 1


def test_wagtails_own_mails_are_replaced_for_governed_pages_and_kept_for_others(office):
    office.submit(office.draft())
    assert mail.outbox == []
    task = GroupApprovalTask.objects.create(name="ตรวจ")
    task.groups.set(office["director.division-b"].groups.all())
    workflow = Workflow.objects.create(name="หน้าทั่วไป")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    section = office.section("news")
    section.save_revision(user=office["admin"])
    workflow.start(section, office["pr.division-a"])
    assert {address for one in mail.outbox for address in one.to} >= {
        "director.division-a@example.invalid",
        "director.division-b@example.invalid",
    }


def test_the_list_is_ones_own_paged_and_marked_as_read(client, office):
    for number in range(30):
        office.submit(office.draft(title=f"ข่าวที่ {number}"))
    tell()
    client.force_login(office["director.office"])
    first = client.get(reverse("otp_policy:notices"))
    assert len(first.context["rows"]) == 25
    assert len(client.get(reverse("otp_policy:notices") + "?p=2").context["rows"]) == 5
    assert "(30)" in first.content.decode().split("wagtail-sidebar-props")[1]
    mine = Notice.objects.filter(recipient=office["director.office"]).first()
    others = Notice.objects.filter(recipient=office["director.division-a"]).first()
    client.post(reverse("otp_policy:read_notices"), {"notice": others.pk})
    assert client.get(reverse("otp_policy:open_notice", args=(others.pk,))).status_code == 404
    others.refresh_from_db()
    assert others.read_at is None
    shown = client.get(reverse("otp_policy:open_notice", args=(mine.pk,)))
    assert shown.url == reverse("otp_policy:item", args=(mine.page_id,))
    client.post(reverse("otp_policy:read_notices"), {"notice": "all"})
    assert not Notice.objects.filter(recipient=mine.recipient, read_at=None).exists()
    assert Notice.objects.filter(recipient=others.recipient, read_at=None).count() == 30


def queries_of(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_takes_the_same_queries_for_few_and_for_many(client, office):
    client.force_login(office["director.office"])
    office.submit(office.draft())
    tell()
    few = queries_of(client, reverse("otp_policy:notices"))
    for number in range(10):
        office.submit(office.draft(title=f"ข่าวที่ {number}"))
    tell()
    assert queries_of(client, reverse("otp_policy:notices")) == few


def test_publishing_takes_no_query_for_notices(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    with CaptureQueriesContext(connection) as queries:
        assert publish_due() == 1
    assert not [one for one in queries if "otp_policy_notice" in one["sql"]]


def test_every_deed_and_wait_has_its_sentence():
    asked = {
        f"{stage}_{action}"
        for stage in ("ask", "remind", "escalate")
        for action in ("endorse", "approve", "confirm_slot", "propose_slot")
    }
    assert asked <= set(SENTENCES)
    assert set(TELLERS) - {"mark_urgent"} <= set(DEEDS)


def test_an_old_ledger_is_not_told_when_the_plugin_is_updated(office):
    office.submit(office.draft())
    with tampering():
        QuerySet(LedgerEntry).update(at=timezone.now() - timedelta(days=2))
    office.submit(office.draft(title="ข่าวใหม่"))
    tell()
    assert {row.title for row in Notice.objects.all()} == {"ข่าวใหม่"}


def test_somebody_without_an_address_or_an_account_gets_no_mail(office):
    office["director.office"].email = ""
    office["director.office"].save()
    office.submit(office.draft())
    tell()
    type(office["admin"]).objects.filter(username="director.division-a").update(is_active=False)
    assert mail_owed() == 0
    assert mail.outbox == []
