"""Step 3 in the workflow: who may decide, on which text, and what is kept of it."""

import json
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from wagtail.models import Revision

from otp_policy.ledger import verify
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.history import History
from otp_policy.wagtail.models import (
    AppendOnlyError,
    Approval,
    LedgerEntry,
    Post,
    Publication,
)
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.editor_forms import NEWS_PARTS
from tests.office import PASSWORD, fresh, in_an_hour

pytestmark = pytest.mark.django_db


def refused(office, page, by, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        office.decide(page, by, **more)
    return refusal.value


def test_step_3_news_is_approved_by_its_division_director(office):
    page = office.decide(office.submit(office.draft()), "director.division-a")
    approval = Approval.objects.get()
    assert (approval.kind, approval.role, approval.unit) == (
        "approve",
        "division_director",
        "division-a",
    )
    assert page.current_workflow_state is None
    assert not page.live  # its time is not agreed yet


def test_step_3_everything_else_is_endorsed_first_and_approved_by_the_office_director(office):
    page = office.submit(office.other())
    assert refused(office, page, "director.office").codes == ("role_missing",)
    page = office.decide(page, "director.division-a")
    assert refused(office, page, "director.division-a").codes == ("role_missing",)
    office.decide(page, "director.office")
    assert [row.kind for row in Approval.objects.all()] == ["endorse", "approve"]


def test_step_3_the_director_of_another_division_is_refused(office):
    page = office.submit(office.draft())
    assert refused(office, page, "director.division-b").codes == ("wrong_unit",)


def test_step_3_a_superuser_holds_no_role(office):
    page = office.submit(office.draft())
    assert refused(office, page, "admin").codes == ("role_missing",)
    assert not page.current_workflow_task.get_actions(page, office["admin"])


def test_step_3_an_earlier_contributor_cannot_approve(office):
    page = office.draft(by="director.division-a")
    page = office.edit(page, by="pr.division-a", summary="แก้โดยผู้อื่น")
    page = office.submit(page)
    assert "own_work" in refused(office, page, "director.division-a").codes
    assert office.decide(page, "director.office").current_workflow_state is None


def test_contributors_count_only_since_the_last_approval(office):
    page = office.draft(by="director.division-a")
    page = office.decide(office.submit(page), "director.office")
    assert History.of(page.pk).contributors() == ()
    page = office.edit(page, by="pr.division-a", summary="ใหม่")
    assert History.of(page.pk).contributors() == (str(office["pr.division-a"].pk),)


def test_step_3_a_delegate_approves_within_the_dates_of_the_order(office):
    today = office_day()
    office.delegate("pr.division-b", first=today, last=today)
    office.decide(office.submit(office.draft()), "pr.division-b")
    assert Approval.objects.get().order == "12/2569"


@pytest.mark.parametrize("shift", [-1, 1])
def test_step_3_a_delegate_is_refused_outside_the_dates(office, shift):
    day = office_day() + timedelta(days=shift)
    office.delegate("pr.division-b", first=day, last=day)
    page = office.submit(office.draft())
    assert refused(office, page, "pr.division-b").codes == ("delegation_not_in_force",)


def test_a_post_that_has_ended_carries_nothing(office):
    Post.objects.filter(user=office["director.division-a"]).update(until_on=date(2020, 1, 1))
    page = office.submit(office.draft())
    assert refused(office, page, "director.division-a").codes == ("role_missing",)


def test_a_decision_on_another_text_than_the_one_shown_is_refused(office):
    page = office.submit(office.draft())
    refusal = refused(office, page, "director.division-a", digest="sha256:" + "0" * 64)
    assert refusal.codes == ()
    assert refusal.also
    assert not Approval.objects.exists()


def test_an_edit_under_approval_makes_the_endorsement_stale(office):
    page = office.decide(office.submit(office.other()), "director.division-a")
    page = office.edit(page, by="pr.division-a", summary="หลังความเห็นชอบเบื้องต้น")
    assert refused(office, page, "director.office").codes == ("endorsement_stale",)


def test_an_item_that_comes_back_changed_starts_at_its_first_step_again(office):
    page = office.decide(office.submit(office.other()), "director.division-a")
    page = office.decide(page, "director.office", "reject", comment="ขอให้แก้ไข")
    page = office.edit(page, summary="แก้ไขแล้ว")
    page.current_workflow_state.resume(office["pr.division-a"])
    page = fresh(page)
    assert page.current_workflow_task.action == "endorse"
    page = office.decide(page, "director.division-a")
    assert page.current_workflow_task.action == "approve"
    office.decide(page, "director.office")


def test_deciding_twice_is_refused(office):
    page = office.submit(office.other())
    state = page.current_workflow_task_state
    office.decide(page, "director.division-a")
    with pytest.raises(PolicyRefusal):
        state.task.specific.on_action(
            state, office["director.division-a"], "approve", digest=Approval.objects.get().digest
        )
    assert Approval.objects.count() == 1


def test_of_two_who_decide_at_once_the_second_is_told_that_the_step_is_over(office):
    page = office.submit(office.draft())
    seen = fresh(page).current_workflow_task_state
    assert (
        seen.workflow_state.current_task_state_id == seen.pk
    )  # as the second one's request has it
    office.decide(page, "director.division-a")
    with pytest.raises(PolicyRefusal) as refusal:
        seen.task.specific.on_action(
            seen, office["director.office"], "approve", digest=office_digest(page)
        )
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in str(refusal.value)
    assert Approval.objects.count() == 1


def test_a_text_that_names_another_unit_is_decided_by_that_units_director(office):
    page = office.publish(office.draft())
    unit_b = office["director.division-b"].otp_posts.get().unit
    page = office.submit(office.edit(page, by="admin", owning_unit=unit_b))
    assert refused(office, page, "director.division-a").codes == ("wrong_unit",)
    client = Client()
    client.login(username="director.division-b", password=PASSWORD)
    screen = client.get(reverse("otp_policy:item", args=(page.pk,)))
    assert 'value="approve"' in screen.content.decode()
    office.decide(page, "director.division-b")
    assert Approval.objects.last().unit == "division-b"


def test_an_endorsement_that_a_publication_used_up_is_asked_for_again(office):
    page = office.publish(office.other())
    page = office.edit(page, summary="ฉบับที่สอง")
    page = office.decide(office.submit(page), "director.division-a")
    page = office.decide(page, "director.office", "reject", comment="ขอให้กลับไปใช้ฉบับเดิม")
    page = office.edit(page, summary="สรุปข่าว")  # word for word what is live, endorsed before
    page.current_workflow_state.resume(office["pr.division-a"])
    assert fresh(page).current_workflow_task.action == "endorse"


def test_an_endorser_who_then_worked_on_the_item_is_not_its_endorser(office):
    page = office.decide(office.submit(office.other()), "director.division-a")
    page = office.decide(page, "director.office", "reject", comment="ขอให้แก้ไข")
    page = office.edit(page, by="director.division-a")
    page.current_workflow_state.resume(office["pr.division-a"])
    page = fresh(page)
    assert page.current_workflow_task.action == "endorse"
    assert "own_work" in refused(office, page, "director.division-a").codes


def test_what_else_a_request_carries_into_a_decision_counts_for_nothing(office):
    page = office.submit(office.draft())
    digest = office_digest(page)
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a", digest=[digest], comment="")
    office.decide(page, "director.division-a", digest=digest, comment=1.5, task="x", forged=True)
    assert Approval.objects.get().comment == "1.5"


def test_another_pages_url_gives_no_authority(office):
    """The view checks the page in the URL and acts on any task state: the task checks again."""
    theirs = office.submit(office.draft())
    unit_b = office["pr.division-b"].otp_posts.get().unit
    own = office.submit(
        office.draft(by="pr.division-b", title="ข่าวกอง ข", owning_unit=unit_b), "pr.division-b"
    )
    client = Client()
    client.login(username="director.division-b", password=PASSWORD)
    response = client.post(
        reverse(
            "wagtailadmin_pages:workflow_action",
            args=(own.pk, "approve", theirs.current_workflow_task_state.pk),
        ),
        {"comment": "", "digest": office_digest(theirs)},
    )
    assert response.status_code in (302, 403)
    assert not Approval.objects.filter(page_id=theirs.pk).exists()


def office_digest(page):
    from otp_policy.wagtail.adapters import latest_text

    return latest_text(page)[1]


def test_an_edited_form_posted_with_the_approval_is_not_what_goes_out(office):
    """Save and approve in one POST: the approver's own words are not approved with it."""
    page = office.submit(office.draft())
    client = Client()
    client.login(username="director.division-a", password=PASSWORD)
    client.post(
        reverse("wagtailadmin_pages:edit", args=(page.pk,)),
        {
            **NEWS_PARTS,
            "title": "สอดแทรก",
            "slug": page.slug,
            "owning_unit": page.owning_unit_id,
            "action-workflow-action": "true",
            "workflow-action-name": "approve",
            "workflow-action-extra-data": json.dumps({"digest": office_digest(page)}),
        },
    )
    assert not Approval.objects.exists()
    assert fresh(page).get_latest_revision().as_object().title == page.title


def test_every_refusal_names_its_clauses_in_both_languages(office):
    from django.utils import translation

    page = office.submit(office.other(by="director.division-a"))
    refusal = refused(office, page, "director.division-a")
    with translation.override("en"):
        english = refusal.reasons
    with translation.override("th"):
        thai = refusal.reasons
    assert len(english) == len(thai) == len(refusal.codes)
    assert all("annex" in text for text in english)
    assert english != thai


def exported():
    return [
        {
            "seq": row.seq,
            "previous": row.previous,
            "hash": row.hash,
            "body": json.loads(row.body),
        }
        for row in LedgerEntry.objects.order_by("seq")
    ]


def test_every_decision_is_in_the_ledger_and_the_chain_holds(office):
    page = office.publish(office.other(), "website", "line", "facebook")
    actions = list(LedgerEntry.objects.values_list("action", flat=True))
    assert actions.count("propose_slot") == actions.count("confirm_slot") == 3
    for action in ("submit", "endorse", "approve", "publish"):
        assert action in actions
    rows = exported()
    assert verify(rows) == ()
    published = next(row["body"] for row in rows if row["body"]["action"] == "publish")
    assert published["actor"]["username"] == "publisher.web"
    assert published["digest"] == Publication.objects.get(page_id=page.pk).digest
    assert published["policy"] == "tpso@2019-05-25"
    published["actor"] = None
    assert verify(rows)


def test_evidence_cannot_be_changed_or_deleted_through_the_orm(office):
    office.publish(office.draft())
    for row in (LedgerEntry.objects.first(), Approval.objects.first()):
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            row.delete()


@pytest.mark.parametrize("model", [LedgerEntry, Approval, Publication])
def test_a_query_changes_or_deletes_no_evidence(office, model):
    office.publish(office.draft())
    rows, kept = model.objects.all(), model.objects.values().first()
    column = {"body": "{}"} if model is LedgerEntry else {"digest": "sha256:-"}
    forged = model(**{**kept, **column})
    over = {"update_conflicts": True, "unique_fields": ["id"], "update_fields": [*column]}
    for change in (
        lambda: rows.update(**column),
        lambda: rows.bulk_update([rows[0]], list(column)),
        lambda: rows.bulk_create([forged], **over),
        lambda: rows.update_or_create(defaults=column, pk=kept["id"]),
        rows.delete,
        rows[0].delete,
        rows[0].save,
        model._base_manager.all().delete,
    ):
        # What other evidence rests on, Django itself protects first.
        with pytest.raises((AppendOnlyError, ProtectedError)), transaction.atomic():
            change()
    assert model.objects.values().get(pk=kept["id"]) == kept


def test_only_what_is_noted_of_a_publication_is_updated(office):
    office.publish(office.draft())
    assert Publication.objects.update(may_return=True) == 1
    with pytest.raises(AppendOnlyError):
        Publication.objects.update(may_return=False, publisher=None)
    assert Publication.objects.get().may_return


def test_a_decision_that_is_rolled_back_leaves_no_row(office):
    page = office.submit(office.draft())
    before = LedgerEntry.objects.count()
    with transaction.atomic():
        office.decide(page, "director.division-a")
        transaction.set_rollback(True)
    assert LedgerEntry.objects.count() == before
    assert verify(exported()) == ()


def test_approval_outlives_its_revision_and_its_page(office):
    page = office.approve(office.draft())
    key, revision = page.pk, page.latest_revision_id
    fresh(page).delete()
    assert not Revision.objects.filter(pk=revision).exists()
    assert Approval.objects.filter(page_id=key, revision_id=revision).exists()
    assert LedgerEntry.objects.filter(page_id=key, action="approve").exists()


def test_step_5_a_correction_is_invisible_until_it_is_approved_again(office):
    page = office.publish(office.draft())
    page = office.edit(page, summary="ฉบับแก้ไข")
    office.agree(page)
    publish_due()
    assert fresh(page).summary == "สรุปข่าว"
    office.approve(page)
    publish_due()
    assert fresh(page).summary == "ฉบับแก้ไข"
    assert Publication.objects.filter(page_id=page.pk).count() == 2


def test_the_approved_revision_goes_out_and_not_the_latest(office):
    page = office.draft()
    office.agree(page, at=in_an_hour())
    page = office.approve(page)
    page = office.edit(page, summary="ร่างต่อมา")
    office.agree(page)
    publish_due()
    page = fresh(page)
    assert page.live
    assert page.summary == "สรุปข่าว"
    assert page.get_latest_revision_as_object().summary == "ร่างต่อมา"
