"""Governed pages that lack what every item has: refused with the reason, never by the database."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import APIToken, Page, WorkflowState

from news.models import NewsPage
from otp_policy.wagtail.models import Post, Unit
from otp_policy.wagtail.models.items import UNIT_MISSING
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.screening import TEXT_MISSING

pytestmark = pytest.mark.django_db


def created(office, by, **meta):
    _token, secret = APIToken.create_token(user=office[by], name="test")
    meta |= {"type": "news.NewsPage", "parent_id": office.section("news").pk}
    data = json.dumps({"title": "ใหม่", "slug": "mai", "meta": meta})
    url, headers = reverse("wagtailapi_v3:create_page"), {"Authorization": f"Bearer {secret}"}
    return Client(headers=headers).post(url, data, content_type="application/json")


@pytest.mark.parametrize("meta", [{}, {"action": "publish"}])
def test_the_api_says_why_it_makes_no_page_without_a_unit(office, meta):
    before = Page.objects.get(pk=office.section("news").pk).numchild
    response = created(office, "admin", **meta)
    assert response.status_code == 422
    # The API speaks no language of a profile; the sentence is the form's own.
    assert str(UNIT_MISSING) in json.dumps(response.json(), ensure_ascii=False)
    assert not NewsPage.objects.exists()
    assert Page.objects.get(pk=office.section("news").pk).numchild == before


def test_the_api_makes_a_draft_in_the_authors_only_unit(office):
    assert created(office, "pr.division-a").status_code == 201
    page = NewsPage.objects.get()
    assert (page.live, page.owning_unit.code) == (False, "division-a")


def test_of_two_units_the_api_chooses_none(office):
    user, unit = office["pr.division-a"], Unit.objects.get(code="division-b")
    post = Post.objects.filter(user=user).first()
    Post.objects.create(user=user, role=post.role, unit=unit, from_on=post.from_on)
    assert created(office, "pr.division-a").status_code == 422
    assert not NewsPage.objects.exists()


def test_code_makes_no_page_without_a_unit(office):
    with pytest.raises(PolicyRefusal) as refusal:
        office.section("news").add_child(instance=NewsPage(live=False, title="ข่าว", slug="x"))
    assert str(UNIT_MISSING) in str(refusal.value)
    assert not NewsPage.objects.exists()


def test_step_3_a_page_without_a_saved_text_is_not_submitted(office):
    page = NewsPage(live=False, title="ข่าว", owning_unit=Unit.objects.get(code="division-a"))
    office.section("news").add_child(instance=page)
    with pytest.raises(PolicyRefusal) as refusal:
        office.submit(page)
    assert str(TEXT_MISSING) in str(refusal.value)
    assert not WorkflowState.objects.exists()
    page.save_revision(user=office["pr.division-a"])
    assert office.submit(page).workflow_in_progress
