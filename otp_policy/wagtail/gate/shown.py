"""
What a live governed page shows beside its own text: files, snippets and settings.

Their values are in the page's digest. A change is a correction: a new file or snippet, in a new
text of the page, with its approval (annex 1 step 5).
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

from ..digest import file_values, is_file, is_setting, is_shown, shown_values, unset
from ..messages import under_step
from ..models import governed_models
from ..refusals import PolicyRefusal
from .governed_live import first_that_shows, live_governed

PART_OF_APPROVED = under_step(
    _(
        "The live item “%(page)s” shows this, so it is part of what was approved. Make a new one, "
        "and correct the item with it."
    ),
    "correct",
)


def _sentence(page: Any) -> str:
    return str(PART_OF_APPROVED) % {"page": page.title}


def _refuse(target: Any, page: Any) -> None:
    raise PolicyRefusal(str(target), also=[_sentence(page)])


def guard_shown(sender, instance: Any, **kwargs) -> None:
    """Refuse to change a file, snippet or setting that a live governed page shows."""
    page = _shown_otherwise(instance)
    if page is not None:
        _refuse(instance, page)


def part_of_approved(instance: Any) -> str | None:
    """Return why *instance* may not be saved as it is now, or None if it may."""
    page = _shown_otherwise(instance)
    return None if page is None else _sentence(page)


def _shown_otherwise(instance: Any) -> Any:
    """Return a live governed page that shows *instance* otherwise than it would be, or None."""
    model = type(instance)
    if not (is_file(model) or is_shown(model)):
        return None
    stored = model._base_manager.filter(pk=instance.pk or 0).first()
    before = unset(instance) if stored is None and is_setting(model) else stored
    if before is not None and not _is_changed(instance, before):
        return None
    return _shown_by(instance, is_new=stored is None)


def guard_shown_deletion(sender, instance: Any, **kwargs) -> None:
    """Refuse to delete a file, snippet or setting that a live governed page shows."""
    if is_file(sender) or is_shown(sender):
        page = _shown_by(instance)
        if page is not None:
            _refuse(instance, page)


def _is_changed(instance: Any, stored: Any) -> bool:
    if not is_file(type(instance)):
        return shown_values(instance) != shown_values(stored)
    # An upload has no place in the storage yet; the same name may hide other bytes.
    return (
        not instance.file._committed
        or instance.file.name != stored.file.name
        or file_values(instance) != file_values(stored)
        or instance.collection_id != stored.collection_id
    )


def _shown_by(instance: Any, *, is_new: bool = False) -> Any:
    label = instance._meta.label_lower
    for model in governed_models():
        if label in {name.lower() for name in model.shown_settings}:
            page = live_governed().filter(pk__in=model._base_manager.values("pk")).first()
            if page is not None:
                return page
    return None if is_new else first_that_shows(instance)


def guard_collection_privacy(sender, instance: Any, origin: Any = None, **kwargs) -> None:
    """Refuse to set, change or lift who may read the files of a live governed page."""
    stored = sender._base_manager.filter(pk=instance.pk or 0).first()
    keys = {instance.collection_id, stored.collection_id if stored else None}
    for collection in Collection.objects.filter(pk__in=keys - {None}):
        refuse_for_files(collection)


def refuse_for_files(collection: Collection) -> None:
    """Refuse to change who may read *collection* while a live governed page shows its files."""
    for target in _files_in(collection):
        page = first_that_shows(target)
        if page is not None:
            _refuse(collection, page)


def _files_in(collection: Collection) -> list[models.Model]:
    inside = collection.get_descendants(inclusive=True).values("pk")
    return [
        target
        for model in (get_document_model(), get_image_model())
        for target in model._default_manager.filter(collection__in=inside)
    ]
