"""`/healthz/` and `/readyz/`: what a supervisor asks."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from otp_site import health


@pytest.fixture(autouse=True)
def looked_at_anew():
    health._migrated = False
    yield
    health._migrated = False


def test_a_process_that_lives_says_so_without_the_database(client):
    # No mark for the database here: a query would be an error.
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz/").status_code == 405


@pytest.mark.django_db
def test_a_site_that_can_serve_says_which_parts_it_looked_at(client):
    answer = client.get("/readyz/")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "parts": {"database": True, "migrations": True, "cache": True},
    }


@pytest.mark.django_db
def test_a_table_that_is_missing_is_told_until_it_is_there(client):
    applied = MigrationRecorder(connection).migration_qs.filter(app="news")
    rows = list(applied)
    applied.delete()
    answer = client.get("/readyz/")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": True, "migrations": False, "cache": True}
    MigrationRecorder.Migration.objects.bulk_create(rows)
    assert client.get("/readyz/").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_without_its_address(client, monkeypatch):
    def away(*args, **kwargs):
        raise OSError("host db.internal refuses otp_user")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz/")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] is False
    assert b"db.internal" not in answer.content


@pytest.mark.django_db
def test_a_cache_that_forgets_is_told(client, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }
    answer = client.get("/readyz/")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": True, "migrations": True, "cache": False}
