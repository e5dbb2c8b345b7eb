"""Break-glass: two persons, a reason, on record, marked in public, ratified or reported."""

import json
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from news.models import NewsPage
from otp_policy.wagtail import emergency
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import Approval, LedgerEntry, Publication, Slot
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.exhibits.models import Case, ExhibitPage
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db
REASON = "น้ำท่วมศูนย์ข้อมูล"


@pytest.fixture
def glass(office):
    """Return what opens break-glass as it should be opened."""

    def opened(**more):
        given = {"by": office["publisher.web"], "second": office["director.division-a"]}
        return break_glass(**{"reason": REASON, **given, **more})

    return opened


def codes() -> list[str]:
    return [finding.code for finding in audit()]


def rows(*actions: str) -> list[dict]:
    found = LedgerEntry.objects.filter(action__in=actions).order_by("seq")
    return [json.loads(row.body) for row in found]


def publish(page):
    page.get_latest_revision().publish(skip_permission_checks=True)


def test_what_goes_out_is_on_record_and_marked_until_it_is_ratified(office, glass):
    page = office.draft()
    with glass():
        publish(page)
    page = fresh(page)
    assert page.live
    opened, out, closed = rows("open_break_glass", "publish_in_emergency", "close_break_glass")
    publication = Publication.objects.get()
    assert (opened["reason"], opened["second"], opened["role"]) == (
        REASON,
        "director.division-a",
        "web_publisher",
    )
    assert (out["page"], out["digest"]) == (page.pk, publication.digest)
    assert closed["pages"] == 1
    answer = Client().get(page.get_url())
    assert answer["X-Disclosure-Digest"] == publication.digest
    assert 'data-otp-mark="emergency"' in answer.content.decode()
    assert codes() == []

    office.approve(page)
    answer = Client().get(page.get_url())
    assert answer["X-Disclosure-Digest"] == publication.digest
    assert "data-otp-mark" not in answer.content.decode()
    (ratified,) = rows("ratify")
    assert (ratified["actor"]["username"], ratified["digest"]) == (
        "director.division-a",
        publication.digest,
    )
    assert fresh(page).current_workflow_state is None
    assert codes() == []


def test_a_ratification_is_used_up_and_does_not_bring_the_text_back(office, glass):
    page = office.draft()
    with glass():
        publish(page)
    office.approve(page)
    fresh(page).unpublish(user=office["publisher.web"])
    office.agree(fresh(page))
    call_command("run_dispatcher", "--once", stdout=StringIO())
    assert not fresh(page).live


def test_the_approval_of_another_text_clears_nothing(office, glass):
    page = office.draft()
    with glass():
        publish(page)
    page = office.approve(office.edit(page, summary="อีกฉบับ"))
    assert 'data-otp-mark="emergency"' in Client().get(page.get_url()).content.decode()
    assert rows("ratify") == []


def test_who_acted_does_not_ratify(office, glass):
    page = office.draft()
    with glass(by=office["director.division-a"], second=office["publisher.web"]):
        publish(page)
    page = office.submit(fresh(page))
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "director.division-a")
    assert "own_work" in refused.value.codes


def test_it_is_reported_when_nobody_ratifies_it(office, glass, settings):
    page = office.draft()
    with glass():
        publish(page)
    QuerySet(Publication).update(at=timezone.now() - timedelta(days=3, minutes=1))
    assert codes() == ["emergency_not_ratified"]
    settings.OTP_POLICY_RATIFY_WITHIN_DAYS = 4
    assert codes() == []


def test_the_division_submits_it_on_the_items_screen(office, glass):
    page = office.draft()
    with glass():
        publish(page)
    client = Client()
    assert client.login(username="pr.division-a", password=PASSWORD)
    text = client.get(f"/admin/measures/items/{page.pk}/").content.decode()
    assert f"/admin/measures/items/{page.pk}/submit/" in text
    assert "เหตุฉุกเฉิน" in text


@pytest.mark.parametrize(
    ("by", "second", "reason", "says"),
    [
        ("publisher.web", "publisher.web", REASON, 1),
        ("publisher.web", "director.division-a", "  ", 1),
        ("admin", "director.division-a", REASON, 1),
        ("publisher.web", "pr.division-a", REASON, 1),
        ("pr.division-a", "pr.division-a", "", 3),
        ("publisher.social", "publisher.web", REASON, 1),
    ],
)
def test_it_takes_two_who_may_and_a_reason(office, by, second, reason, says):
    with (
        pytest.raises(PolicyRefusal) as refused,
        break_glass(reason=reason, by=office[by], second=office[second]),
    ):
        raise AssertionError("opened")
    assert len(refused.value.reasons) == says
    assert rows("open_break_glass") == []
    assert emergency.current() is None


def test_a_person_whose_account_is_closed_is_none(office, glass):
    office["director.division-a"].is_active = False
    with pytest.raises(PolicyRefusal), glass():
        raise AssertionError("opened")


def test_a_delegate_counts_on_the_days_of_the_order_alone(office, glass):
    today = timezone.localdate()
    office.delegate("pr.division-b", first=today - timedelta(1), last=today - timedelta(1))
    with pytest.raises(PolicyRefusal), glass(second=office["pr.division-b"]):
        raise AssertionError("opened")
    office.delegate("pr.division-b", first=today, last=today)
    with glass(by=office["pr.division-b"]):
        pass
    assert rows("open_break_glass")[0]["order"] == "12/2569"


def test_an_exception_undoes_all_and_leaves_the_record(office, glass):
    page = office.draft()

    def fail_in_the_middle():
        with glass():
            publish(page)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    assert not fresh(page).live
    assert not Publication.objects.exists()
    assert [row["action"] for row in rows("open_break_glass", "fail_break_glass")] == [
        "open_break_glass",
        "fail_break_glass",
    ]
    with pytest.raises(PolicyRefusal):
        publish(fresh(page))


def test_after_it_and_for_a_copy_of_its_context_the_gate_holds(office, glass):
    import contextvars

    page, other = office.draft(), office.draft()
    with glass():
        inside = contextvars.copy_context()
        publish(page)
    for attempt in (publish, lambda one: inside.run(publish, one)):
        with pytest.raises(PolicyRefusal):
            attempt(other)
    assert not fresh(other).live


def test_in_another_thread_it_is_not_open(office, glass):
    import contextvars

    seen = []
    with glass():
        copy = contextvars.copy_context()
        thread = threading.Thread(target=lambda: seen.append(copy.run(emergency.current)))
        thread.start()
        thread.join()
        assert emergency.current() is not None
    assert seen == [None]


def test_it_does_not_open_inside_itself(office, glass):
    with glass(), pytest.raises(PolicyRefusal), glass():
        raise AssertionError("opened")


def test_a_page_that_is_made_live_at_once_and_a_plain_save_go_out_at_the_end(office, glass):
    page = office.draft()
    new = ExhibitPage(
        title="ใหม่", summary="สรุป", owning_unit=page.owning_unit, owner=office["admin"]
    )
    new.cases.add(Case(text="หนึ่ง"))
    with glass():
        office.section("news").add_child(instance=new)
        page.live = True
        page.save()
        assert Page.objects.filter(pk__in=[page.pk, new.pk], live=True).count() == 0
    assert (fresh(page).live, fresh(new).live, new.live) == (True, True, True)
    assert fresh(new).cases.get().text == "หนึ่ง"
    assert fresh(new).live_revision.as_object().summary == "สรุป"
    assert codes() == []


def test_a_live_item_is_corrected_and_its_old_publication_ends(office, glass):
    page = office.publish(office.draft())
    page.summary = "แก้ด่วน"
    with glass():
        page.save()
    assert Client().get(page.get_url()).status_code == 200
    old, new = Publication.objects.order_by("pk")
    assert (old.ended_at is None, new.ended_at) == (False, None)
    assert rows("take_down") == []
    assert codes() == []


def test_an_approved_text_goes_out_by_its_approval_before_its_time(office, glass):
    page = office.draft()
    office.agree(page, at=timezone.now() + timedelta(days=1))
    page = office.approve(page)
    with glass():
        publish(page)
    assert Publication.objects.get().approval.kind == Approval.Kind.APPROVE
    assert Slot.objects.get().state == Slot.State.DROPPED
    assert "data-otp-mark" not in Client().get(page.get_url()).content.decode()
    assert codes() == []


def test_what_is_taken_down_again_inside_stays_down(office, glass):
    page = office.draft()
    with glass():
        publish(page)
        page = NewsPage.objects.get(pk=page.pk)
        page.live = True
        page.unpublish()
    assert not fresh(page).live


def test_an_update_and_a_schedule_are_refused_inside_too(office, glass):
    from django.db import IntegrityError, transaction

    page, later = office.draft(), office.draft()
    with glass():
        with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
            Page.objects.filter(pk=page.pk).update(live=True)
        later.live, later.expire_at = True, timezone.now() + timedelta(days=1)
        with pytest.raises(PolicyRefusal):
            later.save(clean=False)
    assert not Publication.objects.exists()


def fixture_of(office, tmp_path, *, live: bool):
    """Write a fixture of an item with a child row, and delete it from the site."""
    page = office.draft(ExhibitPage)
    page.cases.add(Case(text="หนึ่ง"))
    page.save()
    child = list(Case.objects.filter(page=page))
    base = Page.objects.get(pk=page.pk)
    base.live = live
    base.latest_revision = None
    path = tmp_path / "pages.json"
    path.write_text(serializers.serialize("json", [base, fresh(page), *child]), "utf-8")
    key = page.pk
    fresh(page).delete()
    assert not Page.objects.filter(pk=key).exists()
    # A fixture brings no count of children; who loads one runs `fixtree` after it.
    Page.objects.filter(pk=office.section("news").pk).update(numchild=1)
    return key, str(path)


def test_a_fixture_of_a_live_item_is_refused(office, tmp_path):
    key, path = fixture_of(office, tmp_path, live=True)
    with pytest.raises(PolicyRefusal) as refused:
        call_command("loaddata", path, verbosity=0)
    assert "approval_missing" in refused.value.codes
    assert not Page.objects.filter(pk=key).exists()


def test_a_fixture_of_a_draft_loads_and_over_a_live_item_it_is_refused(office, tmp_path):
    key, path = fixture_of(office, tmp_path, live=False)
    call_command("loaddata", path, verbosity=0)
    assert not ExhibitPage.objects.get(pk=key).live
    live = office.publish(office.draft())
    live.summary = "แทรก"
    over = tmp_path / "over.json"
    over.write_text(serializers.serialize("json", [live]), "utf-8")
    with pytest.raises(PolicyRefusal):
        call_command("loaddata", str(over), verbosity=0)
    assert fresh(live).summary != "แทรก"


def command(*more: str, by="publisher.web", second="director.division-a") -> str:
    out = StringIO()
    given = ["--reason", REASON, "--by", by, "--second", second]
    call_command("otp_break_glass", *given, *more, stdout=out)
    return out.getvalue()


def test_the_command_loads_a_fixture_whole(office, tmp_path):
    key, path = fixture_of(office, tmp_path, live=True)
    said = command("--", "loaddata", path)
    page = ExhibitPage.objects.get(pk=key)
    assert str(page) in said
    assert page.live
    assert page.cases.get().text == "หนึ่ง"
    assert 'data-otp-mark="emergency"' in Client().get(page.get_url()).content.decode()
    assert codes() == []


def test_the_command_overwrites_a_live_item_and_its_child_rows(office, tmp_path, glass):
    key, path = fixture_of(office, tmp_path, live=True)
    command("--", "loaddata", path)
    rows = json.loads(Path(path).read_text("utf-8"))
    for row in rows:
        if row["model"] == "exhibits.exhibitpage":
            row["fields"]["summary"] = "แก้ด่วน"
        if row["model"] == "exhibits.case":
            row["fields"]["text"] = "สอง"
    Path(path).write_text(json.dumps(rows), "utf-8")
    command("--", "loaddata", path)
    page = ExhibitPage.objects.get(pk=key)
    assert (page.summary, page.cases.get().text) == ("แก้ด่วน", "สอง")
    assert Publication.objects.filter(page_id=key).count() == 2
    assert codes() == []


def test_the_command_publishes_and_takes_down_named_pages(office):
    up, down = office.draft(), office.publish(office.draft())
    command("--publish", str(up.pk), "--take-down", str(down.pk))
    assert (fresh(up).live, fresh(down).live) == (True, False)
    (row,) = rows("take_down")
    assert row["actor"]["username"] == "publisher.web"
    assert codes() == []


def test_the_command_refuses_the_wrong_people_and_nothing_to_do(office):
    page = office.draft()
    for arguments in (
        {"second": "publisher.web"},
        {"second": "nobody"},
    ):
        with pytest.raises(CommandError):
            command("--publish", str(page.pk), **arguments)
    with pytest.raises(CommandError):
        command()
    for key in (999999, office.section("news").pk):  # no page, and one outside the measures
        with pytest.raises(CommandError):
            command("--publish", str(key))
    get_user_model().objects.filter(username="director.division-a").update(is_active=False)
    with pytest.raises(CommandError, match="ไม่มีบัญชีที่ใช้งานอยู่"):
        command("--publish", str(page.pk))
    assert not fresh(page).live


def test_it_goes_out_on_no_channel_before_it_is_ratified(office, glass):
    from otp_policy.wagtail.syndication.models import Delivery
    from otp_policy.wagtail.syndication.permission import may_go

    page = office.draft()
    with glass():
        publish(page)
    office.agree(fresh(page), "line")
    assert not may_go(Delivery.objects.get(channel="line"))


def test_opened_over_a_text_that_is_live_already_it_makes_nobody_a_contributor(office, glass):
    page = office.publish(office.draft())
    text = page.get_latest_revision_as_object()
    with glass(by=office["director.division-a"], second=office["publisher.web"]):
        text.live = True
        text.save()
    assert Publication.objects.filter(page_id=page.pk).count() == 1
    assert rows("publish_in_emergency") == []
    office.approve(office.edit(page, title="แก้ไขแล้ว"))


def test_who_published_in_an_emergency_does_not_approve_the_next_text(office, glass):
    page = office.publish(office.draft())
    text = office.edit(page, title="ยังไม่อนุมัติ").get_latest_revision_as_object()
    with glass(by=office["director.division-a"], second=office["publisher.web"]):
        text.live = True
        text.save()
    assert len(rows("publish_in_emergency")) == 1
    page = office.submit(office.edit(page, title="แก้ไขอีกครั้ง"))
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "director.division-a")
    assert "own_work" in refused.value.codes
