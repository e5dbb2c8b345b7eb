"""A channel without access data, and what its unit may do with a delivery: nobody else may."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.models.evidence import AppendOnlyError
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.syndication import handling
from otp_policy.wagtail.syndication.by_hand import by_hand_now, record_by_hand
from otp_policy.wagtail.syndication.delivery_forms import HandForm
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.keepers import keeps
from otp_policy.wagtail.syndication.models import Delivery, HandDelivery
from otp_policy.wagtail.syndication.reasons import words_of
from otp_policy.wagtail.telling import tell
from otp_policy.wagtail.withdrawals import take_down
from tests.office import fresh, in_an_hour
from tests.plugin.test_follow_ups import corrected, on, rows, settle
from tests.plugin.test_outbox import channel_settings
from tests.plugin.test_paper import pdf

pytestmark = pytest.mark.django_db
ADDRESS = "https://social.example/posts/1"
STRANGERS = ("publisher.web", "pr.division-a", "director.division-a", "admin")


def by_hand_only():
    return override_settings(OTP_POLICY_LINE={}, OTP_POLICY_FACEBOOK={})


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


@pytest.fixture(autouse=True)
def private_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(kind="PNG"):
    content = BytesIO()
    Image.new("RGB", (4, 4), "white").save(content, kind)
    return SimpleUploadedFile("หน้าจอ.png", content.getvalue())


def tellings():
    """Return who was told of a task by hand, of which item and from when on."""
    while tell():
        pass
    notices = Notice.objects.filter(what="task_by_hand").order_by("pk")
    return [(one.recipient.username, one.channel, one.title) for one in notices]


def posted(office, delivery, by="publisher.social", **more):
    values = {"url": ADDRESS, "at": timezone.now(), "picture": picture(), **more}
    return record_by_hand(delivery, office[by], **values)


def refused(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    return refusal.value


@pytest.fixture
def task(office):
    """Return what the unit of Facebook has to post by hand."""
    with by_hand_only():
        office.publish(office.draft(), "website", "facebook")
        yield Delivery.objects.get()


def test_the_unit_gets_a_text_that_is_ready_to_be_copied(task):
    assert (task.state, task.reason) == ("held", "by_hand")
    assert task.payload["title"] == "ข่าวทดสอบ"
    assert task.payload["text"] == "สรุปข่าว"
    assert task.payload["url"].startswith("http")
    assert task.reference == task.payload["reference"]
    assert "ด้วยตนเอง" in words_of(task)
    assert list(by_hand_now()) == [task]


def test_step_4_what_was_posted_by_hand_is_evidence_equal_to_a_delivery(office, task):
    kept = posted(office, task)
    task.refresh_from_db()
    assert (task.state, task.permalink, task.reason) == ("sent", ADDRESS, "")
    assert task.sent_at == kept.at
    body = json.loads(LedgerEntry.objects.get(action="delivered_by_hand").body)
    assert body["url"] == ADDRESS
    assert body["actor"]["username"] == "publisher.social"
    assert (body["role"], body["unit"]) == ("social_publisher", "yp")
    assert body["picture_sha256"] == kept.picture_sha256
    with kept.picture.open("rb") as stored:
        assert stored.read() == picture().read()
    assert not by_hand_now()


@pytest.mark.parametrize("name", STRANGERS)
def test_step_4_nobody_but_the_channels_unit_records_a_post(office, task, name):
    assert "role_missing" in refused(posted, office, task, by=name).codes
    assert not HandDelivery.objects.exists()
    task.refresh_from_db()
    assert task.state == "held"


def test_step_4_a_closed_account_keeps_no_channel(office, task):
    keeper = office["publisher.social"]
    assert keeps(keeper, task)
    keeper.is_active = False
    assert not keeps(keeper, task)
    assert "role_missing" in refused(posted, office, task).codes
    assert not HandDelivery.objects.exists()


def test_all_that_is_wrong_with_a_record_is_said_at_once(office, task):
    refusal = refused(
        posted, office, task, url="social.example", at=in_an_hour(), picture=picture("GIF")
    )
    assert len(refusal.reasons) == 3
    early = timezone.now() - timedelta(days=1)
    assert len(refused(posted, office, task, at=early, picture=None).reasons) == 2
    pages = SimpleUploadedFile("page.pdf", pdf())
    assert len(refused(posted, office, task, url="", picture=pages).reasons) == 2
    assert not HandDelivery.objects.exists()


@pytest.mark.parametrize("files", [{}, {"picture": picture("GIF")}])
def test_a_picture_that_is_missing_or_none_is_said_at_its_field(office, files):
    typed = {"url": ADDRESS, "at": "2026-11-24 09:00"}
    form = HandForm(typed, files, user=office["publisher.social"], page_id=1)
    assert list(form.errors) == ["picture"]


def test_a_post_is_recorded_once_and_stays(office, task):
    kept = posted(office, task)
    assert refused(posted, office, task).reasons
    with pytest.raises(AppendOnlyError):
        kept.delete()


def test_step_5_a_correction_and_a_takedown_are_tasks_by_hand_too(office, task):
    with by_hand_only():
        posted(office, task)
        page = corrected(office, fresh_page(task))
        change = Delivery.objects.latest("pk")
        assert (change.operation, change.state, change.reason) == ("correct", "held", "by_hand")
        assert change.payload["permalink"] == ADDRESS
        assert change.payload["note"]
        posted(office, change)
        take_down(fresh(page), office["publisher.web"], reason="ผิดทั้งฉบับ")
        removal = Delivery.objects.latest("pk")
        assert (removal.operation, removal.state) == ("withdraw", "held")
        assert refused(posted, office, removal, url="social.example").reasons == [
            str(handling.ADDRESS_WRONG)
        ]
        posted(office, removal, url="")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def fresh_page(delivery):
    from otp_policy.wagtail.publishing import governed_page

    return governed_page(delivery.page_id)


def test_a_task_of_an_item_that_was_taken_down_is_over(office, task):
    take_down(fresh_page(task), office["publisher.web"], reason="ผิดทั้งฉบับ")
    task.refresh_from_db()
    assert task.state == "cancelled"
    assert refused(posted, office, task).reasons


def test_a_channel_that_gets_its_access_data_later_sends_what_waited(office, task, sandbox):
    with override_settings(**channel_settings(sandbox)):
        handling.resume(task, office["publisher.social"])
        settle(2)
        [post] = on(sandbox, "facebook")
    assert "ข่าวทดสอบ" in post


# What the unit does with a delivery that the dispatcher could not end


@pytest.fixture
def unknown(office, sandbox):
    """Return a post that is out, although its answer was lost and nobody can look."""
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "facebook")
    drain()
    return Delivery.objects.get()


@pytest.fixture
def rejected(office, sandbox):
    """Return a broadcast that LINE surely did not take."""
    sandbox.fault(channel="line", operation="send", fault="status", status=401)
    office.publish(office.draft(), "website", "line")
    drain()
    return Delivery.objects.get()


ACTS = {
    "resume": handling.resume,
    "cancel": lambda delivery, user: handling.cancel(delivery, user, reason="ยกเลิก"),
    "look_again": handling.look_again,
    "say_it_is_there": lambda delivery, user: handling.say_it_is_there(delivery, user, url=ADDRESS),
    "say_it_is_absent": handling.say_it_is_absent,
}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("act", ACTS)
def test_nobody_but_the_channels_unit_acts_on_a_delivery(office, unknown, rejected_or, act, name):
    delivery = rejected_or if act in ("resume", "cancel") else unknown
    before = LedgerEntry.objects.count()
    assert "role_missing" in refused(ACTS[act], delivery, office[name]).codes
    assert LedgerEntry.objects.count() == before


@pytest.fixture
def rejected_or(office, sandbox, unknown):
    sandbox.fault(channel="line", operation="send", fault="status", status=401)
    office.publish(office.draft(), "website", "line")
    drain()
    return Delivery.objects.get(channel="line")


def test_a_message_that_was_refused_goes_again_in_the_name_of_who_resumed_it(
    office, sandbox, rejected
):
    assert rejected.state == "held"
    handling.resume(rejected, office["publisher.social"])
    settle(1)
    rejected.refresh_from_db()
    assert (rejected.state, rejected.orderer) == ("sent", office["publisher.social"])
    assert len(on(sandbox, "line")) == 1
    assert LedgerEntry.objects.filter(action="resume_delivery").count() == 1


def test_a_message_that_goes_again_after_a_day_takes_a_new_key(office, sandbox, rejected):
    key = rejected.retry_key
    Delivery.objects.update(first_attempt_at=timezone.now() - timedelta(hours=30))
    handling.resume(rejected, office["publisher.social"])
    settle(1)
    rejected.refresh_from_db()
    assert rejected.state == "sent"
    assert rejected.retry_key != key


def test_a_message_that_was_cancelled_is_never_sent(office, sandbox, rejected):
    assert refused(handling.cancel, rejected, office["publisher.social"], reason=" ").reasons
    handling.cancel(rejected, office["publisher.social"], reason="ส่งทางอื่นแล้ว")
    settle(2)
    rejected.refresh_from_db()
    assert (rejected.state, rejected.detail) == ("cancelled", "ส่งทางอื่นแล้ว")
    assert not on(sandbox, "line")


@pytest.mark.parametrize("act", ["resume", "cancel"])
@pytest.mark.parametrize("state", ["unknown", "held"])
def test_what_may_be_out_is_neither_resumed_nor_cancelled(office, unknown, act, state):
    Delivery.objects.update(state=state)
    assert refused(ACTS[act], unknown, office["publisher.social"]).reasons
    assert Delivery.objects.get().state == state


def test_a_message_that_may_be_out_is_not_recorded_as_posted_by_hand(office, unknown):
    assert refused(posted, office, unknown).reasons
    assert not HandDelivery.objects.exists()


def test_what_is_looked_for_again_is_found(office, sandbox, unknown):
    Delivery.objects.update(state="held", due_at=in_an_hour())
    handling.look_again(unknown, office["publisher.social"])
    drain()
    assert Delivery.objects.get().state == "sent"
    assert len(on(sandbox, "facebook")) == 1


def test_a_person_who_finds_the_post_settles_it_and_it_can_be_corrected(office, sandbox, unknown):
    assert refused(
        handling.say_it_is_there, unknown, office["publisher.social"], url="javascript:alert(1)"
    ).reasons
    handling.say_it_is_there(unknown, office["publisher.social"], url=ADDRESS)
    unknown.refresh_from_db()
    assert (unknown.state, unknown.permalink) == ("sent", ADDRESS)
    assert unknown.remote_id  # read on the channel by its reference
    corrected(office, fresh_page(unknown))
    settle(2)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post


def test_a_post_found_by_a_person_but_not_by_the_service_is_corrected_by_hand(
    office, sandbox, unknown
):
    sandbox.fault(channel="facebook", operation="read", fault="status", status=500, times=None)
    handling.say_it_is_there(unknown, office["publisher.social"], url=ADDRESS)
    corrected(office, fresh_page(unknown))
    settle(2)
    change = Delivery.objects.latest("pk")
    assert (change.operation, change.state) == ("correct", "held")
    assert change.reason == "no_remote_id"
    posted(office, change)
    assert len(on(sandbox, "facebook")) == 1


def test_a_person_who_finds_nothing_lets_it_go_again(office, sandbox):
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=False)
    sandbox.fault(channel="facebook", operation="read", fault="status", status=500, times=None)
    office.publish(office.draft(), "website", "facebook")
    settle(2)
    delivery = Delivery.objects.get()
    assert delivery.state == "unknown"
    handling.say_it_is_absent(delivery, office["publisher.social"])
    handling.resume(delivery, office["publisher.social"])
    settle(1)
    assert len(on(sandbox, "facebook")) == 1


def test_nothing_is_found_out_about_a_message_that_is_known(office, sandbox, rejected):
    for act in ("look_again", "say_it_is_there", "say_it_is_absent"):
        assert refused(ACTS[act], rejected, office["publisher.social"]).reasons
    assert Delivery.objects.get().state == "held"


def test_step_5_a_deletion_that_is_owed_is_not_cancelled(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(1)
    sandbox.fault(channel="facebook", operation="delete", fault="error", code=190, times=None)
    take_down(fresh(page), office["publisher.web"], reason="ผิดทั้งฉบับ")
    settle(1)
    removal = Delivery.objects.latest("pk")
    assert (removal.operation, removal.state) == ("withdraw", "held")
    assert refused(ACTS["cancel"], removal, office["publisher.social"]).reasons
    posted(office, removal, url="")
    assert rows("facebook")[-1] == ("withdraw", True, "sent")


# Who is told of a task


def test_a_task_is_told_to_the_channels_unit_by_e_mail_once(office, sandbox):
    with override_settings(OTP_POLICY_LINE={}):
        office.publish(office.draft(title="งานโพสต์เอง"), "website", "line", "facebook")
        assert tellings() == [("publisher.social", "line", "งานโพสต์เอง")]
        settle(3)
        assert len(tellings()) == 1
    mail_owed()
    letters = [one for one in mail.outbox if "publisher.social@example.invalid" in one.to]
    [letter] = [one for one in letters if "โพสต์" in one.subject]
    assert "งานโพสต์เอง" in letter.body
    mail_owed()
    assert [one for one in mail.outbox if one.subject == letter.subject] == [letter]


def test_each_follow_up_is_a_task_of_its_own(office):
    with by_hand_only():
        page = office.publish(office.draft(title="งานโพสต์เอง"), "website", "line")
        posted(office, Delivery.objects.get())
        corrected(office, page)
        assert [one[:2] for one in tellings()] == [("publisher.social", "line")] * 2


def test_what_the_dispatcher_sends_is_no_task(office, sandbox):
    office.publish(office.draft(), "website", "line", "facebook")
    settle(3)
    assert tellings() == []
