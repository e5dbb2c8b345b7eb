"""Each part of what the public gets is digested: another value of it alone is another digest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wagtail.documents.models import Document
from wagtail.images.models import Image

from home.models import BasicInformationPage, OtherPage
from otp_policy.wagtail.digest import item_digest
from tests.exhibits.models import Case, Contact, Footer
from tests.plugin.test_shown import contact, document, draft, image

__all__ = ["contact", "document", "draft", "image"]

pytestmark = pytest.mark.django_db


def another_text(page: Any) -> None:
    page.body += "<p>เพิ่ม</p>"


def another_child_row(page: Any) -> None:
    page.cases.add(Case(text="เพิ่ม"))


def a_later_field(page: Any) -> None:
    page.legal_basis = "7"


def another_text_for_the_channels(page: Any) -> None:
    page.channel_closing = "ติดต่อสำนักงาน"


def other_bytes(page: Any) -> None:
    Path(Document.objects.get().file.path).write_bytes(b"two")


def other_bytes_of_a_picture(page: Any) -> None:
    Path(Image.objects.get().file.path).write_bytes(b"two")


def no_bytes(page: Any) -> None:
    Path(Document.objects.get().file.path).unlink()


def no_file(page: Any) -> None:
    Document.objects.all()._raw_delete("default")


def another_snippet(page: Any) -> None:
    Contact.objects.update(telephone="9999")


def another_setting(page: Any) -> None:
    Footer.objects.update(text="อื่น")


def no_setting(page: Any) -> None:
    Footer.objects.all()._raw_delete("default")


def another_title_of_a_document(page: Any) -> None:
    Document.objects.update(title="อื่น")


def said_of_a_picture(name: str, value: Any) -> Callable[[Any], None]:
    def change(page: Any) -> None:
        Image.objects.update(**{name: value})

    change.__name__ = f"another_{name}"
    return change


FROM_RECIPE_1 = [
    another_text,
    another_child_row,
    a_later_field,
    another_text_for_the_channels,
    other_bytes,
    other_bytes_of_a_picture,
    no_bytes,
    no_file,
]
FROM_RECIPE_2 = [
    another_snippet,
    another_setting,
    no_setting,
    another_title_of_a_document,
    said_of_a_picture("title", "อื่น"),
    said_of_a_picture("description", "อื่น"),
    said_of_a_picture("focal_point_x", 1),
    said_of_a_picture("focal_point_y", 1),
    said_of_a_picture("focal_point_width", 1),
    said_of_a_picture("focal_point_height", 1),
]
EACH = [
    *((recipe, change) for recipe in (1, 2) for change in FROM_RECIPE_1),
    *((2, change) for change in FROM_RECIPE_2),
]


@pytest.mark.parametrize(("recipe", "change"), EACH, ids=lambda one: getattr(one, "__name__", one))
def test_another_value_of_one_part_is_another_digest(draft, recipe, change):
    page = draft.get_latest_revision_as_object()
    before = item_digest(page, recipe=recipe)
    assert item_digest(page, recipe=recipe) == before
    change(page)
    assert item_digest(page, recipe=recipe) != before


@pytest.mark.parametrize("recipe", [1, 2])
def test_the_same_words_in_another_type_are_another_text(office, recipe):
    first, second = (
        office.draft(model, slug="same", title="ข้อมูล")
        for model in (BasicInformationPage, OtherPage)
    )
    assert first.serializable_data().keys() - second.serializable_data().keys() == {"kind"}
    assert item_digest(first, recipe=recipe) != item_digest(second, recipe=recipe)


# What approvals of that text were bound to. Another digest here would make all approvals stale:
# a change of what is digested takes a recipe of its own.
GIVEN_BEFORE = {
    1: "sha256:90e401c0c7483b478bbb2490a85726b4ace4f1db4d5da683f016aa43e346c473",
    2: "sha256:beee3f4011eeb1a442097c392d6f86a03fd06607d73af174e2896e6dfea27163",
}


@pytest.mark.parametrize("recipe", GIVEN_BEFORE)
def test_the_digest_of_a_text_stays_what_it_was(db, recipe):
    page = OtherPage(
        title="ประกาศ",
        slug="notice",
        summary="สรุป",
        body="<p>เนื้อความ</p>",
        owning_unit_id=1,
        locale_id=1,
    )
    assert item_digest(page, recipe=recipe) == GIVEN_BEFORE[recipe]
