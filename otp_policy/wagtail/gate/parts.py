"""Child rows and relations of a governed page: part of its text, so they change with it alone."""

from functools import lru_cache
from typing import Any

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import AbstractPage, Page

from ..models import is_governed
from ..refusals import not_published
from ..whole_saves import is_checked
from .governed_live import is_live_governed
from .pages import what_is_missing


@lru_cache(maxsize=512)
def _parental_key(model: type[models.Model]) -> Any:
    """Return the key by which rows of *model* hang on a governed page or its parts, or None."""
    for field in model._meta.concrete_fields:
        if isinstance(field, ParentalKey):
            parent = field.remote_field.model
            if is_governed_type(parent) or _parental_key(parent) is not None:
                return field
    return None


def is_governed_type(model: type[models.Model]) -> bool:
    """Tell whether *model* is a governed page type, or the table below all page types."""
    return issubclass(model, AbstractPage) and (model is Page or is_governed(model()))


def guard_part(sender, instance: Any, origin: Any = None, **kwargs) -> None:
    """Refuse to save or delete a child row of a live page by itself."""
    if isinstance(instance, AbstractPage) or _is_bookkeeping(sender):
        return
    field = _parental_key(sender)
    if field is None or _goes_with_its_page(origin):
        return
    for page_id in _page_ids(instance, field):
        if not is_checked(page_id) and is_live_governed(page_id):
            _refuse(page_id)


def _is_bookkeeping(model: type[models.Model]) -> bool:
    # Comments of editors hang on the page too, and the public never sees them.
    return model._meta.app_label == Page._meta.app_label


def _goes_with_its_page(origin: Any) -> bool:
    model = getattr(origin, "model", type(origin))
    return isinstance(model, type) and issubclass(model, AbstractPage)


def _page_ids(instance: Any, field: Any) -> set[int]:
    """Return the keys of the pages that the row hangs on: as stored, and as it would be."""
    parents = {getattr(instance, field.attname)}
    stored = type(instance)._base_manager.filter(pk=instance.pk or 0)
    parents |= set(stored.values_list(field.attname, flat=True))
    parents.discard(None)
    parent = field.remote_field.model
    if issubclass(parent, AbstractPage):
        return parents
    above = _parental_key(parent)
    rows = parent._base_manager.filter(pk__in=parents)
    return {key for row in rows for key in _page_ids(row, above)}


def guard_relation(sender, instance: Any, action: str, reverse: bool, model: Any, **kwargs) -> None:
    """Refuse other members of a many-to-many relation of a live page."""
    if not action.startswith("pre_"):
        return
    pages = model if reverse else type(instance)
    if not is_governed_page_type(pages):
        return
    keys = kwargs.get("pk_set") if reverse else {instance.pk}
    if keys is None:  # cleared from the other end
        keys = set(_cleared(sender, instance, pages))
    for page_id in keys:
        if not is_checked(page_id) and is_live_governed(page_id):
            _refuse(page_id)


def is_governed_page_type(model: type[models.Model]) -> bool:
    """Tell whether *model* is a page type under the policy."""
    return issubclass(model, AbstractPage) and model is not Page and is_governed(model())


def _cleared(through: type[models.Model], instance: Any, pages: type[models.Model]) -> list[int]:
    names = {field.remote_field.model: field for field in through._meta.fields if field.is_relation}
    here, there = names[type(instance)], names[pages]
    return list(
        through._default_manager.filter(**{here.attname: instance.pk}).values_list(
            there.attname, flat=True
        )
    )


def _refuse(page_id: int) -> None:
    page = Page.objects.get(pk=page_id).specific
    raise not_published(page.title, what_is_missing(page))
