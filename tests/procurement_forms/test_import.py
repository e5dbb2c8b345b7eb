"""The import: every error at once and nothing saved, or drafts that take all the steps."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from otp_policy.procurement import (
    AnnualPlan,
    ContractReference,
    Month,
    MonthlySummary,
    Offer,
    PlanEntry,
    SummaryRow,
)
from otp_policy.procurement.tables import annual_plan_csv, monthly_summaries_csv
from otp_policy.procurement.xlsx_writing import monthly_summaries_xlsx
from otp_policy.wagtail.models import Contribution, Unit
from otp_policy.wagtail.procurement_forms.models import WaitingImport
from procurement.models import AnnualPlanPage, MonthlySummaryPage
from tests.office import fresh
from tests.pages.samples import publish
from tests.procurement_forms.pages import live_month, month

pytestmark = pytest.mark.django_db
UPLOAD = reverse("otp_policy_procurement:import")


def row(number: int, of: Month, *, price: str = "9400.00", **more: Any) -> SummaryRow:
    winner = Offer(name=f"หจก. ตัวอย่าง {number}", price=Decimal(price))
    usual: dict[str, Any] = {
        "work": f"งานจ้างที่ {number}",
        "budget": Decimal("10000.00"),
        "reference_price": None,
        "method": "เฉพาะเจาะจง",
        "bidders": (winner, Offer(name="บจก. อื่น", price=Decimal("9990.00"))),
        "selected": (winner,),
        "reason": "ราคาต่ำสุด",
        "contracts": (
            ContractReference(
                number=f"{number}/{of.month}/{of.year + 543}",
                signed_on=date(of.year, of.month, 5),
            ),
        ),
        "project_number": f"69{of.month:02}{number:07}",
    }
    return SummaryRow(sequence=number, **{**usual, **more})


def summary(of: Month, count: int = 2, **more: Any) -> MonthlySummary:
    rows = tuple(row(number, of, **more) for number in range(1, count + 1))
    return MonthlySummary(month=of, rows=rows, nothing_to_report=not rows)


OCTOBER = Month(2026, 10)
YEAR = [Month(2026, 10), Month(2026, 11), Month(2026, 12)] + [
    Month(2027, number) for number in range(1, 10)
]


def upload(client: Any, office: Any, content: bytes, **more: Any) -> Any:
    user = more.pop("by", "pr.division-a")
    client.force_login(office[user])
    return client.post(
        UPLOAD,
        {
            "file": SimpleUploadedFile(more.pop("name", "form.xlsx"), content),
            "kind": "summary",
            "parent": office.section("procurement").pk,
            "unit": Unit.objects.get(code=more.pop("unit", "division-a")).pk,
            "month": "",
            "year": "",
            **more,
        },
    )


def bring_in(client: Any, office: Any, content: bytes, *, note: str = "", **more: Any) -> Any:
    """Take a file through upload, preview and saving, and return the last answer."""
    answer = upload(client, office, content, **more)
    assert answer.status_code == 302, answer.content.decode()[-2500:]
    shown = client.get(answer.url)
    assert shown.status_code == 200
    return client.post(answer.url, {"note": note})


def test_a_year_of_two_thousand_rows_goes_in_at_once(client, office):
    content = monthly_summaries_xlsx([summary(of, 167) for of in YEAR])
    answer = bring_in(client, office, content)
    assert answer.status_code == 200
    pages = list(MonthlySummaryPage.objects.order_by("year", "month"))
    assert len(pages) == 12
    assert not any(page.live for page in pages)
    assert {page.fiscal_year for page in pages} == {2570}
    drafts = [page.get_latest_revision_as_object() for page in pages]
    assert sum(len(draft.row_list()) for draft in drafts) == 2004
    assert drafts[3].record().rows == summary(YEAR[3], 167).rows
    assert Contribution.objects.filter(user=office["pr.division-a"]).count() == 12


def test_a_second_import_of_a_month_is_a_draft_of_the_same_page(client, office):
    bring_in(client, office, monthly_summaries_csv([summary(OCTOBER)]), name="a.csv")
    page = MonthlySummaryPage.objects.get()
    first = page.latest_revision_id
    answer = bring_in(client, office, monthly_summaries_csv([summary(OCTOBER)]), name="a.csv")
    assert "ข้อมูลตรงกันแล้ว" in answer.content.decode()
    assert fresh(page).latest_revision_id == first
    bring_in(client, office, monthly_summaries_csv([summary(OCTOBER, 3)]), name="a.csv")
    page = MonthlySummaryPage.objects.get()
    assert page.latest_revision_id != first
    assert len(page.get_latest_revision_as_object().row_list()) == 3


def test_an_import_corrects_a_live_page_by_a_draft_and_changes_nothing_public(client, office):
    page = live_month(office)
    public = client.get(page.url).content
    file = monthly_summaries_csv([summary(OCTOBER, 3)])
    bring_in(client, office, file, name="a.csv", note="แก้ไขตามเอกสาร")
    page = fresh(page)
    draft = page.get_latest_revision_as_object()
    assert page.live
    assert draft.correction_note == "แก้ไขตามเอกสาร"
    client.logout()
    assert client.get(page.url).content == public
    page = publish(office, page)
    assert "งานจ้างที่ 3" in client.get(page.url).content.decode()


def test_what_no_form_has_is_kept_beside_the_row(client, office):
    page = month(office)
    draft = page.get_latest_revision_as_object()
    rows = list(draft.rows.all())
    rows[0].plan_code, rows[0].project_number = "P69", row(1, OCTOBER).project_number
    draft.set_rows(rows)
    draft.save_revision(user=office["pr.division-a"])
    bring_in(client, office, monthly_summaries_csv([summary(OCTOBER, 3)]), name="a.csv")
    codes = [one.plan_code for one in fresh(page).get_latest_revision_as_object().row_list()]
    assert codes == ["P69", "", ""]


def test_a_plan_goes_in_too_and_nothing_to_report_is_a_record(client, office):
    entry = PlanEntry(
        sequence=1, code="P69100000001", project="ซื้อรถ", budget=Decimal(900000), expected=OCTOBER
    )
    plan = AnnualPlan(fiscal_year=2570, entries=(entry,))
    bring_in(client, office, annual_plan_csv(plan), name="plan.csv", kind="plan")
    page = AnnualPlanPage.objects.get()
    assert page.title == "แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. 2570"
    assert page.title_en == "Annual procurement plan, fiscal year 2027"
    assert page.get_latest_revision_as_object().record().entries == plan.entries
    bring_in(client, office, monthly_summaries_csv([summary(OCTOBER, 0)]), name="none.csv")
    found = MonthlySummaryPage.objects.get()
    assert found.says_nothing
    assert found.slug == "summary-2569-10"


def test_every_planted_error_is_told_at_its_place_and_nothing_is_saved(client, office):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(monthly_summaries_xlsx([summary(of, 20) for of in YEAR])))
    planted = {
        ("พ.ย. 2569", "C8"): ("หมื่นบาท", "วงเงิน"),
        ("ธ.ค. 2569", "E10"): ("วิธีลับ", "วิธีซื้อหรือจ้าง"),
        ("ม.ค. 2570", "L12"): ("5 มีนาคม 2570", "วันที่ของสัญญา"),
        ("ก.ย. 2570", "A14"): (99, "ลำดับที่"),
        ("ก.ค. 2570", "H6"): ("ผู้อื่น", "ผู้ได้รับการคัดเลือก"),
        ("ส.ค. 2570", "B16"): ("จ้าง นาย ก 1101700230708", ""),
    }
    for (sheet, cell), (value, _column) in planted.items():
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    answer = upload(client, office, out.getvalue())
    assert answer.status_code == 200
    told = {(one["sheet"], f"{one['letter']}{one['row']}") for one in answer.context["findings"]}
    assert planted.keys() <= told
    text = answer.content.decode()
    assert "1101700230708" not in text
    for (sheet, _cell), (_value, column) in planted.items():
        assert sheet in text
        assert column in text
    assert not MonthlySummaryPage.objects.exists()
    assert not WaitingImport.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02", "ก,ข\n".encode()])
def test_what_is_no_form_is_told_and_not_saved(client, office, content):
    answer = upload(client, office, content or b" ")
    assert answer.status_code == 200
    assert answer.context["findings"] or answer.context["form"].errors
    assert not WaitingImport.objects.exists()


# Who may, and when.


def test_who_prepares_nothing_has_no_door(client, office):
    for user in ("director.office", "publisher.web", "director.division-a"):
        client.force_login(office[user])
        answer = client.get(UPLOAD)
        assert answer.status_code == 302, user
        assert answer.url == "/admin/"
        answer = upload(client, office, monthly_summaries_csv([summary(OCTOBER)]), by=user)
        assert answer.status_code == 302
    assert not WaitingImport.objects.exists()
    assert not MonthlySummaryPage.objects.exists()


def test_nobody_imports_in_the_name_of_another_unit(client, office):
    file = monthly_summaries_csv([summary(OCTOBER)])
    answer = upload(client, office, file, name="a.csv", unit="division-b")
    assert answer.status_code == 200
    assert "unit" in answer.context["form"].errors
    theirs = upload(client, office, file, name="a.csv", unit="division-b", by="pr.division-b")
    assert theirs.status_code == 302
    client.force_login(office["pr.division-a"])
    assert client.post(theirs.url, {}).url == UPLOAD
    assert not MonthlySummaryPage.objects.exists()


def test_a_page_under_approval_is_not_changed(client, office):
    page = office.submit(month(office))
    before = page.latest_revision_id
    file = monthly_summaries_csv([summary(OCTOBER), summary(Month(2026, 11))])
    answer = bring_in(client, office, file, name="a.csv")
    assert "ยังแก้ไขไม่ได้ในขณะนี้" in answer.content.decode()
    assert fresh(page).latest_revision_id == before
    assert MonthlySummaryPage.objects.count() == 2, "the month beside it goes in"


def test_what_was_saved_is_not_saved_twice(client, office):
    answer = upload(client, office, monthly_summaries_csv([summary(OCTOBER)]), name="a.csv")
    assert client.post(answer.url, {}).status_code == 200
    assert client.post(answer.url, {}).url == UPLOAD
    assert MonthlySummaryPage.objects.count() == 1
    assert not WaitingImport.objects.exists()


def test_a_file_is_read_anew_where_nothing_is_kept_of_it(client, office):
    answer = upload(client, office, monthly_summaries_csv([summary(OCTOBER)]), name="a.csv")
    cache.clear()
    assert client.post(answer.url, {}).status_code == 200
    assert MonthlySummaryPage.objects.count() == 1


def test_looking_saves_nothing(client, office):
    answer = upload(client, office, monthly_summaries_csv([summary(OCTOBER)]), name="a.csv")
    assert client.get(answer.url).status_code == 200
    assert not MonthlySummaryPage.objects.exists()
