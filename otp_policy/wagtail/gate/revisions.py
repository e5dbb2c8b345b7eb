"""Revisions: no schedule of their own, and no end for those that are evidence."""

from typing import Any

from django.db.models import ProtectedError
from wagtail.models import AbstractPage, Revision

from ..models import Approval, Publication, is_governed
from ..refusals import not_published
from .pages import what_is_missing


def guard_revision(sender, instance: Revision, **kwargs) -> None:
    """Refuse a schedule inside a revision: times are agreed as slots with the channel's unit."""
    if instance.approved_go_live_at is None:
        return
    page = instance.content_object
    if page is not None and is_governed(page):
        raise not_published(page.title, what_is_missing(instance.as_object()))


def keep_evidence(sender, instance: Revision, origin: Any = None, **kwargs) -> None:
    """
    Protect a revision whose text somebody approved or published.

    Wagtail's `purge_revisions` passes over what is protected. With its page it may go: the
    evidence names digests, and stands without it.

    Raises:
        ProtectedError: If the revision is evidence.
    """
    if _goes_with_its_page(origin):
        return
    for model in (Approval, Publication):
        found = model._default_manager.filter(revision_id=instance.pk)
        if found.exists():
            raise ProtectedError(f"revision {instance.pk} is evidence", set(found))


def _goes_with_its_page(origin: Any) -> bool:
    model = getattr(origin, "model", type(origin))
    return isinstance(model, type) and issubclass(model, AbstractPage)
