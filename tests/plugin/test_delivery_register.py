"""The register of deliveries: who reads it, and that the channel's own unit alone acts on it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from otp_policy.wagtail.models import Post
from otp_policy.wagtail.syndication.delivery_screen import acts_for
from otp_policy.wagtail.syndication.models import Attempt, Delivery, HandDelivery
from otp_policy.wagtail.withdrawals import take_down
from tests.plugin.channel_service import read_in_english, with_service

pytestmark = pytest.mark.django_db
LIST = reverse("otp_policy_syndication_delivery_modeladmin_index")
STRANGERS = ("publisher.web", "pr.division-a", "director.office", "admin")


@pytest.fixture(autouse=True)
def english(office, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    read_in_english(office)
    with translation.override("en"):
        yield


@pytest.fixture
def task(office):
    """Return what the unit of LINE has to post by hand."""
    office.publish(office.draft(title="ราคาข้าวเดือนนี้", summary="สรุปราคา"), "website", "line")
    return Delivery.objects.get()


def unknown(delivery):
    """Let nobody know what became of an attempt."""
    now = timezone.now()
    Attempt.objects.create(delivery=delivery, at=now, kind="send", outcome="unknown")
    Delivery.objects.filter(pk=delivery.pk).update(
        state="unknown", attempts=1, first_attempt_at=now, last_attempt_at=now
    )
    return Delivery.objects.get(pk=delivery.pk)


def inspect(delivery):
    return reverse("otp_policy_syndication_delivery_modeladmin_inspect", args=(delivery.pk,))


def door(delivery, act):
    return reverse("otp_policy_channels:handle", args=(delivery.pk, act))


def read(client, user, url):
    client.force_login(user)
    return client.get(url, follow=True).content.decode()


def picture():
    content = BytesIO()
    Image.new("RGB", (4, 4), "white").save(content, "PNG")
    return SimpleUploadedFile("หน้าจอ.png", content.getvalue())


def by_hand(**more):
    return {
        "url": "https://line.example/1",
        "at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "picture": picture(),
        **more,
    }


# --- reading


def test_whoever_holds_a_post_reads_what_went_out(office, client, task):
    for name in ("pr.division-b", "director.office", "publisher.social", "admin"):
        page = read(client, office[name], LIST)
        assert "ราคาข้าวเดือนนี้" in page, name
        assert task.reference in page, name


def test_whoever_holds_no_post_does_not(office, client, task):
    Post.objects.filter(user=office["pr.division-b"]).delete()
    assert task.reference not in read(client, office["pr.division-b"], LIST)
    assert task.reference not in read(client, office["pr.division-b"], inspect(task))


def test_what_is_down_is_told_to_strangers_neither_by_its_title_nor_by_a_search(
    office, client, task
):
    from tests.office import fresh

    page = type(office.draft()).objects.get(pk=task.page_id)
    take_down(fresh(page), office["publisher.web"], reason="ข้อมูลผิด")
    for url in (LIST, f"{LIST}?q=ราคาข้าว"):
        assert "ราคาข้าวเดือนนี้" not in read(client, office["pr.division-b"], url)
    assert task.reference not in read(client, office["pr.division-b"], f"{LIST}?q=ราคาข้าว")
    assert "สรุปราคา" not in read(client, office["pr.division-b"], inspect(task))
    assert task.reference in read(client, office["publisher.social"], f"{LIST}?q=ราคาข้าว")


def test_it_is_found_by_title_reference_channel_and_state(office, client, task):
    user = office["publisher.social"]
    for query in ("q=เดือนนี้", f"q={task.reference}", "channel__exact=line", "state__exact=held"):
        assert task.reference in read(client, user, f"{LIST}?{query}"), query
    for query in ("q=ไม่มีคำนี้", "channel__exact=facebook", "state__exact=sent"):
        assert task.reference not in read(client, user, f"{LIST}?{query}"), query


def test_the_list_asks_as_often_for_twenty_as_for_one(
    office, client, task, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    read(client, office["publisher.social"], LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(LIST)
    for number in range(20):
        Delivery.objects.create(
            page_id=task.page_id,
            channel="line",
            operation=f"x{number}",
            publication=task.publication,
            slot=task.slot,
            ordered_by=office["publisher.social"],
            reference=f"x{number}",
            payload={},
            due_at=timezone.now(),
        )
    with django_assert_max_num_queries(len(one)):
        client.get(LIST)


def test_nobody_makes_changes_or_deletes_a_row_by_a_form(office, client, task):
    client.force_login(office["admin"])
    for action in ("create", "edit", "delete"):
        args = () if action == "create" else (task.pk,)
        url = reverse(f"otp_policy_syndication_delivery_modeladmin_{action}", args=args)
        client.post(url, {"state": "sent"})
    assert list(Delivery.objects.values_list("pk", "state")) == [(task.pk, "held")]


def test_one_delivery_shows_its_preview_and_every_attempt(office, client, task):
    unknown(task)
    page = read(client, office["pr.division-a"], inspect(task))
    assert "ราคาข้าวเดือนนี้" in page
    assert "sent to the service" in page
    assert "nobody knows" in page


# --- acting


@pytest.mark.parametrize("by", STRANGERS)
@pytest.mark.parametrize("act", ["look", "there", "absent", "cancel", "resume", "record"])
def test_strangers_are_offered_nothing_and_refused_with_reasons(office, client, task, by, act):
    if act in ("look", "there", "absent"):
        task = unknown(task)
    assert acts_for(task, office[by]) == ()
    client.force_login(office[by])
    before = Delivery.objects.values().get()
    answer = client.post(door(task, act), by_hand(note="ไม่ต้องส่ง"))
    assert answer.status_code == 403
    assert "This step belongs to another role" in answer.content.decode()
    assert Delivery.objects.values().get() == before
    assert not HandDelivery.objects.exists()


@pytest.mark.parametrize("act", ["look", "there", "absent", "cancel", "resume", "record"])
def test_opening_the_page_does_nothing(office, client, task, act):
    before = Delivery.objects.values().get()
    client.force_login(office["publisher.social"])
    assert client.get(door(task, act)).status_code == 200
    assert Delivery.objects.values().get() == before


def test_a_request_without_its_token_changes_nothing(office, task):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office["publisher.social"])
    assert strict.post(door(task, "cancel"), {"note": "ไม่ต้องส่ง"}).status_code == 403
    assert Delivery.objects.get().state == "held"


def test_the_unit_is_offered_what_it_may_do_and_nothing_else(office, task):
    user = office["publisher.social"]
    assert acts_for(task, user) == ("record", "cancel")
    with with_service("line"):
        assert acts_for(task, user) == ("record", "resume", "cancel")
    assert acts_for(unknown(task), user) == ("look", "there", "absent")
    Delivery.objects.update(state="sent")
    assert acts_for(Delivery.objects.get(), user) == ()


def test_what_may_be_out_is_settled_by_the_address_where_it_was_found(office, client, task):
    task = unknown(task)
    client.force_login(office["publisher.social"])
    wrong = client.post(door(task, "there"), {"url": "line.example/1"})
    assert wrong.status_code == 403
    assert "line.example/1" in wrong.content.decode()
    client.post(door(task, "there"), {"url": "https://line.example/1"})
    task = Delivery.objects.get()
    assert (task.state, task.permalink) == ("sent", "https://line.example/1")


def test_cancelling_takes_a_reason(office, client, task):
    client.force_login(office["publisher.social"])
    client.post(door(task, "cancel"), {"note": " - "})
    assert Delivery.objects.get().state == "held"
    client.post(door(task, "cancel"), {"note": "แจ้งทางอื่นแล้ว"})
    assert (Delivery.objects.get().state, Delivery.objects.get().detail) == (
        "cancelled",
        "แจ้งทางอื่นแล้ว",
    )


def test_what_may_be_out_is_never_cancelled(office, client, task):
    task = unknown(task)
    client.force_login(office["publisher.social"])
    answer = client.post(door(task, "cancel"), {"note": "ยกเลิก"})
    assert "Nobody knows yet whether this message went out" in answer.content.decode()
    assert Delivery.objects.get().state == "unknown"


# --- by hand


def test_the_text_is_ready_to_copy_without_javascript(office, client, task):
    page = read(client, office["publisher.social"], door(task, "record"))
    for part in ("title", "text", "url"):
        assert f'id="otp-copy-{part}"' in page
    assert "readonly" in page
    assert "ราคาข้าวเดือนนี้" in page
    assert task.payload["url"] in page


def test_what_was_posted_by_hand_is_recorded_and_its_picture_is_private(office, client, task):
    client.force_login(office["publisher.social"])
    client.post(door(task, "record"), by_hand())
    kept = HandDelivery.objects.get()
    assert (kept.by, kept.url) == (office["publisher.social"], "https://line.example/1")
    assert Delivery.objects.get().state == "sent"
    url = reverse("otp_policy_channels:picture", args=(task.pk,))
    answer = client.get(url)
    assert answer["Content-Type"] == "image/png"
    assert "no-store" in answer["Cache-Control"]
    client.logout()
    assert client.get(url).status_code == 302


def test_a_mistake_loses_neither_what_was_typed_nor_the_picture(office, client, task):
    client.force_login(office["publisher.social"])
    early = by_hand(at="2020-01-01 09:00", url="https://line.example/kept")
    answer = client.post(door(task, "record"), early)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "https://line.example/kept" in page
    assert "“หน้าจอ.png” is kept" in page
    note = answer.context["form"]["kept"].value()
    again = by_hand(kept=note)
    del again["picture"]
    client.post(door(task, "record"), again)
    assert HandDelivery.objects.get().picture_name == "หน้าจอ.png"


def test_without_a_picture_nothing_is_recorded(office, client, task):
    client.force_login(office["publisher.social"])
    given = by_hand()
    del given["picture"]
    answer = client.post(door(task, "record"), given)
    assert "Choose a picture of what the public sees." in answer.content.decode()
    assert not HandDelivery.objects.exists()
