"""
Every way that live content changes without an approval in stock Wagtail, tried at its own door.

Each test names its row. Other ways to the same row are tried in the files named for a subject.
"""

import json
from io import BytesIO

import pytest
from django.core import serializers
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client, override_settings
from django.urls import path, reverse
from PIL import Image as Picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.utils import generate_signature
from wagtail.images.views.serve import ServeView
from wagtail.models import APIToken, Collection, CollectionViewRestriction, Page, TaskState

from home.models import CategoryPage
from news.models import NewsPage
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.models import Approval, PolicyTask, Publication
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh
from tests.plugin.test_gate import form_of, is_public, login, texts
from tests.urls import urlpatterns as every_url

pytestmark = pytest.mark.django_db

STEP_3 = "แนบท้ายประกาศข้อ 1 ขั้นตอน 3"
STEP_5 = "แนบท้ายประกาศข้อ 1 ขั้นตอน 5"
urlpatterns = [
    path("signed/<str:signature>/<int:image_id>/<str:filter_spec>/", ServeView.as_view()),
    *every_url,
]


@pytest.fixture
def live(office):
    """Return a live item."""
    return office.publish(office.draft())


@pytest.fixture
def api(office):
    """Return a client of the write API, with the token of a superuser."""
    _token, secret = APIToken.create_token(user=office["admin"], name="test")
    return Client(headers={"Authorization": f"Bearer {secret}"})


def read(page) -> str:
    response = Client().get(page.get_url())
    assert response.status_code == 200
    return response.content.decode()


def edit_url(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=(page.pk,))


def test_editor_publish_in_the_middle_of_moderation(office):
    """Row: a superuser publishes in the middle of moderation; the workflow becomes cancelled."""
    page = office.submit(office.draft())
    form = form_of(page, title="แทรก", **{"action-publish": "1"})
    response = login("admin").post(edit_url(page), form, follow=True)
    assert STEP_3 in texts(response)
    assert not is_public(page)
    assert fresh(page).workflow_in_progress


def test_create_and_publish_by_the_write_api(office, api):
    """Row: `add_child()` runs with `live=True`, here from API v3's create."""
    meta = {"type": "news.NewsPage", "parent_id": office.section("news").pk, "action": "publish"}
    unit = office.draft().owning_unit_id
    data = {"title": "ใหม่", "slug": "mai", "meta": meta, "owning_unit": unit}
    url = reverse("wagtailapi_v3:create_page")
    # The schema of the write API does not take the unit, without which there is no such page.
    response = api.post(url, json.dumps(data), content_type="application/json")
    assert response.status_code == 422
    assert not NewsPage.objects.filter(live=True).exists()


@pytest.mark.parametrize("door", ["bulk", "admin api", "write api"])
def test_publishing_under_the_workflow_lock(office, api, door):
    """Row: bulk publish and v3 `/actions/publish/` ignore the workflow's lock."""
    page = office.submit(office.draft())
    if door == "bulk":
        url = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "publish"))
        response = login("admin").post(f"{url}?id={page.pk}&next=/admin/", {}, follow=True)
        assert STEP_3 in texts(response)
    elif door == "admin api":
        url = reverse("wagtailadmin_api:pages:action", args=(page.pk, "publish"))
        assert login("admin").post(url).status_code == 403
    else:
        url = reverse("wagtailapi_v3:pages_actions_publish", args=(page.pk,))
        assert api.post(url).status_code == 403
    assert not is_public(page)
    assert fresh(page).workflow_in_progress


def test_the_end_of_a_workflow_publishes_nothing_by_itself(office):
    """Row: the workflow's finish publishes the latest revision, not the approved one."""
    page = office.submit(office.draft())
    page.current_workflow_state.finish(user=office["admin"])
    office.agree(page)
    publish_due()
    assert not is_public(page)


def test_an_approved_revision_is_overwritten(office):
    """Row: `overwrite_revision` keeps the revision's number and changes its text."""
    page = office.draft()
    page = office.approve(page)
    approved = page.get_latest_revision()
    text = approved.as_object()
    text.title = "เขียนทับ"
    text.save_revision(user=office["pr.division-a"], overwrite_revision=approved)
    assert Approval.objects.get().revision_id == approved.pk
    office.agree(page)
    publish_due()
    assert not is_public(page)


def test_a_task_is_removed_in_mid_flight(office):
    """Row: a workflow whose tasks are taken away publishes the pages that are on it."""
    page = office.draft()
    office.agree(page)
    page = office.submit(page)
    workflow = page.current_workflow_state.workflow
    form = {
        "name": workflow.name,
        "active": "on",
        "workflow_tasks-TOTAL_FORMS": 0,
        "workflow_tasks-INITIAL_FORMS": 0,
        "pages-TOTAL_FORMS": 0,
        "pages-INITIAL_FORMS": 0,
    }
    login("admin").post(reverse("wagtailadmin_workflows:edit", args=(workflow.pk,)), form)
    workflow.workflow_tasks.all().delete()
    page.current_workflow_task_state.approve(user=office["admin"])
    publish_due()
    assert not is_public(page)
    assert not Approval.objects.exists()


def test_the_last_task_is_switched_off(office):
    """Row: disabling the last task in the settings publishes the pages that wait on it."""
    page = office.draft()
    office.agree(page)
    page = office.submit(page)
    for task in PolicyTask.objects.all():
        login("admin").post(reverse("wagtailadmin_workflows:disable_task", args=(task.pk,)))
    publish_due()
    assert not is_public(page)
    assert not TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).exists()


def test_approving_through_the_address_of_another_page(office):
    """Row: permission is checked on the page in the URL, the action applied to any state."""
    ours, theirs = office.draft(), office.submit(office.draft(title="อีกข่าว"))
    office.agree(theirs)
    state = theirs.current_workflow_task_state.pk
    for name in ("pr.division-a", "director.division-b", "admin"):
        url = reverse("wagtailadmin_pages:workflow_action", args=(ours.pk, "approve", state))
        login(name).post(url, {"digest": latest_text(theirs)[1], "comment": ""})
    publish_due()
    assert not Approval.objects.exists()
    assert not is_public(theirs)


def test_saving_ones_own_edits_and_approving_them_in_one_request(office):
    """Row: the edit view saves the approver's own edits, and then approves."""
    page = office.submit(office.draft())
    more = {
        "action-workflow-action": "1",
        "workflow-action-name": "approve",
        "workflow-action-extra-data": json.dumps({"digest": latest_text(page)[1]}),
    }
    for name in ("director.division-a", "admin"):
        login(name).post(edit_url(page), form_of(page, title="แทรก", **more))
    assert fresh(page).get_latest_revision_as_object().title == page.title
    assert not is_public(page)


@pytest.mark.parametrize("how", ["publish_copies", "alias"])
def test_copies_and_aliases_of_what_is_live(office, live, how):
    """Rows: copy with "publish copies"; an alias that goes live with its source."""
    form = {"new_title": "สำเนา", "new_slug": "samnao", how: "on"}
    form["new_parent_page"] = office.section("news").pk
    url = reverse("wagtailadmin_pages:copy", args=(live.pk,))
    assert STEP_3 in texts(login("admin").post(url, form, follow=True))
    assert NewsPage.objects.filter(live=True).count() == 1


def test_code_that_makes_a_page_in_memory_over_the_stored_one(live):
    """Row: code; a page that never was read from the database is saved over a live one."""
    columns = {field.attname: getattr(live, field.attname) for field in NewsPage._meta.fields}
    with pytest.raises(PolicyRefusal), transaction.atomic():
        NewsPage(**columns | {"summary": "แทรก"}).save(clean=False)
    assert "แทรก" not in read(live)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "แทรก"),
        ("slug", "saek"),
        ("url_path", "/x/"),
        ("seo_title", "แทรก"),
        ("search_description", "แทรก"),
        ("show_in_menus", True),
        ("locale_id", None),
    ],
)
def test_an_update_of_text_in_the_table_of_pages(live, column, value):
    """Row: code; `QuerySet.update` of the title and of whatever else lies in that table."""
    from wagtail.models import Locale

    if column == "locale_id":
        value = Locale.objects.create(language_code="en").pk
    with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
        Page.objects.filter(pk=live.pk).update(**{column: value})
    Page.objects.filter(pk=live.pk).update(draft_title="ร่าง", locked=True)
    assert fresh(live).locked


def test_text_of_what_is_not_live_or_not_governed_is_updated_as_ever(office):
    """Row: code; the trigger watches live governed rows alone."""
    page, section = office.draft(), office.section("news")
    for row in (page, section):
        Page.objects.filter(pk=row.pk).update(title="ใหม่")
        assert fresh(row).title == "ใหม่"


def loaded(*pages, **fields) -> None:
    """Load *pages* from a fixture in which their fields say something else."""
    rows = json.loads(serializers.serialize("json", pages))
    for row in rows:
        row["fields"] |= fields
    with transaction.atomic():
        for row in serializers.deserialize("json", json.dumps(rows)):
            row.save()


def test_a_fixture_changes_no_live_text_and_makes_nothing_live(office, live):
    """Row: code; a fixture writes one table, whatever it says of the others."""
    base = Page.objects.get(pk=live.pk)
    for pages, fields in (
        ([live], {"summary": "แทรก"}),
        ([live], {"summary": "แทรก", "live": False}),
        ([base], {"title": "แทรก"}),
        ([Page.objects.get(pk=office.draft(title="ร่าง").pk)], {"live": True}),
    ):
        with pytest.raises(PolicyRefusal):
            loaded(*pages, **fields)
    assert "แทรก" not in read(live)
    assert NewsPage.objects.filter(live=True).count() == 1


def test_a_fixture_brings_drafts_and_the_same_text_again(office, live):
    """Row: code; what changes nothing for the public is loaded."""
    draft = office.draft(title="ร่าง")
    loaded(Page.objects.get(pk=draft.pk), draft)
    loaded(Page.objects.get(pk=live.pk), live)
    loaded(draft, summary="ร่างใหม่")
    assert fresh(draft).summary == "ร่างใหม่"
    assert fresh(live).live


def test_a_fixture_brings_a_page_that_is_new_as_a_draft_alone(office):
    """Row: code; of a row whose text is yet to come nobody can tell that it was approved."""
    draft = office.draft()
    rows = json.loads(serializers.serialize("json", [Page.objects.get(pk=draft.pk)]))
    rows[0]["pk"] += 1000
    rows[0]["fields"] |= {
        "slug": "new", "path": draft.path[:-1] + "Z", "alias_of": None, "latest_revision": None,
        "translation_key": "00000000-0000-0000-0000-000000000001",
    }  # fmt: skip
    for is_live in (True, False):
        rows[0]["fields"]["live"] = is_live
        (row,) = serializers.deserialize("json", json.dumps(rows))
        if is_live:
            with pytest.raises(PolicyRefusal), transaction.atomic():
                row.save()
        else:
            row.save()
    assert Page.objects.filter(slug="new", live=False).exists()


def test_a_section_in_memory_or_in_a_fixture_gives_no_item_another_address(office, live):
    """Row: slug; a section that never was read from the database is saved over the stored one."""
    section = office.section("news")
    columns = {
        field.attname: getattr(section, field.attname) for field in CategoryPage._meta.fields
    }
    with pytest.raises(PolicyRefusal) as refusal, transaction.atomic():
        CategoryPage(**columns | {"slug": "other-news"}).save(clean=False)
    assert STEP_5 in str(refusal.value)
    with pytest.raises(PolicyRefusal):
        loaded(Page.objects.get(pk=section.pk), slug="other-news")
    loaded(section)
    assert read(live)


def test_moving_a_live_item_by_the_command(office, live):
    """Row: move; the command moves the children of one page below another."""
    with pytest.raises(PolicyRefusal):
        call_command("move_pages", office.section("news").pk, office.section("other").pk)
    assert fresh(live).get_parent().pk == office.section("news").pk


def test_leaving_a_private_section(office, live):
    """Row: privacy; lifting it exposes the page at once."""
    url = reverse("wagtailadmin_pages:set_privacy", args=(office.section("news").pk,))
    for kind in ("login", "none"):
        login("admin").post(url, {"restriction_type": kind, "password": "", "groups": []})
        assert read(live)


def test_a_document_behind_its_stable_address(office):
    """Row: documents; replacing a file serves new bytes at the same URL."""
    document = Document.objects.create(title="แผน", file=ContentFile(b"one", name="plan.txt"))
    body = f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'
    assert Client().get(document.url).status_code == 404
    office.publish(office.draft(body=body))
    url = reverse("wagtaildocs:edit", args=(document.pk,))
    upload = ContentFile(b"two", name="plan.txt")
    login("admin").post(url, {"title": "แผน", "file": upload, "tags": ""})
    login("admin").post(reverse("wagtaildocs:delete", args=(document.pk,)))
    url = reverse("wagtaildocs:edit_multiple", args=(document.pk,))
    ajax = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
    login("admin").post(url, {f"doc-{document.pk}-title": "อื่น"}, **ajax)
    assert Document.objects.get().title == "แผน"
    assert b"".join(Client().get(document.url).streaming_content) == b"one"


def picture() -> Image:
    data = BytesIO()
    Picture.new("RGB", (8, 8), "red").save(data, "PNG")
    file = ImageFile(BytesIO(data.getvalue()), name="red.png")
    return Image.objects.create(title="ภาพ", file=file, width=8, height=8)


@override_settings(ROOT_URLCONF=__name__)
def test_an_image_by_a_signed_address(office):
    """Row: images; Wagtail's own view serves whoever has the address, published or not."""
    from tests.exhibits.models import ExhibitPage

    image = picture()
    url = f"/signed/{generate_signature(image.pk, 'width-4')}/{image.pk}/width-4/"
    assert Client().get(url).status_code == 404
    assert login("admin").get(url).status_code == 200
    assert login("admin").get(url)["Cache-Control"] == "private, no-store"
    page = office.publish(office.draft(ExhibitPage, picture=image))
    response = Client().get(url)
    assert response.status_code == 200
    assert "no-cache" in response["Cache-Control"]
    page.unpublish(user=office["publisher.web"])
    assert Client().get(url).status_code == 404
    absent = f"/signed/{generate_signature(999_999, 'width-4')}/999999/width-4/"
    assert Client().get(absent).status_code == 404


def test_a_collection_that_is_moved_below_a_private_one(office):
    """Row: documents; who may read a file comes from the collections above it."""
    root = Collection.get_first_root_node()
    files, private, free = (root.add_child(name=name) for name in ("แฟ้ม", "ลับ", "เปิด"))
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    document = Document.objects.create(
        title="แผน", file=ContentFile(b"one", name="plan.txt"), collection=files
    )
    body = f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'
    page = office.publish(office.draft(body=body))
    url = reverse("wagtailadmin_collections:edit", args=(files.pk,))
    response = login("admin").post(url, {"name": "แฟ้ม", "parent": private.pk}, follow=True)
    assert STEP_5 in texts(response)
    assert b"".join(Client().get(document.url).streaming_content) == b"one"
    login("admin").post(url, {"name": "แฟ้ม", "parent": free.pk})
    assert Collection.objects.get(pk=files.pk).get_parent() == free
    page.unpublish(user=office["publisher.web"])
    login("admin").post(url, {"name": "แฟ้ม", "parent": private.pk})
    assert Collection.objects.get(pk=files.pk).get_parent() == private


@pytest.mark.parametrize("what", ["snippet", "setting"])
def test_what_a_live_page_shows_is_edited_in_the_admin(office, what):
    """Row: images, snippets, settings; live output changes at once."""
    from tests.exhibits.models import Contact, ExhibitPage, Footer

    contact = Contact.objects.create(name="ศูนย์", telephone="1234")
    footer = Footer.objects.create(text="ท้าย")
    page = office.publish(office.draft(ExhibitPage, contact=contact))
    if what == "snippet":
        url = reverse("wagtailsnippets_exhibits_contact:edit", args=(contact.pk,))
        response = login("admin").post(url, {"name": "ศูนย์", "telephone": "9999"}, follow=True)
    else:
        url = reverse("wagtailsettings:edit", args=("exhibits", "footer", footer.pk))
        response = login("admin").post(url, {"text": "9999"}, follow=True)
    assert STEP_5 in texts(response)
    assert "9999" not in read(page)


def test_a_redirect_over_a_live_address_in_the_admin(live):
    """Row: redirects; point a path anywhere."""
    form = {"old_path": live.get_url(), "site": "", "redirect_link": "/elsewhere/"}
    response = login("admin").post(reverse("wagtailredirects:add"), form, follow=True)
    assert response.status_code == 200
    assert not Redirect.objects.exists()
    assert read(live)


def test_the_revision_that_was_approved_is_not_deleted(office, live):
    """Row: `purge_revisions` deletes the live page's revision; the command itself: tests/site."""
    page = office.edit(live, summary="ร่างใหม่")
    with pytest.raises(ProtectedError), transaction.atomic():
        page.revisions.get(pk=Approval.objects.get().revision_id).delete()
    assert Publication.objects.get(page_id=page.pk).digest == Approval.objects.get().digest
    assert read(page)


def test_the_final_approver_has_no_publish_button(office):
    """Below the table: stock Wagtail cannot separate approving from publishing."""
    page = office.submit(office.draft())
    tester = page.permissions_for_user(office["director.division-a"])
    assert not tester.can_publish()
    form = form_of(page, **{"action-publish": "1"})
    login("director.division-a").post(edit_url(page), form)
    assert not is_public(page)
    office.decide(page, "director.division-a")
    assert Approval.objects.get().by == office["director.division-a"]
