"""What a public page costs when it is made anew: few queries, however much there is to show."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.models import (
    ContactPage,
    ContactWay,
    Executive,
    ExecutivesPage,
    Figure,
    Mission,
    PlansPage,
    StructurePage,
    StructureUnit,
    VisionPage,
)
from news.models import NewsPage, NewsPicture
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import Publication
from tests.pages.samples import bilingual, document, picture

pytestmark = pytest.mark.django_db
MOST = 12
FEW, MANY = 3, 60
LISTS = (
    *("/", "/news/", "/basic-information/", "/integrity-declaration/", "/other/"),
    *("/plans-and-performance/", "/procurement/", "/disclosure/", "/corrections/"),
    *(
        "/responsibilities/",
        "/disclosure/items.json",
        "/disclosure/items.csv",
        "/api/disclosure/",
        "/search/",
    ),
    *("/search/?q=ข่าว", "/feed/", "/feed/news/", "/sitemap.xml", "/accessibility/", "/privacy/"),
)


def cost(url: str) -> int:
    """Return the queries of a page that is made anew, in a process that is warm."""
    client = Client()
    client.cookies["somebody"] = "1"  # who is given nothing that was kept
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return len(captured)


def publish_many(office: Any, drafts: list[Any]) -> list[Any]:
    """Publish *drafts* at once, quicker than through every step."""
    people = {"by": office["publisher.web"], "second": office["director.division-a"]}
    with break_glass(reason="ทดสอบจำนวน", **people):
        for draft in drafts:
            draft.get_latest_revision().publish(skip_permission_checks=True)
    return drafts


def correct(office: Any, pages: list[Any]) -> None:
    for page in pages:
        office.publish(office.edit(page, summary="สรุปที่แก้ไขแล้ว"))


def news(office: Any, number: int) -> list[Any]:
    return [office.draft(title=f"ข่าวที่ {count}") for count in range(number)]


def test_no_list_costs_more_for_many_items_than_for_few(office: Any) -> None:
    others = Publication.objects.filter(ended_at=None).count()
    few_news = publish_many(office, news(office, FEW))
    correct(office, few_news[:1])
    few = {url: cost(url) for url in LISTS}
    assert {url: number for url, number in few.items() if number > MOST} == {}
    correct(office, publish_many(office, news(office, MANY - FEW))[:5])
    assert Publication.objects.filter(ended_at=None).count() == others + MANY
    many = {url: cost(url) for url in LISTS}
    assert {url: (few[url], many[url]) for url in LISTS if many[url] > few[url]} == {}


def filled(office: Any, number: int) -> list[Any]:
    """Return drafts of the types that are made of parts, with *number* of each part."""
    image, file = picture(), document()
    counts = range(number)
    files = [("file", {"document": file, "name": f"ไฟล์ {count}"}) for count in counts]
    return [
        office.draft(
            StructurePage,
            **bilingual(f"โครงสร้าง {number}", "Structure"),
            units=[StructureUnit(code=f"u{count}", name=f"กอง {count}") for count in counts],
            files=files,
        ),
        office.draft(
            ExecutivesPage,
            **bilingual(f"ผู้บริหาร {number}", "Executives"),
            executives=[
                Executive(name=f"ตำแหน่ง {count}", role="ผู้บริหาร", photo=image) for count in counts
            ],
        ),
        office.draft(
            VisionPage,
            **bilingual(f"วิสัยทัศน์ {number}", "Vision"),
            vision="ข้อมูลของรัฐ",
            missions=[Mission(text=f"พันธกิจ {count}") for count in counts],
        ),
        office.draft(
            ContactPage,
            **bilingual(f"ติดต่อ {number}", "Contact"),
            address="ที่อยู่",
            ways=[ContactWay(kind="telephone", value=f"0 2000 {count:04}") for count in counts],
        ),
        office.draft(
            PlansPage,
            **bilingual(f"แผน {number}", "Plan"),
            kind="plan",
            fiscal_year=2570,
            figures=[
                Figure(label=f"งาน {count}", measure="บาท", planned=count + 1, actual=count)
                for count in counts
            ],
            files=files,
        ),
        office.draft(
            NewsPage,
            **bilingual(f"ข่าว {number}", "News"),
            pictures=[NewsPicture(image=image, text=f"ภาพ {count}") for count in counts],
            files=files,
        ),
    ]


def test_no_item_costs_more_for_many_parts_than_for_few(office: Any) -> None:
    few = [cost(page.url) for page in publish_many(office, filled(office, FEW))]
    many = [cost(page.url) for page in publish_many(office, filled(office, MANY))]
    assert many == few
    assert max(few) <= MOST


def test_no_page_type_costs_more_than_it_may(pages: dict[str, Any], office: Any) -> None:
    found = {name: cost(page.url) for name, page in pages.items()}
    assert {name: number for name, number in found.items() if number > MOST} == {}
    # A correction, its note and the earlier text cost no more.
    correct(office, list(pages.values()))
    urls = [url for page in pages.values() for url in (page.url, f"{page.url}versions/1/")]
    found = {url: cost(url) for url in urls}
    assert {url: number for url, number in found.items() if number > MOST} == {}
