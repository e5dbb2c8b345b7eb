"""
Which documents and images the public may fetch, and who in the office sees the others.

A file becomes public with the publication of an item that uses it, and private again when the
last such publication ends. What an item uses is read from the published text, never from a
draft. Files that only something outside the measures uses are served as Wagtail serves them. A
file that nothing uses is private: it was uploaded for a text that is not approved yet.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.permissions import policy_registry

from .digest import item_digest, references_from
from .file_privacy import any_open
from .models import FileUse, Publication, governed_models, is_governed

_SEES_LIBRARY = ("add", "change", "delete", "choose")


def files_of(page: Any) -> Iterator[Any]:
    """Yield each document and image that *page*, as it stands in memory, uses."""
    wanted: dict[Any, set[str]] = {get_document_model(): set(), get_image_model(): set()}
    for model, key in references_from(page):
        if model in wanted:
            wanted[model].add(key)
    for model, keys in wanted.items():
        if keys:
            yield from model._default_manager.filter(pk__in=keys).order_by("pk")


def note_published_files(publication: Publication, page: Any) -> None:
    """Let the public fetch the files of *page*, the published text, while *publication* is open."""
    FileUse.objects.bulk_create(uses_of(page, publication))


def note_drafted_files(page: Any) -> None:
    """Remember the files of *page*, the latest draft, for those who have a part in the item."""
    FileUse.objects.filter(page_id=page.pk, publication=None).delete()
    FileUse.objects.bulk_create(uses_of(page, None))


def uses_of(page: Any, publication: Publication | None) -> list[FileUse]:
    """Return the rows that say which files *page* uses, unsaved."""
    return [
        FileUse(
            page_id=page.pk,
            publication=publication,
            model=file._meta.label_lower,
            file_id=file.pk,
            stored_as=file.file.name,
        )
        for file in files_of(page)
    ]


def is_public(file: Any) -> bool:
    """Tell whether the public may fetch *file*, a document or an image, as it is stored now."""
    if not governed_models():
        return True
    return is_published(file) or _is_used_outside(file)


def is_published(file: Any) -> bool:
    """Tell whether a live item that all may read uses *file*, under the name of its bytes."""
    return any_open(live_pages_with(file))


def live_pages_with(file: Any) -> Any:
    """Return the pages whose open publication uses *file*, under the name of its bytes."""
    uses = _uses_of(file).filter(stored_as=file.file.name, publication__isnull=False)
    keys = uses.filter(publication__ended_at=None).values("page_id")
    # Both have to say so: a row changed behind our back ends no publication.
    return Page.objects.filter(pk__in=keys, live=True)


def _uses_of(file: Any) -> Any:
    return FileUse.objects.filter(model=file._meta.label_lower, file_id=file.pk)


def _is_used_outside(file: Any) -> bool:
    """
    Tell whether something that is not governed makes *file* public, as in any Wagtail site.

    A file that an item uses as well needs more than the draft of a page outside the measures.
    """
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(file).exclude(
        base_content_type=ContentType.objects.get_for_model(type(file))
    )
    if references.exclude(base_content_type=page_type).exists():
        return True
    keys = references.filter(base_content_type=page_type).values_list("object_id", flat=True)
    pages = list(Page.objects.filter(pk__in=set(keys)))
    outside = [page for page in pages if not is_governed(page)]
    shared = len(outside) < len(pages) or _uses_of(file).exists()
    return any(page.live or not shared for page in outside)


def may_see(user: Any, file: Any) -> bool:
    """Tell whether *user*, of the office, sees *file* in the admin and in previews."""
    if not user.is_active or not user.has_perm("wagtailadmin.access_admin"):
        return False
    if user.pk == file.uploaded_by_user_id:
        return True
    policy = policy_registry.get_by_type(type(file))
    if policy.user_has_any_permission_for_instance(user, _SEES_LIBRARY, file):
        return True
    keys = _uses_of(file).values_list("page_id", flat=True)
    pages = Page.objects.filter(pk__in=set(keys)).specific()
    return any(page.permissions_for_user(user).can_edit() for page in pages)


def note_missing() -> int:
    """
    Note the files of items that were published before their files were noted, and count those.

    Only where the published text still has its digest: what took the place of an approved file
    meanwhile stays private.
    """
    noted = 0
    for publication in Publication.objects.filter(ended_at=None, files=None):
        revision = Revision.objects.filter(pk=publication.revision_id).first()
        text = revision.as_object() if revision else None
        if text and item_digest(text, recipe=publication.recipe) == publication.digest:
            uses = FileUse.objects.bulk_create(uses_of(text, publication))
            noted += bool(uses)
    return noted


def note_revision(sender: Any, instance: Revision, update_fields: Any = None, **kwargs: Any):
    """Follow the latest draft of an item with the list of its files."""
    if update_fields is not None and "content" not in update_fields:
        return
    model = instance.content_type.model_class()
    if model is not None and model in governed_models():
        note_drafted_files(instance.as_object())


def note_publication(sender: Any, instance: Publication, created: bool, **kwargs: Any) -> None:
    """Write down the files of a text in the transaction that publishes it."""
    if not created:
        return
    if instance.text is not None:
        note_published_files(instance, instance.text)
        return
    revision = Revision.objects.filter(pk=instance.revision_id).first()
    page = Page.objects.filter(pk=instance.page_id).first()
    if revision is not None:
        note_published_files(instance, revision.as_object())
    elif page is not None:
        # What was live before the measures has no revision: its row is the text.
        note_published_files(instance, page.specific)
