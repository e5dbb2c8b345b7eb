"""
One clearly marked example of every page type, published on the website alone.

Nothing here is about a real office, and nobody is named: what a type is for is shown by texts that
speak of themselves.
"""

from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as Picture
from PIL import ImageDraw
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
    PlansPage,
    StructurePage,
    StructureUnit,
    VisionPage,
)
from news.models import NewsPage, NewsPicture
from otp_policy.calendars import end_of_fiscal_year
from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET, current_policy, office_day
from otp_policy.wagtail.models import Post
from otp_policy.wagtail.publishing import publish_due

from .procurement import procurement_examples
from .steps import agree_on, approve, prepare, say_why_public, submit

__all__ = ["publish_examples"]

DIRECTORS = {"endorse": "director.division-a", "approve": "director.office"}


def publish_examples() -> list[Any]:
    """Take the examples through steps 1 to 4, and return them as they are live."""
    pages = [prepare(page, page.disclosure_category) for page in _examples()]
    for page in pages:
        say_why_public(page, "ช่องทางติดต่อของหน่วยงานตัวอย่าง ไม่ใช่ของบุคคล")
        agree_on(page, ["website"], timezone.now())
        submit(page)
        _decide(page)
    publish_due()
    for page in pages:
        page.refresh_from_db()
        if not page.live:
            raise RuntimeError(f"the example `{page.title}` did not go live")
    return pages


def _decide(page: Any) -> None:
    while (state := type(page).objects.get(pk=page.pk).current_workflow_task_state) is not None:
        approve(page, DIRECTORS[state.task.specific.action])


def _examples() -> list[Any]:
    year = _fiscal_year()
    return [*_about(), *_plans(year), *procurement_examples(), _declaration(), _news()]


def _fiscal_year() -> int:
    """Return the fiscal year of today, as the office writes it."""
    today = office_day()
    starts_month = current_policy().calendar(on=today).fiscal_year_starts_month
    return end_of_fiscal_year(today, starts_month=starts_month).year + BUDDHIST_ERA_OFFSET


def _texts(thai: str, english: str, *, about: str, about_en: str, slug: str) -> dict[str, str]:
    return {
        "title": f"ตัวอย่าง: {thai}",
        "title_en": f"Example: {english}",
        "slug": slug,
        "summary": about,
        "summary_en": about_en,
        "body": "<p>หน้านี้เป็นตัวอย่างของระบบสาธิต ไม่ใช่ข้อมูลของหน่วยงานใด"
        " ใช้ดูว่าหน้าประเภทนี้แสดงอะไร และผ่านขั้นตอนตามมาตรการอย่างไร</p>",
        "body_en": "<p>This page is an example of the demo and tells of no real office. It shows "
        "what a page of this type looks like, and that it took every step of the measures.</p>",
    }


def _about() -> list[Any]:
    return [
        BasicInformationPage(
            **_texts(
                "หน้าที่และอำนาจ",
                "Duties and powers",
                about="หน้าที่และอำนาจของหน่วยงาน พร้อมกฎหมายที่ให้ไว้",
                about_en="What an office does, and the law that says so.",
                slug="example-duties",
            ),
            legal_basis="7",
        ),
        StructurePage(
            **_texts(
                "โครงสร้างองค์กร",
                "Organisation structure",
                about="หน่วยงานภายในเป็นข้อมูล วาดเป็นแผนผัง และอ่านเป็นรายการได้",
                about_en="Units as data, drawn as a chart and read as a list.",
                slug="example-structure",
            ),
            legal_basis="7",
            units=_units(),
        ),
        ExecutivesPage(
            **_texts(
                "ผู้บริหาร",
                "Executives",
                about="มาจากทะเบียนผู้ดำรงตำแหน่งเดียวกับที่ระบบใช้ตรวจสิทธิ",
                about_en="Taken from the one register of posts that also says who may approve.",
                slug="example-executives",
            ),
            executives=[
                Executive(post=Post.objects.get(role="office_director")),
                Executive(post=Post.objects.get(user__username="director.division-a")),
                Executive(post=Post.objects.get(user__username="director.division-b")),
            ],
        ),
        VisionPage(
            **_texts(
                "วิสัยทัศน์และพันธกิจ",
                "Vision and mission",
                about="วิสัยทัศน์และพันธกิจของหน่วยงานตัวอย่าง",
                about_en="Vision and mission of an example office.",
                slug="example-vision",
            ),
            vision="ข้อมูลของรัฐที่ประชาชนค้นพบ อ่านเข้าใจ และเชื่อถือได้",
            vision_en="Public information that people find, understand and trust",
            missions=[
                Mission(
                    text="เผยแพร่ข้อมูลให้ถูกต้อง ครบถ้วน และเป็นปัจจุบัน",
                    text_en="Publish what is right, whole and up to date",
                ),
                Mission(
                    text="ตอบคำขอข้อมูลข่าวสารภายในเวลาที่กำหนด",
                    text_en="Answer requests for information in time",
                ),
            ],
        ),
        ContactPage(
            **_texts(
                "ติดต่อหน่วยงาน",
                "Contact",
                about="ช่องทางติดต่อของหน่วยงานตัวอย่าง",
                about_en="How to reach an example office.",
                slug="example-contact",
            ),
            address="อาคารตัวอย่าง ชั้น 1\nถนนตัวอย่าง จังหวัดตัวอย่าง 10000",
            address_en="Example Building, floor 1\nExample Road, Example Province 10000",
            hours="วันทำการ 08.30–16.30 น.",
            hours_en="Working days 08.30 to 16.30",
            ways=[
                ContactWay(kind="email", value="contact@example.invalid"),
                ContactWay(kind="line", value="@example"),
            ],
        ),
    ]


def _units() -> list[Any]:
    rows = (
        ("head", "", "ผู้อำนวยการสำนักงาน", "Director of the office", "กำกับดูแลงานทั้งหมด"),
        ("division-a", "head", "กอง ก", "Division A", "จัดทำข้อมูลเพื่อเผยแพร่"),
        ("planning", "division-a", "กลุ่มแผนงาน", "Planning group", "จัดทำแผนและติดตามผล"),
        ("relations", "division-a", "กลุ่มประชาสัมพันธ์", "Public relations group", "เขียนข่าว"),
        ("division-b", "head", "กอง ข", "Division B", "วิเคราะห์ข้อมูล"),
        ("centre", "head", "ศูนย์ข้อมูล", "Data centre", "ดูแลเว็บไซต์และติดตามความเป็นปัจจุบัน"),
    )
    return [
        StructureUnit(code=code, under=under, name=name, name_en=name_en, duties=duties)
        for code, under, name, name_en, duties in rows
    ]


def _plans(year: int) -> list[Any]:
    common = year - BUDDHIST_ERA_OFFSET
    return [
        PlansPage(
            **_texts(
                f"แผนปฏิบัติราชการประจำปีงบประมาณ {year}",
                f"Action plan, fiscal year {common}",
                about=f"โครงการและงบประมาณของปี {year} เป็นตาราง พร้อมไฟล์ที่นำไปใช้ต่อได้",
                about_en=f"Projects and budget of {common} as a table, with a file to reuse.",
                slug=f"example-plan-{year}",
            ),
            kind="plan",
            fiscal_year=year,
            legal_basis="9(3)",
            figures=[_money(planned=1_200_000, actual=None), _projects(planned=8, actual=None)],
            files=[("file", _plan_file(year))],
        ),
        PlansPage(
            **_texts(
                f"รายงานผลการดำเนินงานประจำปีงบประมาณ {year - 1}",
                f"Performance report, fiscal year {common - 1}",
                about=f"ผลของปี {year - 1} เทียบกับแผน เป็นแผนภูมิ พร้อมตารางของตัวเลขเดียวกัน",
                about_en=f"What came of the plan of {common - 1}: a chart and the table behind it.",
                slug=f"example-report-{year - 1}",
            ),
            kind="performance_report",
            fiscal_year=year - 1,
            legal_basis="9(3)",
            figures=[_money(planned=1_000_000, actual=940_500), _projects(planned=6, actual=7)],
        ),
    ]


def _money(*, planned: int, actual: int | None) -> Any:
    return Figure(
        label="งบประมาณตัวอย่าง",
        label_en="Example budget",
        measure="บาท",
        measure_en="baht",
        planned=Decimal(planned),
        actual=None if actual is None else Decimal(actual),
    )


def _projects(*, planned: int, actual: int | None) -> Any:
    return Figure(
        label="โครงการตัวอย่าง",
        label_en="Example projects",
        measure="โครงการ",
        measure_en="projects",
        planned=Decimal(planned),
        actual=None if actual is None else Decimal(actual),
    )


def _plan_file(year: int) -> dict[str, Any]:
    table = "โครงการ,งบประมาณ (บาท)\nโครงการตัวอย่างที่หนึ่ง,800000\nโครงการตัวอย่างที่สอง,400000\n"
    file = ContentFile(table.encode("utf-8-sig"), name=f"แผนปฏิบัติราชการตัวอย่าง ปี {year}.csv")
    return {
        "document": get_document_model().objects.create(title=f"แผนตัวอย่าง {year}", file=file),
        "name": f"แผนปฏิบัติราชการตัวอย่าง ปี {year}",
        "name_en": f"Example action plan {year}",
        "text": "โครงการตัวอย่างที่หนึ่ง 800,000 บาท โครงการตัวอย่างที่สอง 400,000 บาท",
        "text_en": "Example project one 800,000 baht, example project two 400,000 baht",
    }


def _declaration() -> Any:
    return IntegrityDeclarationPage(
        **_texts(
            "ประกาศเจตจำนงสุจริตของผู้บริหาร",
            "Declaration of honest intent",
            about="ผูกกับผู้ดำรงตำแหน่ง เมื่อเปลี่ยนผู้บริหาร ประกาศนี้ถึงกำหนดทบทวนทันที",
            about_en="Tied to who holds the office: a change makes it due at once.",
            slug="example-declaration",
        ),
        declared_by=Post.objects.get(role="office_director"),
        declared_on=office_day(),
    )


def _news() -> Any:
    return NewsPage(
        **_texts(
            "กิจกรรมเผยแพร่ความรู้เรื่องการเปิดเผยข้อมูล",
            "A day about open information",
            about="ข่าวกิจกรรมพร้อมภาพประกอบ ซึ่งต้องมีคำบรรยายสำหรับผู้ที่มองไม่เห็นภาพ",
            about_en="News with a picture, which is always told in words as well.",
            slug="example-activity",
        ),
        genre="activity",
        event_on=office_day(),
        place="ห้องประชุมตัวอย่าง",
        place_en="Example meeting room",
        pictures=[
            NewsPicture(
                image=_drawing(),
                text="ภาพวาดตัวอย่าง: แถบสีหกแถบแทนข้อมูลหกหมวด",
                text_en="Example drawing: six bars, one for each category of information",
                caption="ภาพที่ระบบสาธิตวาดขึ้นเอง",
                caption_en="Drawn by the demo itself",
            )
        ],
    )


def _drawing() -> Any:
    drawing = Picture.new("RGB", (1200, 675), "#eef3f8")
    pen = ImageDraw.Draw(drawing)
    for number, height in enumerate((0.35, 0.5, 0.62, 0.74, 0.55, 0.85)):
        left = 120 + number * 165
        pen.rectangle((left, 675 - int(height * 600), left + 110, 640), fill="#1f4e79")
    content = BytesIO()
    drawing.save(content, "PNG")
    file = ImageFile(BytesIO(content.getvalue()), name="example-categories.png")
    return get_image_model().objects.create(title="ภาพตัวอย่าง หกหมวด", file=file)
