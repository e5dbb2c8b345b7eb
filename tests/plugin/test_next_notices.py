"""A correction or a withdrawal as its readers will see it, and the picture that goes along."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image as Picture

from otp_policy.wagtail.adapters import as_drafted
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.next_notices import (
    ANEW,
    BY_HAND,
    IF_CHOSEN,
    IN_PLACE,
    TAKEN_DOWN,
)
from otp_policy.wagtail.syndication.pictures import picture_of
from otp_policy.wagtail.syndication.previews import drawn, previews_of
from otp_policy.wagtail.withdrawals import ask_to_withdraw
from tests.office import fresh
from tests.plugin.test_files import an_image, media_folder, replace_unseen, showing
from tests.plugin.test_follow_ups import corrected, rows, sandbox, settle, withdrawn
from tests.plugin.test_notice_choice import signed_in

__all__ = ["media_folder", "sandbox"]

pytestmark = pytest.mark.django_db
NOTE = "ตัวเลขในตารางที่ 2"
SITE = "https://office.example"


def shown(page):
    return {one.channel: one for one in previews_of(as_drafted(fresh(page)))}


def becomes(page):
    return {channel: one.becomes for channel, one in shown(page).items()}


def last(channel):
    return Delivery.objects.filter(channel=channel).latest("pk")


def out(office, **fields):
    """Publish an item on the website, on LINE and on Facebook."""
    page = office.publish(office.draft(**fields), "website", "line", "facebook")
    settle(2)
    return page


def test_step_5_a_correction_is_drawn_as_it_then_goes_out(office, sandbox):
    page = out(office, title="ข้อความแรก")
    assert becomes(page) == {"line": "", "facebook": ""}
    changes = {"title": "ข้อความที่แก้ไขแล้ว", "correction_note": NOTE}
    office.edit(page, **changes)
    before = shown(page)
    assert before["line"].shown.title == "แก้ไข/Correction: ข้อความที่แก้ไขแล้ว"
    assert before["facebook"].shown.title == "ข้อความที่แก้ไขแล้ว"
    assert becomes(page) == {"line": str(IF_CHOSEN), "facebook": str(IN_PLACE)}
    for preview in before.values():
        assert NOTE in preview.shown.text
    corrected(office, page, notices=["line"], **changes)
    settle(2)
    for channel in ("line", "facebook"):
        sent = last(channel)
        assert (sent.operation, sent.state) == ("correct", "sent")
        assert drawn(channel, sent.payload).shown == before[channel].shown
    # What is live as it stands is drawn as something new again.
    assert becomes(page) == {"line": "", "facebook": ""}


def test_what_is_out_on_one_channel_alone_is_changed_on_that_one(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    office.edit(page, title="ข้อความที่แก้ไขแล้ว")
    assert becomes(page) == {"line": "", "facebook": str(IN_PLACE)}
    assert "Correction" not in shown(page)["line"].shown.title


def test_an_item_that_comes_back_after_its_withdrawal_is_told_as_something_new(office, sandbox):
    page = out(office)
    withdrawn(office, page)
    settle(2)
    office.edit(page, title="กลับมาอีกครั้ง")
    assert becomes(page) == {"line": "", "facebook": ""}
    office.publish(fresh(page))  # back on the website alone
    office.edit(page, title="กลับมาแล้วแก้ไข")
    assert becomes(page) == {"line": "", "facebook": ""}


def test_where_people_post_a_person_changes_the_message(office):
    with override_settings(OTP_POLICY_LINE={}, OTP_POLICY_FACEBOOK={}):
        page = office.publish(office.draft(), "website", "facebook")
        Delivery.objects.update(state="sent", sent_at=timezone.now())
        office.edit(page, title="ข้อความที่แก้ไขแล้ว", correction_note=NOTE)
        preview = shown(page)["facebook"]
    assert preview.becomes == str(BY_HAND)
    assert NOTE in preview.shown.text


def test_the_screens_say_what_becomes_of_what_is_out(office, sandbox):
    page = out(office)
    page = office.edit(page, title="ข้อความที่แก้ไขแล้ว", correction_note=NOTE)
    office.submit(page)
    screens = [
        ("director.division-a", reverse("otp_policy:item", args=(page.pk,))),
        ("pr.division-a", reverse("otp_policy_channels:preview", args=(page.pk,))),
        ("pr.division-a", reverse("wagtailadmin_pages:edit", args=(page.pk,))),
    ]
    with translation.override("th"):
        for name, address in screens:
            text = signed_in(name).get(address).content.decode()
            assert str(IN_PLACE) in text, address
            assert str(IF_CHOSEN) in text, address
            assert "แก้ไข/Correction: ข้อความที่แก้ไขแล้ว" in text, address


def test_step_5_a_withdrawal_is_drawn_as_line_will_tell_it(office, sandbox):
    page = out(office, title="ข่าวที่จะถอน")
    ask_to_withdraw(fresh(page), office["pr.division-a"], reason="ข้อมูลคลาดเคลื่อนทั้งฉบับ")
    address = reverse("otp_policy:withdrawal", args=(page.pk,))
    text = signed_in("director.division-a").get(address).content.decode()
    with translation.override("th"):
        assert str(IF_CHOSEN) in text
        assert str(TAKEN_DOWN) in text
    assert "ถอนประกาศ/Withdrawn: ข่าวที่จะถอน" in text
    assert "เหตุผล / Reason: ข้อมูลคลาดเคลื่อนทั้งฉบับ" in text


# Pictures


@pytest.fixture
def https(settings):
    settings.WAGTAILADMIN_BASE_URL = SITE


def test_the_picture_is_drawn_before_and_goes_out_once_it_is_public(office, sandbox, https):
    image = an_image()
    page = office.draft(body=showing(image))
    before = shown(page)
    address = before["line"].shown.image_url
    assert address == before["facebook"].shown.image_url
    assert address.startswith(f"{SITE}/media/images/")
    assert picture_of(as_drafted(page)) == ""  # not public yet, so it would not go out
    assert Client().get(address.removeprefix(SITE)).status_code == 404
    office.publish(page, "website", "line", "facebook")
    assert last("facebook").payload["image_url"] == address
    assert last("line").payload["messages"][0]["contents"]["hero"]["url"] == address
    for channel in ("line", "facebook"):
        assert drawn(channel, last(channel).payload).shown.image_url == address
    answer = Client().get(address.removeprefix(SITE))
    assert answer["Content-Type"] == "image/jpeg"
    assert Picture.open(BytesIO(b"".join(answer.streaming_content))).size == (40, 30)


def test_the_first_picture_of_the_text_is_the_one(office, sandbox, https):
    second, first = an_image(), an_image()
    page = office.draft(body=showing(first) + showing(second))
    assert shown(page)["line"].shown.image_url == shown_of(first)
    assert shown_of(first) != shown_of(second)


def shown_of(image):
    return f"{SITE}{image.get_rendition('max-1024x1024|format-jpeg').url}"


def test_a_picture_that_took_the_place_of_the_approved_one_does_not_go_out(office, https):
    image = an_image()
    page = office.publish(office.draft(body=showing(image)))
    assert picture_of(page)
    cache.clear()
    replace_unseen(image, b"other bytes")
    assert picture_of(page) == ""


def test_a_picture_whose_file_is_gone_keeps_no_text_back(office, sandbox, https):
    image = an_image()
    page = office.publish(office.draft(body=showing(image)))
    image.file.storage.delete(image.file.name)
    image.renditions.all().delete()
    cache.clear()
    office.agree(page, "facebook")
    assert "image_url" not in last("facebook").payload


def test_no_service_is_given_an_address_without_https(office, sandbox, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://office.example"
    page = office.publish(office.draft(body=showing(an_image())), "website", "facebook")
    assert picture_of(page) == ""
    assert "image_url" not in last("facebook").payload
    assert shown(page)["facebook"].shown.image_url == ""


def test_a_withdrawal_shows_no_picture(office, sandbox, https):
    page = office.publish(office.draft(body=showing(an_image())), "website", "line")
    Delivery.objects.update(state="sent", remote_id="1", sent_at=timezone.now())
    withdrawn(office, page, notices=["line"])
    assert "hero" not in last("line").payload["messages"][0]["contents"]


def test_a_post_with_another_picture_is_taken_down_and_posted_anew(office, sandbox, https):
    first, other = an_image(), an_image()
    page = office.publish(office.draft(body=showing(first)), "website", "facebook")
    Delivery.objects.update(state="sent", remote_id="1_1", sent_at=timezone.now())
    office.edit(page, title="แก้ไขเฉพาะหัวเรื่อง")
    assert becomes(page)["facebook"] == str(IN_PLACE)
    assert shown(page)["facebook"].shown.image_url == shown_of(first)
    office.edit(page, title="แก้ไขภาพด้วย", body=showing(other))
    assert becomes(page)["facebook"] == str(ANEW)
    assert shown(page)["facebook"].shown.image_url == shown_of(other)
    office.agree(page)
    office.approve(page)
    publish_due()
    assert [row[:2] for row in rows("facebook")] == [
        ("publish", False),
        ("withdraw", True),
        ("publish", False),
    ]
    assert last("facebook").payload["image_url"] == shown_of(other)


def test_the_picture_is_on_the_screens_and_in_the_text_for_a_person(office, https):
    image = an_image()
    with override_settings(OTP_POLICY_LINE={}, OTP_POLICY_FACEBOOK={}):
        page = office.publish(office.draft(body=showing(image)), "website", "facebook")
        unit, task = signed_in("publisher.social"), last("facebook")
        screen = unit.get(reverse("otp_policy_channels:preview", args=(page.pk,)))
        by_hand = unit.get(reverse("otp_policy_channels:handle", args=(task.pk, "record")))
    assert f'<img class="otp-reader__picture" src="{shown_of(image)}"' in screen.content.decode()
    assert f'href="{shown_of(image)}"' in by_hand.content.decode()
