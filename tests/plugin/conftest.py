"""The office, as every test of the plugin finds it."""

import pytest

from tests.office import Office


@pytest.fixture
def office(db) -> Office:
    """Return an office with its people and the frame of the site."""
    return Office()
