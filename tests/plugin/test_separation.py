"""Separation of duty, and who acts: contributors, orders, acting holders, and people who leave."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.log_actions import LogContext
from wagtail.models import Revision

from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import ask
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.history import History
from otp_policy.wagtail.models import (
    AppendOnlyError,
    Approval,
    DelegationOrder,
    FileUse,
    LedgerEntry,
    PersonalDataAnswer,
    Post,
    Slot,
    Unit,
)
from otp_policy.wagtail.orders import order_state
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.withdrawals import ask_to_withdraw, decide_on_withdrawal, take_down
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def refused(office, page, by):
    with pytest.raises(PolicyRefusal) as refusal:
        office.decide(page, by)
    return refusal.value.codes


def worked_on(page) -> set[str]:
    from django.contrib.auth import get_user_model

    keys = History.of(page.pk).contributors()
    return set(get_user_model().objects.filter(pk__in=keys).values_list("username", flat=True))


def a_file(office, by: str):
    document = get_document_model()(title="แนบ", uploaded_by_user=office[by])
    document.file.save("a.txt", ContentFile("เนื้อหา".encode()), save=False)
    document.save()
    return document


# Contributors.


def test_an_earlier_writer_counts_though_another_wrote_last(office):
    page = office.edit(office.draft(by="director.division-a"), summary="สอง")
    assert "own_work" in refused(office, office.submit(page), "director.division-a")


def test_who_brings_an_earlier_text_back_counts(client, office):
    page = office.edit(office.draft(), summary="สอง")
    first = Revision.objects.for_instance(page).order_by("pk").first()
    first.as_object().save_revision(user=office["director.division-a"], previous_revision=first)
    assert "own_work" in refused(office, office.submit(page), "director.division-a")


def test_autosave_over_the_own_revision_still_counts(office):
    page = office.edit(office.draft(), by="director.division-a", summary="สอง")
    draft = page.get_latest_revision_as_object()
    draft.summary = "สาม"
    draft.save_revision(
        user=office["director.division-a"], overwrite_revision=page.get_latest_revision()
    )
    assert "own_work" in refused(office, office.submit(fresh(page)), "director.division-a")


def test_who_wrote_the_source_of_a_copy_counts_in_the_copy(office):
    page = office.draft(by="director.division-a")
    copy = page.copy(user=office["pr.division-a"], keep_live=False, update_attrs={"slug": "copy"})
    assert worked_on(copy) >= {"director.division-a", "pr.division-a"}
    assert "own_work" in refused(office, office.submit(copy), "director.division-a")


def with_file(office, document, **fields):
    text = f'<p><a linktype="document" id="{document.pk}">แนบ</a></p>'
    return office.draft(body=text, **fields)


def test_who_replaces_a_file_of_the_draft_counts(office):
    document = a_file(office, "pr.division-a")
    page = with_file(office, document)
    with LogContext(user=office["director.division-a"]):
        document.file.save("b.txt", ContentFile(b"other"), save=False)
        document.save()
    assert "director.division-a" in worked_on(page)
    assert "own_work" in refused(office, office.submit(page), "director.division-a")


def test_who_writes_a_file_into_the_stored_draft_counts(office):
    document = a_file(office, "pr.division-a")
    page = office.draft()
    revision = page.latest_revision
    revision.content["body"] = f'<p><a linktype="document" id="{document.pk}">แนบ</a></p>'
    revision.user = office["director.division-a"]
    revision.save(update_fields=["content"])
    assert "director.division-a" in worked_on(page)
    assert FileUse.objects.filter(page_id=page.pk, file_id=document.pk, publication=None).exists()


def test_who_replaces_a_picture_of_the_draft_counts(office):
    image = get_image_model()(title="ภาพ", uploaded_by_user=office["pr.division-a"])
    image.file.save("a.png", get_test_image_file(size=(20, 20)), save=False)
    image.save()
    shown = f'<p>x</p><embed embedtype="image" id="{image.pk}" format="left" alt="ภาพ"/>'
    page = office.draft(body=shown)
    with LogContext(user=office["director.division-a"]):
        image.file.save("b.png", get_test_image_file(size=(30, 30)), save=False)
        image.save()
    assert "director.division-a" in worked_on(page)


def test_who_uploads_a_file_for_the_draft_counts_and_an_older_upload_does_not(office):
    old = a_file(office, "director.division-a")
    page = with_file(office, old)
    assert worked_on(page) == {"pr.division-a"}
    new = a_file(office, "director.division-a")
    page = office.edit(page, body=f'<p><a linktype="document" id="{new.pk}">ใหม่</a></p>')
    assert worked_on(page) == {"pr.division-a", "director.division-a"}


def test_who_argues_for_personal_data_does_not_approve_it(office):
    page = office.draft()
    PersonalDataAnswer(
        page_id=page.pk,
        kind="phone_number",
        fingerprint="0" * 64,
        masked="xx",
        digest="sha256:aa",
        reason="ติดต่อ",
        by=office["director.division-a"],
        at=timezone.now(),
    ).save()
    assert "own_work" in refused(office, office.submit(page), "director.division-a")


def test_who_submits_or_proposes_a_time_is_no_contributor(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    office.submit(page, by="director.division-a")
    assert worked_on(page) == {"pr.division-a"}


def test_contributions_count_anew_after_an_approval(office):
    page = office.publish(office.draft(by="director.office"))
    page = office.submit(office.edit(page, summary="แก้ไข"))
    assert worked_on(page) == {"pr.division-a"}


# Orders.


def test_an_order_holds_while_its_giver_holds_the_role(office):
    page = office.submit(office.draft())
    office.delegate("pr.division-b", first=office_day(), last=office_day() + DAY)
    assert ask(page, "approve", office["pr.division-b"]).allowed
    giver = Post.objects.filter(user=office["director.division-a"])
    giver.update(until_on=office_day() - DAY)
    assert refused(office, page, "pr.division-b") == ("delegation_not_in_force",)
    giver.update(until_on=office_day())  # the last day counts
    assert ask(page, "approve", office["pr.division-b"]).allowed


def test_an_order_of_one_day_whose_giver_never_held_the_role_is_none(office):
    page = office.submit(office.draft())
    order = office.delegate("pr.division-b", first=office_day(), last=office_day())
    DelegationOrder.objects.filter(pk=order.pk).update(delegator=office["director.division-b"])
    assert refused(office, page, "pr.division-b") == ("delegation_not_in_force",)
    assert "พ้นจากตำแหน่ง" in order_state(DelegationOrder.objects.get())


def test_an_order_for_one_category_covers_no_other(office):
    order = office.delegate("pr.division-b", first=office_day(), last=office_day())
    DelegationOrder.objects.filter(pk=order.pk).update(category="procurement")
    page = office.submit(office.draft())
    assert refused(office, page, "pr.division-b") == ("role_missing",)
    DelegationOrder.objects.filter(pk=order.pk).update(category="news")
    office.decide(page, "pr.division-b")
    approval = Approval.objects.get()
    assert (approval.order, approval.capacity) == ("12/2569", "assigned")


@pytest.mark.parametrize(("first", "last"), [(1, 2), (-2, -1)])
def test_an_order_outside_its_days_is_refused(office, first, last):
    page = office.submit(office.draft())
    office.delegate(
        "pr.division-b", first=office_day() + first * DAY, last=office_day() + last * DAY
    )
    assert refused(office, page, "pr.division-b") == ("delegation_not_in_force",)


def order(office, **changed) -> DelegationOrder:
    values = {
        "number": "1/2570",
        "role": "division_director",
        "unit": Unit.objects.get(code="division-a"),
        "delegator": office["director.division-a"],
        "delegate": office["pr.division-b"],
        "from_on": office_day(),
        "until_on": office_day() + DAY,
    }
    return DelegationOrder(**{**values, **changed})


def test_nobody_hands_on_what_they_do_not_hold(office):
    order(office).full_clean()
    for changed in (
        {"delegator": office["director.division-b"]},
        {"unit": None},
        {"from_on": office_day() - 20000 * DAY},
    ):
        with pytest.raises(ValidationError) as refusal:
            order(office, **changed).full_clean()
        assert "delegator" in refusal.value.message_dict


def test_the_form_of_orders_refuses_with_the_reason(client, office):
    client.force_login(office["admin"])
    answer = client.post(
        "/admin/otp_policy/delegationorder/create/",
        {
            "number": "1/2570",
            "role": "division_director",
            "unit": Unit.objects.get(code="division-a").pk,
            "delegator": office["director.division-b"].pk,
            "delegate": office["pr.division-b"].pk,
            "from_on": office_day().isoformat(),
            "until_on": office_day().isoformat(),
            "category": "",
        },
    )
    assert "จึงมอบหมายไม่ได้" in answer.content.decode()
    assert not DelegationOrder.objects.exists()


# Nothing is changed backwards.


@pytest.mark.parametrize(
    "changed",
    [
        {"from_on": office_day() + DAY},
        {"number": "2/2570"},
        {"category": "news"},
        {"until_on": office_day() - DAY},
        {"until_on": office_day() + 9 * DAY},
        {"until_on": None},
    ],
)
def test_an_order_that_holds_is_only_ended(office, changed):
    order(office).save()
    kept = DelegationOrder.objects.get()
    for name, value in changed.items():
        setattr(kept, name, value)
    with pytest.raises(ValidationError):
        kept.clean()
    with pytest.raises(AppendOnlyError):
        kept.save()
    with pytest.raises(AppendOnlyError):
        kept.delete()
    kept = DelegationOrder.objects.get()
    kept.until_on = office_day()
    kept.full_clean()
    kept.save()
    body = json.loads(LedgerEntry.objects.filter(action="change_office").last().body)
    assert body["object"] == f"delegationorder {kept.pk}"
    assert body["new"]["until_on"] == office_day().isoformat() != body["old"]["until_on"]


def test_an_order_that_has_not_begun_is_free_but_for_the_past(office):
    order(office, from_on=office_day() + DAY).save()
    kept = DelegationOrder.objects.get()
    kept.from_on = office_day() - DAY
    with pytest.raises(AppendOnlyError):
        kept.save()
    kept.from_on = office_day()
    kept.save()


def test_a_post_that_is_over_is_not_opened_again(office):
    kept = office["pr.division-b"].otp_posts.get()
    Post.objects.filter(pk=kept.pk).update(until_on=office_day() - DAY)
    kept.refresh_from_db()
    kept.until_on = None
    with pytest.raises(AppendOnlyError):
        kept.save()


def test_a_post_that_begun_cannot_be_deleted_in_the_register(client, office):
    kept = office["pr.division-b"].otp_posts.get()
    client.force_login(office["admin"])
    answer = client.post(f"/admin/otp_policy/post/delete/{kept.pk}/")
    assert answer.status_code in (302, 403)
    assert Post.objects.filter(pk=kept.pk).exists()


def test_what_a_person_enters_is_on_record(client, office):
    client.force_login(office["admin"])
    client.post(
        "/admin/otp_policy/post/create/",
        {
            "user": office["pr.division-b"].pk,
            "role": "division_director",
            "unit": Unit.objects.get(code="division-a").pk,
            "is_acting": "on",
            "from_on": office_day().isoformat(),
            "until_on": "",
        },
    )
    body = json.loads(LedgerEntry.objects.filter(action="change_office").last().body)
    assert body["actor"]["username"] == "admin"
    assert (body["old"], body["new"]["is_acting"]) == (None, True)
    assert body["new"]["user"] == "pr.division-b"


# Acting holders.


def test_an_acting_holder_is_shown_as_acting(client, office):
    Post.objects.create(
        user=office["pr.division-b"],
        role="division_director",
        unit=Unit.objects.get(code="division-a"),
        is_acting=True,
        from_on=office_day(),
    )
    page = office.decide(office.submit(office.draft()), "pr.division-b")
    assert Approval.objects.get().capacity == "acting"
    client.force_login(office["pr.division-a"])
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert text.count("รักษาราชการแทนผู้อำนวยการกอง") == 2  # the approval, and the ledger


# People who leave.


def leave(client, office, who: str, **data):
    client.force_login(office["admin"])
    data = {"last_on": office_day().isoformat(), "reason": "ย้าย", **data}
    return client.post(reverse("otp_policy:leaving", args=(office[who].pk,)), data)


def test_all_that_a_person_holds_is_listed(client, office):
    page = office.draft(title="ร่างของผู้แทน")
    office.agree(page, at=timezone.now() + 3 * DAY)
    order(office).save()
    client.force_login(office["admin"])
    seen = {
        "publisher.web": ("ร่างของผู้แทน", "กำหนดเวลาที่ยืนยันแล้ว"),
        "pr.division-a": ("ร่างของผู้แทน", "ผู้แทนทีมประชาสัมพันธ์ของกอง"),
        "director.division-a": ("1/2570", "คำสั่งที่เป็นผู้มอบ"),
        "pr.division-b": ("1/2570", "คำสั่งที่เป็นผู้รับมอบ"),
    }
    for who, words in seen.items():
        address = reverse("otp_policy:leaving", args=(office[who].pk,))
        text = client.get(address).content.decode()
        for word in words:
            assert word in text, (who, word)


def test_only_who_keeps_the_registers_hands_over(client, office):
    client.force_login(office["director.office"])
    address = reverse("otp_policy:leaving", args=(office["pr.division-a"].pk,))
    assert client.get(address).status_code == 302
    client.post(address, {"last_on": office_day().isoformat(), "reason": "x"})
    assert not LedgerEntry.objects.filter(action="hand_over").exists()


def test_a_confirmed_time_is_held_with_the_reason_and_confirmed_again(client, office):
    page = office.draft()
    office.agree(page, at=timezone.now() + 3 * DAY)
    early = office.draft(title="วันนี้")
    office.agree(early, at=timezone.now())
    assert leave(client, office, "publisher.web").status_code == 302
    slot = Slot.objects.get(page_id=page.pk)
    assert slot.state == Slot.State.HELD
    assert "พ้นจากหน้าที่แล้ว" in slot.note
    assert Slot.objects.get(page_id=early.pk).state == Slot.State.CONFIRMED
    assert Post.objects.get(user=office["publisher.web"]).until_on == office_day()
    successor = office["pr.division-b"]
    Post.objects.create(
        user=successor,
        role="web_publisher",
        unit=Unit.objects.get(code="data_centre"),
        from_on=office_day(),
    )
    assert schedule.confirm(page, successor, channel="website").confirmed_by == successor
    body = json.loads(LedgerEntry.objects.get(action="hand_over").body)
    assert body["of"]["username"] == "publisher.web"
    assert body["slots"] == [slot.pk]


def test_posts_and_drafts_go_to_a_named_successor(client, office):
    page = office.draft()
    order(office, delegate=office["pr.division-a"]).save()
    successor = office["director.division-b"]
    leave(client, office, "pr.division-a", successor=successor.pk, takes_posts="on", as_acting="on")
    assert fresh(page).owner == successor
    taken = Post.objects.get(user=successor, role="pr_representative")
    assert (taken.is_acting, taken.from_on) == (True, office_day() + DAY)
    assert DelegationOrder.objects.get().until_on == office_day()
    actions = LedgerEntry.objects.values_list("action", flat=True)
    assert {"hand_over", "change_office"} <= set(actions)
    assert worked_on(page) == {"pr.division-a"}  # who wrote it stays who wrote it


@pytest.mark.parametrize(
    "data",
    [
        {"last_on": (office_day() - DAY).isoformat()},
        {"reason": ""},
        {"takes_posts": "on"},
        {"last_on": "พรุ่งนี้"},
    ],
)
def test_a_wrong_form_changes_nothing(client, office, data):
    answer = leave(client, office, "pr.division-a", **data)
    assert answer.status_code == 200
    assert "otp-error" in answer.content.decode()
    assert Post.objects.get(user=office["pr.division-a"]).until_on is None


def test_a_closed_account_holds_nothing(office):
    live, page = office.publish(office.draft()), office.submit(office.draft(title="ข่าวที่สอง"))
    for name in ("director.division-a", "publisher.web"):
        office[name].is_active = False
    assert ask(page, "approve", office["director.division-a"]).reasons
    assert "role_missing" in refused(office, page, "director.division-a")
    with pytest.raises(PolicyRefusal) as refusal:
        take_down(live, office["publisher.web"], reason="ผิดทั้งฉบับ")
    assert "role_missing" in refusal.value.codes
    asked = ask_to_withdraw(live, office["pr.division-a"], reason="ผิดทั้งฉบับ")
    with pytest.raises(PolicyRefusal) as refusal:
        decide_on_withdrawal(asked, office["director.division-a"], "approve", digest=asked.digest)
    assert "role_missing" in refusal.value.codes
    assert fresh(live).live


def test_what_a_closed_account_confirmed_does_not_go_out(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    type(office["publisher.web"]).objects.filter(username="publisher.web").update(is_active=False)
    assert publish_due() == 0
    assert not fresh(page).live
    assert Slot.objects.get(page_id=page.pk).state == Slot.State.HELD


def test_a_role_that_the_policy_knows_no_longer_carries_nothing(office):
    page, division = office.draft(), office["pr.division-a"]
    Post.objects.create(user=division, role="head_of_fax", from_on=office_day())
    assert ask(page, "prepare", division).allowed
    assert "role_missing" in {str(one.code) for one in ask(page, "approve", division).reasons}
    order = DelegationOrder(delegator=division, role="head_of_fax", unit=page.owning_unit)
    assert not order.is_backed_by(Post(user=division, role="head_of_fax"))


def test_closing_an_account_holds_the_times_it_confirmed(office):
    page = office.draft()
    office.agree(page, at=in_an_hour())
    web = office["publisher.web"]
    web.is_active = False
    web.save()
    slot = Slot.objects.get(page_id=page.pk)
    assert slot.state == Slot.State.HELD
    assert "พ้นจากหน้าที่แล้ว" in slot.note


def test_who_closes_an_account_is_told_what_it_still_holds(client, office):
    client.force_login(office["admin"])
    leaver = office["pr.division-a"]
    data = {"username": leaver.username, "email": leaver.email, "first_name": "ก", "last_name": "ข"}
    address = reverse("wagtailusers_users:edit", args=(leaver.pk,))
    text = client.post(address, data, follow=True).content.decode()
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert "โปรดส่งมอบงาน" in text
    assert reverse("otp_policy:leaving", args=(leaver.pk,)) in text


def test_an_account_that_holds_something_is_not_deleted(client, office):
    client.force_login(office["admin"])
    leaver = office["pr.division-a"]
    answer = client.post(reverse("wagtailusers_users:delete", args=(leaver.pk,)), follow=True)
    assert "โปรดส่งมอบงานก่อน" in answer.content.decode()
    leaver.refresh_from_db()


def test_an_item_whose_confirmer_lost_the_post_is_held_and_says_so(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    Post.objects.filter(user=office["publisher.web"]).update(until_on=office_day() - DAY)
    assert publish_due() == 0
    slot = Slot.objects.get(page_id=page.pk)
    assert slot.state == Slot.State.HELD
    assert "ยืนยันอีกครั้ง" in slot.note
