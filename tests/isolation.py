"""What one test must not hand on to the next."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.utils import translation


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Speak the office's language, with nothing cached, as a process that has just started.

    Django leaves the language of the last request active in the thread that answered it.
    """
    cache.clear()
    models = _registered_models()
    with translation.override(settings.LANGUAGE_CODE):
        yield
    assert _registered_models() == models, "this test left a model of its own in the registry"


def _registered_models() -> dict[str, list[str]]:
    return {label: list(models) for label, models in apps.all_models.items() if models}
