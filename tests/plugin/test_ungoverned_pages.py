"""Beside governed items, pages outside the measures are published as Wagtail publishes them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import (
    GroupApprovalTask,
    Page,
    PageLogEntry,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from otp_policy.wagtail.models import Approval, Contribution, LedgerEntry, Publication
from tests.leaflets.models import LeafletPage
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def plain(office) -> LeafletPage:
    """Return a live page outside the measures, beside a live governed item."""
    office.publish(office.draft(title="ข่าวที่เผยแพร่แล้ว"))
    shelf = office.home.add_child(instance=LeafletPage(title="แผ่นพับทั้งหมด", slug="leaflets"))
    page = shelf.add_child(instance=LeafletPage(title="แผ่นพับ", slug="leaflet"))
    page.save_revision().publish()
    return fresh(page)


@pytest.fixture
def client(office) -> Client:
    browser = Client()
    assert browser.login(username="admin", password=PASSWORD)
    return browser


def form_of(page, **more) -> dict[str, str]:
    """Return what the editor's form sends for a leaflet."""
    return {
        "title": page.title,
        "slug": page.slug,
        "body": "null",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **more,
    }


def evidence() -> int:
    return sum(
        model.objects.count() for model in (LedgerEntry, Contribution, Approval, Publication)
    )


def test_publish_in_the_editor_publishes(client, plain):
    before = evidence()
    url = reverse("wagtailadmin_pages:edit", args=(plain.pk,))
    client.post(url, form_of(plain, title="หมวดข่าว", **{"action-publish": "1"}))
    assert fresh(plain).title == "หมวดข่าว"
    assert evidence() == before


def test_bulk_unpublish_and_publish_do(client, plain):
    page = plain
    for action, live in (("unpublish", False), ("publish", True)):
        url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", action))
        client.post(f"{url}?id={page.pk}", {})
        assert fresh(page).live is live, action


def test_a_copy_is_published_with_its_original(client, plain):
    page = plain
    page.save_revision().publish()
    url = reverse("wagtailadmin_pages:copy", args=(page.pk,))
    answer = client.post(
        url,
        {
            "new_title": "สำเนา",
            "new_slug": "copied",
            "new_parent_page": str(page.get_parent().pk),
            "publish_copies": "1",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert Page.objects.get(slug="copied").live


def test_an_alias_goes_live_with_its_source(plain):
    page = plain
    alias = page.create_alias(update_slug="alias")
    assert alias.live
    page.title = "ชื่อใหม่"
    page.save_revision().publish()
    assert fresh(alias).title == "ชื่อใหม่"


def test_its_own_schedule_publishes_and_takes_down(plain):
    page = plain
    page.unpublish()
    yesterday = timezone.now() - timedelta(days=1)
    page.go_live_at = yesterday
    page.save_revision(approved_go_live_at=yesterday)
    assert not fresh(page).live
    call_command("publish_scheduled")
    assert fresh(page).live
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now())
    call_command("publish_scheduled")
    assert not fresh(page).live


def in_workflow(office, page):
    """Put *page* under a workflow of Wagtail's own, and submit it as its editor."""
    moderators = Group.objects.get_or_create(name="Moderators")[0]
    office["director.office"].groups.add(moderators)
    task = GroupApprovalTask.objects.create(name="moderate")
    task.groups.add(moderators)
    workflow = Workflow.objects.create(name="stock")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowPage.objects.create(workflow=workflow, page=page)
    page.title = "ชื่อที่รออนุมัติ"
    page.save_revision(user=office["admin"])
    mail.outbox.clear()
    workflow.start(page, office["admin"])
    return fresh(page).current_workflow_state


def test_wagtails_own_workflow_publishes_at_its_end_and_writes_to_people(office, plain):
    page = plain
    state = in_workflow(office, page)
    # Wagtail writes to the superuser as well.
    told = ["admin@example.invalid", "director.office@example.invalid"]
    assert sorted(address for letter in mail.outbox for address in letter.to) == told
    before = evidence()
    task_state = state.current_task_state
    task_state.task.specific.on_action(task_state, office["director.office"], "approve")
    assert fresh(page).title == "ชื่อที่รออนุมัติ"
    assert fresh(page).live
    assert evidence() == before
    assert mail.outbox[-1].to == ["admin@example.invalid"]
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.workflow.approve").exists()


def test_rejected_and_deleted_it_goes_wagtails_way(client, office, plain):
    page = plain
    state = in_workflow(office, page)
    task_state = state.current_task_state
    task_state.task.specific.on_action(task_state, office["director.office"], "reject", comment="x")
    state.refresh_from_db()
    assert state.status == state.STATUS_NEEDS_CHANGES
    client.post(reverse("wagtailadmin_pages:delete", args=(page.pk,)))
    assert not Page.objects.filter(pk=page.pk).exists()


def test_a_document_that_only_a_page_outside_shows_is_public(plain):
    document = Document.objects.create(title="เอกสาร", file=ContentFile(b"text", "one.txt"))
    assert Client().get(document.url).status_code == 404
    plain.body = f'<p><a linktype="document" id="{document.pk}">เอกสาร</a></p>'
    plain.save_revision().publish()
    assert Client().get(document.url).status_code == 200
    document.file.save("two.txt", ContentFile(b"another text"))
    assert b"".join(Client().get(document.url).streaming_content) == b"another text"


def test_it_is_moved_hidden_and_reverted_wagtails_way(client, office, plain):
    first = plain.latest_revision_id
    plain.title = "ชื่อใหม่"
    plain.save_revision().publish()
    url = reverse("wagtailadmin_pages:edit", args=(plain.pk,))
    client.post(url, form_of(plain, title="แผ่นพับ", revision=first, **{"action-publish": "1"}))
    assert fresh(plain).title == "แผ่นพับ"
    url = reverse("wagtailadmin_pages:set_privacy", args=(plain.pk,))
    client.post(url, {"restriction_type": "login", "groups": []})
    assert fresh(plain).get_view_restrictions().exists()
    root = Page.get_first_root_node()
    url = reverse("wagtailadmin_pages:move_confirm", args=(plain.pk, root.pk))
    client.post(url)
    assert fresh(plain).get_parent().pk == root.pk
