"""Several decisions in one go: only what was shown, and each as if it were the only one."""

import pytest
from django.urls import reverse

from otp_policy.wagtail.deciding import show
from otp_policy.wagtail.models import Approval
from otp_policy.wagtail.shown_differences import proof_of_showing, was_shown
from tests.office import fresh

pytestmark = pytest.mark.django_db
DIRECTOR = "director.division-a"


def post(client, office, *, by: str = DIRECTOR, **data):
    client.force_login(office[by])
    return client.post(reverse("otp_policy:several"), data, follow=True)


def form(office, *pages, by: str = DIRECTOR) -> dict:
    data = {"action": "approve", "decide": [page.pk for page in pages]}
    for page in pages:
        shown = show(office[by], page.pk)
        data[f"digest-{page.pk}"], data[f"proof-{page.pk}"] = shown.digest, shown.proof
    return data


def approved() -> set[int]:
    return set(Approval.objects.values_list("page_id", flat=True))


def test_one_confirmation_decides_what_was_shown_and_ticked(client, office):
    pages = [office.submit(office.draft(title=f"ข่าว {number}")) for number in range(3)]
    data = {**form(office, *pages), "decide": [pages[0].pk, pages[2].pk], "comment": "ดีแล้ว"}
    text = post(client, office, **data).content.decode()
    assert approved() == {pages[0].pk, pages[2].pk}
    assert {row.comment for row in Approval.objects.all()} == {"ดีแล้ว"}
    assert "ข่าว 1" in text


def test_the_proof_comes_from_the_screen_that_shows_the_difference(client, office):
    page = office.submit(office.draft(summary="สรุปที่ต้องอ่าน"))
    text = post(client, office).content.decode()
    assert f"proof-{page.pk}" not in text
    assert "สรุปที่ต้องอ่าน" not in text
    text = post(client, office, open=page.pk, comment="พิมพ์ไว้").content.decode()
    assert f'name="proof-{page.pk}"' in text
    assert "สรุปที่ต้องอ่าน" in text
    assert "พิมพ์ไว้" in text


def test_what_was_not_shown_is_refused_and_the_others_go_through(client, office):
    seen, unseen = office.submit(office.draft()), office.submit(office.draft(title="ไม่ได้อ่าน"))
    data = form(office, seen, unseen)
    data[f"proof-{unseen.pk}"] = ""
    text = post(client, office, comment="ข้อความที่พิมพ์", **data).content.decode()
    assert approved() == {seen.pk}
    assert "ท่านยังไม่ได้เปิดดูว่าข้อความนี้เปลี่ยนแปลงสิ่งใด" in text
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 3" in text


@pytest.mark.parametrize("other", ["user", "item", "digest", "live"])
def test_a_proof_holds_for_one_person_item_and_text(office, other):
    user, stranger = office[DIRECTOR], office["director.office"]
    said = {"user": user, "item": 1, "digest": "sha256:a", "live": ""}
    proof = proof_of_showing(user, 1, digest="sha256:a", live_digest="")
    assert was_shown(proof, user, 1, digest="sha256:a", live_digest="")
    said[other] = {"user": stranger, "item": 2, "digest": "sha256:b", "live": "sha256:c"}[other]
    assert not was_shown(
        proof, said["user"], said["item"], digest=said["digest"], live_digest=said["live"]
    )


def test_a_text_changed_meanwhile_is_refused_and_its_tick_is_gone(client, office):
    page = office.submit(office.draft())
    data = form(office, page)
    revision = fresh(page).get_latest_revision()
    revision.content["summary"] = "เปลี่ยนหลังอ่าน"
    revision.save()
    text = post(client, office, **data).content.decode()
    assert approved() == set()
    assert "เปลี่ยนหลังอ่าน" in text
    assert f'id="decide-{page.pk}" checked' not in text


def test_each_item_is_judged_by_the_policy_as_a_single_one(client, office):
    foreign = office.submit(office.draft())
    own = office.submit(office.edit(office.draft(), by=DIRECTOR, summary="ของตนเอง"))
    data = form(office, foreign, own, by="director.division-b")
    post(client, office, by="director.division-b", **data)
    assert approved() == set()
    post(client, office, **form(office, own))
    assert approved() == set()


def test_nothing_ticked_is_told(client, office):
    office.submit(office.draft())
    assert "ยังไม่ได้เลือกรายการ" in post(client, office, action="approve").content.decode()
