"""The doors of the admin beside the editor's own button: each keeps what was typed and says why."""

import pytest
from django.urls import reverse
from wagtail.models import GroupApprovalTask, WorkflowState, WorkflowTask
from wagtail.users.models import UserProfile

from news.models import NewsPage
from otp_policy.wagtail.models import Approval, PolicyTask, Unit
from otp_policy.wagtail.publishing import publish_due
from tests.office import fresh
from tests.plugin.test_gate import form_of, is_public, login, texts

pytestmark = pytest.mark.django_db

BULK = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))


def post_edit(name, page, **fields):
    url = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    return login(name).post(url, form_of(page, **fields), follow=True)


def post_new(name, unit, **fields):
    from home.models import CategoryPage

    parent = CategoryPage.objects.get(category="news")
    unit = Unit.objects.get(code=unit)
    return login(name).post(
        reverse("wagtailadmin_pages:add", args=("news", "newspage", parent.pk)),
        form_of(NewsPage(title="ข่าวใหม่", summary="ส", owning_unit=unit), **fields),
        follow=True,
    )


def test_reverting_with_a_forged_publish_keeps_a_draft_and_says_why(office):
    page = office.publish(office.draft())
    first = page.live_revision
    page = office.publish(office.edit(page, summary="ฉบับที่สอง"))
    response = login("admin").post(
        reverse("wagtailadmin_pages:revisions_revert", args=(page.pk, first.pk)),
        form_of(page, summary="ฉบับแรก", **{"action-publish": "1"}),
        follow=True,
    )
    assert fresh(page).summary == "ฉบับที่สอง"
    assert fresh(page).get_latest_revision_as_object().summary == "ฉบับแรก"
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in texts(response)


def test_a_forged_publish_under_approval_shows_the_reasons_beside_what_was_typed(office):
    page = office.submit(office.draft())
    response = post_edit("admin", page, summary="พิมพ์ระหว่างรอ", **{"action-publish": "1"})
    shown = response.content.decode()
    assert "พิมพ์ระหว่างรอ" in shown
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in shown
    assert fresh(page).get_latest_revision_as_object().summary == "สรุปข่าว"
    assert not is_public(page)


def test_bulk_publish_of_all_and_of_what_lies_below_says_why(office):
    page = office.draft()
    section = office.section("news").pk
    for query, data in (
        (f"id=all&childOf={section}", {}),
        (f"id={section}", {"include_descendants": "on"}),
    ):
        response = login("admin").post(f"{BULK}?{query}&next=/admin/", data, follow=True)
        assert "ข่าวทดสอบ" in texts(response)
        assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in texts(response)
    assert not is_public(page)


@pytest.mark.parametrize("how", ["publish_copies", "alias"])
def test_copying_as_live_or_as_an_alias_makes_no_page_and_says_why(office, how):
    page = office.publish(office.draft())
    response = login("admin").post(
        reverse("wagtailadmin_pages:copy", args=(page.pk,)),
        {
            "new_title": "สำเนา",
            "new_slug": "samnao",
            "new_parent_page": office.section("news").pk,
            how: "on",
        },
        follow=True,
    )
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in texts(response)
    assert NewsPage.objects.count() == 1


def test_reasons_come_in_the_language_of_the_readers_profile(office):
    profile = UserProfile.get_for_user(office["admin"])
    profile.preferred_language = "en"
    profile.save()
    response = post_edit("admin", office.draft(), **{"action-publish": "1"})
    assert "The item has no approval." in texts(response)
    assert "Nobody publishes them by hand. (annex 1 step 4" in texts(response)
    assert "ยังไม่ได้" not in texts(response)


def test_step_1_nobody_prepares_in_the_name_of_another_unit(office):
    response = post_new("pr.division-a", "division-b", **{"action-submit": "1"})
    assert response.status_code == 200
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 1" in response.content.decode()
    assert not NewsPage.objects.exists()
    post_new("pr.division-a", "division-a", **{"action-submit": "1"})
    assert NewsPage.objects.get().workflow_in_progress


def test_step_1_nobody_hands_an_item_over_to_another_unit(office):
    page = office.publish(office.draft())
    other = Unit.objects.get(code="division-b").pk
    response = post_edit("pr.division-a", page, owning_unit=other)
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 1" in response.content.decode()
    assert fresh(page).get_latest_revision_as_object().owning_unit.code == "division-a"


def switch_off(task) -> str:
    url = reverse("wagtailadmin_workflows:disable_task", args=(task.pk,))
    return texts(login("admin").post(url, follow=True))


def test_switching_a_task_off_approves_nothing_and_says_so(office):
    page = office.draft()
    office.agree(page)
    page = office.submit(page)
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in switch_off(page.current_workflow_task)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_CANCELLED
    publish_due()
    assert not is_public(page)


def test_without_its_steps_a_workflow_takes_no_item(office):
    page = office.draft()
    PolicyTask.objects.update(active=False)
    screen = login("pr.division-a").post(reverse("otp_policy:submit", args=(page.pk,)), follow=True)
    editor = post_edit("pr.division-a", page, summary="ร่าง", **{"action-submit": "1"})
    new = post_new("pr.division-a", "division-a", **{"action-submit": "1"})
    for response in (screen, editor, new):
        assert response.status_code == 200
        assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in texts(response)
    assert not WorkflowState.objects.exists()
    assert fresh(page).get_latest_revision_as_object().summary == "ร่าง"
    assert NewsPage.objects.count() == 2


def test_a_task_that_somebody_added_is_no_approval(office):
    page = office.draft()
    office.agree(page)
    added = GroupApprovalTask.objects.create(name="ตรวจทาน")
    WorkflowTask.objects.create(workflow=page.get_workflow(), task=added, sort_order=-1)
    page = office.submit(page)
    assert page.current_workflow_task == added
    client = login("pr.division-a")
    assert client.get(reverse("otp_policy:item", args=(page.pk,))).status_code == 200
    forged = {"task_state": page.current_workflow_task_state.pk, "action": "approve", "digest": "x"}
    response = client.post(reverse("otp_policy:decide", args=(page.pk,)), forged, follow=True)
    assert response.status_code == 200
    assert fresh(page).current_workflow_task == added
    page.current_workflow_task_state.approve(user=office["admin"])
    assert fresh(page).current_workflow_task.action == "approve"
    publish_due()
    assert not is_public(page)
    assert not Approval.objects.exists()


def test_a_refusal_is_a_refusal_and_no_login_page(office):
    page = office.submit(office.draft())
    url = reverse("otp_policy:decide", args=(page.pk,))
    state = page.current_workflow_task_state.pk
    for name, lands in (("pr.division-b", "/admin/"), ("publisher.web", None)):
        client = login(name)
        response = client.post(url, {"task_state": state, "action": "approve", "digest": "x"})
        assert response["Location"] == (lands or reverse("otp_policy:item", args=(page.pk,)))
        again = client.get(response["Location"])
        assert again.status_code == 200
        assert texts(again).strip()
    response = login("pr.division-b").post(url, {"action": "approve"}, follow=True)
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in texts(response)
    submit = reverse("otp_policy:submit", args=(office.draft(title="อีกข่าว").pk,))
    response = login("director.division-a").post(submit, follow=True)
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 1" in texts(response)
    assert not Approval.objects.exists()
