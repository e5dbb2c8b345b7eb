"""Step 5: a live item is corrected, and its prior version stays to be read."""

import json

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model

from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.models import Correction, LedgerEntry, Publication
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.versions import hide_version, versions_of
from otp_policy.wagtail.withdrawals import take_down
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db
NOTE = "แก้ไขวันปิดรับความเห็น เพราะเดิมระบุผิด"
OLD, NEW = "รับความเห็นถึงวันที่ 15 ธันวาคม", "รับความเห็นถึงวันที่ 30 ธันวาคม"


@pytest.fixture
def live(office):
    return office.publish(office.draft(summary=OLD))


@pytest.fixture
def corrected(office, live):
    page = office.edit(live, summary=NEW, correction_note=NOTE, correction_note_en="Date mended")
    return office.publish(page)


def answer(address: str):
    return Client().get(address)


def version(page, number: int):
    return answer(f"{page.get_url()}versions/{number}/")


def test_step_5_a_material_correction_is_not_submitted_without_a_note(office, live):
    page = office.edit(live, summary=NEW, correction_note="")
    with pytest.raises(PolicyRefusal) as refusal:
        office.submit(page)
    assert "ขั้นตอน 5" in str(refusal.value)
    assert fresh(page).current_workflow_state is None
    office.submit(office.edit(page, correction_note=NOTE))


def test_step_5_the_note_of_the_last_correction_does_not_serve_for_the_next(office, corrected):
    page = office.edit(corrected, summary=OLD, correction_note=NOTE)
    with pytest.raises(PolicyRefusal):
        office.submit(page)


def test_an_english_note_from_the_correction_before_is_not_shown_again(office, corrected):
    office.publish(office.edit(corrected, summary=OLD, correction_note="แก้กลับ"))
    assert [row.note_en for row in Correction.objects.order_by("pk")] == ["Date mended", ""]


def test_step_5_spelling_alone_needs_no_note(office):
    page = office.publish(office.draft(summary="ประกาสให้ทราบ"))
    office.publish(office.edit(page, summary="ประกาศให้ทราบ", correction_note=""))
    assert not Correction.objects.get().is_material
    assert "แก้ตัวสะกดหรือการเว้นวรรค" in answer(fresh(page).get_url()).content.decode()


def test_step_5_a_text_changed_under_approval_is_not_approved_without_its_note(office, live):
    page = office.submit(office.edit(live, summary=NEW, correction_note=NOTE))
    page = office.edit(page, summary=NEW, correction_note="")
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a")
    assert Correction.objects.count() == 0


def test_the_note_is_part_of_what_is_approved(office, live):
    page = office.edit(live, summary=NEW, correction_note=NOTE)
    draft = page.get_latest_revision_as_object()
    digest = item_digest(draft)
    draft.correction_note = "อีกเหตุผลหนึ่ง"
    assert item_digest(draft) != digest
    office.submit(page)
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a", digest=item_digest(draft))


def test_an_approval_from_before_there_were_notes_stays_valid(office, live):
    publication = Publication.objects.get()
    for recipe in (1, 2):
        plain = item_digest(fresh(live), recipe=recipe)
        values = fresh(live)
        values.correction_note = "x"
        assert item_digest(values, recipe=recipe) != plain
    assert publication.digest == item_digest(fresh(live), recipe=publication.recipe)


def test_materiality_is_computed_and_kept_with_the_approval(office, corrected):
    kept = Correction.objects.get()
    assert kept.is_material
    assert {change["kind"] for change in kept.changes} == {"number"}
    assert (kept.note, kept.prior) == (NOTE, Publication.objects.earliest("at"))


def test_step_5_the_approver_is_shown_what_is_material(client, office, live):
    page = office.submit(office.edit(live, summary=NEW, correction_note=NOTE))
    client.login(username="director.division-a", password=PASSWORD)
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    box = text.split('id="otp-correction-heading"')[1].split("</section>")[0]
    for said in ("แก้ไขในสาระสำคัญ", "ตัวเลข", NOTE):
        assert said in box
    assert "<input" not in box


def test_step_5_the_public_reads_the_note_and_the_prior_version(office, live, corrected):
    address = corrected.get_url()
    text = answer(address).content.decode()
    assert NOTE in text
    assert f"{address}versions/1/" in text
    prior = version(corrected, 1)
    first, second = Publication.objects.order_by("at")
    assert prior.status_code == 200
    assert OLD in prior.content.decode()
    assert NEW not in prior.content.decode()
    assert "ฉบับก่อนหน้า" in prior.content.decode()
    assert prior["X-Disclosure-Digest"] == first.digest != second.digest
    assert prior["X-Robots-Tag"] == "noindex"
    assert corrected.get_url() in prior["Link"]
    assert version(corrected, 2).status_code == 302
    for absent in (0, 3, 99):
        assert version(corrected, absent).status_code == 404
    assert "Date mended" in answer("/en" + address).content.decode()


def test_a_takedown_hides_the_prior_versions_too(office, corrected):
    take_down(corrected, office["publisher.web"], reason="ข้อมูลรั่วไหล")
    hidden = version(corrected, 1)
    assert hidden.status_code == 410
    assert OLD not in hidden.content.decode()


def test_what_was_withdrawn_stays_hidden_when_the_item_comes_back(office, corrected):
    take_down(corrected, office["publisher.web"], reason="ข้อมูลรั่วไหล")
    page = office.edit(fresh(corrected), summary="ฉบับที่สาม")
    page = office.publish(page)
    assert [row.is_readable for row in versions_of(page.pk)] == [False, False, True]
    assert version(page, 1).status_code == 404


def test_a_correction_that_takes_personal_data_out_hides_the_prior_version(office, monkeypatch):
    from otp_policy.wagtail.screening import answer_warnings, warnings_for

    page = office.draft(summary="ติดต่อ 081-234-5678")
    draft = page.get_latest_revision_as_object()
    reasons = {warning.fingerprint: "ยินยอมแล้ว" for warning in warnings_for(draft)}
    answer_warnings(page, office["pr.division-a"], reasons=reasons)
    page = office.publish(page)
    page = office.publish(office.edit(page, summary="ติดต่อสำนักงาน"))
    assert Correction.objects.get().hides_prior
    assert version(page, 1).status_code == 404
    assert "versions/1/" not in answer(page.get_url()).content.decode()


def test_the_websites_owner_hides_a_prior_version_with_a_reason(client, office, corrected):
    for name in ("pr.division-a", "director.division-a", "publisher.social"):
        with pytest.raises(PolicyRefusal):
            hide_version(corrected, office[name], number=1, reason="เหตุผล")
    for number, reason in ((1, " "), (2, "เหตุผล"), (9, "เหตุผล")):
        with pytest.raises(PolicyRefusal):
            hide_version(corrected, office["publisher.web"], number=number, reason=reason)
    assert version(corrected, 1).status_code == 200
    client.login(username="publisher.web", password=PASSWORD)
    door = reverse("otp_policy:hide_version", args=(corrected.pk, 1))
    client.post(door, {"reason": ""})
    assert version(corrected, 1).status_code == 200
    client.post(door, {"reason": "มีข้อมูลส่วนบุคคล"})
    assert version(corrected, 1).status_code == 404
    body = json.loads(LedgerEntry.objects.get(action="hide_version").body)
    assert body["version"] == 1


def test_files_that_only_a_prior_version_used_are_private_again(office):
    documents = [
        get_document_model().objects.create(
            title=name, file=ContentFile(name.encode(), name=f"{name}.txt")
        )
        for name in ("old", "new")
    ]
    page = office.publish(office.draft(body=_linking(documents[0])))
    page = office.publish(office.edit(page, body=_linking(documents[1])))
    assert [answer(document.url).status_code for document in documents] == [404, 200]
    prior = version(page, 1)
    assert prior.status_code == 200
    assert "สำนักงานเก็บไว้" in prior.content.decode()
    assert {change["kind"] for change in Correction.objects.get().changes} >= {"file"}


def _linking(document) -> str:
    return f'<p><a linktype="document" id="{document.pk}">ไฟล์</a></p>'


def test_step_5_the_history_of_versions_says_who_approved_and_how_late(client, office, corrected):
    client.login(username="pr.division-a", password=PASSWORD)
    text = client.get(reverse("otp_policy:item", args=(corrected.pk,))).content.decode()
    history = text.split('id="otp-versions-heading"')[1].split("</section>")[0]
    assert history.count("director.division-a") == 2
    assert "มีฉบับแก้ไขแทนแล้ว" in history
    assert NOTE in history


def test_publishing_a_correction_takes_no_more_queries_than_before(office, live):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from otp_policy.wagtail.publishing import publish_due

    page = office.edit(live, summary=NEW, correction_note=NOTE)
    office.agree(page)
    office.approve(page)
    with CaptureQueriesContext(connection) as seen:
        assert publish_due() == 1
    tables = " ".join(query["sql"] for query in seen.captured_queries)
    for table in ("correction", "withdrawal", "hiddenversion"):
        assert f'"otp_policy_{table}"' not in tables
