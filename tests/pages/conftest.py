"""The office of the plugin's tests, and one live item of every page type."""

from typing import Any

import pytest

from tests.office import Office
from tests.pages import samples
from tests.plugin.conftest import founded, fresh_process, office, same_for_the_module

__all__ = ["founded", "fresh_process", "office", "same_for_the_module"]


@pytest.fixture(scope="module")
def keys_of_samples(founded: None, django_db_blocker: Any) -> dict[str, int]:
    """Publish one item of every page type, once for the tests of a module that ask for it."""
    with django_db_blocker.unblock():
        return {name: page.pk for name, page in samples.published(Office.as_founded()).items()}


@pytest.fixture
def pages(keys_of_samples: dict[str, int], db: None) -> dict[str, Any]:
    """Return the live items by the name of their type."""
    from wagtail.models import Page

    found = Page.objects.in_bulk(keys_of_samples.values())
    return {name: found[key].specific for name, key in keys_of_samples.items()}
