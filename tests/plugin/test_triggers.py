"""The database's own watch: `update()` and raw SQL make no governed page live."""

from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page

from home.models import CategoryPage
from otp_policy.wagtail.gate import triggers
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db


@contextmanager
def refused():
    """Expect the database to refuse."""
    with pytest.raises(IntegrityError, match="otp_policy"), transaction.atomic():
        yield


def refused_update(page, **columns):
    with refused():
        Page.objects.filter(pk=page.pk).update(**columns)


def test_an_update_does_not_make_a_draft_live(office):
    page = office.draft()
    refused_update(page, live=True)
    refused_update(page, live=True, live_revision_id=page.latest_revision_id)
    assert not fresh(page).live


def test_raw_sql_and_bulk_saves_do_not_make_a_draft_live(office):
    page = office.draft()
    raw = "UPDATE wagtailcore_page SET live = %s WHERE id = %s"
    with refused(), connection.cursor() as cursor:
        cursor.execute(raw, [True, page.pk])
    changed = Page.objects.get(pk=page.pk)
    changed.live = True
    with refused():
        Page.objects.bulk_update([changed], ["live"])
    assert Client().get(page.get_url()).status_code == 404


def test_a_draft_does_not_become_the_live_revision_by_an_update(office):
    page = office.publish(office.draft())
    page = office.edit(page, summary="ร่างใหม่")
    refused_update(page, live_revision_id=page.latest_revision_id)
    Page.objects.filter(pk=page.pk).update(live_revision_id=None)  # its revision was purged
    assert fresh(page).live


def test_what_was_taken_down_does_not_come_back_by_an_update(office):
    page = office.publish(office.draft())
    page.unpublish(user=office["publisher.web"])
    refused_update(page, live=True)


def test_a_live_page_gets_no_end_by_an_update(office):
    page = office.publish(office.draft())
    refused_update(page, expire_at=in_an_hour())
    refused_update(page, go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert fresh(page).live


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "อื่น"),
        ("slug", "other"),
        ("url_path", "/home/other/"),
        ("seo_title", "อื่น"),
        ("search_description", "อื่น"),
        ("show_in_menus", True),
        ("locale_id", "en"),
    ],
)
def test_the_text_of_a_live_page_is_not_rewritten_by_an_update(office, column, value):
    page = office.publish(office.draft())
    if column == "locale_id":
        value = Locale.objects.get_or_create(language_code=value)[0].pk
    before = getattr(page, column)
    refused_update(page, **{column: value})
    assert getattr(fresh(page), column) == before != value


def test_a_governed_page_does_not_turn_into_another_type(office):
    page = office.draft()
    other = ContentType.objects.get_for_model(CategoryPage)
    refused_update(page, content_type_id=other.pk)


def test_a_row_is_not_inserted_as_live(office):
    page = office.draft()
    columns = Page.objects.filter(pk=page.pk).values(
        "title", "draft_title", "slug", "depth", "numchild", "url_path", "content_type_id",
        "owner_id", "locale_id", "translation_key",
    )[0]  # fmt: skip
    columns |= {"path": page.path[:-1] + "Z", "slug": "z", "live": True}
    columns["translation_key"] = "00000000-0000-0000-0000-000000000001"
    with refused():
        Page.objects.bulk_create([Page(**columns)])


def test_pages_that_are_not_governed_go_up_and_down_by_updates_as_ever(office):
    section = office.section("news")
    for live in (False, True):
        Page.objects.filter(pk=section.pk).update(live=live, expire_at=in_an_hour())
        assert fresh(section).live is live


def test_the_triggers_are_there_and_a_missing_or_changed_one_is_noticed(db):
    assert triggers.missing() == []
    triggers.remove()
    assert triggers.missing() == list(triggers.NAMES)
    triggers.install()
    assert triggers.missing() == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER otp_policy_page_update")
            cursor.execute(
                "CREATE TRIGGER otp_policy_page_update BEFORE UPDATE ON wagtailcore_page "
                "WHEN 0 BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION otp_policy_guard_page() RETURNS trigger "
                "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            )
    assert "otp_policy_page_update" in triggers.missing()


def test_a_switched_off_trigger_is_noticed(db):
    # SQLite has no switch: there a trigger is off when it is gone.
    off = {
        "postgresql": "ALTER TABLE wagtailcore_page DISABLE TRIGGER otp_policy_page_update",
        "sqlite": "DROP TRIGGER otp_policy_page_update",
    }
    connection.check_constraints()  # PostgreSQL alters no table on which a check is pending
    with connection.cursor() as cursor:
        cursor.execute(off[connection.vendor])
    assert triggers.missing() == ["otp_policy_page_update"]
    triggers.install()
    assert triggers.missing() == []
