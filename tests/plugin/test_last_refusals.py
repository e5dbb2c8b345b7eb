"""What no door of the product leads to, and code may still do: the last check says no to it too."""

import json
import struct
import zlib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models.deletion import Collector
from django.db.models.signals import post_save, pre_save
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

from news.models import NewsPage
from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.adoption import AdoptionRefusedError, Order, refuse_if_impossible
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.conf import office_day, private_storage
from otp_policy.wagtail.decisions import STEP_IS_OVER
from otp_policy.wagtail.file_uses import may_see
from otp_policy.wagtail.forms import AnswersForm
from otp_policy.wagtail.gate import refuse_unless_published
from otp_policy.wagtail.gate.structure import REDIRECT_IN_THE_WAY
from otp_policy.wagtail.lifecycle_forms import WithdrawalForm
from otp_policy.wagtail.models import (
    AppendOnlyError,
    Approval,
    CategoryWorkflow,
    DelegationOrder,
    HiddenVersion,
    LedgerEntry,
    PaperDecision,
    PolicyTask,
    Post,
    Publication,
    Slot,
    Unit,
    Withdrawal,
)
from otp_policy.wagtail.models.evidence import AppendOnly
from otp_policy.wagtail.paper import SignedMemo, record_paper
from otp_policy.wagtail.paper_codes import code_for
from otp_policy.wagtail.publishing import Published, publish_slot
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.scans import Scan, read_scan
from otp_policy.wagtail.screening import TEXT_MISSING
from otp_policy.wagtail.versions import hide_version
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    give_reason,
    last_withdrawal,
    recall_withdrawal,
    take_down,
)
from tests.exhibits.models import Case, ExhibitPage
from tests.leaflets.models import LeafletPage
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db

EVIDENCE = [
    model for model in apps.get_models() if issubclass(model, (AppendOnly, Publication, Withdrawal))
]


@pytest.mark.parametrize("model", EVIDENCE, ids=lambda model: model._meta.label)
def test_no_cascade_takes_evidence_along(model):
    cascade = Collector(using="default")
    cascade.collect([model(pk=1)])
    with pytest.raises(AppendOnlyError):
        cascade.delete()


def test_another_text_than_the_published_one_is_not_taken_for_it(office):
    page = office.publish(office.draft())
    refuse_unless_published(page, revision_id=page.live_revision_id)
    page.title = "ข้อความที่ไม่มีใครอนุมัติ"
    with pytest.raises(PolicyRefusal):
        refuse_unless_published(page, revision_id=page.live_revision_id)


def beside_the_current(page) -> TaskState:
    """Return a step of the item that is open like the current one, and is not it."""
    current = page.current_workflow_task_state
    return TaskState.objects.create(
        workflow_state=current.workflow_state, task=current.task, revision=current.revision
    ).specific


def signed(office, page, digest, *, by="director.division-a", **more) -> SignedMemo:
    return SignedMemo(
        **{"outcome": "approve", **more},
        signed_by=office[by],
        signed_on=office_day(),
        code=code_for("approve", page.pk, digest),
        scan=Scan(content=b"%PDF-1.7", kind="application/pdf", name="memo.pdf"),
    )


def test_an_open_step_that_is_not_the_current_one_decides_nothing(office):
    page = office.submit(office.draft())
    state, (_revision, digest) = beside_the_current(page), latest_text(page)
    director = office["director.division-a"]
    with pytest.raises(PolicyRefusal) as refused:
        state.task.specific.on_action(state, director, "approve", digest=digest)
    assert str(STEP_IS_OVER)[:12] in str(refused.value)
    memo = signed(office, page, digest)
    with pytest.raises(PolicyRefusal) as refused:
        record_paper(state.task.specific, state, office["publisher.web"], memo)
    assert str(STEP_IS_OVER)[:12] in str(refused.value)
    assert not Approval.objects.filter(page_id=page.pk).exists()


def test_a_memo_comes_too_late_for_a_step_that_is_over(office):
    page = office.submit(office.draft())
    state, digest = page.current_workflow_task_state.specific, latest_text(page)[1]
    office.decide(page, "director.division-a")
    memo = signed(office, page, digest)
    with pytest.raises(PolicyRefusal) as refused:
        record_paper(state.task.specific, state, office["publisher.web"], memo)
    assert str(STEP_IS_OVER)[:12] in str(refused.value)
    assert not PaperDecision.objects.exists()


def test_a_memo_that_says_no_is_signed_by_who_may_decide(office):
    page = office.submit(office.draft())
    state, digest = page.current_workflow_task_state.specific, latest_text(page)[1]
    memo = signed(office, page, digest, by="director.division-b", outcome="reject", reason="แก้ราคา")
    with pytest.raises(PolicyRefusal) as refused:
        record_paper(state.task.specific, state, office["publisher.web"], memo)
    assert refused.value.codes == ("wrong_unit",)
    assert not PaperDecision.objects.exists()


def test_no_time_is_answered_for_that_is_not_proposed(office):
    page = office.draft()
    division, publisher = office["pr.division-a"], office["publisher.web"]
    with pytest.raises(PolicyRefusal):
        schedule.accept_counter(page, division, channel="website")
    schedule.propose(page, division, channel="website", at=in_an_hour())
    with pytest.raises(PolicyRefusal):
        schedule.accept_counter(page, division, channel="website")
    schedule.confirm(page, publisher, channel="website")
    with pytest.raises(PolicyRefusal):
        schedule.confirm(page, publisher, channel="website")
    assert Slot.objects.get(page_id=page.pk).state == Slot.State.CONFIRMED


def rows_that_may_go(office) -> list:
    """Return a row of each register of the office that nothing holds, the base rows included."""
    tomorrow = office_day() + timedelta(days=1)
    order = office.delegate("pr.division-a", first=tomorrow, last=tomorrow)
    category = CategoryWorkflow.objects.get(category="other")
    steps = PolicyTask.objects.filter(workflow_tasks__workflow=category.workflow)
    return [
        Unit.objects.create(code="division-x", name_th="กองหนึ่ง"),
        order,
        steps.first(),
        Task.objects.get(pk=steps.last().pk),
        category,
    ]


def test_each_row_that_makes_the_office_is_recorded_when_it_goes(office):
    for row in rows_that_may_go(office):
        name, seq = f"{row._meta.model_name} {row.pk}", LedgerEntry.objects.count()
        row.delete()
        bodies = [json.loads(one.body) for one in LedgerEntry.objects.filter(seq__gt=seq)]
        gone = [body for body in bodies if body.get("object") == name]
        assert [body["new"] for body in gone] == [None], name
        assert gone[0]["old"]


def test_a_memo_whose_row_cannot_be_kept_leaves_no_scan_behind(office):
    page = office.submit(office.draft())
    memo = signed(office, page, latest_text(page)[1])
    stored: list[str] = []

    def disk_is_full(sender, instance, **kwargs):
        stored.append(instance.scan.name)
        raise OSError("no space")

    pre_save.connect(disk_is_full, sender=PaperDecision)
    try:
        state = page.current_workflow_task_state
        with pytest.raises(OSError, match="no space"), transaction.atomic():
            record_paper(state.task.specific, state, office["publisher.web"], memo)
    finally:
        pre_save.disconnect(disk_is_full, sender=PaperDecision)
    assert stored
    assert not private_storage().exists(stored[0])


@pytest.mark.parametrize(("by", "second"), [(None, "publisher.web"), ("publisher.web", None)])
def test_break_glass_takes_two_persons_who_are_there(office, by, second):
    people = {"by": by and office[by], "second": second and office[second]}
    with pytest.raises(PolicyRefusal), break_glass(reason="น้ำท่วมห้องเครื่อง", **people):
        pytest.fail("it opened")


def test_a_redirect_made_while_break_glass_is_open_keeps_the_item_back(office):
    page = office.draft()
    people = {"by": office["publisher.web"], "second": office["director.division-a"]}

    def publish_and_redirect():
        with break_glass(reason="น้ำท่วมห้องเครื่อง", **people):
            page.get_latest_revision().publish(skip_permission_checks=True)
            address = Redirect.normalise_path(page.get_url())
            Redirect.objects.create(old_path=address, redirect_link="https://example.invalid/")

    with pytest.raises(PolicyRefusal) as refused:
        publish_and_redirect()
    assert str(REDIRECT_IN_THE_WAY) in refused.value.reasons
    assert not fresh(page).live


def test_an_order_that_ends_on_no_day_or_names_its_giver_is_not_taken(office):
    today = office_day()
    order = DelegationOrder(
        number="4/2569",
        role="division_director",
        unit=Unit.objects.get(code="division-a"),
        delegator=office["director.division-a"],
        delegate=office["pr.division-b"],
        from_on=today,
        until_on=today,
    )
    order.full_clean()
    for field, value in (("until_on", None), ("delegate", office["director.division-a"])):
        whole = getattr(order, field)
        setattr(order, field, value)
        with pytest.raises(ValidationError) as refused:
            order.full_clean()
        assert field in refused.value.message_dict
        setattr(order, field, whole)


def test_a_post_does_not_end_before_it_begins_and_holds_on_both_days(office):
    today = office_day()
    post = Post(user=office["pr.division-a"], role="office_director", from_on=today)
    post.full_clean()
    post.until_on = today - timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        post.full_clean()
    assert refused.value.message_dict["until_on"] == ["วันสุดท้ายมาก่อนวันแรก"]
    post = Post(from_on=today, until_on=today + timedelta(days=1))
    in_force = [post.is_in_force(today + timedelta(days=days)) for days in (-1, 0, 1, 2)]
    assert in_force == [False, True, True, False]


@pytest.mark.parametrize("said", ["-", " . ", "\u200b"])
def test_signs_that_say_nothing_answer_no_warning_in_the_form(said):
    warnings = [SimpleNamespace(fingerprint="first")]
    assert AnswersForm({"first": "ผู้ใหญ่บ้านขอให้เผยแพร่"}, warnings=warnings).is_valid()
    form = AnswersForm({"first": said}, warnings=warnings)
    assert list(form.errors) == ["first"]


def test_whoever_uploaded_a_file_sees_it_while_they_work_in_the_admin(office):
    uploader = office["pr.division-a"]
    document = Document.objects.create(
        title="แผน", file=ContentFile(b"one", name="plan.txt"), uploaded_by_user=uploader
    )
    assert may_see(uploader, document)
    uploader.groups.clear()
    assert not may_see(get_user_model().objects.get(pk=uploader.pk), document)


def test_an_order_without_its_last_day_assigns_nobody(office):
    office.delegate("pr.division-b", first=office_day(), last=office_day())
    DelegationOrder.objects.update(until_on=None)
    page = office.submit(office.draft())
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "pr.division-b")
    assert refused.value.codes == ("delegation_not_in_force",)


def test_an_item_without_a_unit_is_not_stored_and_takes_no_time_of_its_own(office):
    page = office.draft()
    page.owning_unit = None
    with pytest.raises(PolicyRefusal):
        page.save()
    for field in ("go_live_at", "expire_at"):
        page = fresh(page)
        page.full_clean()
        setattr(page, field, in_an_hour())
        with pytest.raises(ValidationError) as refused:
            page.full_clean()
        assert refused.value.error_dict["__all__"][0].code == "own_schedule"


def test_what_was_never_saved_as_a_draft_is_not_submitted(office):
    unit = Unit.objects.get(code="division-a")
    page = NewsPage(title="ข่าว", summary="สรุป", owning_unit=unit, live=False)
    office.section("news").add_child(instance=page)
    with pytest.raises(PolicyRefusal) as refused:
        office.submit(page)
    assert str(TEXT_MISSING)[:12] in str(refused.value)


def corrected(office):
    """Return a live item with a prior version that the public may read."""
    page = office.publish(office.draft())
    return office.publish(office.edit(page, summary="สรุปที่แก้ไขแล้ว"))


def test_a_version_is_hidden_once(office):
    page = corrected(office)
    hide_version(page, office["publisher.web"], number=1, reason="มีข้อมูลส่วนบุคคล")
    for number in (1, 2, 3):
        with pytest.raises(PolicyRefusal):
            hide_version(page, office["publisher.web"], number=number, reason="อีกครั้งหนึ่ง")
    assert HiddenVersion.objects.count() == 1


def test_a_version_whose_text_is_no_longer_the_approved_one_is_not_served(office, client):
    page = corrected(office)
    address = f"{page.get_url()}versions/1/"
    assert client.get(address).status_code == 200
    first = Publication.objects.filter(page_id=page.pk).order_by("at").first()
    revisions = Revision.objects.filter(pk=first.revision_id)
    content = revisions.get().content
    revisions.update(content={**content, "summary": "ข้อความที่ไม่มีใครอนุมัติ"})
    assert client.get(address).status_code == 404
    revisions.update(content=content)
    assert client.get(address).status_code == 200
    WorkflowState.objects.all().delete()
    revisions._raw_delete("default")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", ["abc", "0", "๑", "²", "1234567", "1" * 5000])
def test_a_version_has_one_address(office, client, number):
    page = office.publish(office.draft())
    assert client.get(f"{page.get_url()}versions/1/").url == page.get_url()
    assert client.get(f"{page.get_url()}versions/{number}/").status_code == 404


def test_an_earlier_withdrawal_does_not_speak_for_a_page_that_is_merely_gone(office, client):
    page = office.publish(office.draft())
    take_down(page, office["publisher.web"], reason="ผิดทั้งฉบับ")
    assert client.get(page.get_url()).status_code == 410
    asked, director = last_withdrawal(page.pk), office["director.division-a"]
    decide_on_withdrawal(asked, director, "reject", digest=asked.digest, comment="ถูกอยู่แล้ว")
    page = office.publish(fresh(page))
    Page.objects.filter(pk=page.pk).update(live=False)
    assert client.get(page.get_url()).status_code == 404


@pytest.mark.parametrize("name", ["title", "title_en", "reason", "reason_en"])
def test_a_tombstone_tells_no_personal_data(db, name):
    words = {"title": "ประกาศราคา", "reason": "ผิดทั้งฉบับ"}
    assert WithdrawalForm(words).is_valid()
    assert list(WithdrawalForm(words | {name: "1101700230708"}).errors) == [name]


def test_a_slot_whose_text_was_deleted_or_whose_page_is_another_now_is_held(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    slot = Slot.objects.get(page_id=page.pk)
    WorkflowState.objects.all().delete()
    Page.objects.filter(pk=page.pk).update(latest_revision=None)
    Revision.objects.filter(object_id=str(page.pk))._raw_delete("default")
    assert publish_slot(slot.pk) is Published.HELD
    assert "ข้อความ" in Slot.objects.get(pk=slot.pk).note
    key = page.pk
    fresh(page).delete()
    office.home.add_child(instance=LeafletPage(pk=key, title="นอกมาตรการ", live=False))
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.CONFIRMED)
    assert publish_slot(slot.pk) is Published.HELD
    assert Slot.objects.get(pk=slot.pk).note == translation.gettext("The page is gone.")


def test_the_save_of_one_item_lets_no_row_of_another_through(office):
    ours, theirs = (
        office.publish(exhibit_with_case(office, title)) for title in ("เรื่องหนึ่ง", "อีกเรื่อง")
    )
    row = theirs.cases.get()
    row.text = "ข้อความที่ไม่มีใครอนุมัติ"

    def slip_in(sender, instance, **kwargs):
        if instance.pk == ours.pk:
            row.save()

    post_save.connect(slip_in, sender=ExhibitPage)
    try:
        with pytest.raises(PolicyRefusal), transaction.atomic():
            fresh(ours).save()
    finally:
        post_save.disconnect(slip_in, sender=ExhibitPage)


def exhibit_with_case(office, title):
    draft = office.draft(ExhibitPage, title=title).get_latest_revision_as_object()
    draft.cases.add(Case(text="เนื้อหา"))
    draft.save_revision(user=office["pr.division-a"])
    return fresh(draft)


def test_no_other_decision_is_taken_on_a_withdrawal(office):
    page = office.publish(office.draft())
    waiting = ask_to_withdraw(page, office["pr.division-a"], reason="เนื้อหาคลาดเคลื่อน")
    for action in ("publish", "endorse", ""):
        with pytest.raises(PolicyRefusal):
            decide_on_withdrawal(
                waiting, office["director.division-a"], action, digest=waiting.digest
            )
    assert fresh(waiting).state == Withdrawal.State.WAITING
    assert fresh(page).live


def test_no_reason_is_given_and_nothing_taken_back_where_nothing_waits(office):
    page, publisher = office.publish(office.draft()), office["publisher.web"]
    with pytest.raises(PolicyRefusal):
        recall_withdrawal(page, office["pr.division-a"])
    with pytest.raises(PolicyRefusal):
        give_reason(page, publisher, reason="เนื้อหาคลาดเคลื่อน")
    page.unpublish(user=publisher)
    for blank in ("", " - "):
        with pytest.raises(PolicyRefusal):
            give_reason(page, publisher, reason=blank)
    give_reason(page, publisher, reason="เนื้อหาคลาดเคลื่อน")
    with pytest.raises(PolicyRefusal):
        give_reason(page, publisher, reason="เหตุผลอีกข้อหนึ่ง")
    assert Withdrawal.objects.get().reason == "เนื้อหาคลาดเคลื่อน"


def test_an_order_for_adoption_has_a_number_that_fits(office):
    for number in (" ", "9" * 65):
        with pytest.raises(AdoptionRefusedError):
            refuse_if_impossible(Order(number=number), [], again=False)
    refuse_if_impossible(Order(number="9" * 64), [], again=False)


def blank_png(width: int, height: int) -> bytes:
    """Return a picture of one colour, small as a file and large when it is unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + (width + 7) // 8) * height))
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_scan_with_too_many_points_is_not_unpacked():
    assert read_scan(SimpleUploadedFile("scan.png", blank_png(80, 80))).kind == "image/png"
    with pytest.raises(ValidationError) as refused:
        read_scan(SimpleUploadedFile("scan.png", blank_png(12_001, 10_000)))
    assert refused.value.code == "unreadable"
