"""Whatever changes what is public is there for the next reader, and costs nothing until then."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from wagtail import hooks
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction, Site

from otp_policy.wagtail import withdrawals
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import Holiday, Unit
from otp_policy.wagtail.page_cache.generation import current
from otp_policy.wagtail.versions import hide_version
from tests.leaflets.models import LeafletPage
from tests.office import fresh
from tests.page_cache.conftest import kept, made_anew

ADDRESSES = ("/", "/en/", "/news/", "/en/disclosure/", "/corrections/", "/feed/", "/sitemap.xml")


def leaflet(office: Any, **fields: Any) -> Any:
    """Return a live page that no policy governs."""
    office.home.refresh_from_db()
    fields.setdefault(
        "slug", f"leaflet-{office.home.numchild}-{office.home.get_children().count()}"
    )
    page = LeafletPage(title="แผ่นพับ", body="<p>ก่อน</p>", **fields)
    return office.home.add_child(instance=page)


def publish(office: Any, **made: Any) -> None:
    office.publish(office.draft(title="ข่าวที่เพิ่งอนุมัติ"))


def correct(office: Any, news: Any, **made: Any) -> None:
    office.publish(office.edit(news, title="หัวข้อที่แก้ไขแล้ว"))


def take_down(office: Any, news: Any, **made: Any) -> None:
    withdrawals.take_down(fresh(news), office["publisher.web"], reason="มีเลขประจำตัวประชาชน")


def approve_withdrawal(office: Any, news: Any, **made: Any) -> None:
    director = office["director.division-a"]
    asked = withdrawals.ask_to_withdraw(fresh(news), office["pr.division-a"], reason="ประกาศซ้ำ")
    withdrawals.decide_on_withdrawal(asked, director, "approve", digest=asked.digest)


def hide(office: Any, news: Any, **made: Any) -> None:
    hide_version(fresh(news), office["publisher.web"], number=1, reason="มีเลขประจำตัวประชาชน")


def in_an_emergency(office: Any, **made: Any) -> None:
    people = {"by": office["publisher.web"], "second": office["director.division-a"]}
    draft = office.draft(title="น้ำท่วมศูนย์ข้อมูล")
    with break_glass(reason="น้ำท่วมศูนย์ข้อมูล", **people):
        draft.get_latest_revision().publish(skip_permission_checks=True)


def rename_unit(**made: Any) -> None:
    Unit.objects.filter(code="division-a").update(name_th="กองที่เปลี่ยนชื่อ", name_en="Renamed")


def add_holiday(**made: Any) -> None:
    Holiday.objects.bulk_create([Holiday(on=date(2026, 12, 7), name_th="วันหยุด")])


def edit_plain(plain: Any, **made: Any) -> None:
    plain.title = "แผ่นพับฉบับใหม่"
    plain.save_revision().publish()


def unpublish_plain(plain: Any, **made: Any) -> None:
    plain.unpublish()


def delete_plain(plain: Any, **made: Any) -> None:
    plain.delete()


def move_plain(plain: Any, office: Any, **made: Any) -> None:
    other = leaflet(office, slug="above")
    plain.refresh_from_db()
    plain.move(other, pos="last-child")


def restrict_plain(plain: Any, **made: Any) -> None:
    PageViewRestriction.objects.create(page=plain, restriction_type="login")


def redirect(**made: Any) -> None:
    Redirect.add_redirect("/nowhere", "/news/")


def rename_site(**made: Any) -> None:
    Site.objects.update(site_name="เปลี่ยนแล้ว")


def by_sql(**made: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE otp_policy_unit SET name_th = name_th || ' (sql)'")


CHANGES = (
    *(publish, correct, take_down, approve_withdrawal, hide, in_an_emergency, rename_unit),
    *(add_holiday, edit_plain, unpublish_plain, delete_plain, move_plain, restrict_plain),
    *(redirect, rename_site, by_sql),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_next_reader_sees_it(office: Any, change: Callable[..., None]) -> None:
    news, plain = office.publish(office.draft(title="ข่าวก่อนแก้ไข")), leaflet(office)
    if change is hide:
        correct(office, news)
    addresses = [*ADDRESSES, news.url, f"/en{news.url}", f"{news.url}versions/1/", plain.url]
    for url in addresses:
        kept(url)
    before = current()
    change(office=office, news=news, plain=plain)
    assert current() not in (before, None)
    for url in [*addresses, "/nowhere/"]:
        answer, fresh_one = kept(url), made_anew(url)
        assert answer.status_code == fresh_one.status_code, url
        assert answer.content == fresh_one.content, url
        assert answer.get("X-Disclosure-Digest") == fresh_one.get("X-Disclosure-Digest"), url
    plain.__class__.objects.filter(pk=plain.pk).delete()


def test_who_began_before_a_change_puts_nothing_old_back(office: Any) -> None:
    news = office.publish(office.draft(title="ข่าวที่กำลังอ่าน"))
    read_in_between: list[str] = []

    def corrected_meanwhile(page: Any, request: Any, args: Any, kwargs: Any) -> None:
        # The page that is served stands in memory already, as it was.
        if not read_in_between:
            read_in_between.append(page.title)
            office.publish(office.edit(news, title="ข่าวที่แก้ไขระหว่างนั้น"))

    with hooks.register_temporarily("before_serve_page", corrected_meanwhile):
        old = kept(news.url).content.decode()
    assert read_in_between == ["ข่าวที่กำลังอ่าน"]
    assert "ข่าวที่กำลังอ่าน" in old
    assert "ข่าวที่แก้ไขระหว่างนั้น" in kept(news.url).content.decode()
    assert "ข่าวที่แก้ไขระหว่างนั้น" in kept(news.url).content.decode()
