"""Saves of governed pages, and the actions of Wagtail that change much before they save."""

import functools
from collections.abc import Collection
from typing import Any

from django.db import models, transaction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import AbstractPage, Page
from wagtail.query import PageQuerySet

from otp_policy import Finding

from .. import emergency, whole_saves
from ..adapters import channel_keeper, question
from ..conf import current_policy
from ..digest import item_digest
from ..messages import ALIASES_FOLLOW
from ..models import DisclosurePageMixin, Publication, is_governed
from ..models.items import OWN_SCHEDULE
from ..refusals import PolicyRefusal, not_published
from . import structure


def guard_page(sender, instance: Any, update_fields=None, raw: bool = False, **kwargs) -> None:
    """Refuse a save after which a governed page would be live with anything but its publication."""
    if not isinstance(instance, AbstractPage) or not is_governed(instance):
        return
    saved = _saved_fields(instance, update_fields, raw=raw)
    if not _touches_public(instance, saved):
        return
    if instance.alias_of_id and instance._state.adding:
        raise PolicyRefusal(instance.title, also=[ALIASES_FOLLOW])
    page = _row_after(instance, saved)
    if page.live:
        if not _is_as_published(page, page.live_revision_id):
            if emergency.hold_back(instance, saved):
                return
            raise not_published(page.title, what_is_missing(page))
        if page is instance:
            whole_saves.mark_checked(page)


def _saved_fields(
    instance: Any, update_fields: Collection[str] | None, *, raw: bool = False
) -> list[models.Field]:
    """Return the columns that the save writes; Django takes them by name and by attribute."""
    # A fixture holds the row of each table by itself, and writes nothing else.
    meta = type(instance)._meta
    fields = list(meta.local_concrete_fields if raw else meta.concrete_fields)
    if update_fields is None:
        return fields
    return [field for field in fields if {field.name, field.attname} & set(update_fields)]


# Bookkeeping that decides whether, by which revision and for how long a page is live.
_BESIDE_THE_TEXT = frozenset({"live", "live_revision", "go_live_at", "expire_at"})


def _touches_public(instance: Any, saved: list[models.Field]) -> bool:
    public = _page_type(instance).governed_fields() | _BESIDE_THE_TEXT
    return any(field.name in public for field in saved)


def _row_after(instance: Any, saved: list[models.Field]) -> Any:
    """
    Return the specific page as the save will leave it.

    A base row, or a save of some columns, is laid over the stored row: what *instance* holds in
    memory beside that, whether it is live included, may be old or forged.
    """
    whole = len(saved) == len(type(instance)._meta.concrete_fields)
    if whole and isinstance(instance, DisclosurePageMixin):
        return instance
    specific = _stored(instance)
    for field in saved:
        setattr(specific, field.attname, getattr(instance, field.attname))
    return specific


def _page_type(instance: Any) -> Any:
    # Of a fixture's specific row even the content type is not filled in.
    return type(instance) if isinstance(instance, DisclosurePageMixin) else instance.specific_class


def _stored(instance: Any) -> Any:
    """Return the specific page as stored, as far as it is: a fixture brings its base row first."""
    page_type = _page_type(instance)
    specific = page_type._base_manager.filter(pk=instance.pk).first()
    if specific is None:
        base = Page._base_manager.filter(pk=instance.pk).first() or Page(live=False)
        fields = [field.attname for field in Page._meta.concrete_fields]
        specific = page_type(**{name: getattr(base, name) for name in fields})
    return specific


def refuse_unless_published(page: Any, *, revision_id: int | None = None) -> None:
    """
    Raise `PolicyRefusal` unless the text of *page* is that of its open publication.

    Args:
        page: A specific governed page, as it would be live.
        revision_id: The revision that would count as the live one; None where it is gone.
    """
    if not _is_as_published(page, revision_id):
        raise not_published(page.title, what_is_missing(page))


def _is_as_published(page: Any, revision_id: int | None) -> bool:
    publication = open_publication(page)
    if page.go_live_at or page.expire_at:
        raise PolicyRefusal(page.title, also=[OWN_SCHEDULE])
    if structure.is_redirected(page):
        raise PolicyRefusal(page.title, also=[structure.REDIRECT_IN_THE_WAY])
    return (
        publication is not None
        and revision_id in (None, publication.revision_id)
        and item_digest(page, recipe=publication.recipe) == publication.digest
    )


def open_publication(page: Any) -> Publication | None:
    """Return the publication that lets *page* be live, or None."""
    under_way = whole_saves.under_way(page.pk)
    if under_way is not None:
        return under_way.publication
    # One at most, by a constraint: nothing to put in order.
    publications = Publication.objects.filter(page_id=page.pk or 0, ended_at=None)
    return next(iter(publications.order_by()), None)


def what_is_missing(page: Any) -> tuple[Finding, ...]:
    """Return what stands in the way of publishing *page*, whoever might ask."""
    policy = current_policy()
    digest = item_digest(page)
    keeper = channel_keeper(policy.first_channel)
    return policy.decide(question(page, "publish", keeper, digest=digest)).reasons


def guard_actions() -> None:
    """
    Make Wagtail's publishing and deleting actions ask the gate first.

    The one place where Wagtail has no hook and one is needed: without it a refused publish still
    un-schedules other revisions before the save that is refused, and a refused deletion leaves a
    log entry and a wrong count of children.
    """
    guards = {
        PublishRevisionAction: _before_publishing,
        PublishPageRevisionAction: _before_publishing,
        DeletePageAction: _before_deleting,
    }
    for action, guard in guards.items():
        if not hasattr(action.check, "_otp_policy_guard"):
            action.check = _guarded(action.check, guard)


def guard_tree() -> None:
    """
    Make the deletion of pages by a query all or nothing, once.

    It counts the children of the parents down before it deletes, so one that is refused would
    leave a parent that believes it has none, and the pages below it without an answer.
    """
    if not hasattr(PageQuerySet.delete, "_otp_policy_guard"):
        PageQuerySet.delete = _all_or_nothing(PageQuerySet.delete)


def _all_or_nothing(delete):
    @functools.wraps(delete)
    def whole(self, *args, **kwargs):
        with transaction.atomic(using=self.db):
            return delete(self, *args, **kwargs)

    whole._otp_policy_guard = True
    return whole


def _guarded(check, guard):
    @functools.wraps(check)
    def guarded(self, skip_permission_checks: bool = False):
        guard(self)
        return check(self, skip_permission_checks=skip_permission_checks)

    guarded._otp_policy_guard = True
    return guarded


def _before_publishing(action: Any) -> None:
    # Whether the text is that of the publication is asked where it is saved.
    if is_governed(action.object):
        page = _row_after(action.object, _saved_fields(action.object, None))
        # Inside break-glass the save decides, which holds the page back until its end.
        if emergency.current() is not None:
            return
        publication = open_publication(page)
        if publication is None or publication.revision_id != action.revision.pk:
            raise not_published(page.title, what_is_missing(page))


def _before_deleting(action: Any) -> None:
    structure.refuse_deletion(action.page)


__all__ = [
    "guard_actions",
    "guard_page",
    "guard_tree",
    "refuse_unless_published",
    "what_is_missing",
]
