"""Annex 2.1: an acknowledged report becomes a draft that goes the usual way of approval."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from freezegun import freeze_time

from home.models import PlansPage
from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.executive_reports import steps
from otp_policy.wagtail.executive_reports.models import Report, ReportPage
from otp_policy.wagtail.executive_reports.publishing import draft_page, pages_of
from otp_policy.wagtail.models import AppendOnlyError, LedgerEntry
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.screening import answer_warnings, unanswered
from tests.office import fresh

from .conftest import colleague
from .making import AFTER, FINDINGS, put_out, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_year():
    with freeze_time(AFTER, tick=True) as clock:
        yield clock


@pytest.fixture
def acknowledged(office):
    put_out(office.draft(title="ข่าวของปี"), "2026-01-05 10:00", by=office["director.office"])
    submission = submitted(office)
    steps.acknowledge(submission, office["director.office"])
    submission.report.refresh_from_db()
    return submission


def refused(submission, user):
    with pytest.raises(PolicyRefusal) as refusal:
        draft_page(submission, user)
    return [str(reason) for reason in refusal.value.also]


def say_why_the_workbooks_are_public(page, writer):
    """Answer for the files that the screening cannot read, as for every item."""
    reasons = {one.fingerprint: "มีแต่ตัวเลขรวม" for one in unanswered(page)}
    assert len(reasons) == 2
    answer_warnings(page, writer, reasons=reasons)


def test_the_draft_has_the_report_in_both_languages_and_its_files(office, acknowledged, centre):
    page = fresh(draft_page(acknowledged, centre))
    assert isinstance(page, PlansPage)
    assert not page.live
    assert (page.owning_unit.code, page.fiscal_year) == ("data_centre", 2569)
    assert "2569" in page.title
    assert "2026" in page.title_en
    assert FINDINGS in page.body
    assert "Mostly on time." in page.body_en
    assert acknowledged.ledger_hash in page.body
    kinds = [block.block_type for block in page.annexes]
    assert kinds[:2] == ["text", "table"]
    assert "กอง ก" in str(page.annexes)
    assert "Division A" in str(page.annexes_en)
    names = [block.value["document"].filename for block in page.files]
    assert [name.rpartition(".")[2] for name in names] == ["pdf", "xlsx", "pdf", "xlsx"]
    assert page.files[0].value["document"].file.read(5) == b"%PDF-"


def test_it_is_linked_both_ways_and_in_the_ledger(office, acknowledged, centre):
    page = draft_page(acknowledged, centre)
    assert [found.pk for found in pages_of(acknowledged)] == [page.pk]
    row = ReportPage.objects.get(page_id=page.pk)
    assert row.submission == acknowledged
    entry = LedgerEntry.objects.get(action="draft_report_page")
    assert entry.page_id == page.pk
    assert acknowledged.sha256 in entry.body
    with pytest.raises(AppendOnlyError):
        row.delete()
    client = Client()
    client.force_login(office["publisher.web"])
    here = reverse("otp_policy_executive_reports:report", args=(acknowledged.report_id,))
    assert reverse("otp_policy:item", args=(page.pk,)) in client.get(here).content.decode()
    item = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert here in item
    assert acknowledged.sha256 in item


def test_only_what_was_acknowledged_is_drafted_once_and_by_the_unit(office):
    submission = submitted(office)
    assert refused(submission, office["publisher.web"])
    steps.acknowledge(submission, office["director.office"])
    for name in ("director.office", "pr.division-a", "admin"):
        assert refused(submission, office[name])
    assert not ReportPage.objects.exists()
    page = draft_page(submission, office["second.web"])
    assert refused(submission, office["publisher.web"])
    # Deleted before it was ever public, it may be drafted anew.
    page.delete()
    assert draft_page(submission, office["publisher.web"]).pk


def test_a_returned_submission_is_not_drafted_though_a_later_one_was_acknowledged(office, centre):
    first = submitted(office)
    steps.send_back(first, office["director.office"], remark="แก้ตัวเลข")
    steps.prepare(first.report, centre, findings="แก้แล้ว")
    second = steps.submit(first.report, centre)
    steps.acknowledge(second, office["director.office"])
    first.refresh_from_db()
    first.report.refresh_from_db()
    assert first.report.state == Report.State.ACKNOWLEDGED
    assert refused(first, centre)
    assert draft_page(second, centre).pk


def test_an_office_without_the_section_is_told_so(office, acknowledged, centre):
    office.section("plans_and_performance").delete()
    office.home.get_children().exclude(pk=0).delete()
    assert refused(acknowledged, centre)
    assert not ReportPage.objects.exists()


def test_from_the_draft_on_it_goes_the_usual_way_until_it_is_public(office, acknowledged, centre):
    writer = colleague("pr.centre", "pr_representative", "data_centre")
    director = colleague("director.centre", "division_director", "data_centre")
    page = fresh(draft_page(acknowledged, centre))
    publish_due()
    assert not fresh(page).live
    say_why_the_workbooks_are_public(page, writer)
    page.get_workflow().start(page, writer)
    schedule.propose(page, writer, channel="website", at=timezone.now())
    schedule.confirm(page, office["second.web"], channel="website")
    for who in (director, office["director.office"]):
        page = fresh(page)
        state = page.current_workflow_task_state
        state.task.specific.on_action(state, who, "approve", digest=latest_text(page)[1])
    publish_due()
    page = fresh(page)
    assert page.live
    html = Client().get(page.get_url()).content.decode()
    assert FINDINGS in html
    assert "<table" in html
    answer = Client().get(page.files[0].value["document"].url)
    assert answer.status_code == 200


def test_whoever_drafted_it_does_not_approve_it(office, acknowledged, centre):
    from otp_policy.wagtail.models import Post

    Post.objects.create(user=centre, role="office_director", from_on=date(2019, 5, 25))
    writer = colleague("pr.centre", "pr_representative", "data_centre")
    director = colleague("director.centre", "division_director", "data_centre")
    page = fresh(draft_page(acknowledged, centre))
    say_why_the_workbooks_are_public(page, writer)
    page.get_workflow().start(page, writer)
    page = fresh(page)
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, director, "approve", digest=latest_text(page)[1])
    state = fresh(page).current_workflow_task_state
    with pytest.raises(PolicyRefusal) as refusal:
        state.task.specific.on_action(state, centre, "approve", digest=latest_text(page)[1])
    assert "own_work" in refusal.value.codes


def test_the_page_type_is_a_setting(office, acknowledged, centre, settings):
    settings.OTP_POLICY_REPORT_PAGE_TYPE = "home.OtherPage"
    page = draft_page(acknowledged, centre)
    assert page.disclosure_category == "other"
    assert page.get_parent().specific.category == "other"


@pytest.mark.parametrize("name", ["home.HomePage", "home.NoSuchPage", "nonsense"])
def test_a_page_type_that_is_none_is_found_by_the_check(settings, name):
    from otp_policy.wagtail.executive_reports.checks import check_page_type

    assert check_page_type(None) == []
    settings.OTP_POLICY_REPORT_PAGE_TYPE = name
    assert [one.id for one in check_page_type(None)] == ["otp_policy_reports.W001"]
