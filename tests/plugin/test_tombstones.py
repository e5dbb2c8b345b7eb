"""Step 5: the address of what was withdrawn tells the public so, and does not fall silent."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageLogEntry, Site

from news.models import NewsPage
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import AppendOnlyError, LedgerEntry, Withdrawal
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.withdrawals import ask_to_withdraw, decide_on_withdrawal, take_down
from tests.office import fresh
from tests.plugin.test_gate import login

pytestmark = pytest.mark.django_db

REASON = "ตัวเลขในตารางที่ 2 ผิด"


@pytest.fixture
def withdrawn(office):
    """Return an item that was withdrawn; unless break-glass ended it, its address tells so."""
    page = office.publish(office.draft())
    asked = ask_to_withdraw(page, office["pr.division-a"], reason=REASON)
    decide_on_withdrawal(asked, office["director.division-a"], "approve", digest=asked.digest)
    yield fresh(page)
    if not LedgerEntry.objects.filter(action="end_tombstone").exists():
        answer = Client().get(page.get_url())
        assert answer.status_code == 410
        assert REASON in answer.content.decode()


def refused(change) -> None:
    with pytest.raises(PolicyRefusal, match="ถอนแล้ว"), transaction.atomic():
        change()


def test_no_code_deletes_it_or_what_it_stands_in(office, withdrawn):
    for rows in (withdrawn, office.section("news"), office.home):
        refused(rows.delete)
    for rows in (NewsPage.objects, Page.objects, NewsPage._base_manager):
        refused(rows.filter(pk=withdrawn.pk).delete)


def test_a_refused_deletion_counts_and_logs_nothing(office, withdrawn):
    # Without a transaction around it, as code runs: what came before the refusal would stay.
    with pytest.raises(PolicyRefusal):
        office.section("news").delete()
    assert fresh(office.home).numchild == office.home.get_children().count()
    assert not PageLogEntry.objects.filter(action="wagtail.delete").exists()


def test_a_takedown_that_waits_for_its_approval_stays_as_well(office):
    page = office.publish(office.draft())
    take_down(page, office["publisher.web"], reason=REASON)
    refused(fresh(page).delete)
    assert Client().get(page.get_url()).status_code == 410


def test_no_code_moves_it_or_what_it_stands_in(office, withdrawn):
    for page in (withdrawn, office.section("news")):
        refused(lambda page=page: fresh(page).move(office.section("other"), pos="last-child"))


def test_no_code_gives_it_another_slug(office, withdrawn):
    for page in (withdrawn, office.section("news")):
        page.slug = "elsewhere"
        refused(page.save)
        refused(lambda page=page: page.save(update_fields=["slug"]))


def test_a_new_text_with_another_slug_does_not_go_out_in_its_place(office, withdrawn):
    from otp_policy.wagtail.publishing import publish_due

    page = office.edit(withdrawn, slug="elsewhere", summary="ใหม่")
    office.agree(page)
    office.approve(page)
    assert publish_due() == 0
    assert "ถอนแล้ว" in LedgerEntry.objects.get(action="publish_refused").body


def test_no_root_of_a_site_leaves_it_out(office, withdrawn):
    site = withdrawn.get_site()
    site.root_page = office.section("other")
    refused(site.save)
    refused(withdrawn.get_site().delete)


def test_the_admin_says_why_it_stays(office, withdrawn):
    section, root = office.section("news"), Page.get_first_root_node()
    bulk = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "delete"))
    delete = reverse("wagtailadmin_pages:delete", args=(section.pk,))
    for address in (delete, f"{bulk}?id={section.pk}"):
        answer = login("admin").post(address, follow=True)
        assert "ถอนแล้ว" in answer.content.decode(), address
    login("admin").post(reverse("wagtailadmin_pages:move_confirm", args=(section.pk, root.pk)))
    assert fresh(section).get_parent().pk == office.home.pk
    tester = withdrawn.permissions_for_user(office["admin"])
    assert not tester.can_delete()
    assert not tester.can_move()


def test_its_withdrawal_is_not_deleted(office):
    take_down(office.publish(office.draft()), office["publisher.web"], reason=REASON)
    for delete in (Withdrawal.objects.all().delete, Withdrawal.objects.get().delete):
        with pytest.raises(AppendOnlyError), transaction.atomic():
            delete()


def test_break_glass_ends_it_on_record(office, withdrawn):
    by, second = office["publisher.web"], office["director.division-a"]
    with break_glass(reason="คำสั่งศาล", by=by, second=second):
        fresh(withdrawn).delete()
    assert not Page.objects.filter(pk=withdrawn.pk).exists()
    row = LedgerEntry.objects.get(action="end_tombstone")
    assert row.page_id == withdrawn.pk
    assert "คำสั่งศาล" in row.body


def test_break_glass_ends_it_by_another_slug_on_record(office, withdrawn):
    by, second = office["publisher.web"], office["director.division-a"]
    with break_glass(reason="คำสั่งศาล", by=by, second=second):
        section = office.section("news")
        section.slug = "elsewhere"
        section.save()
    assert LedgerEntry.objects.get(action="end_tombstone").page_id == withdrawn.pk


def test_sorting_and_what_was_never_public_are_free(office, withdrawn):
    draft = office.draft(title="ร่าง")
    withdrawn.move(draft, pos="right")
    fresh(draft).delete()
    assert not NewsPage.objects.filter(pk=draft.pk).exists()


def found_by_the_audit(page) -> list:
    """Return what the audit finds of the tombstone, whoever else is hurt by the same edit."""
    found = [one for one in audit() if one.code == "tombstone_not_in_place"]
    assert all(f" {page.pk} " in one.subject for one in found)
    return found


@pytest.mark.parametrize("of_section", [False, True])
def test_the_audit_finds_another_slug_by_an_update_and_is_quiet_once_it_is_back(
    office, withdrawn, of_section
):
    page = office.section("news") if of_section else withdrawn
    slug, address = page.slug, withdrawn.get_url()
    assert list(audit()) == []
    Page.objects.filter(pk=page.pk).update(slug="elsewhere")
    assert Client().get(address).status_code == 404
    [found] = found_by_the_audit(withdrawn)
    assert address in found.what
    assert "elsewhere" in found.what
    assert found.since == LedgerEntry.objects.get(action="take_down").at
    assert "slug" in found.mend
    Page.objects.filter(pk=page.pk).update(slug=slug)
    assert list(audit()) == []


def test_the_audit_finds_another_slug_whose_path_was_made_to_fit(office, withdrawn):
    url_path = withdrawn.url_path
    elsewhere = url_path.replace(withdrawn.slug, "elsewhere")
    Page.objects.filter(pk=withdrawn.pk).update(slug="elsewhere", url_path=elsewhere)
    assert len(found_by_the_audit(withdrawn)) == 1
    Page.objects.filter(pk=withdrawn.pk).update(slug=withdrawn.slug, url_path=url_path)


def test_the_audit_finds_a_path_that_the_slugs_do_not_lead_to(office, withdrawn):
    Page.objects.filter(pk=withdrawn.pk).update(url_path="/elsewhere/")
    [found] = found_by_the_audit(withdrawn)
    assert "/elsewhere/" in found.what
    call_command("set_url_paths", verbosity=0)
    assert list(audit()) == []


def test_the_audit_finds_another_place_in_the_tree_and_another_root(office, withdrawn):
    draft, root = office.other(), withdrawn.get_site().root_page
    edits = [
        (Page.objects.filter(pk=withdrawn.pk), "path", f"{draft.path}0001"),
        (Site.objects.all(), "root_page_id", office.section("other").pk),
    ]
    for rows, column, value in edits:
        before = rows.values_list(column, flat=True).get()
        rows.update(**{column: value})
        assert len(found_by_the_audit(withdrawn)) == 1, column
        rows.update(**{column: before})
    Site.clear_site_root_paths_cache()
    assert office.home.pk == root.pk
    assert list(audit()) == []


def test_the_audit_finds_a_page_that_sql_deleted_but_not_one_that_break_glass_ended(office):
    pages = [office.publish(office.draft(title=title)) for title in ("หนึ่ง", "สอง")]
    for page in pages:
        take_down(page, office["publisher.web"], reason=REASON)
    by, second = office["publisher.web"], office["director.division-a"]
    with break_glass(reason="คำสั่งศาล", by=by, second=second):
        fresh(pages[0]).delete()
    assert [one.code for one in audit() if one.code.startswith("tomb")] == []
    rows = NewsPage.objects.filter(pk=pages[1].pk)
    rows._raw_delete("default")
    Page.objects.filter(pk=pages[1].pk)._raw_delete("default")
    [found] = found_by_the_audit(pages[1])
    assert pages[1].title in found.subject


def test_the_address_stays_for_what_goes_live_again(office):
    page = office.publish(office.draft())
    take_down(page, office["publisher.web"], reason=REASON)
    office.publish(office.edit(page, summary="ใหม่"))
    assert list(audit()) == []
    rows = Page.objects.filter(pk=office.section("news").pk)
    rows.update(slug="elsewhere")
    assert len(found_by_the_audit(page)) == 1
