"""Files are private until an approved live page uses them, and private again afterwards."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex

from home.models import CategoryPage
from otp_policy.wagtail.checks import check_files
from otp_policy.wagtail.models import FileUse, Publication
from otp_policy.wagtail.models.office import Unit
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.setup import set_up
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # renditions of another test's image


def a_document(text: bytes = b"the plan", name: str = "plan.txt") -> Document:
    return Document.objects.create(title="แผน", file=ContentFile(text, name=name))


def an_image() -> Image:
    bytes_ = BytesIO()
    Picture.new("RGB", (40, 30), "navy").save(bytes_, "PNG")
    bytes_.seek(0)
    return Image.objects.create(title="ภาพ", file=ImageFile(bytes_, name="picture.png"))


def replace_unseen(file: Any, content: bytes) -> None:
    """Put other bytes in the place of *file* by a statement that no gate sees."""
    name = default_storage.save(file.file.name, ContentFile(content))
    type(file).objects.filter(pk=file.pk).update(file=name)


def linking(document: Document) -> str:
    return f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'


def showing(image: Image) -> str:
    return f'<p>x</p><embed embedtype="image" id="{image.pk}" format="left" alt="ภาพ"/>'


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def addresses(image: Image) -> list[str]:
    return [image.file.url, image.get_rendition("width-20").url]


def answer(url: str, **headers: str):
    return Client().get(url, headers=headers or None)


def bytes_of(response) -> bytes:
    return b"".join(response.streaming_content)


def assert_like_absent(url: str, absent: str) -> None:
    found, never = answer(url), answer(absent)
    assert found.status_code == never.status_code == 404
    # The page for what is missing repeats the address in its language links, and nothing else.
    assert found.content.replace(url.encode(), b"") == never.content.replace(absent.encode(), b"")
    found["Content-Length"] = never["Content-Length"]
    assert dict(found.headers) == dict(never.headers)
    assert found.cookies.keys() == never.cookies.keys()


def test_a_fresh_upload_answers_as_if_it_did_not_exist(office):
    document, image = a_document(), an_image()
    assert_like_absent(document.url, f"/documents/{document.pk + 1000}/plan.txt")
    for url in addresses(image):
        assert_like_absent(url, "/media/images/never.png")


def test_an_approved_files_copy_is_private_until_its_page_is_live(office):
    document, image = a_document(), an_image()
    page = office.draft(body=linking(document) + showing(image))
    office.agree(page)
    page = office.approve(page)
    assert answer(document.url).status_code == 404
    assert {answer(url).status_code for url in addresses(image)} == {404}


def test_a_live_page_makes_its_files_public_and_its_end_makes_them_private(office):
    document, image = a_document(), an_image()
    page = office.publish(office.draft(body=linking(document) + showing(image)))
    response = answer(document.url)
    assert bytes_of(response) == b"the plan"
    assert "no-cache" in response["Cache-Control"]
    for url in addresses(image):
        assert answer(url).status_code == 200
        assert answer(url)["Content-Type"] == "image/png"
    page.unpublish(user=office["publisher.web"])
    etag = response["ETag"]
    assert answer(document.url).status_code == 404
    assert answer(document.url, if_none_match=etag).status_code == 404  # a copy is no way in
    assert {answer(url).status_code for url in addresses(image)} == {404}


def test_a_file_stays_public_while_another_live_page_uses_it(office):
    document = a_document()
    one = office.publish(office.draft(body=linking(document)))
    other = office.publish(office.draft(title="อีกข่าว", body=linking(document)))
    one.unpublish()
    assert answer(document.url).status_code == 200
    fresh(other).unpublish()
    assert answer(document.url).status_code == 404


def test_the_draft_of_a_live_page_makes_no_file_public(office):
    old, new = a_document(), a_document(b"the correction", "new.txt")
    page = office.publish(office.draft(body=linking(old)))
    page = office.edit(page, body=linking(new))
    assert answer(new.url).status_code == 404
    assert answer(old.url).status_code == 200  # the live text still leads to it
    office.agree(page)
    office.approve(page)
    publish_due()
    assert answer(new.url).status_code == 200
    assert answer(old.url).status_code == 404


def test_replaced_bytes_are_not_public_by_the_old_approval(office):
    document, image = a_document(), an_image()
    office.publish(office.draft(body=linking(document) + showing(image)))
    replace_unseen(document, b"never approved")
    assert answer(Document.objects.get(pk=document.pk).url).status_code == 404
    bytes_ = BytesIO()
    Picture.new("RGB", (40, 30), "red").save(bytes_, "PNG")
    replace_unseen(image, bytes_.getvalue())
    image = Image.objects.get(pk=image.pk)
    image.renditions.all().delete()
    assert {answer(url).status_code for url in addresses(image)} == {404}


def test_a_take_down_behind_djangos_back_ends_the_files_too(office):
    document = a_document()
    page = office.publish(office.draft(body=linking(document)))
    type(page).objects.filter(pk=page.pk).update(live=False)
    assert Publication.objects.filter(page_id=page.pk, ended_at=None).exists()
    assert answer(document.url).status_code == 404


@pytest.mark.parametrize("name", ["pr.division-a", "director.division-a", "publisher.web", "admin"])
def test_who_has_a_part_in_the_item_sees_its_files(office, name):
    document, image = a_document(), an_image()
    page = office.draft()
    office.edit(page, body=linking(document) + showing(image))
    client = signed_in(name)
    for url in (document.url, *addresses(image)):
        response = client.get(url)
        assert response.status_code == 200, url
        assert "private" in response["Cache-Control"]
        assert "no-store" in response["Cache-Control"]


def test_staff_without_a_part_and_the_signed_in_public_see_nothing(office, django_user_model):
    document, image = a_document(), an_image()
    office.edit(office.draft(), body=linking(document) + showing(image))
    django_user_model.objects.create_user("visitor", password=PASSWORD)
    for name in ("director.division-b", "visitor"):
        client = signed_in(name)
        for url in (document.url, *addresses(image)):
            assert client.get(url).status_code == 404, (name, url)


def test_whose_draft_no_longer_uses_a_file_sees_it_no_longer(office):
    document = a_document()
    page = office.edit(office.draft(), body=linking(document))
    assert signed_in("director.division-a").get(document.url).status_code == 200
    office.edit(page, body="<p>ไม่มีแล้ว</p>")
    assert signed_in("director.division-a").get(document.url).status_code == 404


def test_the_storage_has_no_address_of_a_document(office):
    document = a_document()
    office.publish(office.draft(body=linking(document)))
    assert answer(document.url).status_code == 200
    assert answer(document.file.url).status_code == 404
    assert signed_in("admin").get(document.file.url).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/media/avatar_images/../documents/plan.txt",
        "/media/avatar_images/%2e%2e/documents/plan.txt",
        "/media/avatar_images/..%2fdocuments/plan.txt",
        "/media/../otp_site/settings.py",
        "/media/avatar_images/",
        "/media/avatar_images",
        "/media/",
    ],
)
def test_no_path_leads_round_the_check(office, path):
    a_document()
    default_storage.save("avatar_images/one.png", ContentFile(b"x"))
    assert answer(path).status_code == 404
    assert answer("/media/avatar_images/one.png").status_code == 200  # the folder itself is open


def test_what_only_an_ungoverned_page_uses_is_served_as_wagtail_does(office, settings):
    document = a_document()
    section = office.section("news")
    refer(section, document)
    response = answer(document.url)
    assert bytes_of(response) == b"the plan"
    # Also by a draft of it, unless an item uses the file as well.
    CategoryPage.objects.filter(pk=section.pk).update(live=False)
    assert answer(document.url).status_code == 200
    office.draft(body=linking(document))
    assert answer(document.url).status_code == 404
    CategoryPage.objects.filter(pk=section.pk).update(live=True)
    assert answer(document.url).status_code == 200


def refer(page, document: Document) -> None:
    """Let the index say that *page*, which is not governed, uses *document*."""
    ReferenceIndex.objects.create(
        content_type=ContentType.objects.get_for_model(type(page)),
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=str(page.pk),
        to_content_type=ContentType.objects.get_for_model(Document),
        to_object_id=str(document.pk),
        model_path="body",
        content_path="body",
        content_path_hash="00000000-0000-0000-0000-000000000001",
    )


def test_the_privacy_of_a_collection_still_holds(office):
    document = a_document()
    CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type=CollectionViewRestriction.LOGIN
    )
    office.publish(office.draft(body=linking(document)))
    assert answer(document.url).status_code == 302


def test_a_files_uses_cost_the_same_whatever_the_size_of_the_site(office):
    document = a_document()
    office.publish(office.draft(body=linking(document)))

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            assert answer(document.url).status_code == 200
        return len(context)

    queries()
    before = queries()
    for number in range(3):
        office.draft(title=f"ข่าว {number}", body=linking(a_document(name=f"{number}.txt")))
    assert queries() == before


def test_a_publication_that_is_rolled_back_leaves_no_public_file(office):
    document = a_document()
    page = office.draft(body=linking(document))
    with transaction.atomic():
        office.publish(page)
        transaction.set_rollback(True)
    assert not FileUse.objects.filter(publication__isnull=False).exists()
    assert answer(document.url).status_code == 404


def test_what_was_live_before_files_were_noted_is_noted_by_the_setup(office):
    kept, replaced = a_document(), a_document(name="other.txt")
    office.publish(office.draft(body=linking(kept)))
    office.publish(office.draft(title="อีกข่าว", body=linking(replaced)))
    FileUse.objects.all().delete()
    replace_unseen(replaced, b"never approved")
    assert answer(kept.url).status_code == 404
    assert set_up().made == ["files of live items: 1"]
    assert answer(kept.url).status_code == 200
    assert answer(replaced.url).status_code == 404
    assert set_up().made == []


def test_unapproved_text_stands_in_no_public_list(office):
    page = office.publish(office.draft(title="ข้อความที่อนุมัติ", summary="อนุมัติแล้ว"))
    office.edit(page, title="ข้อความลับ", summary="ลับ")
    office.draft(title="ร่างลับ", owning_unit=Unit.objects.get(code="division-a"))
    for url in (office.home.get_url(), office.section("news").get_url(), fresh(page).get_url()):
        text = answer(url).content.decode()
        assert "อนุมัติ" in text
        assert "ลับ" not in text, url


def test_a_site_that_serves_files_unasked_is_told(settings):
    assert check_files(None) == []
    settings.WAGTAILDOCS_SERVE_METHOD = "redirect"
    settings.MEDIA_URL = "/elsewhere/"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "FileCache" not in name]
    told = {found.id for found in check_files(None)}
    assert told == {"otp_policy.E007", "otp_policy.E008", "otp_policy.E009"}


def test_a_file_that_is_lost_from_the_disk_is_not_found(office):
    image = an_image()
    name = image.file.name
    assert signed_in("admin").get(image.file.url).status_code == 200
    image.file.storage.delete(name)
    assert signed_in("admin").get(image.file.url).status_code == 404
