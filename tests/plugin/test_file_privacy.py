"""Files of items behind a login, a password or a group of readers are not for strangers."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from tests.office import PASSWORD, fresh
from tests.plugin.test_files import (
    a_document,
    addresses,
    an_image,
    bytes_of,
    linking,
    media_folder,
    showing,
    signed_in,
)

__all__ = ["media_folder"]

pytestmark = pytest.mark.django_db


def restrict(page, kind: str, **more) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **more)


def statuses(client: Client, document, image) -> set[int]:
    return {client.get(url).status_code for url in [document.url, *addresses(image)]}


@pytest.fixture
def files():
    return a_document(), an_image()


@pytest.fixture
def reader(django_user_model):
    """Return somebody signed in to the site who has no part in the office."""
    return django_user_model.objects.create_user("reader", "r@example.invalid", PASSWORD)


def publish_with(office, files, **fields):
    document, image = files
    return office.publish(office.draft(body=linking(document) + showing(image), **fields))


@pytest.mark.parametrize("where", ["section", "home"])
@pytest.mark.parametrize("kind", ["login", "password", "groups"])
def test_a_stranger_gets_no_file_of_an_item_that_strangers_may_not_read(office, files, where, kind):
    restrict(office.section("news") if where == "section" else office.home, kind, password="x")
    publish_with(office, files)
    assert statuses(Client(), *files) == {404}
    assert statuses(signed_in("pr.division-a"), *files) == {200}


def test_a_restriction_of_the_item_itself_counts(office, files):
    page = office.draft(body=linking(files[0]) + showing(files[1]))
    restrict(page, "login")
    office.publish(page)
    assert statuses(Client(), *files) == {404}


def test_behind_a_login_whoever_is_signed_in_gets_them_and_no_cache_keeps_them(
    office, files, reader
):
    restrict(office.section("news"), "login")
    publish_with(office, files)
    for url in [files[0].url, *addresses(files[1])]:
        answer = signed_in(reader.username).get(url)
        assert bytes_of(answer)
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))


def test_only_the_group_gets_the_files_of_the_group(office, files, reader):
    restriction = restrict(office.section("news"), "groups")
    restriction.groups.add(group := reader.groups.create(name="ผู้อ่าน"))
    reader.groups.clear()
    publish_with(office, files)
    assert statuses(signed_in(reader.username), *files) == {404}
    reader.groups.add(group)
    assert statuses(signed_in(reader.username), *files) == {200}


def test_the_password_of_the_section_opens_its_files(office, files):
    restriction = restrict(office.section("news"), "password", password="sesame")
    page = publish_with(office, files)
    client = Client()
    address = reverse("wagtailcore_authenticate_with_password", args=(restriction.pk, page.pk))
    client.post(address, {"password": "wrong", "return_url": "/"})
    assert statuses(client, *files) == {404}
    client.post(address, {"password": "sesame", "return_url": "/"})
    assert statuses(client, *files) == {200}


def test_every_restriction_above_the_item_counts(office, files, reader):
    restrict(office.home, "login")
    restrict(office.section("news"), "groups")
    publish_with(office, files)
    assert statuses(signed_in(reader.username), *files) == {404}


def test_what_an_open_item_uses_too_stays_public(office, files):
    restrict(office.section("news"), "login")
    publish_with(office, files)
    open_item = office.publish(office.other(body=linking(files[0]) + showing(files[1])))
    assert statuses(Client(), *files) == {200}
    open_item.unpublish(user=office["publisher.web"])
    assert not fresh(open_item).live
    assert statuses(Client(), *files) == {404}


def test_a_restriction_elsewhere_takes_nothing_away(office, files):
    restrict(office.section("other"), "login")
    publish_with(office, files)
    assert statuses(Client(), *files) == {200}
