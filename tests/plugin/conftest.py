"""The office, as every test of the plugin finds it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.isolation import fresh_process
from tests.office import Office

__all__ = ["founded", "fresh_process", "office", "same_for_the_module"]


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """
    Found the office once for the tests of a module, in a transaction that is never committed.

    Each test has a savepoint of its own in it, so that it finds the office untouched. A test
    that needs commits stands in a module of its own and makes its `Office()` itself.
    """
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django's own: a durable block may begin inside
    with django_db_blocker.unblock():
        whole.__enter__()
        Office()
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture(scope="module", autouse=True)
def same_for_the_module(request: pytest.FixtureRequest) -> None:
    """Found the office before the first test of a module, not before the first that asks for it."""
    mine = (item for item in request.session.items if item.module is request.module)
    if any("founded" in item.fixturenames for item in mine):
        request.getfixturevalue("founded")


@pytest.fixture
def office(founded: None, db: None) -> Office:
    """Return an office with its people and the frame of the site."""
    return Office.as_founded()
