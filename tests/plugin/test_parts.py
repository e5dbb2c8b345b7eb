"""Child rows and relations are part of a live item's text; they change with it, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page, TaskState

from home.models import CategoryPage, OtherPage
from otp_policy.wagtail.checks import check_fields, check_shown_settings, is_outside_digest
from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.gate.parts import is_governed_type
from otp_policy.wagtail.models import Publication, items
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.exhibits.models import Case, ExhibitPage, Note, Topic
from tests.office import fresh

pytestmark = pytest.mark.django_db


@contextmanager
def refused():
    """Expect a refusal, in a transaction of its own as a request has it."""
    with pytest.raises(PolicyRefusal), transaction.atomic():
        yield


def made(office, *cases, topics=(), **fields):
    """Return a draft with these child rows and relations."""
    page = office.draft(ExhibitPage, **fields)
    draft = page.get_latest_revision_as_object()
    for text in cases:
        case = Case(text=text)
        case.notes.add(Note(text=f"หมายเหตุ {text}"))
        draft.cases.add(case)
    draft.topics.set(topics)
    draft.save_revision(user=office["pr.division-a"])
    return fresh(page)


@pytest.fixture
def live(office):
    """Return a live item with two child rows and a topic."""
    return office.publish(made(office, "หนึ่ง", "สอง", topics=[Topic.objects.create(name="ก")]))


def texts(page) -> list[str]:
    return [case.text for case in Case.objects.filter(page=page).order_by("sort_order", "pk")]


def test_child_rows_go_live_with_the_text_and_are_corrected_with_it(office, live):
    assert texts(live) == ["หนึ่ง", "สอง"]
    draft = live.get_latest_revision_as_object()
    cases = list(draft.cases.all())
    cases[0].text = "แก้แล้ว"
    draft.cases = [cases[0], Case(text="สาม")]
    draft.correction_note = "แก้กรณีตัวอย่าง"
    draft.save_revision(user=office["pr.division-a"])
    assert texts(live) == ["หนึ่ง", "สอง"]
    page = office.publish(fresh(live))
    assert texts(page) == ["แก้แล้ว", "สาม"]
    page.save()
    assert item_digest(fresh(page)) == Publication.objects.get(ended_at=None).digest


def test_a_child_row_of_a_live_item_is_not_saved_added_or_deleted_alone(office, live):
    case = Case.objects.filter(page=live).first()
    case.text = "สอดแทรก"
    with refused():
        case.save()
    with refused():
        Case.objects.create(page=live, text="สอดแทรก")
    with refused():
        Case.objects.filter(page=live).first().delete()
    with refused():
        Case.objects.filter(page=live).delete()
    assert texts(live) == ["หนึ่ง", "สอง"]


def test_a_child_row_does_not_leave_a_live_item_for_a_draft_or_come_from_one(office, live):
    draft = office.draft(ExhibitPage, title="ร่าง")
    case = Case.objects.filter(page=live).first()
    case.page = draft
    with refused():
        case.save()
    mine = Case.objects.create(page=draft, text="ของร่าง")  # a draft's rows are free
    mine.page = live
    with refused():
        mine.save()


def test_rows_below_child_rows_are_guarded_too(live):
    note = Note.objects.first()
    note.text = "สอดแทรก"
    with refused():
        note.save()
    with refused():
        Note.objects.create(case=note.case, text="สอดแทรก")


def test_a_save_of_child_rows_alone_does_not_pass_with_its_page(live):
    page = fresh(live)
    page.cases = [Case(text="สอดแทรก")]
    with refused():
        page.save(update_fields=["cases"])
    page = fresh(live)
    page.cases = [Case(text="สอดแทรก")]
    with refused():
        page.save()
    assert texts(live) == ["หนึ่ง", "สอง"]


def test_a_page_saved_once_opens_no_door_for_its_child_rows_later(live):
    page = fresh(live)
    page.save()
    case = page.cases.first()
    case.text = "สอดแทรก"
    with refused():
        case.save()


def test_a_relation_of_a_live_item_does_not_change_from_either_end(live):
    other = Topic.objects.create(name="ข")
    page = fresh(live)
    page.topics.add(other)
    with refused():
        page.save()
    with refused():
        page.save(update_fields=["topics"])
    with refused():
        other.exhibits.add(live)
    first = Topic.objects.get(name="ก")
    with refused():
        first.exhibits.clear()
    with refused():
        first.exhibits.remove(live)
    assert list(fresh(live).topics.all()) == [first]


def test_a_plain_many_to_many_field_is_reported_by_the_checks():
    assert check_fields(None) == []
    assert is_outside_digest(models.ManyToManyField(Topic))
    assert not is_outside_digest(ParentalManyToManyField(Topic))
    with loose_relation():
        (error,) = check_fields(None)
        assert error.id == "otp_policy.E004"
        assert "OtherPage.loose" in error.msg
        OtherPage.ungoverned_fields = frozenset({"loose"})
        items._governed_fields.cache_clear()
        assert check_fields(None) == []
    assert "loose" not in {field.name for field in OtherPage._meta.get_fields()}
    assert not [
        model for model in apps.get_models(include_auto_created=True) if "loose" in model.__name__
    ]


@contextmanager
def loose_relation() -> Iterator[None]:
    """A plain many-to-many field on OtherPage, gone again with its table's model afterwards.

    The registry of models is shared by all tests of a process: whatever stays in it is read
    by the next test that deletes such a page.
    """
    field = models.ManyToManyField(Topic, related_name="+")
    field.contribute_to_class(OtherPage, "loose")
    items._governed_fields.cache_clear()  # the page type has changed in the running process
    try:
        yield
    finally:
        OtherPage.ungoverned_fields = frozenset()
        OtherPage._meta.local_many_to_many.remove(field)
        delattr(OtherPage, "loose")
        del apps.all_models["home"][field.remote_field.through._meta.model_name]
        apps.clear_cache()
        items._governed_fields.cache_clear()


def test_a_setting_that_does_not_exist_is_reported_by_the_checks(monkeypatch):
    assert check_shown_settings(None) == []
    monkeypatch.setattr(ExhibitPage, "shown_settings", ("exhibits.Nothing", "nonsense"))
    assert [error.id for error in check_shown_settings(None)] == ["otp_policy.E005"] * 2


def test_a_page_with_its_child_rows_may_go_when_it_is_down(office):
    page = made(office)
    Case.objects.create(page=page, text="หนึ่ง").delete()
    Case.objects.create(page=page, text="สอง")
    fresh(page).delete()
    assert not Case.objects.exists()


def is_protected(revision) -> bool:
    try:
        with transaction.atomic():
            revision.delete()
    except ProtectedError:
        return True
    return False


def test_a_revision_that_is_evidence_is_protected_from_a_purge(office):
    page = office.publish(office.draft())
    first = page.live_revision
    page = office.publish(office.edit(page, summary="ฉบับที่สอง"))
    unapproved = office.edit(page, summary="ไม่เคยเสนอ").latest_revision
    page = office.edit(page, summary="ฉบับที่สาม")
    assert is_protected(first)
    assert is_protected(page.live_revision)
    assert not is_protected(unapproved)
    assert TaskState.objects.filter(revision_id=page.live_revision_id).exists()


def test_an_approved_text_that_waits_for_its_time_is_protected_from_a_purge(office):
    page = office.draft()
    office.agree(page)
    page = office.approve(page)
    approved = page.latest_revision
    office.edit(page, summary="ร่างต่อไป")
    assert is_protected(approved)


def queries_of_publishing(office, page) -> int:
    office.agree(page)
    office.approve(page)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert publish_due() == 1
    return len(captured)


def test_publishing_asks_the_database_as_often_on_a_large_site(office):
    queries_of_publishing(office, office.draft())  # what is asked once per process
    few = queries_of_publishing(office, office.draft())
    for number in range(12):
        office.publish(office.draft(title=f"ข่าว {number}"))
    assert queries_of_publishing(office, office.draft()) == few


def test_what_hangs_on_the_table_of_all_pages_may_hang_on_a_governed_one():
    assert is_governed_type(Page)
    assert is_governed_type(ExhibitPage)
    assert not is_governed_type(CategoryPage)
    assert not is_governed_type(Case)
