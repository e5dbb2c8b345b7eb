"""The demo's examples: every page type, marked as such, through every step, on the website."""

import re

import pytest
from django.utils import translation

from home.models import BasicInformationPage, OtherPage
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.models import LedgerEntry, governed_models
from otp_policy.wagtail.syndication.models import Delivery
from otp_site.demo.examples import publish_examples

pytestmark = pytest.mark.django_db
MARKS = {"": "ตัวอย่าง:", "/en": "Example:"}
# The announcement itself stands for the other information, and tables have examples of their own.
ELSEWHERE = {OtherPage}


@pytest.fixture
def examples(office):
    with translation.override("th"):
        return publish_examples()


def test_there_is_an_example_of_every_page_type_and_it_says_that_it_is_one(client, examples):
    shown = {type(page) for page in examples}
    governed = {model for model in governed_models() if model._meta.app_label in ("home", "news")}
    assert governed - shown == ELSEWHERE
    with translation.override("th"):
        addresses = [page.url for page in examples]
    for address in addresses:
        for prefix, mark in MARKS.items():
            text = client.get(f"{prefix}{address}").content.decode()
            assert re.search(rf"<h1[^>]*>{mark}", text), f"{prefix}{address}"


def test_each_took_the_steps_and_went_to_the_website_alone(examples):
    for page in examples:
        done = list(LedgerEntry.objects.filter(page_id=page.pk).values_list("action", flat=True))
        assert {"propose_slot", "confirm_slot", "approve", "publish"} <= set(done), page
        assert ("endorse" in done) == (page.disclosure_category != "news")
    assert not Delivery.objects.exists()
    assert list(audit()) == []


def test_an_example_that_does_not_go_live_is_told(office, monkeypatch):
    monkeypatch.setattr("otp_site.demo.examples.publish_due", lambda: 0)
    with translation.override("th"), pytest.raises(RuntimeError, match="did not go live"):
        publish_examples()
    assert not BasicInformationPage.objects.filter(live=True).exists()
