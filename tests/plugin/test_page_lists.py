"""Wagtail's own lists name a draft to those who have a part in it, and to nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import APIToken, Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from home.models import OtherPage
from news.models import NewsPage
from otp_policy.wagtail import page_lists
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import DelegationOrder, Unit
from otp_policy.wagtail.withdrawals import take_down
from tests.leaflets.models import LeafletPage
from tests.office import fresh
from tests.plugin.test_gate import login

pytestmark = pytest.mark.django_db

TITLE = "Zebra memorandum"


def addresses(page) -> dict[str, str]:
    """Return every list of Wagtail's on which *page* would stand, by a name for it."""
    section = page.get_parent().pk
    api = reverse("wagtailadmin_api:pages:listing")
    return {
        "explorer": reverse("wagtailadmin_explore", args=(section,)),
        "search": reverse("wagtailadmin_pages:search") + "?q=Zebra",
        "search below": reverse("wagtailadmin_explore", args=(section,)) + "?q=Zebra",
        "type": reverse("wagtailadmin_pages:type_use", args=("news", "newspage")),
        "admin API": f"{api}?child_of={section}",
        "admin API of the explorer": f"{api}?child_of={section}&for_explorer=1",
        "admin API, one": reverse("wagtailadmin_api:pages:detail", args=(page.pk,)),
        "chooser": reverse("wagtailadmin_choose_page_child", args=(section,)),
        "chooser's search": reverse("wagtailadmin_choose_page_search") + "?q=Zebra",
        "history": reverse("wagtailadmin_reports:site_history"),
        "workflows": reverse("wagtailadmin_reports:workflow"),
        "tasks": reverse("wagtailadmin_reports:workflow_tasks"),
        "write API": reverse("wagtailapi_v3:list_pages"),
        "write API, news": reverse("wagtailapi_v3:list_pages") + "?type=news.NewsPage",
        "write API, one": reverse("wagtailapi_v3:detail_page", args=(page.pk,)),
    }


def read(user, name: str, address: str) -> str:
    """Return what *user* reads at *address*; nothing, where it is as if there were none."""
    if name.startswith("write API"):
        token = APIToken.create_token(user=user, name="lists")[1]
        answer = Client(headers={"Authorization": f"Bearer {token}"}).get(address)
    else:
        answer = login(user.username).get(address)
    assert answer.status_code == 200 or "one" in name, (name, answer.status_code)
    assert answer.status_code in (200, 404)
    return answer.content.decode() if answer.status_code == 200 else ""


def lists_with(page, user) -> set[str]:
    """Return the lists on which *user* finds *page*."""
    found = {name for name, to in addresses(page).items() if TITLE in read(user, name, to)}
    assert found in (set(), set(addresses(page))), set(addresses(page)) - found
    return found


def test_a_draft_is_on_every_list_of_its_division_and_on_none_of_another(office):
    page = office.submit(office.draft(title=TITLE))
    assert lists_with(page, office["pr.division-a"])
    assert not lists_with(page, office["pr.division-b"])
    assert found_in_explorer(page, office["admin"])


def found_in_explorer(page, user) -> bool:
    explorable = policy_registry.get_by_type(Page).explorable_instances(user)
    return explorable.filter(pk=page.pk).exists()


def test_what_was_taken_down_leaves_the_lists_of_the_others_and_what_is_live_does_not(office):
    page = office.publish(office.draft(title=TITLE))
    assert found_in_explorer(page, office["pr.division-b"])
    take_down(page, office["publisher.web"], reason="เลขประจำตัวหลุด")
    assert not found_in_explorer(page, office["pr.division-b"])
    assert found_in_explorer(page, office["pr.division-a"])


def test_who_worked_on_it_or_owns_it_finds_it_whatever_the_unit(office):
    page = office.draft(title=TITLE)
    office.edit(page, by="pr.division-b", summary="แก้")
    assert found_in_explorer(page, office["pr.division-b"])
    own = office.draft(by="pr.division-b")
    assert found_in_explorer(own, office["pr.division-b"])


def test_the_unit_that_a_draft_names_finds_it_and_the_unit_before_still_does(office):
    page = office.edit(office.draft(), owning_unit=Unit.objects.get(code="division-b"))
    assert fresh(page).owning_unit.code == "division-a"
    assert found_in_explorer(page, office["pr.division-b"])
    assert found_in_explorer(page, office["pr.division-a"])


def test_an_order_opens_the_lists_while_it_is_in_force_and_for_its_category(office):
    page, today = office.draft(title=TITLE), office_day()

    def order(*, first: int, category: str = "") -> None:
        on = today + timedelta(days=first)
        DelegationOrder.objects.create(
            number="1/2569",
            role="division_director",
            unit=Unit.objects.get(code="division-a"),
            delegator=office["director.division-a"],
            delegate=office["pr.division-b"],
            from_on=on,
            until_on=on,
            category=category,
        )

    order(first=1)
    order(first=0, category="procurement")
    assert not found_in_explorer(page, office["pr.division-b"])
    order(first=0, category="news")
    assert found_in_explorer(page, office["pr.division-b"])


def test_a_page_outside_the_measures_is_listed_as_ever(office):
    leaflet = office.home.add_child(instance=LeafletPage(title=TITLE, live=False))
    assert found_in_explorer(leaflet, office["pr.division-b"])


def test_the_lists_take_the_same_queries_for_few_and_for_many(office):
    office.draft(title=TITLE)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            user = type(office["pr.division-b"]).objects.get(username="pr.division-b")
            list(policy_registry.get_by_type(Page).explorable_instances(user))
        return len(found)

    queries()
    few = queries()
    for number in range(4):
        office.draft(title=f"{TITLE} {number}")
    assert queries() == few


def test_the_policy_of_one_page_type_keeps_to_it_too(office):
    office.draft(title=TITLE)
    policy = policy_registry.get_by_type(Page).for_model(NewsPage)
    user = office["pr.division-b"]
    assert not policy.instances_user_has_permission_for(user, "change").filter(title=TITLE)
    assert policy_registry.get_by_type(OtherPage) is policy_registry.get_by_type(Page)


def test_a_site_with_a_policy_of_its_own_keeps_it(monkeypatch):
    class Own(PagePermissionPolicy):
        pass

    own = Own()
    monkeypatch.setitem(policy_registry.values_by_class, Page, own)
    page_lists.connect()
    assert policy_registry.get_by_type(Page) is own
