"""Which governed pages are live: at, below or behind something that is about to change."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import Page, ReferenceIndex

from ..models import governed_models


def live_governed() -> QuerySet:
    """Return all live governed pages, as base rows."""
    models = governed_models()
    if not models:
        return Page.objects.none()
    types = ContentType.objects.get_for_models(*models).values()
    return Page.objects.filter(live=True, content_type__in=[entry.pk for entry in types])


def first_at_or_below(page_id: int | None) -> Any:
    """
    Return a live governed page at or below the page with this key, or None.

    By key: a fixture names pages that are yet to come.
    """
    stored = Page.objects.filter(pk=page_id or 0).values_list("path", flat=True).first()
    if stored is None:
        return None
    return live_governed().filter(path__startswith=stored).order_by("path").first()


def first_that_shows(target: Any) -> Any:
    """Return a live governed page that refers to *target*, a file or snippet, or None."""
    if not target.pk:
        return None
    rows = ReferenceIndex.get_references_to(target)
    keys = [int(key) for key in rows.values_list("object_id", flat=True) if key.isdigit()]
    return live_governed().filter(pk__in=keys).first() if keys else None


def is_live_governed(page_id: int | None) -> bool:
    """Tell whether the page with this key is governed and live, as the database has it."""
    return bool(page_id) and live_governed().filter(pk=page_id).exists()
