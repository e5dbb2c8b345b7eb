"""Where a live item stands, who may read it, and what else answers at its address."""

from contextlib import contextmanager

import pytest
from django.core import serializers
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, PageViewRestriction, Site

from home.models import CategoryPage
from news.models import NewsPage
from otp_policy.wagtail.models import LedgerEntry, Publication, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh, in_an_hour
from tests.plugin.test_gate import login, texts

pytestmark = pytest.mark.django_db

STEP_5 = "แนบท้ายประกาศข้อ 1 ขั้นตอน 5"


@contextmanager
def refused():
    """Expect a refusal, in a transaction of its own as a request has it."""
    with pytest.raises(PolicyRefusal) as refusal, transaction.atomic():
        yield refusal


@pytest.fixture
def live(office):
    """Return a live item."""
    return office.publish(office.draft())


def test_a_live_item_is_not_moved_in_the_admin(office, live):
    other = office.section("other")
    login("admin").post(
        reverse("wagtailadmin_pages:move_confirm", args=(live.pk, other.pk)), follow=True
    )
    assert fresh(live).get_parent().pk == office.section("news").pk


def test_a_live_item_is_not_moved_in_code_but_may_be_sorted(office, live):
    sibling = office.draft(title="อีกข่าว")
    with refused() as refusal:
        live.move(office.section("other"), pos="last-child")
    assert STEP_5 in str(refusal.value)
    address = fresh(live).url_path
    fresh(live).move(fresh(sibling), pos="right")
    assert fresh(live).url_path == address


def test_a_section_with_live_items_is_not_moved_and_an_empty_one_is(office, live):
    root = Page.get_first_root_node()
    with refused() as refusal:
        office.section("news").move(root, pos="last-child")
    assert STEP_5 in str(refusal.value)
    assert office.section("news").get_parent().pk == office.home.pk
    office.section("other").move(root, pos="last-child")
    assert office.section("other").get_parent().pk == root.pk


def test_the_slug_of_a_live_item_is_part_of_its_approval(live):
    live.slug = "another"
    with refused():
        live.save()
    with refused():
        live.save(update_fields=["slug"])


def test_the_slug_of_a_section_stays_while_items_are_live_below(office, live):
    section = office.section("news")
    section.slug = "khao"
    with refused() as refusal:
        section.save()
    assert STEP_5 in str(refusal.value)
    with refused():
        section.save_revision().publish()
    assert fresh(section).slug == "news"
    empty = office.section("other")
    empty.slug = "uen"
    empty.save()
    assert fresh(empty).slug == "uen"


def test_a_fixture_gives_a_section_no_other_slug_while_items_are_live_below(office, live, tmp_path):
    path = tmp_path / "section.json"
    section = Page.objects.get(pk=office.section("news").pk)
    path.write_text(serializers.serialize("json", [section, office.section("news")]), "utf-8")
    call_command("loaddata", str(path), verbosity=0)
    section.slug = "khao"
    path.write_text(serializers.serialize("json", [section]), "utf-8")
    with refused():
        call_command("loaddata", str(path), verbosity=0)
    assert fresh(section).slug == "news"


@pytest.mark.parametrize("kind", ["login", "password"])
def test_privacy_is_not_put_on_a_live_item_or_above_it(office, live, kind):
    for page in (live, office.section("news"), office.home):
        with refused() as refusal:
            PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")
        assert STEP_5 in str(refusal.value)
    response = login("admin").post(
        reverse("wagtailadmin_pages:set_privacy", args=(office.section("news").pk,)),
        {"restriction_type": "login"},
    )
    assert response.status_code != 200 or not PageViewRestriction.objects.exists()
    assert not PageViewRestriction.objects.exists()
    assert Client().get(live.get_url()).status_code == 200


def test_privacy_is_not_lifted_or_changed_above_a_live_item(office):
    section = office.section("news")
    restriction = PageViewRestriction.objects.create(page=section, restriction_type="login")
    live = office.publish(office.draft())
    with refused():
        restriction.delete()
    restriction.restriction_type = "password"
    restriction.password = "known"
    with refused():
        restriction.save()
    with refused():
        PageViewRestriction.objects.all().delete()
    restriction.page = office.section("other")
    with refused():
        restriction.save()
    group = office["admin"].groups.create(name="ผู้อ่าน")
    with refused():
        PageViewRestriction.objects.get().groups.add(group)
    assert PageViewRestriction.objects.get().restriction_type == "login"
    assert Client().get(live.get_url()).status_code == 302


def test_privacy_where_nothing_is_live_is_free(office):
    restriction = PageViewRestriction.objects.create(
        page=office.section("other"), restriction_type="login"
    )
    restriction.delete()
    office.draft()
    PageViewRestriction.objects.create(page=office.section("news"), restriction_type="login")
    assert PageViewRestriction.objects.count() == 1


def test_another_root_does_not_hide_or_show_live_items(office, live):
    site = Site.objects.get()
    site.root_page = office.section("other")
    with refused() as refusal:
        site.save()
    assert STEP_5 in str(refusal.value)
    with refused():
        Site.objects.get().delete()
    with refused():
        Site.objects.create(hostname="other.invalid", root_page=office.section("news"))
    login("admin").post(
        reverse("wagtailsites:edit", args=(site.pk,)),
        {"hostname": "127.0.0.1", "port": 80, "root_page": office.section("other").pk},
    )
    assert Site.objects.get().root_page_id == office.home.pk
    named = Site.objects.get()
    named.site_name = "ชื่อใหม่"
    named.save()
    Site.objects.create(hostname="empty.invalid", root_page=office.section("other"))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_redirect_does_not_answer_in_the_place_of_an_item(office, live, prefix):
    old_path = prefix + Redirect.normalise_path(live.get_url())
    with refused() as refusal:
        Redirect.objects.create(old_path=old_path, redirect_link="https://elsewhere.invalid/")
    assert STEP_5 in str(refusal.value)
    live.unpublish(user=office["publisher.web"])
    login("admin").post(
        reverse("wagtailredirects:add"),
        {"old_path": old_path, "redirect_link": "https://elsewhere.invalid/", "is_permanent": "on"},
    )
    assert not Redirect.objects.exists()
    Redirect.objects.create(old_path="/somewhere-else", redirect_page=live)


def test_an_item_does_not_go_live_over_a_redirect(office):
    page = office.draft()
    Redirect.objects.create(
        old_path=Redirect.normalise_path(page.get_url()), redirect_link="https://e.invalid/"
    )
    office.agree(page)
    office.approve(page)
    assert publish_due() == 0
    assert "การเปลี่ยนเส้นทาง" in Slot.objects.get().note
    assert not fresh(page).live
    assert not Publication.objects.exists()


def test_a_live_item_is_not_deleted_in_code(office, live):
    for what in (live, Page.objects.get(pk=live.pk), office.section("news")):
        with refused() as refusal:
            what.delete()
        assert STEP_5 in str(refusal.value)
    with refused():
        NewsPage.objects.all().delete()
    with refused():
        Page.objects.filter(pk=live.pk).delete()
    assert fresh(live).live
    assert not LedgerEntry.objects.filter(action="take_down").exists()


def test_a_refused_deletion_counts_and_logs_nothing(office, live):
    # Without a transaction around it, as code runs: what came before the refusal would stay.
    with pytest.raises(PolicyRefusal):
        office.section("news").delete()
    assert fresh(office.home).numchild == office.home.get_children().count()
    assert not PageLogEntry.objects.filter(action="wagtail.delete").exists()


@pytest.mark.parametrize("model", [Page, NewsPage])
def test_a_refused_deletion_by_a_query_leaves_the_item_where_the_public_finds_it(
    office, live, model
):
    with pytest.raises(PolicyRefusal):
        model.objects.filter(pk=live.pk).delete()
    assert office.section("news").numchild == 1
    assert Client().get(live.get_url()).status_code == 200


def test_a_live_item_is_not_deleted_in_the_admin_with_its_section(office, live):
    client = login("admin")
    bulk = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "delete"))
    section = office.section("news").pk
    client.post(reverse("wagtailadmin_pages:delete", args=(live.pk,)))
    client.post(f"{bulk}?id={live.pk}")
    client.post(f"{bulk}?id={section}")
    response = client.post(reverse("wagtailadmin_pages:delete", args=(section,)), follow=True)
    assert STEP_5 in texts(response)
    assert fresh(live).live
    assert office.section("news").numchild == 1


def test_bulk_unpublish_needs_the_unit_that_owns_the_website(office, live):
    bulk = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish"))
    for name, stays in (("pr.division-a", True), ("publisher.web", False)):
        login(name).post(f"{bulk}?id={live.pk}")
        assert fresh(live).live is stays
    entry = LedgerEntry.objects.get(action="take_down")
    assert '"username":"publisher.web"' in entry.body
    assert Publication.objects.get().ended_at is not None
    with pytest.raises(PermissionDenied):
        fresh(live).unpublish(user=office["pr.division-a"])


def test_a_live_item_gets_no_end_and_no_schedule_of_its_own(office, live):
    for name in ("expire_at", "go_live_at"):
        page = fresh(live)
        setattr(page, name, in_an_hour())
        with refused():
            page.save(clean=False)
        with refused():
            page.save(update_fields=[name], clean=False)


def test_an_end_hidden_in_the_approved_text_holds_the_slot(office):
    draft = office.draft().get_latest_revision_as_object()
    draft.expire_at = in_an_hour()
    draft.save_revision(user=office["pr.division-a"], clean=False)
    office.agree(fresh(draft))
    office.approve(fresh(draft))
    assert publish_due() == 0
    assert Slot.objects.get().state == Slot.State.HELD


@pytest.mark.parametrize("save", [CategoryPage.save, Model.save])
def test_a_section_above_a_live_item_is_not_renamed_by_its_slug_alone(office, save):
    office.publish(office.draft())
    section = office.section("news")
    section.slug = "other-news"
    with pytest.raises(PolicyRefusal), transaction.atomic():
        save(section, update_fields=["slug"])
    assert fresh(section).slug == "news"
