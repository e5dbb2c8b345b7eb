"""The completeness matrix: what answers an item, how it stands, and who keeps the instrument."""

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from wagtail.models import PageViewRestriction

from home.models import PlansPage
from news.models import NewsPage
from otp_policy.assessing import Answer, Shortcoming
from otp_policy.instruments import load_assessment
from otp_policy.wagtail.evidence_packs.keeping import (
    change_row,
    check_row,
    choose_page,
    clone_shipped,
    clone_year,
    drop_choice,
)
from otp_policy.wagtail.evidence_packs.matrix import matrix_of, one_row, rows_of_years
from otp_policy.wagtail.evidence_packs.models import ChosenPage, InstrumentRow, InstrumentYear
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.monitoring.models import DueItem
from otp_policy.wagtail.monitoring.reckoning import catch_up
from tests.procurement_forms.pages import month

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
YEAR = 2569
KEEPER, OUTSIDER = "publisher.web", "pr.division-a"


@pytest.fixture
def year(office):
    return clone_shipped(office[KEEPER], "oit_2569", fiscal_year=YEAR)


def row(year, code):
    return InstrumentRow.objects.select_related("instrument").get(instrument=year, code=code)


def stands(year, code, on=date(2026, 3, 1)):
    return one_row(row(year, code), on=on)


def public_from(page, day, due=None):
    """Let the monitoring know the item as first public on *day* and due on *due*."""
    catch_up()
    values = {"first_published_on": day, "last_reviewed_on": day, "due_on": due}
    DueItem.objects.filter(pk=page.pk).update(**values)
    return page


@pytest.fixture
def client_of(office):
    def client(name):
        made = Client()
        made.force_login(office[name])
        return made

    return client


def test_a_year_is_taken_over_with_every_row_and_none_is_checked(office, year):
    shipped = load_assessment("oit_2569").item
    rows = list(year.rows.all())
    assert [(one.code, one.label_th) for one in rows] == [(i.code, i.label.th) for i in shipped]
    assert not any(one.is_checked for one in rows)
    check_row(rows[0], office[KEEPER], source="แบบ OIT ปี 2569 ของสำนักงาน ป.ป.ช. หน้า 3")
    later = clone_year(office[KEEPER], year, fiscal_year=2570)
    assert not any(one.is_checked for one in later.rows.all())
    assert "2570" in later.label_th
    assert later.cloned_from == "2569"
    with pytest.raises(ValidationError):
        clone_year(office[KEEPER], year, fiscal_year=2570)
    with pytest.raises(ValidationError):
        clone_shipped(office[KEEPER], "../policies/tpso", fiscal_year=2571)


def test_what_nobody_answers_is_have_not(year):
    assert {one.answer for one in matrix_of(year, rows_of_years(), on=date(2026, 3, 1))} == {
        Answer.HAVE_NOT
    }
    assert stands(year, "O9").url == ""


def test_a_page_answers_the_item_that_it_names_and_no_other(office, year):
    page = office.publish(office.other(title="คู่มือการขอรับบริการ", assessment_item="O9"))
    found = stands(year, "O9")
    assert found.answer is Answer.HAVE
    assert found.url == page.announced_url()
    assert stands(year, "O8").answer is Answer.HAVE_NOT


def test_a_draft_and_what_was_taken_down_answer_nothing(office, year):
    office.other(title="ร่าง", assessment_item="O9")
    assert stands(year, "O9").answer is Answer.HAVE_NOT


def test_a_kind_answers_its_item_and_its_category_does_not(office, year):
    office.publish(office.draft(PlansPage, title="แผน", kind="plan", fiscal_year=YEAR))
    assert stands(year, "O5").answer is Answer.HAVE
    assert stands(year, "O6").answer is Answer.HAVE
    assert stands(year, "O7").answer is Answer.HAVE_NOT


@pytest.mark.parametrize(
    ("first", "answer"),
    [
        (date(2025, 9, 30), Answer.STALE),
        (date(2025, 10, 1), Answer.HAVE),
        (date(2026, 9, 30), Answer.HAVE),
        (date(2026, 10, 1), Answer.STALE),
    ],
)
def test_news_is_of_the_fiscal_year_in_which_it_came_out(office, year, first, answer):
    public_from(office.publish(office.draft(NewsPage)), first)
    assert stands(year, "O4", on=date(2026, 10, 1)).answer is answer


@pytest.mark.parametrize(
    ("code", "fiscal_year", "answer", "wrong"),
    [
        ("O13", 2569, Answer.HAVE, None),
        ("O13", 2568, Answer.STALE, Shortcoming.OTHER_PERIOD),
        ("O14", 2568, Answer.HAVE, None),
        ("O14", 2569, Answer.STALE, Shortcoming.OTHER_PERIOD),
        ("O14", None, Answer.STALE, Shortcoming.NO_PERIOD),
        ("O9", None, Answer.HAVE, None),
    ],
)
def test_evidence_of_the_wrong_year_is_stale(office, year, code, fiscal_year, answer, wrong):
    page = office.other(title="หลักฐาน", assessment_item=code, fiscal_year=fiscal_year)
    public_from(office.publish(page), date(2026, 1, 15))
    found = stands(year, code)
    assert (found.answer, found.best.shortcoming) == (answer, wrong)


def test_what_is_due_on_30_september_is_stale_on_1_october(office, year):
    page = office.publish(office.other(title="คู่มือ", assessment_item="O9"))
    public_from(page, date(2026, 1, 15), due=date(2026, 9, 30))
    assert stands(year, "O9", on=date(2026, 9, 30)).answer is Answer.HAVE
    assert stands(year, "O9", on=date(2026, 10, 1)).answer is Answer.STALE


def test_a_record_of_nothing_answers_as_such(office, year):
    office.publish(month(office, rows=[], month=1, year=2569, says_nothing=True))
    assert stands(year, "O11").answer is Answer.NOTHING_TO_REPORT
    statistics = office.publish(
        office.other(title="สถิติเรื่องร้องเรียน", assessment_item="O18", fiscal_year=YEAR)
    )
    assert stands(year, "O18").answer is Answer.HAVE
    choose_page(
        row(year, "O18"),
        office[KEEPER],
        page_id=statistics.pk,
        explanation="ไม่มีเรื่องร้องเรียน",
        says_nothing=True,
    )
    assert stands(year, "O18").answer is Answer.NOTHING_TO_REPORT


def test_a_chosen_page_takes_the_place_of_what_is_derived(office, year):
    office.publish(office.other(title="ที่ระบุข้อเอง", assessment_item="O14", fiscal_year=2568))
    other = office.publish(office.other(title="รายงานอื่น"))
    item = row(year, "O14")
    chosen = choose_page(
        item, office[KEEPER], page_id=other.pk, explanation="รายงานปี 2568 อยู่ในหน้านี้"
    )
    found = stands(year, "O14")
    assert (found.answer, found.best.page_id) == (Answer.HAVE, other.pk)
    assert found.explanation == "รายงานปี 2568 อยู่ในหน้านี้"
    drop_choice(chosen, office[KEEPER])
    assert stands(year, "O14").best.title == "ที่ระบุข้อเอง"
    with pytest.raises(ValidationError):
        choose_page(item, office[KEEPER], page_id=999_999, explanation="ไม่มีหน้านี้")
    with pytest.raises(ValidationError):
        choose_page(item, office[KEEPER], page_id=other.pk, explanation=" - ")


def test_a_page_behind_a_login_answers_nothing(office, year):
    office.publish(office.other(title="คู่มือ", assessment_item="O9"))
    section = office.section("other")
    # As a database's own console does it: the gate refuses to shut a section with a live item.
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=section, restriction_type="login")]
    )
    assert stands(year, "O9").answer is Answer.HAVE_NOT


def test_only_the_websites_unit_keeps_the_instrument(office, year):
    for name in (OUTSIDER, "director.office", "publisher.social"):
        for act in (
            lambda user: clone_shipped(user, "oit_2569", fiscal_year=2571),
            lambda user: check_row(row(year, "O1"), user, source="แบบ OIT ปี 2569"),
            lambda user: change_row(row(year, "O1"), user),
            lambda user: choose_page(row(year, "O1"), user, page_id=1, explanation="เหตุผล"),
        ):
            with pytest.raises(PermissionDenied):
                act(office[name])
    assert InstrumentYear.objects.count() == 1
    assert not row(year, "O1").is_checked
    assert not ChosenPage.objects.exists()


def test_a_check_is_recorded_and_a_change_takes_it_away(office, year):
    item = row(year, "O1")
    with pytest.raises(ValidationError):
        check_row(item, office[KEEPER], source="  -")
    check_row(item, office[KEEPER], source="แบบ OIT ปี 2569 ลงวันที่ 1 ตุลาคม 2568")
    item = row(year, "O1")
    assert (item.is_checked, item.checked_by, item.confidence) == (
        True,
        office[KEEPER],
        "verified",
    )
    entry = LedgerEntry.objects.get(action="check_instrument_row")
    assert '"item":"O1"' in entry.body
    item.label_th = "โครงสร้าง"
    change_row(item, office[KEEPER])
    assert not row(year, "O1").is_checked


def test_the_screens_show_what_is_not_checked_and_filter(office, year, client_of):
    office.publish(office.other(title="คู่มือการขอรับบริการ", assessment_item="O9"))
    client = client_of(OUTSIDER)
    text = client.get(f"/admin/evidence/?year={year.pk}").content.decode()
    assert "ยังไม่ได้ตรวจสำหรับปีนี้" in text
    assert "คู่มือการขอรับบริการ" in text
    only = client.get(f"/admin/evidence/?year={year.pk}&state=have").content.decode()
    assert "O9" in only
    assert "โครงสร้าง หน้าที่และอำนาจ" not in only
    everything = client.get(f"/admin/evidence/?year={year.pk}&state=nonsense").content.decode()
    assert "โครงสร้าง หน้าที่และอำนาจ" in everything
    assert client.get("/admin/evidence/?year=99").status_code == 404
    one = client.get(f"/admin/evidence/rows/{row(year, 'O9').pk}/").content.decode()
    assert "ยังไม่ได้ตรวจสำหรับปีนี้" in one
    assert "csrfmiddlewaretoken" not in one.split("nice-padding")[1]
    check_row(row(year, "O9"), office[KEEPER], source="แบบ OIT ปี 2569 ข้อ O9")
    one = client.get(f"/admin/evidence/rows/{row(year, 'O9').pk}/").content.decode()
    assert "ยังไม่ได้ตรวจสำหรับปีนี้" not in one


def test_the_files_have_the_shape_of_the_form_and_run_no_formula(office, year, client_of):
    item = row(year, "O9")
    item.explanation = '=HYPERLINK("x")'
    change_row(item, office[KEEPER])
    page = office.publish(office.other(title="คู่มือ", assessment_item="O9"))
    client = client_of(OUTSIDER)
    answer = client.get(f"/admin/evidence/years/{year.pk}/assessment.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0][:2] == ["ข้อการประเมิน", "หัวข้อ"]
    assert len(lines) == 1 + 26
    [line] = [line for line in lines if line[0] == "O9"]
    assert line[1:] == [
        item.label_th,
        "มี",
        page.announced_url(),
        '\'=HYPERLINK("x")',
        "ยังไม่ได้ตรวจสำหรับปีนี้",
    ]
    book = load_workbook(
        io.BytesIO(client.get(f"/admin/evidence/years/{year.pk}/assessment.xlsx").content)
    ).active
    rows = list(book.iter_rows(values_only=True))
    assert [cell for cell in rows[9]][:4] == ["O9", item.label_th, "มี", page.announced_url()]
    assert book.cell(10, 5).data_type == "s"


def test_the_screens_keep_the_instrument(office, client_of):
    client = client_of(KEEPER)
    form = {"origin": "shipped:oit_2569", "fiscal_year": YEAR}
    assert client.post("/admin/evidence/clone/", form).status_code == 302
    again = client.post("/admin/evidence/clone/", form)
    assert again.status_code == 200
    assert "otp-error" in again.content.decode()
    year = InstrumentYear.objects.get()
    page = office.publish(office.other(title="รายงาน"))
    item = row(year, "O14")
    address = f"/admin/evidence/rows/{item.pk}/"
    check = {"act": "check", "check-source": "แบบ OIT ปี 2569 ข้อ O14"}
    choose = {"act": "choose", "page-page_id": page.pk, "page-explanation": "รายงานปี 2568"}
    assert client.post(address, check).status_code == 302
    assert client.post(address, choose).status_code == 302
    assert stands(year, "O14").answer is Answer.HAVE
    assert client.post(address, {**choose, "page-explanation": "-"}).status_code == 200
    drop = {"act": "drop", "chosen": ChosenPage.objects.get().pk}
    assert client.post(address, drop).status_code == 302
    assert client.post(address, drop).status_code == 404
    assert client.post(address, {"act": "x"}).status_code == 404
    fields = {
        "code": "O14",
        "label_th": "รายงานผล",
        "period": "now",
        "categories": ["other"],
        "confidence": "secondary",
    }
    assert client.post(f"{address}edit/", fields).status_code == 302
    assert (row(year, "O14").label_th, row(year, "O14").is_checked) == ("รายงานผล", False)
    added = f"/admin/evidence/years/{year.pk}/add/"
    assert client.post(added, fields).status_code == 200  # the code is taken
    assert client.post(added, {**fields, "code": "O27"}).status_code == 302
    assert year.rows.last().code == "O27"


def test_who_has_no_part_sees_and_changes_nothing(office, year, client_of, django_user_model):
    from django.contrib.auth.models import Permission

    nobody = django_user_model.objects.create_user("temp.account", "t@example.invalid", "x")
    nobody.user_permissions.add(Permission.objects.get(codename="access_admin"))
    stranger = Client()
    stranger.force_login(nobody)
    item = row(year, "O9")
    screens = [
        "/admin/evidence/",
        f"/admin/evidence/rows/{item.pk}/",
        f"/admin/evidence/years/{year.pk}/assessment.csv",
        f"/admin/evidence/years/{year.pk}/assessment.xlsx",
        f"/admin/evidence/rows/{item.pk}/evidence.pdf",
    ]
    for screen in screens:
        answer = stranger.get(screen)
        assert answer.status_code in (302, 403), screen
        assert "คู่มือ" not in answer.content.decode()
    keeping = [
        "/admin/evidence/clone/",
        f"/admin/evidence/years/{year.pk}/add/",
        f"/admin/evidence/rows/{item.pk}/edit/",
    ]
    for client in (stranger, client_of(OUTSIDER), client_of("director.office")):
        for screen in keeping:
            assert client.get(screen).status_code in (302, 403), screen
            assert client.post(screen, {"code": "X"}).status_code in (302, 403), screen
        act = {"act": "check", "check-source": "แบบ OIT"}
        assert client.post(f"/admin/evidence/rows/{item.pk}/", act).status_code in (302, 403)
    assert InstrumentYear.objects.count() == 1
    assert not row(year, "O9").is_checked
    for client in (stranger, client_of(OUTSIDER)):
        assert client.post(f"/admin/evidence/rows/{item.pk}/pack/").status_code in (302, 403)
    assert not LedgerEntry.objects.filter(action="make_evidence_pack").exists()


def test_the_pack_of_an_item_says_how_it_stands_and_that_it_was_not_checked(
    office, year, client_of
):
    import json
    import zipfile

    from otp_policy.pack_proof import verify_pack

    pages = [
        office.publish(office.other(title=f"คู่มือ {number}", assessment_item="O9"))
        for number in (1, 2)
    ]
    answer = client_of("director.office").post(f"/admin/evidence/rows/{row(year, 'O9').pk}/pack/")
    data = b"".join(answer)
    assert verify_pack(io.BytesIO(data)) == ()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        evidence = json.loads(opened.read("evidence.json"))
        told = opened.read("index.html").decode()
    assert evidence["subject"]["is_checked"] is False
    assert evidence["subject"]["answer"] == "have"
    assert {item["page"] for item in evidence["items"]} == {page.pk for page in pages}
    assert "ยังไม่ได้ตรวจสำหรับปีนี้" in told
    assert answer["Content-Disposition"].split('"')[1].startswith("evidence-2569-O9-")


def test_more_items_take_no_more_queries(office, year, client_of):
    chief = client_of("admin")
    address = f"/admin/evidence/?year={year.pk}"

    def cost(where):
        with CaptureQueriesContext(connection) as captured:
            assert chief.get(where).status_code == 200
        return len(captured)

    files = [f"/admin/evidence/years/{year.pk}/assessment.{ending}" for ending in ("csv", "xlsx")]
    office.publish(office.other(title="หลักฐาน", assessment_item="O8"))
    few = [(cost(where), cost(where))[1] for where in (address, *files)]
    for number in range(8):
        code = f"O{number % 2 + 8}"
        office.publish(office.other(title=f"หลักฐาน {number}", assessment_item=code))
    catch_up()
    assert [cost(where) for where in (address, *files)] == few
    assert few[0] <= MOST_QUERIES
