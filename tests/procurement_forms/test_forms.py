"""The forms as governed rows: what is typed, what is approved, and what the public gets of it."""

import csv
import io
import json
import re
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from otp_policy.procurement.csv_files import read_csv
from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.xlsx_files import read_xlsx
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.comparison import compare_item
from otp_policy.wagtail.corrections import lacks_note
from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.models import Publication, Unit
from otp_policy.wagtail.procurement_forms.exports import FORMATS
from otp_policy.wagtail.refusals import PolicyRefusal
from procurement.models import AnnualPlanPage, MonthlySummaryPage, ProcurementPage
from tests.office import fresh
from tests.pages.samples import plan_entry, publish, summary_row
from tests.procurement_forms.pages import corrected, live_month, many, month

pytestmark = pytest.mark.django_db


def read(client: Any, url: str, status: int = 200) -> Any:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer


def cheaper(rows: list[Any]) -> None:
    rows[0].bidders[1]["price"] = "9450.00"


def test_the_fiscal_year_follows_from_the_month(office):
    page = month(office)
    assert (page.month, page.year, page.fiscal_year) == (10, 2569, 2570)
    assert MonthlySummaryPage(month=9, year=2569)
    office.edit(page, month=9)
    assert fresh(page).get_latest_revision_as_object().fiscal_year == 2569


@pytest.mark.parametrize(
    "change",
    [
        cheaper,
        lambda rows: rows[0].bidders.append({"name": "รายใหม่", "price": None}),
        lambda rows: rows[0].contracts[0].update(signed_on="2026-10-13"),
        lambda rows: rows[1].selected[0].update(price="9399.99"),
        lambda rows: rows.reverse(),
        lambda rows: rows.pop(),
        lambda rows: setattr(rows[0], "budget", Decimal("10000.01")),
        lambda rows: setattr(rows[0], "plan_code", "P1"),
    ],
)
def test_every_change_of_a_row_is_another_text(office, change):
    page = month(office).get_latest_revision_as_object()
    before = item_digest(page)
    rows = list(page.rows.all())
    change(rows)
    for at, row in enumerate(rows):
        row.sort_order = at
    page.set_rows(rows)
    assert item_digest(page) != before


def test_an_amount_has_one_digest_wherever_it_comes_from(office):
    texts = [
        month(office, rows=[summary_row(budget=budget)]).get_latest_revision_as_object()
        for budget in (Decimal(10000), Decimal("10000.00"), Decimal("10000.0"))
    ]
    rows = [[row["budget"] for row in page.serializable_data()["rows"]] for page in texts]
    assert rows == [[Decimal("10000.00")]] * 3


def test_what_is_live_is_what_was_approved_and_the_audit_finds_nothing(office):
    live_month(office, rows=[summary_row(budget=Decimal(10000)), summary_row(2)])
    publish(office, office.draft(AnnualPlanPage, fiscal_year=2570, rows=[plan_entry()]))
    assert [str(finding) for finding in audit()] == []


def test_a_price_of_a_bidder_is_a_correction_that_needs_its_note(office):
    page = corrected(office, live_month(office), cheaper)
    draft = page.get_latest_revision_as_object()
    draft.correction_note = ""
    assert lacks_note(draft)
    found = compare_item(page, draft, digest=item_digest(draft))
    said = "".join(
        run.text
        for field in found.changed
        for part in field.parts
        for line in part.lines
        for run in line.runs
    )
    assert "9450.00" in said.replace(" ", "")
    assert "9500.00" in said
    assert not found.is_unexplained


def test_a_row_cannot_be_changed_behind_the_page(office):
    page = live_month(office)
    row = page.rows.first()
    row.budget = Decimal(1)
    with pytest.raises(PolicyRefusal):
        row.save()
    with pytest.raises(PolicyRefusal):
        row.delete()


def test_a_correction_shows_only_once_it_is_approved(client, office):
    page = live_month(office)
    url = page.url
    page = corrected(office, page, cheaper)
    for name in ("", "csv/"):
        text = read(client, f"{url}{name}").content.decode().replace(",", "")
        assert "9450.00" not in text
        assert "9500.00" in text
    page = publish(office, page)
    assert "9,450.00" in read(client, url).content.decode()
    assert "9450.00" in read(client, f"{url}csv/").content.decode()
    before = read(client, f"{url}versions/1/").content.decode()
    assert "9,500.00" in before
    assert "downloads-heading" not in before
    assert read(client, f"{url}versions/1/csv/", 404)


def test_what_was_not_approved_or_is_withdrawn_gives_no_file(client, office):
    page = month(office)
    for name in FORMATS:
        assert read(client, f"/procurement/{page.slug}/{name}/", 404)
    page = publish(office, page)
    assert read(client, f"{page.url}csv/")
    Publication.objects.filter(page_id=page.pk).update(ended_at="2026-11-01T00:00Z")
    for name in FORMATS:
        assert read(client, f"{page.url}{name}/", 404)


def test_a_file_comes_with_the_headers_of_its_page(client, office):
    page = live_month(office)
    whole = read(client, page.url)
    for name, form in FORMATS.items():
        answer = read(client, f"{page.url}{name}/")
        assert answer["X-Disclosure-Digest"] == whole["X-Disclosure-Digest"]
        assert answer.get("Cache-Control") == whole.get("Cache-Control")
        assert answer["Content-Type"] == form.content_type
        assert f'filename="monthly-summary-2026-10.{name}"' in answer["Content-Disposition"]
        link = re.search(rf'href="{page.url}{name}/" type="([^"]+)"', whole.content.decode())
        assert link
        assert link[1] == form.content_type.partition(";")[0]


def values_of(client: Any, url: str) -> dict[str, list[list[str]]]:
    """Return the lines of the table in each format: a row, and a line for each further bidder."""
    lines = list(csv.reader(io.StringIO(read(client, f"{url}csv/").content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(read(client, f"{url}xlsx/").content))
    cells = [
        ["" if cell is None else str(cell) for cell in row]
        for row in book.active.iter_rows(values_only=True)
    ]
    return {"csv": [line[2:] for line in lines[1:]], "xlsx": cells}


def test_page_workbook_and_csv_say_the_same(client, office):
    page = live_month(office, rows=[summary_row(), summary_row(2, bidders=3, contracts=[])])
    html = read(client, page.url).content.decode()
    grids, findings = read_csv(read(client, f"{page.url}csv/").content)
    from_csv = read_monthly_summaries(grids, findings=findings).records
    grids, findings = read_xlsx(read(client, f"{page.url}xlsx/").content)
    from_xlsx = read_monthly_summaries(grids, findings=findings).records
    assert from_csv[0].rows == from_xlsx[0].rows == page.record().rows
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    for text, row in zip(body.split("<tr>")[1:], page.record().rows, strict=True):
        bare = re.sub(r"<[^>]+>", "", text)
        for value in [row.work, f"{row.budget:,.2f}", row.method, row.reason, row.project_number]:
            assert value in bare
        prices = re.findall(r'<span class="number">([^<]+)</span>', text)
        assert prices == [f"{one.price:,.2f}" for one in (*row.bidders, *row.selected)]
        assert all(contract.number in bare for contract in row.contracts)
    total = re.sub(r"<[^>]+>", " ", html[html.index("<tfoot>") : html.index("</tfoot>")])
    assert "20,000.00" in total
    assert "18,800.00" in total


def test_nothing_is_run_as_a_formula_by_whoever_opens_the_file(client, office):
    evil = "=HYPERLINK(A1)"
    page = live_month(office, rows=[summary_row(work=evil), summary_row(2, reason="+1")])
    lines = values_of(client, page.url)["csv"]
    assert lines[0][1] == f"'{evil}"
    assert not any(
        cell[:1] in "=+-@\t" and cell not in ("", "-") for line in lines for cell in line
    )
    book = load_workbook(io.BytesIO(read(client, f"{page.url}xlsx/").content))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


THAI = "ป้ายชั้นนี้ น้ำดื่ม ที่ตั้ง กี่ครั้ง ปั๊มน้ำ ฝั่ง จำกัด (มหาชน)"


@pytest.mark.needs("pdftotext")
def test_thai_is_read_back_right_from_the_pdf(client, office, tmp_path):
    page = live_month(office, rows=[summary_row(work=THAI)])
    answer = read(client, f"{page.url}pdf/")
    assert answer["Content-Disposition"].startswith("inline")
    file = tmp_path / "form.pdf"
    file.write_bytes(answer.content)
    done = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True)
    text = "".join(done.stdout.decode().split())
    for word in [
        THAI,
        "หจก. ตัวอย่าง ก",
        "9,500.00",
        "แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน ตุลาคม 2569",
    ]:
        assert "".join(word.split()) in text, word


def test_the_pdf_is_tagged_titled_and_the_same_each_time(client, office):
    page = live_month(office)
    first = read(client, f"{page.url}pdf/").content
    cache.clear()
    assert read(client, f"{page.url}pdf/").content == first
    assert b"/MarkInfo" in first
    assert b"/Lang" in first


def test_nothing_to_report_is_a_record_that_is_published(client, office):
    page = live_month(office, rows=[], says_nothing=True)
    assert "ไม่มีการจัดซื้อจัดจ้างในเดือนนี้" in read(client, page.url).content.decode()
    assert "ไม่มีการจัดซื้อจัดจ้างในเดือนนี้" in read(client, f"{page.url}csv/").content.decode()
    with translation.override("en"):
        url = fresh(page).url
    assert "Nothing was bought or hired in this month." in read(client, url).content.decode()
    assert read(client, f"{page.url}pdf/").content.startswith(b"%PDF")


def test_as_many_queries_for_many_rows_as_for_few(client, office):
    counts = []
    for number, size in enumerate((3, 170), start=1):
        page = live_month(office, rows=many(size), month=number, year=2569)
        for url in (page.url, f"{page.url}csv/"):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                read(client, url)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_the_old_kinds_keep_their_page_type_and_address(client, office):
    page = publish(
        office, office.draft(ProcurementPage, document_kind="summary", slug="old", title="สรุปเดิม")
    )
    assert page.url == "/procurement/old/"
    assert "สรุปเดิม" in read(client, page.url).content.decode()
    assert read(client, f"{page.url}csv/", 404)


# What a browser sends of the editor's form.

PARTS = {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0, "files-count": 0}
ROW = [
    "จ้างทำความสะอาด", "10,000", "", "เฉพาะเจาะจง", "หจก. ก\nบจก. ข", "9,400\n9,500.50", "หจก. ก",
    "9,400", "ราคาต่ำสุด", "จ 1/2570", "12 ต.ค. 2569", "69109000101", "P1",
]  # fmt: skip


def post(client: Any, office: Any, table: Any, page: Any = None, **more: Any) -> Any:
    parent = office.section("procurement")
    address = (
        f"/admin/pages/{page.pk}/edit/"
        if page
        else f"/admin/pages/add/procurement/monthlysummarypage/{parent.pk}/"
    )
    data = {
        **PARTS,
        "title": "สรุปผล ตุลาคม 2569",
        "slug": "",
        "owning_unit": str(Unit.objects.get(code="division-a").pk),
        "month": "10",
        "year": "2569",
        "first_number": "1",
        "body": "null",
        "body_en": "null",
        "table": table if isinstance(table, str) else json.dumps(table),
        **more,
    }
    client.force_login(office["pr.division-a"])
    return client.post(address, data)


def test_an_editor_fills_in_the_table_and_changes_it(client, office):
    answer = post(client, office, [ROW, [""] * 13])
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = MonthlySummaryPage.objects.get()
    row = page.get_latest_revision_as_object().rows.get()
    assert row.budget == Decimal("10000.00")
    assert row.bidders == [
        {"name": "หจก. ก", "price": "9400.00"},
        {"name": "บจก. ข", "price": "9500.50"},
    ]
    assert row.contracts == [{"number": "จ 1/2570", "signed_on": "2026-10-12"}]
    assert (row.reference_price, row.plan_code) == (None, "P1")
    digest = item_digest(page.get_latest_revision_as_object())
    shown = client.get(f"/admin/pages/{page.pk}/edit/").context["form"]["table"].value()
    assert post(client, office, json.loads(shown), page).status_code == 302
    assert item_digest(fresh(page).get_latest_revision_as_object()) == digest
    other = [*ROW[:1], "20,000", *ROW[2:]]
    assert (
        post(client, office, [ROW, [*other[:9], "จ 2/2570", *other[10:]]], page).status_code == 302
    )
    rows = fresh(page).get_latest_revision_as_object().rows.all()
    assert [row.budget for row in rows] == [Decimal("10000.00"), Decimal("20000.00")]


def errors(answer: Any) -> str:
    assert answer.status_code == 200
    form = answer.context["form"]
    return " ".join(str(one) for found in form.errors.values() for one in found)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (1, "หมื่นบาท", "แถวที่ 1 ช่องวงเงิน"),
        (1, "", "แถวที่ 1 ช่องวงเงิน"),
        (3, "วิธีพิเศษมาก", "แถวที่ 1 ช่องวิธีซื้อหรือจ้าง"),
        (5, "9,400", "แถวที่ 1"),
        (6, "บุคคลอื่น", "แถวที่ 1 ช่องผู้ได้รับการคัดเลือก"),
        (10, "12 พ.ย. 2569", "แถวที่ 1 ช่องวันที่ของสัญญา"),
        (0, "จ้าง นาย ก 1101700230708", "แถวที่ 1"),
    ],
)
def test_what_is_typed_wrong_is_told_with_row_and_column(client, office, column, value, said):
    wrong = [*ROW[:column], value, *ROW[column + 1 :]]
    answer = post(client, office, [wrong])
    assert said in errors(answer)
    assert "data-wrong" in answer.content.decode()
    assert not MonthlySummaryPage.objects.exists()


def test_a_form_has_rows_or_says_that_there_are_none(client, office):
    assert "ตารางยังไม่มีรายการ" in errors(post(client, office, []))
    assert "เหลือเพียงอย่างเดียว" in errors(post(client, office, [ROW], says_nothing="on"))
    assert post(client, office, [], says_nothing="on").status_code == 302
    assert MonthlySummaryPage.objects.get().says_nothing


def test_a_month_of_a_unit_has_one_page(client, office):
    month(office, title="หน้าเดิม")
    assert "หน้าเดิม" in errors(post(client, office, [ROW]))
    assert MonthlySummaryPage.objects.count() == 1


@pytest.mark.parametrize("table", ["{", '{"a": 1}', "[1]", "[[1]]"])
def test_what_is_no_table_is_refused(client, office, table):
    answer = post(client, office, table)
    assert "ได้รับตารางมาไม่ครบ" in errors(answer)
