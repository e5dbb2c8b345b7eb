"""Annex 2.1: prepared and submitted by ศศ., acknowledged by the executives, and then frozen."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from freezegun import freeze_time

from otp_policy.ledger import GENESIS, canonical_json, verify
from otp_policy.wagtail.adapters import person
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.executive_reports import steps
from otp_policy.wagtail.executive_reports.access import executives, standing_of
from otp_policy.wagtail.executive_reports.auditing import report_findings
from otp_policy.wagtail.executive_reports.models import (
    Preparation,
    Report,
    ReportDecision,
    Submission,
)
from otp_policy.wagtail.ledger_export import head
from otp_policy.wagtail.models import (
    AppendOnlyError,
    DelegationOrder,
    LedgerEntry,
    LedgerHead,
    Notice,
    Post,
    Unit,
)
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.plugin.test_decisions import exported
from tests.tampering import tampering

from .conftest import colleague
from .making import AFTER, FINDINGS, YEAR, put_out, submitted

pytestmark = pytest.mark.django_db
OUTSIDERS = ("pr.division-a", "director.division-a", "publisher.social", "admin")


@pytest.fixture(autouse=True)
def after_the_year():
    with freeze_time(AFTER) as clock:
        yield clock


def refused(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    return [str(reason) for reason in refusal.value.also]


def last_entry(action):
    return json.loads(LedgerEntry.objects.filter(action=action).latest("seq").body)


def begin(office, by="publisher.web", **more):
    return steps.begin(office[by], **{"year": YEAR, "findings": FINDINGS, **more})


def test_only_the_unit_of_the_policy_prepares(office):
    for name in (*OUTSIDERS, "director.office"):
        [reason] = refused(begin, office, by=name)
        assert "2.1" in reason
    assert not Report.objects.exists()
    report = begin(office)
    entry = last_entry("prepare_report")
    assert (entry["role"], entry["unit"], entry["report"]) == (
        "web_publisher",
        "data_centre",
        report.pk,
    )
    assert entry["period"] == "2026/0 v1"
    # The same role in another unit is another post.
    stranger = colleague("elsewhere", "web_publisher", "yp")
    assert refused(steps.prepare, report, stranger, findings=FINDINGS)
    for name in OUTSIDERS:
        assert refused(steps.prepare, report, office[name], findings=FINDINGS)
        assert refused(steps.submit, report, office[name])


def test_a_post_that_is_over_and_an_account_that_is_closed_prepare_nothing(office):
    Post.objects.filter(user=office["publisher.web"]).update(until_on="2026-11-15")
    assert refused(begin, office)
    office["second.web"].is_active = False
    office["second.web"].save()
    assert refused(begin, office, by="second.web")


def test_findings_say_something(office):
    assert refused(begin, office, findings=" - ")
    assert not Report.objects.exists()
    assert begin(office)


def test_a_period_that_is_not_over_is_prepared_and_not_submitted(office, after_the_year):
    report = begin(office, year=2026, quarter=4)
    after_the_year.move_to("2026-09-30 16:59")  # 23:59 in Bangkok
    [reason] = refused(steps.submit, report, office["publisher.web"])
    assert "2.1" in reason
    after_the_year.move_to("2026-09-30 17:00")
    assert steps.submit(report, office["publisher.web"]).pk
    assert refused(begin, office, year=YEAR, quarter=4)
    with pytest.raises(ValueError, match="no quarter"):
        begin(office, quarter=5)


def test_what_is_submitted_is_frozen_whatever_is_recorded_later(office):
    page, by = office.draft(), office["director.office"]
    put_out(page, "2026-01-05 10:00", by=by)
    before = head()
    submission = submitted(office)
    said = submission.read()
    assert said["figures"]["items"]["total"]["published"] == 1
    assert (said["findings"]["th"], said["policy"]) == (FINDINGS, "tpso@2019-05-25")
    assert canonical_json(said).decode() == submission.content
    # The head of that moment, and a row that names what was submitted.
    assert said["ledger"] == {"seq": submission.ledger_seq, "hash": submission.ledger_hash}
    assert submission.ledger_seq > before.seq
    assert submission.ledger_hash != GENESIS
    entry = last_entry("submit_report")
    assert entry["digest"] == f"sha256:{submission.sha256}"
    assert entry["ledger_head"] == submission.ledger_hash
    put_out(page, "2026-02-05 10:00", by=by)
    again = Submission.objects.get(pk=submission.pk).read()
    assert again["figures"]["items"]["total"]["updated"] == 0
    assert refused(steps.prepare, submission.report, office["publisher.web"], findings="ใหม่")
    assert refused(steps.submit, submission.report, office["publisher.web"])


def test_the_ledger_stays_whole_and_the_audit_is_content(office):
    submission = submitted(office)
    steps.acknowledge(submission, office["director.office"], remark="รับทราบ")
    assert verify(exported(), head=LedgerHead.objects.get().hash) == ()
    assert [one for one in audit() if "report" in one.code] == []
    entry = last_entry("acknowledge_report")
    assert (entry["role"], entry["comment"]) == ("office_director", "รับทราบ")


def test_only_executives_in_office_that_day_acknowledge(office, after_the_year):
    submission = submitted(office)
    for name in (*OUTSIDERS, "second.web"):
        reasons = refused(steps.acknowledge, submission, office[name])
        assert all("2.1" in reason for reason in reasons)
        assert refused(steps.send_back, submission, office[name], remark="แก้ไข")
    Post.objects.filter(user=office["director.office"]).update(until_on="2026-11-15")
    assert refused(steps.acknowledge, submission, office["director.office"])
    Post.objects.filter(user=office["director.office"]).update(until_on="2026-11-16")
    assert steps.acknowledge(submission, office["director.office"]).role == "office_director"
    assert Report.objects.get().state == Report.State.ACKNOWLEDGED
    assert refused(steps.acknowledge, submission, office["director.office"])


def order(office, first, last, category="", to="director.division-a"):
    return DelegationOrder.objects.create(
        number="40/2569", role="office_director", delegator=office["director.office"],
        delegate=office[to], from_on=first, until_on=last, category=category,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (date(2026, 11, 16), date(2026, 11, 20), True),
        (date(2026, 11, 1), date(2026, 11, 16), True),
        (date(2026, 11, 1), date(2026, 11, 15), False),
        (date(2026, 11, 17), date(2026, 11, 20), False),
    ],
)
def test_an_order_counts_on_its_first_day_its_last_and_between(office, first, last, holds):
    submission = submitted(office)
    order(office, first, last)
    delegate = office["director.division-a"]
    assert (delegate in executives()) is holds
    if not holds:
        assert refused(steps.acknowledge, submission, delegate)
        return
    decision = steps.acknowledge(submission, delegate)
    assert (decision.order, decision.capacity) == ("40/2569", "assigned")
    assert last_entry("acknowledge_report")["order"] == "40/2569"


def test_an_order_for_one_category_is_about_no_report(office):
    submission = submitted(office)
    order(office, date(2026, 11, 1), date(2026, 11, 30), category="news")
    assert refused(steps.acknowledge, submission, office["director.division-a"])
    assert standing_of(office["director.division-a"]).acknowledges is None


def test_nobody_decides_on_what_they_prepared_or_submitted(office):
    both = office["second.web"]
    Post.objects.create(user=both, role="office_director", from_on=date(2019, 5, 25))
    report = begin(office, by="second.web")
    steps.prepare(report, office["publisher.web"], findings="ปรับข้อความ")
    submission = steps.submit(report, office["publisher.web"])
    # They prepared an earlier wording, and another person the last one.
    [reason] = refused(steps.acknowledge, submission, both)
    assert "2.1" in reason
    assert refused(steps.send_back, submission, both, remark="แก้ไข")
    assert both.username not in told("ask_acknowledge_report")
    assert steps.acknowledge(submission, office["director.office"])


def test_whoever_submitted_what_others_prepared_does_not_decide_either(office):
    both = office["second.web"]
    Post.objects.create(user=both, role="office_director", from_on=date(2019, 5, 25))
    submission = steps.submit(begin(office), both)
    assert refused(steps.acknowledge, submission, both)


def told(what):
    rows = Notice.objects.filter(what=what, read_at=None).select_related("recipient")
    return sorted(row.recipient.username for row in rows)


def test_a_report_is_returned_with_a_reason_and_submitted_anew(office):
    submission = submitted(office)
    assert told("ask_acknowledge_report") == ["director.office"]
    assert refused(steps.send_back, submission, office["director.office"], remark=" . ")
    steps.send_back(submission, office["director.office"], remark="ขอเหตุผลของรายการที่ล่าช้า")
    settle()
    assert told("ask_acknowledge_report") == []
    assert told("report_return") == ["publisher.web", "second.web"]
    report = Report.objects.get()
    assert report.state == Report.State.RETURNED
    # What was returned is not submitted again without a word.
    assert refused(steps.submit, report, office["publisher.web"])
    steps.prepare(report, office["publisher.web"], findings="เพิ่มเหตุผลแล้ว")
    anew = steps.submit(report, office["publisher.web"])
    # The first one was read in another window.
    assert refused(steps.acknowledge, submission, office["director.office"])
    assert steps.acknowledge(anew, office["director.office"])
    assert Submission.objects.count() == 2


def test_a_new_version_needs_an_acknowledged_one_and_a_reason(office):
    submission = submitted(office)
    assert refused(begin, office, reason="พบข้อมูลเพิ่ม")
    steps.acknowledge(submission, office["director.office"])
    assert refused(begin, office)
    assert refused(begin, office, reason=" ")
    new = begin(office, reason="พบข้อมูลของไตรมาส 4 เพิ่ม")
    assert (new.version, new.supersedes) == (2, submission.report)
    again = steps.submit(new, office["publisher.web"])
    assert again.read()["reason"] == "พบข้อมูลของไตรมาส 4 เพิ่ม"
    submission.report.refresh_from_db()
    assert submission.report.state == Report.State.ACKNOWLEDGED
    assert submission.is_whole


@pytest.mark.parametrize("model", [Preparation, Submission, ReportDecision])
def test_evidence_is_neither_changed_nor_deleted(office, model):
    steps.acknowledge(submitted(office), office["director.office"])
    row = model.objects.get()
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        model.objects.update(role="x")
    for sql in (
        f"UPDATE {model._meta.db_table} SET role = 'x'",
        f"DELETE FROM {model._meta.db_table}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def raw(sql, *values):
    """Change a row as somebody with the database's own console would, past its triggers."""
    with tampering(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def codes():
    return [one["code"] for one in report_findings()]


def test_the_audit_finds_figures_that_were_changed(office):
    submission = submitted(office)
    table = Submission._meta.db_table
    raw(f"UPDATE {table} SET content = replace(content, '\"published\":0', '\"published\":9')")
    assert codes() == ["report_changed"]
    changed = Submission.objects.get()
    with pytest.raises(ValueError, match="not what was submitted"):
        changed.read()
    assert refused(steps.acknowledge, submission, office["director.office"])
    # With a digest that fits again, the ledger still has the other one.
    from otp_policy.wagtail.executive_reports.models.evidence import content_digest

    raw(f"UPDATE {table} SET sha256 = %s", content_digest(changed.content))
    assert codes() == ["report_not_in_ledger"]


def test_the_audit_finds_an_acknowledgement_that_nobody_gave(office):
    submission = submitted(office)
    ReportDecision(
        submission=submission, kind="acknowledge", by=office["director.office"],
        role="office_director", policy="tpso", at=submission.at,
    ).save()  # fmt: skip
    assert codes() == ["report_decision_not_in_ledger"]
    assert person(office["director.office"])


def test_the_audit_finds_a_report_that_only_passes_for_acknowledged(office):
    submission = submitted(office)
    Report.objects.update(state=Report.State.ACKNOWLEDGED)
    assert codes() == ["report_not_acknowledged"]
    Report.objects.update(state=Report.State.SUBMITTED)
    steps.acknowledge(submission, office["director.office"])
    assert codes() == []


def test_the_unit_is_the_policys_and_no_name_in_the_code(office, settings, tmp_path):
    from pathlib import Path

    import otp_policy

    shipped = Path(otp_policy.__file__).parent / "data/policies/tpso.toml"
    text = shipped.read_text(encoding="utf-8")
    own = text.replace('unit = "data_centre"\nevery_months', 'unit = "yp"\nevery_months')
    assert own != text
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    settings.OTP_POLICY_FILE = str(tmp_path / "own.toml")
    assert Unit.objects.filter(code="yp").exists()
    assert refused(begin, office)
    assert begin(office, by="publisher.social").pk
