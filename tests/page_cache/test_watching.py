"""What is written is loud unless known to be quiet; a writer is waited for, whatever ends it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from otp_policy.wagtail.dispatcher import run_once
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.page_cache import generation
from otp_policy.wagtail.page_cache.checks import check_page_cache
from otp_policy.wagtail.page_cache.generation import PATIENCE, current
from otp_policy.wagtail.page_cache.watching import changes_the_public, quiet_tables
from tests.office import PASSWORD
from tests.page_cache.conftest import kept
from tests.page_cache.test_keeping import SHARED

PAGE = 'UPDATE "wagtailcore_page" SET '


@pytest.mark.parametrize(
    "statement",
    [
        'SELECT "id" FROM "wagtailcore_page"',
        '(SELECT 1) UNION (SELECT "x" FROM "wagtailcore_page")',
        'SAVEPOINT "s1"',
        'RELEASE SAVEPOINT "s1"',
        "BEGIN IMMEDIATE",
        "PRAGMA foreign_keys",
        'UPDATE "django_session" SET "session_data" = %s',
        'INSERT INTO "otp_policy_ledgerentry" ("seq") VALUES (%s)',
        'INSERT INTO "wagtailcore_revision" ("content") VALUES (%s)',
        'INSERT INTO "wagtailimages_rendition" ("file") VALUES (%s)',
        f'{PAGE}"draft_title" = %s, "latest_revision_id" = %s WHERE "wagtailcore_page"."id" = 1',
        'UPDATE "auth_user" SET "last_login" = %s WHERE "auth_user"."id" = 1',
    ],
)
def test_quiet(statement: str) -> None:
    assert not changes_the_public(statement)


@pytest.mark.parametrize(
    "statement",
    [
        f'{PAGE}"title" = %s WHERE "wagtailcore_page"."id" = 1',
        f'{PAGE}"draft_title" = "wagtailcore_page"."title" WHERE "id" = 1',
        f'{PAGE}"draft_title" = %s, "live" = %s WHERE "wagtailcore_page"."id" = 1',
        f"{PAGE}title = 'x'",
        "UPDATE wagtailcore_page SET draft_title = 'x'",
        'DELETE FROM "wagtailimages_rendition" WHERE "id" = 1',
        'DELETE FROM "wagtailcore_revision" WHERE "id" = 1',
        'INSERT INTO "wagtailcore_page" ("title") VALUES (%s)',
        'INSERT OR IGNORE INTO "otp_policy_holiday" ("on") VALUES (%s)',
        'UPDATE "auth_user" SET "first_name" = %s, "last_login" = %s',
        'INSERT INTO "an_app_of_tomorrow" ("x") VALUES (%s)',
        "TRUNCATE wagtailcore_page",
        'DROP TABLE "wagtailcore_page"',
        "WITH gone AS (DELETE FROM otp_policy_publication RETURNING 1) SELECT * FROM gone",
        "VACUUM",
    ],
)
def test_loud(statement: str) -> None:
    assert changes_the_public(statement)


def test_what_is_no_text_is_loud() -> None:
    assert changes_the_public(object())


def test_no_page_reads_a_table_that_is_quiet(office: Any) -> None:
    from tests.pages import samples

    items = [item.url for item in samples.published(office).values()]
    [news] = [url for url in items if url.startswith("/news/")]
    caches["pages"].clear()
    read: set[str] = set()
    for url in (*SHARED, *items, f"{news}versions/1/"):
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(url).status_code in (200, 302), url
        for query in captured:
            read |= set(re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"]))
    assert {"wagtailcore_page", "otp_policy_publication"} <= read
    assert read & quiet_tables() == set()


def test_work_on_drafts_keeps_what_is_kept(office: Any) -> None:
    page = office.draft(title="ฉบับร่าง")
    before = current()
    assert before
    page = office.edit(page, title="ฉบับร่างที่แก้")
    page.save_revision(user=office["pr.division-a"], overwrite_revision=page.latest_revision)
    office.agree(page)
    page = office.submit(page)
    client = Client()
    assert client.login(username="director.division-a", password=PASSWORD)
    assert client.get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    assert current() == before


def test_a_round_with_nothing_to_do_keeps_what_is_kept(office: Any) -> None:
    run_once()
    before = current()
    assert before
    run_once()
    assert current() == before


def test_from_the_first_write_to_the_commit_nothing_is_served(office: Any) -> None:
    before = current()
    with transaction.atomic():
        Unit.objects.update(name_en="Renamed")
        assert current() is None
    assert current() not in (None, before)


def test_a_savepoint_that_is_rolled_back_takes_no_later_write_along(office: Any) -> None:
    before = current()
    with transaction.atomic():
        point = transaction.savepoint()
        Unit.objects.update(name_en="Given up")
        transaction.savepoint_rollback(point)
        Unit.objects.update(name_en="Kept")
    assert current() != before


def test_a_writer_that_rolls_back_is_waited_for_and_then_forgotten(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current()
    with transaction.atomic():
        Unit.objects.update(name_en="Never")
        transaction.set_rollback(True)
    assert current() is None
    later = time.time() + PATIENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert current() not in (None, before)


def test_one_writer_does_not_speak_for_another(office: Any) -> None:
    one, other = generation.begin(), generation.begin()
    generation.end(one)
    assert current() is None
    generation.end(other)
    assert current()


WRITE = """
import os
import django; django.setup()
from django.db import transaction
from otp_policy.wagtail.models import Unit
with transaction.atomic():
    {dies}
    Unit.objects.filter(code="division-a").update(name_th="กองของอีกโปรเซส")
"""


def in_another_process(dies: str = "pass") -> int:
    """Write something public in a process of its own, and return how that ended."""
    database = Path(connection.settings_dict["NAME"])
    here = {
        "OTP_VAR_DIR": str(database.parent),
        "PYTHONPATH": ":".join(sys.path),
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    code = WRITE.format(dies=dies)
    return subprocess.run([sys.executable, "-c", code], env={**os.environ, **here}).returncode


def test_what_another_process_commits_is_served_here(
    office: Any, queries: Callable[..., int]
) -> None:
    office.publish(office.draft(title="ข่าวของกอง ก"))
    kept("/news/")
    assert queries("/news/") == 0
    assert in_another_process() == 0
    assert "กองของอีกโปรเซส" in kept("/news/").content.decode()


def test_a_writer_that_dies_after_its_commit_leaves_nothing_old(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current()
    # Of what follows a commit, this comes first: nobody is told.
    assert in_another_process("transaction.on_commit(lambda: os._exit(9))") == 9
    assert current() is None
    later = time.time() + PATIENCE + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert current() not in (None, before)


UNREACHABLE = {
    "pages": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:9",
    }
}


def test_a_cache_that_is_away_holds_up_nobody(
    office: Any, settings: Any, queries: Callable[..., int]
) -> None:
    stays = settings.CACHES
    before = current()
    settings.CACHES = {**stays, **UNREACHABLE}
    Unit.objects.update(name_en="While it was away")
    assert kept("/news/").status_code == 200
    assert queries("/news/") > 0
    settings.CACHES = stays
    # The process that could not tell the others tells them now.
    assert current() not in (None, before)
    kept("/news/")
    assert queries("/news/") == 0


def test_the_command_gives_up_everything(office: Any) -> None:
    before = current()
    out = StringIO()
    call_command("otp_forget_pages", stdout=out)
    assert out.getvalue()
    assert current() not in (None, before)


def numbers() -> list[str]:
    return [found.id for found in check_page_cache(None)]


def test_the_settings_are_checked(settings: Any) -> None:
    assert numbers() == []
    usual, order = settings.CACHES, list(settings.MIDDLEWARE)
    settings.OTP_POLICY_PAGE_CACHE = "nowhere"
    assert numbers() == ["otp_policy.E031"]
    settings.OTP_POLICY_PAGE_CACHE = "default"
    assert usual["default"]["BACKEND"].endswith("LocMemCache")
    assert numbers() == ["otp_policy.E032"]
    settings.OTP_POLICY_PAGE_CACHE = "pages"
    ours = next(name for name in order if "page_cache" in name)
    settings.MIDDLEWARE = [ours, *(name for name in order if name != ours)]
    assert numbers() == ["otp_policy.E033"]
    settings.MIDDLEWARE = [*(name for name in order if name != ours), ours]
    assert set(numbers()) == {"otp_policy.E033"}
    settings.MIDDLEWARE = [name for name in order if name != ours]
    assert numbers() == []
    settings.MIDDLEWARE = order
    settings.OTP_POLICY_PAGE_CACHE_QUERY = "("
    assert numbers() == ["otp_policy.E034"]
