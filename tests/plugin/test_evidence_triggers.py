"""The database's own watch over the ledger, the approvals, and the evidence of the channels."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, ProtectedError, QuerySet
from django.db.models.signals import post_migrate, pre_migrate
from django.test import override_settings
from django.utils import timezone

from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.executive_reports.models import (
    Preparation,
    ReportDecision,
    ReportPage,
    Submission,
)
from otp_policy.wagtail.gate import evidence_triggers
from otp_policy.wagtail.information_requests.models import CaseEvent, ReleaseDecision
from otp_policy.wagtail.models import AppendOnlyError, Approval, LedgerEntry, Publication
from otp_policy.wagtail.monitoring.attestations import ask_to_attest, decide_on_attestation
from otp_policy.wagtail.monitoring.models import AttestationDecision
from otp_policy.wagtail.procurement_forms.models import KeptRelease
from otp_policy.wagtail.syndication.by_hand import record_by_hand
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import (
    Attempt,
    Delivery,
    FollowUpChoice,
    HandDelivery,
)
from tests.office import fresh
from tests.plugin.channel_service import Registered, Service
from tests.plugin.test_by_hand import picture
from tests.procurement_forms.pages import live_month
from tests.tampering import tampering

pytestmark = pytest.mark.django_db
WATCHED = [
    *(LedgerEntry, Approval, Attempt, FollowUpChoice, HandDelivery, KeptRelease),
    AttestationDecision,
]
# Their own tests make rows of these.
OF_CASES = [CaseEvent, ReleaseDecision]
OF_REPORTS = [Preparation, Submission, ReportDecision, ReportPage]
MODELS = pytest.mark.parametrize("model", WATCHED)


def make_evidence(office):
    """Make a row of everything that is watched."""
    service = Service("line")  # takes nothing back: its approver chooses
    Registered.services["line"] = service
    named = {"adapter": "tests.plugin.channel_service.registered", "channel": "line", "number": -1}
    with override_settings(OTP_POLICY_CHANNELS={"line": named}, OTP_POLICY_FACEBOOK={}):
        page = office.publish(office.draft(), "website", "line", "facebook")
        drain()
        by_hand = Delivery.objects.get(channel="facebook")
        posted = {"url": "https://social.example/1", "at": timezone.now(), "picture": picture()}
        record_by_hand(by_hand, office["publisher.social"], **posted)
        attest(office, page)
        page = office.edit(fresh(page), title="แก้ไขแล้ว")
        office.approve(page)
    del Registered.services["line"]
    live_month(office)


def attest(office, page):
    """Attest what is live, and have it approved."""
    live = Publication.objects.get(page_id=page.pk, ended_at=None).digest
    asked = ask_to_attest(page, office["pr.division-a"], digest=live, note="ตรวจแล้ว")
    decide_on_attestation(asked, office["director.division-a"], "approve", digest=asked.digest)


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@MODELS
@pytest.mark.parametrize("what", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_sql_changes_or_deletes_no_evidence(office, model, what):
    make_evidence(office)
    kept = list(model.objects.values())
    with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
        connection.cursor().execute(what.format(model._meta.db_table))
    assert list(model.objects.values()) == kept != []


@MODELS
def test_what_passes_the_models_by_is_refused_as_well(office, model):
    make_evidence(office)
    for change in (
        lambda: QuerySet(model).update(id=F("id")),
        lambda: QuerySet(model)._raw_delete("default"),
        lambda: model._base_manager.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
            change()


@MODELS
def test_the_models_refuse_it_themselves(office, model):
    make_evidence(office)
    row = model.objects.first()
    for change in (
        lambda: model.objects.update(id=F("id")),
        lambda: model.objects.all().delete(),
        lambda: model._base_manager.all().delete(),  # a cascade asks no manager of ours
        row.delete,
        row.save,
    ):
        with pytest.raises((AppendOnlyError, ProtectedError)), transaction.atomic():
            change()


CHOICE, BY_HAND = (FollowUpChoice, "notice_choice"), (HandDelivery, "hand_delivery")


@pytest.mark.parametrize(
    ("watched", "change"),
    [
        (CHOICE, {"wants_notice": True}),
        (CHOICE, {"cost": 7}),
        (CHOICE, {"left": 7}),
        (CHOICE, {"channel": "facebook"}),
        (BY_HAND, {"url": "https://elsewhere.example/"}),
        (BY_HAND, {"at": datetime(2026, 1, 1, tzinfo=UTC)}),
        (BY_HAND, {"picture_sha256": "0" * 64}),
    ],
)
def test_the_audit_finds_evidence_of_the_channels_that_the_ledger_has_otherwise(
    office, watched, change
):
    model, code = watched
    make_evidence(office)
    assert list(audit()) == []
    with tampering():
        assert QuerySet(model).update(**change)
    found = {one.code for one in audit()}
    assert found - {"picture_changed"} == {f"{code}_not_in_ledger", f"{code}_missing"}
    with tampering():
        QuerySet(model)._raw_delete("default")
    assert {one.code for one in audit()} == {f"{code}_missing"}


@pytest.mark.parametrize("model", [FollowUpChoice, HandDelivery])
def test_the_audit_finds_who_else_is_said_to_have_done_it(office, model):
    make_evidence(office)
    with tampering():
        QuerySet(model).update(by=office["admin"])
    assert any(one.code.endswith("_not_in_ledger") for one in audit())


@pytest.mark.parametrize("gone", [True, False])
def test_the_audit_finds_a_picture_that_is_gone_or_another(office, gone):
    make_evidence(office)
    picture = HandDelivery.objects.get().picture
    if gone:
        picture.storage.delete(picture.name)
    else:
        with picture.storage.open(picture.name, "wb") as handle:
            handle.write(b"another")
    assert [one.code for one in audit()] == ["picture_missing" if gone else "picture_changed"]


def test_the_audit_finds_what_was_done_while_a_trigger_was_gone(office):
    office.publish(office.draft())
    assert list(audit()) == []
    with tampering():
        QuerySet(LedgerEntry).filter(seq=2).update(body="{}")
    assert {found.code for found in audit()} >= {"ledger_malformed"}


def test_a_missing_changed_or_switched_off_trigger_is_found(office):
    assert evidence_triggers.missing() == []
    off = {
        "postgresql": "ALTER TABLE otp_policy_approval DISABLE TRIGGER otp_policy_approval_update",
        "sqlite": "DROP TRIGGER otp_policy_approval_update",
    }
    connection.cursor().execute(off[connection.vendor])
    assert evidence_triggers.missing() == ["otp_policy_approval_update"]
    assert [found.code for found in audit()] == ["trigger_missing"]
    evidence_triggers.remove()
    assert len(evidence_triggers.missing()) == 2 * len([*WATCHED, *OF_CASES, *OF_REPORTS])
    evidence_triggers.install()
    assert list(audit()) == []


def test_they_are_there_again_after_a_migration_whatever_it_dropped(office):
    from django.apps import apps

    ours = {"sender": apps.get_app_config("otp_policy"), "using": "default"}
    more = {"app_config": ours["sender"], "verbosity": 0, "interactive": False, "plan": []}
    pre_migrate.send(**ours, **more)
    gone = evidence_triggers.missing()
    assert bool(gone) is (connection.vendor == "sqlite")
    post_migrate.send(**ours, **more)
    assert evidence_triggers.missing() == []


def test_a_database_can_still_be_emptied_and_is_watched_afterwards(office):
    make_evidence(office)
    connection.check_constraints()  # PostgreSQL truncates no table on which a check is pending
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    assert not any(model.objects.exists() for model in WATCHED)
    assert evidence_triggers.missing() == []
