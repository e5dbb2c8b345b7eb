"""Every page type as the public reads it: its fields, its facts, its bytes under approval."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from home.models import (
    CategoryPage,
    ExecutivesPage,
    IntegrityDeclarationPage,
    OtherPage,
    PlansPage,
    StructurePage,
    StructureUnit,
)
from home.models.structure import defects_of
from news.models import NewsPage
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.digest import exact_values, item_digest, later_fields
from otp_policy.wagtail.models import Post, governed_models
from otp_policy.wagtail.models.choices import legal_basis_choices
from tests.office import fresh
from tests.pages import samples

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def read(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_every_page_type_has_an_example(office):
    shipped = {model.__name__ for model in governed_models() if model._meta.app_label != "exhibits"}
    assert set(samples.drafts(office)) == shipped


def test_every_page_type_says_its_fields_and_facts(client, pages):
    wanted = {
        "BasicInformationPage": ["มาตรา 7"],
        "StructurePage": ["แผนผังโครงสร้างองค์กร", "กลุ่มงานที่หนึ่ง", "กำกับดูแล"],
        "ExecutivesPage": ["ผอ. สนค.", "tel:020000000", "25 พฤษภาคม 2562", "รองผู้อำนวยการ"],
        "VisionPage": ["ข้อมูลของรัฐที่ประชาชนค้นพบ", "เผยแพร่ข้อมูลให้ถูกต้อง"],
        "ContactPage": ["จังหวัดตัวอย่าง", "https://maps.example/office", "https://line.example/office"],
        "IntegrityDeclarationPage": ["ผอ. สนค.", "1 ตุลาคม 2569"],
        "PlansPage": ["2570", "1,200,000", "37.9", "112.5", "มาตรา 9(3)", samples.UPLOADED_AS],
        "NewsPage": ["กิจกรรม", "20 พฤศจิกายน 2569", 'alt="ผู้เข้าร่วมสัมมนา"', "เวทีสัมมนา"],
        "ProcurementPage": ["2570"],
        "AnnualPlanPage": ["P69100000001", "1,500,000.00", "ตุลาคม 2569", "3,000,000.00"],
        "MonthlySummaryPage": ["จ้างทำความสะอาดชั้นที่ 2", "9,500.00", "12 ตุลาคม 2569", "20,000.00"],
        "NoticePage": ["e-bidding", "1,500,000.00", "19 ตุลาคม 2569 16:00 น."],
        "AwardPage": ["เสนอราคาต่ำสุด", "บริษัท ตัวอย่าง จำกัด", "1,450,000.00"],
        "ContractPage": ["ซ 12/2570", "2 พฤศจิกายน 2569", "1,450,000.00"],
        "OtherPage": ["O9 ", "2569"],
    }  # fmt: skip
    for name, words in wanted.items():
        text = read(client, pages[name].url)
        for word in [*words, "กอง ก", "ทบทวนล่าสุด", "กำหนดทบทวนครั้งถัดไป", "ประวัติฉบับ"]:
            assert word in text, (name, word)


def test_english_readers_get_english_where_it_is_given(client, pages):
    with translation.override("en"):
        urls = {name: fresh(page).url for name, page in pages.items()}
    assert all(url.startswith("/en/") for url in urls.values())
    assert "Group 1" in read(client, urls["StructurePage"])
    text = read(client, urls["PlansPage"])
    assert "2570 (2027)" in text
    assert "section 9(3)" in text
    assert "The plan has three parts" in text
    # What has no English stays Thai, and says so to whoever reads it aloud.
    assert '<td lang="th">โครงการ</td>' in text


def test_no_page_asks_the_database_more_than_a_dozen_times(client, office, pages, monkeypatch):
    for number in range(6):
        pages[f"more {number}"] = office.publish(office.draft(title=f"ข่าว {number}"))
    monkeypatch.setattr("home.models.sections.ITEMS_ON_PAGE", 3)
    urls = ["/", "/en/", "/news/?page=2", *(page.url for page in CategoryPage.objects.all())]
    urls += [page.url for name, page in pages.items() if not name.startswith("more")]
    for url in urls:
        client.get(url)  # draws the pictures, and fills what a process keeps
        with CaptureQueriesContext(connection) as asked:
            read(client, url)
        assert len(asked) <= MOST_QUERIES, url


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (NewsPage, "genre", "activity"),
        (NewsPage, "place", "ห้องประชุม"),
        (NewsPage, "legal_basis", "7"),
        (PlansPage, "kind", "plan"),
        (OtherPage, "assessment_item", "O9"),
        (IntegrityDeclarationPage, "declarer", "ชื่อ"),
    ],
)
def test_a_field_that_came_later_is_in_the_digest_once_it_is_filled(office, model, name, value):
    page = office.draft(model).get_latest_revision_as_object()
    before = item_digest(page)
    assert name in later_fields(model)
    assert name not in exact_values(page)
    setattr(page, name, value)
    assert exact_values(page)[name] == value
    assert item_digest(page) != before


def test_rows_and_files_are_in_the_digest(office):
    drafts = samples.drafts(office)
    for name, rows, field in [
        ("StructurePage", "units", "duties"),
        ("PlansPage", "figures", "label"),
        ("NewsPage", "pictures", "text"),
        ("ExecutivesPage", "executives", "telephone"),
        ("VisionPage", "missions", "text"),
        ("ContactPage", "ways", "value"),
    ]:
        page = drafts[name].get_latest_revision_as_object()
        before = item_digest(page)
        changed = list(getattr(page, rows).all())
        setattr(changed[0], field, "อื่น")
        getattr(page, rows).set(changed)
        assert item_digest(page) != before, name
    plan = drafts["PlansPage"].get_latest_revision_as_object()
    before = item_digest(plan)
    plan.files[0].value["text"] = "อื่น"
    assert item_digest(plan) != before


def test_an_executive_is_taken_from_the_register_of_posts(office):
    page = samples.drafts(office)["ExecutivesPage"].get_latest_revision_as_object()
    first = page.executives.all()[0]
    post = Post.objects.get(role="office_director")
    assert (first.name, first.from_on) == (post.user.get_full_name(), post.from_on)
    assert first.role_en == "Director of the Trade Policy and Strategy Office"


@pytest.mark.parametrize("name", ["IntegrityDeclarationPage", "ExecutivesPage"])
def test_a_change_of_the_office_holder_makes_it_due_at_once(client, office, pages, name):
    url = pages[name].url
    assert "เป็นปัจจุบัน" in read(client, url)
    Post.objects.filter(role="office_director").update(until_on=office_day())
    assert "เป็นปัจจุบัน" in read(client, url), "the last day still counts"
    Post.objects.filter(role="office_director").update(until_on=office_day() - timedelta(days=2))
    assert "เกินกำหนดทบทวน" in read(client, url)
    home = read(client, "/")
    assert pages[name].title in home[home.index("due-heading") :]


def test_units_that_form_no_tree_are_refused_with_the_reason():
    with translation.override("en"):
        found = [str(one) for one in defects_of([("a", "b"), ("b", "a"), ("c", "x"), ("d", "d")])]
        twice = [str(one) for one in defects_of([("a", ""), ("a", "")])]
    assert found == [
        "“c” stands under “x”, which is no unit of the list.",
        "“a” stands under itself.",
        "“b” stands under itself.",
        "“d” stands under itself.",
    ]
    assert twice == ["The code “a” is given to more than one unit."]
    assert list(defects_of([("a", ""), ("b", "a"), ("c", "b"), ("d", "")])) == []


def test_the_chart_shows_every_unit_once(office):
    page = office.draft(
        StructurePage,
        units=[
            StructureUnit(code="b", under="a", name="กอง ข"),
            StructureUnit(code="a", name="สำนักงาน"),
            StructureUnit(code="c", under="gone", name="กลุ่ม"),
        ],
    )
    trees = page.tree()
    assert [(node.row.code, [one.row.code for one in node.under]) for node in trees] == [
        ("a", ["b"]),
        ("c", []),
    ]


def test_an_executive_without_post_needs_a_name(office):
    page = office.draft(ExecutivesPage)
    row = page.executives.model(page=page, name="ชื่อ")
    with pytest.raises(Exception, match="ตำแหน่ง"):
        row.clean()
    row.role = "รองผู้อำนวยการ"
    row.clean()


def test_the_plans_of_a_year_stand_in_one_table(client, office, pages):
    report = office.draft(
        PlansPage, title="รายงานผลประจำปี", kind="performance_report", fiscal_year=2569
    )
    office.publish(report)
    text = read(client, "/plans-and-performance/")
    table = text[text.index("series-heading") : text.index("</table>")]
    assert table.index(">2570<") < table.index(">2569<")
    assert "รายงานผลประจำปี" in table
    assert "ยังไม่เผยแพร่" in table
    assert "series-heading" not in read(client, "/plans-and-performance/?year=2026")


def test_a_ground_in_the_act_is_offered_with_what_it_says_and_how_sure_that_is():
    with translation.override("en"):
        offered = {code: str(label) for code, label in legal_basis_choices()}
    assert list(offered) == ["7", *(f"9({number})" for number in range(1, 9))]
    assert offered["9(2)"] == "section 9(2): Policies"
    assert offered["9(7)"].endswith("(not checked against the Act)")


def test_the_public_reads_the_number_of_the_ground_alone(client, office, pages):
    page = next(page for page in pages.values() if page.legal_basis == "9(3)")
    assert "<dd>มาตรา 9(3)</dd>" in client.get(page.url).content.decode()
