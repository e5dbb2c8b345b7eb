"""An office in a database file of its own, where what is committed is committed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from tests.isolation import fresh_process
from tests.migrated import copy_migrated
from tests.office import Office

__all__ = ["fresh_process"]


@pytest.fixture(scope="module")
def committed(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Office]:
    """Found the office once for the tests of a module, each of which leaves what it changes."""
    file = tmp_path_factory.mktemp("page-cache") / "site.sqlite3"
    copy_migrated(file, "tests.settings")
    # Tests that run beside these may share the usual one, and hold transactions open.
    pages = {**settings.CACHES["pages"], "LOCATION": file.parent / "pages"}
    with (
        django_db_blocker.unblock(),
        override_settings(CACHES={**settings.CACHES, "pages": pages}),
    ):
        usual = connections["default"]
        connections["default"] = _connection_to(file)
        office = Office()
        yield office
        connections["default"].close()
        connections["default"] = usual


def _connection_to(file: Path) -> Any:
    made = connections.create_connection("default")
    made.settings_dict = {**made.settings_dict, "NAME": str(file)}
    return made


@pytest.fixture
def office(committed: Office, django_db_blocker: Any) -> Iterator[Office]:
    """Return the office, with no page kept yet."""
    with django_db_blocker.unblock():
        caches["pages"].clear()
        yield committed


@pytest.fixture
def queries(office: Office) -> Callable[[str], int]:
    """Return what counts the queries of an anonymous reader's request."""

    def count(url: str, **more: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            Client().get(url, **more)
        return len(captured)

    return count


def kept(url: str) -> Any:
    """Return the answer to an anonymous reader."""
    return Client().get(url)


def made_anew(url: str) -> Any:
    """Return the answer to a reader with a cookie, who is given nothing that was kept."""
    client = Client()
    client.cookies["somebody"] = "1"
    return client.get(url)
