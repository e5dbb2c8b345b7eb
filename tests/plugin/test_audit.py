"""What no gate can see is found afterwards, with what it is, since when, and how to mend it."""

from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.models import Page

from news.models import NewsPage
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.gate import triggers
from otp_policy.wagtail.models import LedgerEntry, LedgerHead, Publication
from tests.exhibits.models import Case, Contact, ExhibitPage, Footer
from tests.office import fresh
from tests.tampering import tampering

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    return [finding.code for finding in audit()]


def only():
    (finding,) = audit()
    return finding


@pytest.fixture
def live(office):
    """Return a live item beside another, with a document and everything a page can show."""
    office.publish(office.draft(title="อีกข่าว"))
    document = Document.objects.create(title="แผน", file=ContentFile(b"one", name="plan.txt"))
    page = office.draft(
        ExhibitPage,
        contact=Contact.objects.create(name="ศูนย์ข้อมูล", telephone="1234"),
        body=f'<p><a linktype="document" id="{document.pk}">แผน</a></p>',
    )
    draft = page.get_latest_revision_as_object()
    draft.cases.add(Case(text="หนึ่ง"))
    draft.save_revision(user=office["pr.division-a"])
    return office.publish(fresh(page))


def test_a_clean_site_has_no_finding_and_exits_with_0(live):
    out = StringIO()
    call_command("otp_audit", stdout=out)
    assert "0" in out.getvalue()


def test_a_finding_says_what_since_when_and_how_to_mend_and_exits_with_1(live):
    ExhibitPage.objects.filter(pk=live.pk).update(summary="ไม่ได้รับความเห็นชอบ")
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("otp_audit", stdout=out)
    assert end.value.code == 1
    said = out.getvalue()
    assert f"ExhibitPage {live.pk}" in said
    assert "summary" in said
    assert str(Publication.objects.get(page_id=live.pk).at.year) in said
    assert "เห็นชอบ" in said


def test_each_raw_update_of_what_is_shown_is_found(live):
    def title():
        Page.objects.filter(pk=live.pk).update(title="ใหม่", last_published_at=timezone.now())

    def child():
        Case.objects.update(text="สอง")

    def snippet():
        Contact.objects.update(telephone="9999")

    def setting():
        Footer.objects.bulk_create([Footer(text="ใหม่")])

    for change, named in ((title, "title"), (child, "cases"), (snippet, ""), (setting, "")):
        before = len(codes())
        change()
        finding = only()
        assert (finding.code, before <= 1) == ("not_as_approved", True)
        assert named in finding.what
        assert finding.since == Publication.objects.get(page_id=live.pk).at


@pytest.mark.parametrize("bytes_", [b"two", None])
def test_a_file_changed_or_lost_in_the_storage_is_found(live, bytes_):
    document = Document.objects.get()
    storage, name = document.file.storage, document.file.name
    storage.delete(name)
    if bytes_ is not None:
        assert storage.save(name, ContentFile(bytes_)) == name
    assert only().code == "not_as_approved"
    assert only().subject.startswith(f"exhibits.ExhibitPage {live.pk} ")


def test_a_page_live_without_a_publication_is_found(office, live):
    page = office.draft(title="ร่าง")
    triggers.remove()
    Page.objects.filter(pk=page.pk).update(live=True)
    triggers.install()
    assert only().code == "live_without_publication"


def test_a_publication_whose_page_was_hidden_is_found(live):
    Page.objects.filter(pk=live.pk).update(live=False)
    assert only().code == "publication_without_page"
    assert live.title in only().subject


def test_a_publication_whose_page_is_gone_is_found(live):
    QuerySet(Publication).filter(page_id=live.pk).update(page_id=live.pk + 1000)
    assert sorted(codes()) == [
        "live_without_publication",
        "publication_not_as_recorded",
        "publication_without_page",
    ]


def test_another_revision_than_the_published_one_is_found(office, live):
    page = office.edit(live, summary="ร่างใหม่")
    triggers.remove()
    Page.objects.filter(pk=page.pk).update(live_revision_id=page.latest_revision_id)
    triggers.install()
    assert only().code == "other_revision"


def test_a_publication_forged_with_its_approval_is_found(office, live):
    other = Publication.objects.exclude(page_id=live.pk).get()
    QuerySet(Publication).filter(page_id=live.pk).update(approval=other.approval)
    assert only().code == "publication_without_approval"


def test_a_publication_that_the_ledger_does_not_know_is_found(office, live):
    from otp_policy.wagtail.digest import item_digest
    from otp_policy.wagtail.models import Approval

    NewsPage.objects.update(summary="แทรก")
    page = NewsPage.objects.get()
    digest = item_digest(page)
    with tampering():
        QuerySet(Approval).filter(page_id=page.pk).update(digest=digest, recipe=2)
    QuerySet(Publication).filter(page_id=page.pk).update(digest=digest, recipe=2)
    assert sorted(codes()) == [
        "approval_not_in_ledger",
        "publication_not_as_recorded",
        "publication_not_in_ledger",
    ]


def test_a_redirect_in_the_place_of_an_item_is_found(live):
    path = Redirect.normalise_path(live.get_url())
    Redirect.objects.bulk_create([Redirect(old_path=path, redirect_link="https://e.invalid/")])
    assert only().code == "redirect_in_the_way"


def test_missing_triggers_are_found(live):
    triggers.remove()
    assert codes() == ["trigger_missing", "trigger_missing"]


def test_every_tampering_with_the_ledger_is_found(live):
    rows = LedgerEntry.objects.order_by("seq")
    middle, last = rows[3], rows.last()
    head = LedgerHead.objects.get()

    def back():
        with tampering():
            QuerySet(LedgerEntry).filter(pk=middle.pk).update(
                body=middle.body, action=middle.action
            )
        LedgerHead.objects.update(seq=head.seq, hash=head.hash)

    with tampering():
        QuerySet(LedgerEntry).filter(pk=middle.pk).update(
            body=middle.body.replace("policy", "polity")
        )
    assert only().code == "ledger_changed"
    assert only().since == rows[2].at
    back()
    with tampering():
        QuerySet(LedgerEntry).filter(pk=middle.pk).update(action="withdraw")
    assert "ledger_malformed" in codes()
    back()
    LedgerHead.objects.update(hash=middle.hash)
    assert only().code == "ledger_head_differs"
    LedgerHead.objects.update(seq=middle.seq)
    assert only().code == "ledger_beyond_head"
    back()
    assert codes() == []
    with tampering():
        QuerySet(LedgerEntry).filter(pk=last.pk)._raw_delete("default")
    assert "ledger_head_differs" in codes()
    with tampering():
        QuerySet(LedgerEntry).filter(pk=middle.pk)._raw_delete("default")
    assert "ledger_broken_link" in codes()
