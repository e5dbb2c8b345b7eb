"""The database's own watch over the ledger and the approvals."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.signals import post_migrate, pre_migrate

from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.gate import evidence_triggers
from otp_policy.wagtail.models import Approval, LedgerEntry
from tests.tampering import tampering

pytestmark = pytest.mark.django_db
MODELS = pytest.mark.parametrize("model", [LedgerEntry, Approval])


@MODELS
@pytest.mark.parametrize("what", ["UPDATE {} SET page_id = 0", "DELETE FROM {}"])
def test_sql_changes_or_deletes_no_evidence(office, model, what):
    office.publish(office.draft())
    kept = list(model.objects.values())
    with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
        connection.cursor().execute(what.format(model._meta.db_table))
    assert list(model.objects.values()) == kept != []


@MODELS
def test_what_passes_the_models_by_is_refused_as_well(office, model):
    office.approve(office.draft())
    for change in (
        lambda: QuerySet(model).update(page_id=0),
        lambda: QuerySet(model)._raw_delete("default"),
        lambda: model._base_manager.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
            change()


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
    assert len(evidence_triggers.missing()) == 4
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
    office.approve(office.draft())
    connection.check_constraints()  # PostgreSQL truncates no table on which a check is pending
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    assert not LedgerEntry.objects.exists()
    assert not Approval.objects.exists()
    assert evidence_triggers.missing() == []
