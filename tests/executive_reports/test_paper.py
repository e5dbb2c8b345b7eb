"""Annex 2.1: acknowledged on paper, in the name of who signed, recorded by a colleague."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from freezegun import freeze_time

from otp_policy.wagtail.conf import private_storage
from otp_policy.wagtail.executive_reports.auditing import report_findings
from otp_policy.wagtail.executive_reports.models import Report, ReportDecision
from otp_policy.wagtail.executive_reports.paper import SignedReport, code_of, record_signed
from otp_policy.wagtail.models import LedgerEntry, Post
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.scans import Scan
from tests.plugin.test_paper import pdf

from .making import AFTER, submitted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def after_the_year():
    with freeze_time(AFTER) as clock:
        yield clock


@pytest.fixture
def submission(office):
    return submitted(office)


def sheet(office, submission, **changed):
    given = {
        "kind": "acknowledge",
        "signed_by": office["director.office"],
        "signed_on": TODAY,
        "letter_number": "พณ ๐๖๐๑/๑๒๓",
        "code": code_of(submission),
        "scan": Scan(pdf(), "application/pdf", "หนังสือ.pdf"),
    }
    return SignedReport(**{**given, **changed})


def refused(submission, recorder, signed):
    with pytest.raises(PolicyRefusal) as refusal:
        record_signed(submission, recorder, signed)
    assert all("2.1" in str(reason) for reason in refusal.value.also)
    return len(refusal.value.also)


def test_a_signed_sheet_counts_in_the_name_of_who_signed(office, submission):
    decision = record_signed(submission, office["second.web"], sheet(office, submission))
    assert (decision.by, decision.recorded_by) == (office["director.office"], office["second.web"])
    assert Report.objects.get().state == Report.State.ACKNOWLEDGED
    body = json.loads(LedgerEntry.objects.get(action="acknowledge_report").body)
    assert body["actor"]["username"] == "director.office"
    assert body["on_paper"]["recorded_by"]["username"] == "second.web"
    assert body["on_paper"]["letter"] == "พณ ๐๖๐๑/๑๒๓"
    assert body["on_paper"]["scan"] == f"sha256:{decision.scan_sha256}"
    assert private_storage().exists(decision.scan.name)
    assert list(report_findings()) == []


def test_who_records_neither_worked_on_it_nor_signed_it_and_is_of_the_unit(office, submission):
    signed = sheet(office, submission)
    assert refused(submission, office["publisher.web"], signed) == 1
    assert refused(submission, office["pr.division-a"], signed) == 1
    assert refused(submission, office["admin"], signed) == 1
    assert refused(submission, office["director.office"], signed) == 2
    both = office["second.web"]
    Post.objects.create(user=both, role="office_director", from_on=date(2019, 5, 25))
    assert refused(submission, both, sheet(office, submission, signed_by=both)) == 1
    assert not ReportDecision.objects.exists()


def test_who_signed_was_an_executive_on_that_day_and_did_not_work_on_it(office, submission):
    recorder = office["second.web"]
    no_executive = sheet(office, submission, signed_by=office["director.division-a"])
    assert refused(submission, recorder, no_executive) == 1
    Post.objects.create(
        user=office["publisher.web"], role="office_director", from_on=date(2019, 5, 25)
    )
    own = sheet(office, submission, signed_by=office["publisher.web"])
    assert refused(submission, recorder, own) == 1


def test_the_office_of_the_day_of_the_signature_counts_and_not_that_of_today(
    office, submission, after_the_year
):
    Post.objects.filter(user=office["director.office"]).update(until_on=TODAY)
    after_the_year.move_to("2026-11-20 12:00")
    late = sheet(office, submission, signed_on=TODAY + timedelta(days=1))
    assert refused(submission, office["second.web"], late) == 1
    assert record_signed(submission, office["second.web"], sheet(office, submission))


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"signed_on": TODAY + timedelta(days=1)}, 1),
        ({"signed_on": TODAY - timedelta(days=1)}, 1),
        ({"letter_number": " "}, 1),
        ({"code": "9FZC-ZFKG"}, 1),
        ({"kind": "return"}, 1),
        ({"letter_number": "-", "code": ""}, 2),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused_with_every_reason(
    office, submission, changed, reasons
):
    assert (
        refused(submission, office["second.web"], sheet(office, submission, **changed)) == reasons
    )
    assert not ReportDecision.objects.exists()
    assert not private_storage().exists("otp_policy_report_scans")


def test_the_code_is_typed_in_any_digits_and_without_its_dash(office, submission):
    typed = code_of(submission).lower().replace("-", " ")
    assert record_signed(submission, office["second.web"], sheet(office, submission, code=typed))


def test_a_scan_that_was_changed_or_is_gone_is_found(office, submission):
    decision = record_signed(submission, office["second.web"], sheet(office, submission))
    with private_storage().open(decision.scan.name, "wb") as handle:
        handle.write(pdf(pages=2))
    assert [one["code"] for one in report_findings()] == ["report_scan_changed"]
    private_storage().delete(decision.scan.name)
    assert [one["code"] for one in report_findings()] == ["report_scan_changed"]


def test_the_form_records_and_the_scan_is_read_by_those_with_a_part_alone(office, submission):
    client, path = (
        Client(),
        reverse("otp_policy_executive_reports:paper", args=(submission.report_id,)),
    )
    data = {
        "kind": "acknowledge", "signed_by": office["director.office"].pk,
        "signed_on": "16/11/2569", "letter_number": "1/2569", "code": code_of(submission),
    }  # fmt: skip

    def post(by, **more):
        client.force_login(office[by])
        scan = SimpleUploadedFile("ลงนาม.pdf", pdf())
        return client.post(path, {**data, "scan": scan, **more})

    assert client.get(path).status_code == 302
    for name in ("pr.division-a", "admin"):
        assert post(name).status_code in (302, 403)
    assert post("publisher.web").status_code == 403
    assert post("second.web", scan=SimpleUploadedFile("a.pdf", b"MZ")).status_code == 200
    assert not ReportDecision.objects.exists()
    assert post("second.web").status_code == 302
    decision = ReportDecision.objects.get()
    assert decision.signed_on == TODAY
    scan = reverse("otp_policy_executive_reports:scan", args=(submission.report_id, decision.pk))
    answer = client.get(scan)
    assert b"".join(answer.streaming_content) == pdf()
    assert "no-store" in answer["Cache-Control"]
    client.force_login(office["pr.division-a"])
    assert client.get(scan).status_code in (302, 403)
