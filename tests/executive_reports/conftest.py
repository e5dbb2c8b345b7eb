"""The office of the plugin's tests, with a second person in the unit that reports."""

# Its models look at the class of days, which is another one while a test has stopped the clock.
import linebot.v3.messaging  # noqa: F401
import pytest
from django.contrib.auth import get_user_model

from otp_policy.wagtail.models import Post, Unit
from otp_site.demo.office import FROM_ON
from tests import urls  # noqa: F401  (for the same reason)
from tests.office import Office
from tests.plugin.conftest import founded, fresh_process, same_for_the_module

__all__ = ["centre", "founded", "fresh_process", "office", "own_media", "same_for_the_module"]


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def office(founded: None, db: None) -> Office:
    """Return the office, with two people of ศศ. who may prepare the report."""
    office = Office.as_founded()
    office.users["second.web"] = colleague("second.web", "web_publisher", "data_centre")
    return office


@pytest.fixture
def centre(office):
    """Return whoever prepares and submits for ศศ."""
    return office["publisher.web"]


def colleague(name: str, role: str, unit: str):
    """Return a further account with a post."""
    user = get_user_model().objects.create_user(name, f"{name}@example.invalid", "correct horse")
    place = Unit.objects.get(code=unit) if unit else None
    Post.objects.create(user=user, role=role, unit=place, from_on=FROM_ON)
    return user
