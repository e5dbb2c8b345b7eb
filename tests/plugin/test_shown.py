"""Files, snippets and settings that a live item shows are part of what was approved."""

from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, CollectionViewRestriction

from otp_policy.wagtail.checks import check_wiring
from otp_policy.wagtail.digest import UnknownRecipeError, item_digest
from otp_policy.wagtail.models import Publication, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.exhibits.models import Contact, ExhibitPage, Footer
from tests.office import fresh
from tests.plugin.test_gate import login, texts
from tests.tampering import tampering

pytestmark = pytest.mark.django_db

STEP_5 = "แนบท้ายประกาศข้อ 1 ขั้นตอน 5"


@contextmanager
def refused():
    """Expect a refusal, in a transaction of its own as a request has it."""
    with pytest.raises(PolicyRefusal) as refusal, transaction.atomic():
        yield refusal
    assert STEP_5 in str(refusal.value)


def picture(colour: str) -> ImageFile:
    data = BytesIO()
    Picture.new("RGB", (8, 8), colour).save(data, "PNG")
    return ImageFile(BytesIO(data.getvalue()), name=f"{colour}.png")


@pytest.fixture
def document(db):
    return Document.objects.create(title="แผน", file=ContentFile(b"one", name="plan.txt"))


@pytest.fixture
def image(db):
    return Image.objects.create(title="ภาพ", file=picture("red"), width=8, height=8)


@pytest.fixture
def contact(db):
    return Contact.objects.create(name="ศูนย์ข้อมูล", telephone="1234")


@pytest.fixture
def draft(office, document, image, contact):
    """Return a draft that shows a document, an image, a snippet and a setting."""
    Footer.objects.create(text="ท้ายหน้า")
    body = f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'
    return office.draft(ExhibitPage, contact=contact, picture=image, body=body)


@pytest.fixture
def live(office, draft):
    """Return the draft, live."""
    return office.publish(draft)


def served(document, *, to: Client | None = None) -> bytes:
    """Return what the public reads of *document*, or who signed in with *to*."""
    return b"".join((to or Client()).get(document.url).streaming_content)


def test_a_document_of_a_live_item_is_not_replaced_in_the_admin(live, document):
    response = login("admin").post(
        reverse("wagtaildocs:edit", args=(document.pk,)),
        {"title": "แผน", "file": SimpleUploadedFile("plan.txt", b"two"), "tags": ""},
        follow=True,
    )
    assert STEP_5 in response.content.decode()
    assert live.title in response.content.decode()
    assert served(Document.objects.get()) == b"one"


def test_a_picture_of_a_live_item_is_not_replaced_in_the_admin(live, image):
    upload = SimpleUploadedFile("blue.png", picture("blue").read(), "image/png")
    response = login("admin").post(
        reverse("wagtailimages:edit", args=(image.pk,)),
        {"title": "ภาพ", "file": upload, "description": "", "tags": ""},
        follow=True,
    )
    assert STEP_5 in texts(response)
    assert Image.objects.get().file.read() == picture("red").read()


@override_settings(WAGTAILDOCS_DOCUMENT_FORM_BASE="wagtail.documents.forms.BaseDocumentForm")
def test_wagtails_own_document_form_is_reported_by_the_checks():
    assert [error.id for error in check_wiring(None)] == ["otp_policy.E006"]


def test_a_document_of_a_live_item_is_not_replaced_renamed_moved_or_deleted_in_code(live, document):
    with refused():
        document.file.save("plan.txt", ContentFile(b"two"))
    other = Collection.get_first_root_node().add_child(name="อื่น")
    for name, value in (("title", "แผนใหม่"), ("collection", other)):
        changed = Document.objects.get()
        setattr(changed, name, value)
        with refused():
            changed.save()
    changed = Document.objects.get()
    changed.file = ContentFile(b"two", name=changed.file.name)
    with refused():
        changed.save()
    with refused():
        Document.objects.get().delete()
    with refused():
        Document.objects.all().delete()
    Document.objects.get().save()
    assert served(Document.objects.get()) == b"one"


def test_a_picture_of_a_live_item_is_not_replaced_renamed_or_deleted(live, image):
    for name, value in (
        ("file", picture("blue")),
        ("title", "ภาพใหม่"),
        ("description", "คำบรรยายใหม่"),
        ("focal_point_x", 1),
    ):
        changed = Image.objects.get()
        setattr(changed, name, value)
        with refused():
            changed.save()
    with refused():
        Image.objects.get().delete()
    assert Image.objects.get().file.read() == picture("red").read()
    Image.objects.get().get_rendition("max-4x4")


def test_a_file_that_no_live_item_shows_may_be_replaced(office, draft, document):
    document.file.save("plan.txt", ContentFile(b"two"))
    office_reader = Client()
    office_reader.force_login(office["admin"])
    assert served(Document.objects.get(), to=office_reader) == b"two"
    page = office.publish(draft)
    page.unpublish(user=office["publisher.web"])
    document.file.save("plan.txt", ContentFile(b"three"))
    document.delete()


@pytest.mark.parametrize("what", ["image", "contact", "footer"])
def test_what_an_item_shows_changed_after_its_approval_keeps_it_back(office, draft, what):
    office.agree(draft)
    office.approve(draft)
    if what == "image":
        Image.objects.update(title="ชื่ออื่น")
    elif what == "contact":
        Contact.objects.update(telephone="9999")
    else:
        Footer.objects.update(text="อื่น")
    assert publish_due() == 0
    assert not fresh(draft).live
    assert Slot.objects.get().state == Slot.State.HELD


def test_a_snippet_that_a_live_item_shows_does_not_change(live, contact):
    response = login("admin").post(
        reverse("wagtailsnippets_exhibits_contact:edit", args=(contact.pk,)),
        {"name": contact.name, "telephone": "9999"},
        follow=True,
    )
    assert STEP_5 in texts(response)
    contact.telephone = "9999"
    with refused():
        contact.save()
    with refused():
        Contact.objects.all().delete()
    other = Contact.objects.create(name="อื่น", telephone="1")
    other.telephone = "2"
    other.save()
    assert Contact.objects.get(pk=contact.pk).telephone == "1234"


def test_a_setting_that_live_items_show_does_not_change_or_appear(live):
    footer = Footer.objects.get()
    footer.text = "อื่น"
    with refused():
        footer.save()
    with refused():
        Footer.objects.create(text="เพิ่ม")
    with refused():
        footer.delete()


def test_a_setting_is_free_while_nothing_that_shows_it_is_live(office, draft):
    office.publish(office.draft(title="ข่าวธรรมดา"))
    footer = Footer.objects.get()
    footer.text = "อื่น"
    footer.save()
    assert Footer.objects.get().text == "อื่น"


def test_the_files_of_a_live_item_do_not_become_private_or_public(live, document):
    root = Collection.get_first_root_node()
    with refused():
        CollectionViewRestriction.objects.create(collection=root, restriction_type="login")
    empty = root.add_child(name="ว่าง")
    restriction = CollectionViewRestriction.objects.create(
        collection=empty, restriction_type="login"
    )
    restriction.delete()
    assert Client().get(document.url).status_code == 200


def test_files_that_went_live_behind_a_login_do_not_come_out_from_behind_it(office, draft):
    root = Collection.get_first_root_node()
    restriction = CollectionViewRestriction.objects.create(
        collection=root, restriction_type="login"
    )
    office.publish(draft)
    with refused():
        restriction.delete()
    with refused():
        CollectionViewRestriction.objects.all().delete()
    assert CollectionViewRestriction.objects.filter(pk=restriction.pk).exists()


def test_an_approval_under_the_first_recipe_still_counts(office, draft):
    assert item_digest(draft, recipe=1) != item_digest(draft, recipe=2)
    with pytest.raises(UnknownRecipeError):
        item_digest(draft, recipe=3)
    from otp_policy.wagtail.models import Approval

    office.agree(draft)
    office.approve(draft)
    first = item_digest(fresh(draft).get_latest_revision_as_object(), recipe=1)
    with tampering():
        QuerySet(Approval).update(recipe=1, digest=first)
    assert publish_due() == 1
    fresh(draft).save()


def test_a_setting_that_is_read_before_anybody_set_it_takes_no_item_away(office, contact):
    page = office.publish(office.draft(ExhibitPage, contact=contact))
    assert not Footer.objects.exists()
    assert Client().get(page.get_url()).status_code == 200
    assert Footer.objects.exists()  # Wagtail keeps the defaults that it read
    assert item_digest(fresh(page)) == page_digest(page)
    footer = Footer.load()
    footer.text = "สอดแทรก"
    with refused():
        footer.save()


def page_digest(page) -> str:
    return Publication.objects.get(page_id=page.pk, ended_at=None).digest
