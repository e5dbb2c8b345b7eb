"""A site that is live already comes under the measures as it stands, by an order."""

import json
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import Page, Revision

from news.models import NewsPage
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.gate import triggers
from otp_policy.wagtail.ledger_export import head, lines
from otp_policy.wagtail.models import Adoption, Approval, LedgerEntry, Publication
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import PASSWORD, fresh, in_an_hour

pytestmark = pytest.mark.django_db


def live_before(office, number=1, **columns):
    """Return pages that were live before anything watched over them, without a revision."""
    pages = []
    for count in range(number):
        page = office.draft(title=f"ข่าวเก่า {count}")
        pages.append(page)
    keys = [page.pk for page in pages]
    triggers.remove()
    Page.objects.filter(pk__in=keys).update(
        live=True, latest_revision=None, latest_revision_created_at=None, **columns
    )
    triggers.install()
    Revision.objects.filter(object_id__in=[str(key) for key in keys]).delete()
    return [fresh(page) for page in pages]


def adopt(*arguments: str) -> str:
    out = StringIO()
    call_command("otp_adopt", *arguments, stdout=out)
    return out.getvalue()


def codes() -> list[str]:
    return [finding.code for finding in audit()]


def test_what_was_live_is_taken_over_by_the_order_and_the_audit_starts_clean(office):
    first, second = live_before(office, 2)
    assert codes() == ["live_without_publication"] * 2
    assert Client().get(first.get_url()).status_code == 404
    assert "2" in adopt("--order", "9/2569", "--date", "2026-10-01", "--by", "director.office")
    assert codes() == []
    for page in (first, second):
        publication = Publication.objects.get(page_id=page.pk)
        approval = publication.approval
        assert (approval.kind, approval.order, approval.by) == (
            "baseline",
            "9/2569",
            office["director.office"],
        )
        assert approval.role == "office_director"
        row = json.loads(LedgerEntry.objects.get(action="adopt", page_id=page.pk).body)
        assert (row["digest"], row["order"]) == (publication.digest, "9/2569")
    begun, ended = LedgerEntry.objects.filter(action__endswith="_adoption")
    assert json.loads(begun.body)["order_on"] == "2026-10-01"
    assert json.loads(ended.body)["pages"] == 2
    assert Adoption.objects.get().order_on == date(2026, 10, 1)


def test_the_public_reads_by_which_order(office):
    (page,) = live_before(office)
    adopt("--order", "9/2569", "--date", "2026-10-01")
    answer = Client().get(page.get_url())
    text = answer.content.decode()
    assert answer["X-Disclosure-Digest"] == Publication.objects.get().digest
    assert 'data-otp-mark="baseline"' in text
    assert "คำสั่งที่ 9/2569 ลงวันที่ 1 ตุลาคม 2569" in text


def test_nobody_is_named_where_the_order_names_nobody(office):
    live_before(office)
    adopt("--order", "9/2569")
    assert Approval.objects.get().by is None
    row = LedgerEntry.objects.get(action="adopt")
    assert json.loads(row.body)["actor"] is None


def test_a_baseline_is_no_approval_of_a_correction_nor_of_its_own_return(office):
    (page,) = live_before(office)
    adopt("--order", "9/2569")
    page = office.edit(fresh(page), summary="แก้ไข")
    office.agree(page)
    call_command("run_dispatcher", "--once", stdout=StringIO())
    assert fresh(page).summary != "แก้ไข"
    page = office.approve(page)
    call_command("run_dispatcher", "--once", stdout=StringIO())
    assert fresh(page).summary == "แก้ไข"
    assert "data-otp-mark" not in Client().get(page.get_url()).content.decode()
    assert codes() == []
    fresh(page).unpublish(user=office["publisher.web"])
    with pytest.raises(PolicyRefusal):
        fresh(page).save_revision().publish(skip_permission_checks=True)


def test_a_baseline_does_not_go_out_on_line(office):
    from otp_policy.wagtail.syndication.models import Delivery
    from otp_policy.wagtail.syndication.permission import may_go

    (page,) = live_before(office)
    adopt("--order", "9/2569")
    office.agree(fresh(page), "line")
    assert not may_go(Delivery.objects.get(channel="line"))


def test_an_adopted_text_is_guarded_as_an_approved_one(office):
    (page,) = live_before(office)
    adopt("--order", "9/2569")
    page = fresh(page)
    page.summary = "แทรก"
    with pytest.raises(PolicyRefusal):
        page.save()
    NewsPage.objects.filter(pk=page.pk).update(summary="แทรก")
    assert codes() == ["not_as_approved"]


def test_a_file_of_an_adopted_page_stays_public(office):
    document = Document.objects.create(title="แผน", file=ContentFile(b"one", name="plan.txt"))
    (page,) = live_before(office)
    body = f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'
    NewsPage.objects.filter(pk=page.pk).update(body=body)
    assert Client().get(document.url).status_code in (302, 403, 404)
    adopt("--order", "9/2569")
    assert Client().get(document.url).status_code == 200


def test_the_text_that_was_live_is_kept_as_a_revision_and_edited_next(office):
    (page,) = live_before(office)
    adopt("--order", "9/2569")
    page = fresh(page)
    assert page.live_revision_id == page.latest_revision_id
    assert page.live_revision.as_object().summary == page.summary
    assert Publication.objects.get().revision_id == page.live_revision_id


def test_who_drafted_a_newer_text_does_not_approve_it(office):
    (page,) = live_before(office)
    page.summary, page.correction_note = "ร่างที่ค้างอยู่", "แก้สรุป"
    draft = page.save_revision(user=office["director.division-a"])
    from otp_policy.wagtail.models import Contribution

    Contribution.objects.all().delete()  # written before the plugin noted who contributes
    adopt("--order", "9/2569")
    page = office.submit(fresh(page))
    assert page.latest_revision_id == draft.pk
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "director.division-a")
    assert "own_work" in refused.value.codes


def test_an_end_of_its_own_is_lifted_and_said(office):
    (page,) = live_before(office, expire_at=in_an_hour(), go_live_at=timezone.now())
    said = adopt("--order", "9/2569")
    assert f"{page.pk} “{page.title}”: expire_at" in said
    assert (fresh(page).expire_at, fresh(page).go_live_at) == (None, None)
    lifted = json.loads(LedgerEntry.objects.get(action="adopt").body)["lifted"]
    assert set(lifted) == {"expire_at", "go_live_at"}
    assert codes() == []


def test_a_dry_run_lists_and_changes_nothing(office):
    (page,) = live_before(office)
    before = LedgerEntry.objects.count()
    assert page.title in adopt("--order", "9/2569", "--dry-run")
    with pytest.raises(CommandError):
        adopt("--order", " ", "--dry-run")
    assert LedgerEntry.objects.count() == before
    assert not Approval.objects.exists()
    assert not Publication.objects.exists()


def test_again_it_takes_nothing_and_a_trick_since_then_needs_its_own_order(office):
    live_before(office)
    adopt("--order", "9/2569")
    before = LedgerEntry.objects.count()
    assert "0" in adopt("--order", "9/2569")
    assert LedgerEntry.objects.count() == before
    (trick,) = live_before(office)
    with pytest.raises(CommandError, match="9/2569"):
        adopt("--order", "9/2569", "--again")
    with pytest.raises(CommandError, match=f"--again.*{trick.pk}"):
        adopt("--order", "10/2569")
    assert codes() == ["live_without_publication"]
    adopt("--order", "10/2569", "--pages", str(trick.pk))
    assert codes() == []
    begun = LedgerEntry.objects.filter(action="begin_adoption").last()
    assert json.loads(begun.body)["chosen"] == [trick.pk]


def test_a_site_with_publications_is_under_the_measures_without_an_adoption(office):
    office.publish(office.draft())
    live_before(office)
    with pytest.raises(CommandError, match="otp_audit"):
        adopt("--order", "9/2569")
    adopt("--order", "9/2569", "--again")
    assert codes() == []


def test_a_page_that_is_not_live_or_published_already_is_no_page_to_name(office):
    page = office.publish(office.draft())
    with pytest.raises(CommandError, match=str(page.pk)):
        adopt("--order", "9/2569", "--pages", str(page.pk))


def test_an_interrupted_order_goes_on(office, monkeypatch):
    from otp_policy.wagtail import adoption

    live_before(office, 3)
    monkeypatch.setattr(adoption, "BATCH", 1)
    calls = []

    def stop_at_the_second(line):
        calls.append(line)
        raise KeyboardInterrupt

    Page.objects.filter(pk=NewsPage.objects.order_by("pk")[1].pk)
    triggers.remove()
    Page.objects.filter(pk=NewsPage.objects.order_by("pk")[1].pk).update(expire_at=in_an_hour())
    triggers.install()
    with pytest.raises(KeyboardInterrupt):
        adoption.adopt(adoption.Order(number="9/2569"), said=stop_at_the_second)
    assert Publication.objects.count() == 1
    assert Adoption.objects.get().ended_at is None
    assert "2" in adopt("--order", "9/2569")
    assert codes() == []
    ended = json.loads(LedgerEntry.objects.get(action="end_adoption").body)
    assert ended["pages"] == 3


def test_the_writes_do_not_grow_with_the_pages_of_a_batch(office):
    def writes(number, order):
        live_before(office, number)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            adopt("--order", order, "--again")
        wanted = ("INSERT", "UPDATE")
        lasting = [query["sql"] for query in seen if query["sql"].startswith(wanted)]
        return len([sql for sql in lasting if "wagtailcore_page" not in sql])

    assert writes(2, "1/2569") == writes(8, "2/2569")


def test_each_digest_is_in_the_chain_that_is_exported(office):
    live_before(office, 3)
    adopt("--order", "9/2569")
    exported = [json.loads(line)["body"] for line in lines(until=head())]
    named = {row["digest"] for row in exported if row["action"] == "adopt"}
    assert named == set(Publication.objects.values_list("digest", flat=True))


def test_an_unknown_or_closed_account_and_an_empty_number_are_refused(office):
    live_before(office)
    get_user_model().objects.filter(username="publisher.web").update(is_active=False)
    for arguments in (
        ["--order", "1", "--by", "nobody"],
        ["--order", "1", "--by", "publisher.web"],
        ["--order", " "],
        ["--order", "1", "--date", "2569-10-01"],
        ["--order", "1", "--date", "1/10/2026"],
    ):
        with pytest.raises(CommandError):
            adopt(*arguments)
    assert not Publication.objects.exists()


def test_the_item_screen_says_what_it_rests_on(office):
    (page,) = live_before(office)
    adopt("--order", "9/2569")
    client = Client()
    assert client.login(username="pr.division-a", password=PASSWORD)
    text = client.get(f"/admin/measures/items/{page.pk}/").content.decode()
    assert "9/2569" in text
