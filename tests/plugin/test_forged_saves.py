"""Saves that carry less, or older, than the whole page: the gate judges the row they leave."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import Page

from news.models import NewsPage
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import LedgerEntry, Publication, Slot, Unit
from otp_policy.wagtail.models.items import OWN_SCHEDULE
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db


def refused_save(page, **how):
    with pytest.raises(PolicyRefusal) as refusal:
        page.save(**how)
    return refusal.value


def test_a_column_named_by_its_attribute_is_guarded_too(office):
    page = office.publish(office.draft())
    page.owning_unit = Unit.objects.get(code="division-b")
    assert "approval_missing" in refused_save(page, update_fields=["owning_unit_id"]).codes
    assert fresh(page).owning_unit.code == "division-a"


def test_a_page_loaded_without_some_columns_is_guarded_too(office):
    page = office.publish(office.draft())
    part = NewsPage.objects.defer("body").get(pk=page.pk)
    part.summary = "ไม่ได้รับความเห็นชอบ"
    refused_save(part)
    assert fresh(page).summary == "สรุปข่าว"


def test_what_the_object_says_of_being_live_does_not_count(office):
    draft = office.draft()
    page = office.publish(draft)
    for stale in (draft, fresh(page)):
        stale.live = False
        stale.summary = "ไม่ได้รับความเห็นชอบ"
        refused_save(stale, update_fields=["summary"])
    base = Page.objects.get(pk=page.pk)
    base.live, base.title = False, "ไม่ได้รับความเห็นชอบ"
    refused_save(base, update_fields=["title"])
    assert "ไม่ได้รับความเห็นชอบ" not in Client().get(page.get_url()).content.decode()


def test_going_live_is_judged_by_the_stored_text_and_not_by_the_object(office):
    page = office.publish(office.draft())
    Page.objects.filter(pk=page.pk).update(live=False)
    NewsPage.objects.filter(pk=page.pk).update(summary="ไม่ได้รับความเห็นชอบ")
    page.live = True
    refused_save(page, update_fields=["live"])
    assert not fresh(page).live


def test_a_draft_saved_from_an_older_object_ends_no_publication(office):
    draft = office.draft()
    page = office.publish(draft)
    draft.summary = "ร่างใหม่"
    draft.save_revision(user=office["pr.division-a"])
    assert Publication.objects.filter(page_id=page.pk, ended_at=None).exists()
    assert not LedgerEntry.objects.filter(action="take_down").exists()
    response = Client().get(page.get_url())
    assert response.status_code == 200
    assert "ร่างใหม่" not in response.content.decode()


def test_a_draft_does_not_become_the_live_revision(office):
    page = office.publish(office.draft())
    approved = page.live_revision_id
    page = office.edit(page, summary="ร่างใหม่")
    page.live_revision = page.get_latest_revision()
    refused_save(page, update_fields=["live_revision"])
    refused_save(page)
    assert fresh(page).live_revision_id == approved


def test_publishing_the_same_text_again_by_hand_is_refused_as_live_already(office):
    page = office.publish(office.draft())
    seen = page.last_published_at
    page = office.edit(page, summary=page.summary)
    with pytest.raises(PolicyRefusal) as refusal:
        page.get_latest_revision().publish()
    assert "already_live" in refusal.value.codes
    assert fresh(page).last_published_at == seen


def test_an_alias_that_would_go_live_with_its_source_is_refused(office):
    page = office.draft()
    with pytest.raises(PolicyRefusal) as refusal:
        page.create_alias(update_slug="alias", parent=office.section("news"))
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in str(refusal.value)
    assert NewsPage.objects.count() == 1
    assert office.publish(page).live


def test_an_alias_of_old_holds_its_source_instead_of_going_live_with_it(office):
    page, alias = office.draft(), office.draft(title="อีกหน้า")
    Page.objects.filter(pk=alias.pk).update(alias_of=page.pk)
    office.agree(page)
    office.approve(page)
    assert publish_due() == 0
    assert not NewsPage.objects.filter(live=True).exists()
    slot = Slot.objects.get(page_id=page.pk)
    assert slot.state == Slot.State.HELD
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in slot.note
    assert LedgerEntry.objects.filter(action="publish_refused", page_id=page.pk).count() == 1


def test_a_date_hidden_in_the_approved_text_holds_the_slot_and_says_so(office):
    draft = office.draft().get_latest_revision_as_object()
    draft.go_live_at = in_an_hour()
    draft.save_revision(user=office["pr.division-a"], clean=False)
    page = fresh(draft)
    office.agree(page)
    office.approve(page)
    assert publish_due() == 0
    slot = Slot.objects.get()
    assert slot.state == Slot.State.HELD
    assert slot.note == str(OWN_SCHEDULE)
    assert not page.revisions.filter(approved_go_live_at__isnull=False).exists()


def test_a_file_changed_after_the_approval_keeps_the_item_back(office):
    document = Document.objects.create(title="แผน", file=ContentFile(b"one", name="plan.txt"))
    page = office.draft(body=f'<p><a linktype="document" id="{document.pk}">แผน</a></p>')
    office.agree(page)
    office.approve(page)
    document.file.save("plan.txt", ContentFile(b"two"))
    assert publish_due() == 0
    assert not fresh(page).live
    assert Slot.objects.get().state == Slot.State.HELD


def test_deleting_what_was_taken_down_leaves_its_evidence(office):
    page = office.publish(office.draft())
    key = page.pk
    page.unpublish(user=office["publisher.web"])
    by, second = office["publisher.web"], office["director.division-a"]
    with break_glass(reason="ลบข้อมูลส่วนบุคคล", by=by, second=second):
        fresh(page).delete()
    assert not type(page).objects.filter(pk=key).exists()
    assert Publication.objects.get(page_id=key).ended_at is not None
    assert LedgerEntry.objects.filter(action="take_down", page_id=key).count() == 1
