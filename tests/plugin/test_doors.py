"""The programs' doors: the write API, the admin's own API, copies, aliases and translations."""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import APIToken, Locale, Page

from news.models import NewsPage
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh
from tests.plugin.test_gate import is_public, login

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(office):
    """Return a client of the write API, with the token of a superuser."""
    _token, secret = APIToken.create_token(user=office["admin"], name="test")
    return Client(headers={"Authorization": f"Bearer {secret}"})


def call(client, name, page, **data):
    url = reverse(f"wagtailapi_v3:{name}", args=(page.pk,))
    return client.post(url, json.dumps(data), content_type="application/json")


def test_the_write_api_answers_to_its_token_and_publishes_what_is_not_governed(office, api):
    section = office.section("news")
    section.title = "ข่าวสาร"
    section.save_revision()
    assert call(api, "pages_actions_publish", section).status_code == 200
    assert fresh(section).title == "ข่าวสาร"


def test_the_write_api_publishes_nothing_that_is_not_approved(office, api):
    page = office.draft()
    assert call(api, "pages_actions_publish", page).status_code == 403
    assert not is_public(page)


def test_the_write_api_changes_nothing_that_is_live(office, api):
    page = office.publish(office.draft())
    url = reverse("wagtailapi_v3:update_page", args=(page.pk,))
    changes = {"title": "แทรก", "publish": True, "meta": {"type": "news.NewsPage"}}
    response = api.patch(url, json.dumps(changes), content_type="application/json")
    assert response.status_code != 404
    assert fresh(page).title == "ข่าวทดสอบ"
    # Superusers pass Wagtail's own permissions; what answers 403 here is the gate.
    other = office.section("news").pk
    assert call(api, "pages_actions_create_alias", page, destination_id=other).status_code == 403
    other = office.section("other").pk
    assert call(api, "pages_actions_move", page, destination_id=other).status_code == 403
    assert api.delete(reverse("wagtailapi_v3:delete_page", args=(page.pk,))).status_code == 403
    section = office.section("news")
    assert api.delete(reverse("wagtailapi_v3:delete_page", args=(section.pk,))).status_code == 403
    assert fresh(page).live
    assert NewsPage.objects.count() == 1


@pytest.mark.parametrize("action", ["publish", "move", "delete", "convert_alias", "create_alias"])
def test_the_admins_own_api_does_not_pass_the_gate(office, action):
    draft = office.draft(title="ร่าง")
    live = office.publish(office.draft())
    page = draft if action == "publish" else live
    data = {"destination_page_id": office.section("other").pk, "update_slug": "a"}
    url = reverse("wagtailadmin_api:pages:action", args=(page.pk, action))
    response = login("admin").post(url, data)
    assert response.status_code in (400, 403), response.content
    assert not is_public(draft)
    assert fresh(live).live
    assert fresh(live).get_parent().pk == office.section("news").pk
    assert NewsPage.objects.count() == 2


def test_converting_an_alias_of_old_makes_nothing_live(office):
    page, alias = office.publish(office.draft()), office.draft(title="อีกหน้า")
    Page.objects.filter(pk=alias.pk).update(alias_of=page.pk)
    url = reverse("wagtailadmin_pages:convert_alias", args=(alias.pk,))
    login("admin").post(url, follow=True)
    assert not is_public(alias)


def test_a_copy_of_a_live_item_is_a_draft_without_its_publication(office):
    page = office.publish(office.draft())
    copy = page.copy(update_attrs={"slug": "copy"}, keep_live=False)
    assert not is_public(copy)
    with pytest.raises(PolicyRefusal):
        copy.get_latest_revision().publish()


def test_a_translation_is_a_draft_and_never_an_alias(office):
    page = NewsPage(title="ข่าว", owning_unit=office.draft().owning_unit, live=False)
    office.home.add_child(instance=page)
    page.save_revision(user=office["pr.division-a"])
    page = office.publish(fresh(page))
    locale = Locale.objects.create(language_code="en")
    with pytest.raises(PolicyRefusal), transaction.atomic():
        page.copy_for_translation(locale, copy_parents=True, alias=True)
    translation = page.copy_for_translation(locale, copy_parents=True)
    assert not fresh(translation).live
    with pytest.raises(PolicyRefusal):
        translation.get_latest_revision().publish()
