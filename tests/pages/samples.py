"""One example of every page type, filled in, as an editor would."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from home.models import (
    BasicInformationPage,
    ContactPage,
    ContactWay,
    Executive,
    ExecutivesPage,
    Figure,
    IntegrityDeclarationPage,
    Mission,
    OtherPage,
    PlansPage,
    StructurePage,
    StructureUnit,
    VisionPage,
)
from news.models import NewsPage, NewsPicture
from otp_policy.wagtail.models import Post
from otp_policy.wagtail.screening import answer_warnings, unanswered
from procurement.models import (
    AnnualPlanPage,
    AwardPage,
    AwardSupplier,
    ContractPage,
    ContractSupplier,
    MonthlySummaryPage,
    NoticePage,
    PlanEntry,
    ProcurementPage,
    SummaryRow,
)

UPLOADED_AS = "แผนปฏิบัติการ ประจำปี ๒๕๗๐ (ฉบับที่ปรับปรุง).pdf"


def picture(colour: str = "navy") -> Any:
    """Return an image of the library, all of one colour."""
    content = BytesIO()
    Picture.new("RGB", (640, 400), colour).save(content, "JPEG")
    file = ImageFile(BytesIO(content.getvalue()), name=f"{colour}.jpg")
    return get_image_model().objects.create(title=f"ภาพ {colour}", file=file)


def document(name: str = UPLOADED_AS) -> Any:
    """Return a document of the library, uploaded under *name*."""
    file = ContentFile(b"%PDF-1.4 sample", name=name)
    return get_document_model().objects.create(title="แผนปฏิบัติการ", file=file)


def files() -> list[tuple[str, dict[str, Any]]]:
    """Return the value of a field of files, with one file in it."""
    value = {
        "document": document(),
        "name": "แผนปฏิบัติการประจำปี",
        "name_en": "Action plan of the year",
        "text": "แผนนี้มีสามส่วน ได้แก่ เป้าหมาย งาน และงบประมาณ",
        "text_en": "The plan has three parts: aims, work and budget.",
    }
    return [("file", value)]


def bilingual(thai: str, english: str) -> dict[str, str]:
    """Return the texts that all page types have."""
    return {
        "title": thai,
        "title_en": english,
        "summary": f"ตัวอย่าง: {thai} จัดทำเพื่อแสดงรูปแบบของหน้า",
        "summary_en": f"Example: {english}, made to show what the page looks like.",
        "body": "<p>เนื้อหาตัวอย่าง ข้อความนี้ใช้ดูการตัดบรรทัดของภาษาไทย ซึ่งไม่มีช่องว่างระหว่างคำ</p>",
        "body_en": "<p>Sample text.</p>",
    }


def drafts(office: Any) -> dict[str, Any]:
    """Return one draft of every page type, by the name of the type."""
    head = Post.objects.get(role="office_director")
    made = [
        office.draft(BasicInformationPage, **bilingual("ประวัติสำนักงาน", "History"), legal_basis="7"),
        office.draft(
            StructurePage,
            **bilingual("โครงสร้างองค์กร", "Organisation structure"),
            legal_basis="7",
            units=[
                StructureUnit(code="head", name="ผู้อำนวยการ", name_en="Director", duties="กำกับดูแล"),
                StructureUnit(code="a", under="head", name="กอง ก", name_en="Division A"),
                StructureUnit(code="a1", under="a", name="กลุ่มงานที่หนึ่ง", name_en="Group 1"),
                StructureUnit(code="b", under="head", name="กอง ข", name_en="Division B"),
            ],
        ),
        office.draft(
            ExecutivesPage,
            **bilingual("ผู้บริหาร", "Executives"),
            executives=[
                Executive(post=head, photo=picture("teal"), telephone="0 2000 0000"),
                Executive(name="ตำแหน่งว่าง", role="รองผู้อำนวยการ", role_en="Deputy director"),
            ],
        ),
        office.draft(
            VisionPage,
            **bilingual("วิสัยทัศน์ พันธกิจ", "Vision and mission"),
            vision="ข้อมูลของรัฐที่ประชาชนค้นพบ อ่านเข้าใจ และเชื่อถือได้",
            vision_en="Public information that people find, understand and trust.",
            missions=[Mission(text="เผยแพร่ข้อมูลให้ถูกต้องและเป็นปัจจุบัน", text_en="Publish in time.")],
        ),
        office.draft(
            ContactPage,
            **bilingual("ติดต่อสำนักงาน", "Contact"),
            address="ที่อยู่ตัวอย่าง\nจังหวัดตัวอย่าง 10000",
            address_en="Sample address",
            hours="วันทำการ 08.30–16.30 น.",
            map_url="https://maps.example/office",
            ways=[
                ContactWay(kind="telephone", value="0 2000 0000"),
                ContactWay(kind="line", value="@example", url="https://line.example/office"),
            ],
        ),
        office.draft(
            IntegrityDeclarationPage,
            **bilingual("เจตจำนงสุจริตของผู้บริหาร", "Declaration of honest intent"),
            declared_by=head,
            declared_on=date(2026, 10, 1),
        ),
        office.draft(
            PlansPage,
            **bilingual("แผนปฏิบัติการประจำปี", "Action plan of the year"),
            kind="plan",
            fiscal_year=2570,
            legal_basis="9(3)",
            files=files(),
            figures=[
                Figure(
                    label="งบประมาณ",
                    label_en="Budget",
                    measure="บาท",
                    measure_en="baht",
                    planned=Decimal(1200000),
                    actual=Decimal(455000),
                ),
                Figure(
                    label="โครงการ",
                    label_en="Projects",
                    measure="โครงการ",
                    planned=Decimal(8),
                    actual=Decimal(9),
                ),
            ],
        ),
        office.draft(
            NewsPage,
            **bilingual("ข่าวการสัมมนา", "News of a seminar"),
            genre="activity",
            event_on=date(2026, 11, 20),
            place="ห้องประชุม",
            pictures=[
                NewsPicture(image=picture("navy"), text="ผู้เข้าร่วมสัมมนา", text_en="Participants"),
                NewsPicture(image=picture("olive"), text="เวที", caption="เวทีสัมมนา"),
            ],
        ),
        office.draft(
            ProcurementPage,
            **bilingual("แผนการจัดซื้อจัดจ้าง", "Procurement plan"),
            document_kind="plan",
            fiscal_year=2570,
        ),
        *procurement_forms(office),
        office.draft(
            OtherPage,
            **bilingual("คู่มือประชาชน", "Manual for the public"),
            assessment_item="O9",
            fiscal_year=2569,
        ),
    ]
    return {type(page).__name__: page for page in made}


def procurement_forms(office: Any) -> list[Any]:
    """Return a draft of each procurement form, and of each stage of one purchase."""
    stage = {"project_number": "69109000001", "plan_code": "P69100000001"}
    firm = {"name": "บริษัท ตัวอย่าง จำกัด", "price": Decimal("1450000.00")}
    return [
        office.draft(
            AnnualPlanPage,
            **bilingual("แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ 2570", "Annual procurement plan"),
            fiscal_year=2570,
            rows=[plan_entry(), plan_entry(code="", project="จ้างพิมพ์รายงานประจำปี")],
        ),
        office.draft(
            MonthlySummaryPage,
            **bilingual("สรุปผลการจัดซื้อจัดจ้าง ตุลาคม 2569", "Monthly procurement summary"),
            month=10,
            year=2569,
            reported_on=date(2026, 11, 3),
            rows=[summary_row(), summary_row(2, project_number="", bidders=1)],
        ),
        office.draft(
            NoticePage,
            **bilingual("ประกาศเชิญชวน ซื้อเครื่องคอมพิวเตอร์", "Invitation to bid"),
            **stage,
            method="e-bidding",
            reference_price=Decimal("1500000.00"),
            opens_at=datetime(2026, 10, 5, 2, tzinfo=UTC),
            closes_at=datetime(2026, 10, 19, 9, tzinfo=UTC),
        ),
        office.draft(
            AwardPage,
            **bilingual("ประกาศผู้ชนะการเสนอราคา", "Award"),
            **stage,
            awarded_on=date(2026, 10, 26),
            reason="เสนอราคาต่ำสุด",
            suppliers=[AwardSupplier(**firm)],
        ),
        office.draft(
            ContractPage,
            **bilingual("สัญญาซื้อเครื่องคอมพิวเตอร์", "Contract"),
            **stage,
            number="ซ 12/2570",
            signed_on=date(2026, 11, 2),
            suppliers=[ContractSupplier(**firm)],
        ),
    ]


def plan_entry(code: str = "P69100000001", **more: Any) -> Any:
    """Return a row of a plan."""
    usual = {
        "project": "ซื้อเครื่องคอมพิวเตอร์",
        "budget": Decimal("1500000.00"),
        "expected_month": 10,
        "expected_year": 2569,
    }
    return PlanEntry(code=code, **{**usual, **more})


def summary_row(number: int = 1, *, bidders: int = 2, **more: Any) -> Any:
    """Return a row of a monthly summary, with a contract of its own."""
    names = ["หจก. ตัวอย่าง ก", "บริษัท ตัวอย่าง ข จำกัด", "ร้านตัวอย่าง ค"][:bidders]
    usual = {
        "work": f"จ้างทำความสะอาดชั้นที่ {number}",
        "budget": Decimal("10000.00"),
        "reference_price": None,
        "method": "เฉพาะเจาะจง",
        "bidders": [
            {"name": name, "price": f"{9400 + 100 * at}.00"} for at, name in enumerate(names)
        ],
        "selected": [{"name": names[0], "price": "9400.00"}],
        "reason": "ราคาต่ำสุด",
        "contracts": [{"number": f"จ {number}/2570", "signed_on": "2026-10-12"}],
        "project_number": f"691090001{number:02}",
    }
    return SummaryRow(sort_order=number - 1, **{**usual, **more})


def published(office: Any) -> dict[str, Any]:
    """Return one live item of every page type, by the name of the type."""
    return {name: publish(office, page) for name, page in drafts(office).items()}


def publish(office: Any, page: Any) -> Any:
    """Take *page* through every step, and say that the office's own numbers may be public."""
    asked = unanswered(page.get_latest_revision_as_object())
    reasons = {warning.fingerprint: "เป็นข้อมูลของหน่วยงานเอง" for warning in asked}
    answer_warnings(page, office["pr.division-a"], reasons=reasons)
    return office.publish(page)
