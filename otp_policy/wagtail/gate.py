"""
The gate: a governed page is live only with the text of its open publication.

INVARIANT: nothing is public without its approval. A Publication row is written by
`publishing.publish_slot` alone, after the policy allowed it for an approved digest. Here, every
ORM save that would leave a governed page live is compared with that row, whoever asked for it.
Refused are also revisions with a schedule of their own, and the two publishing actions of
Wagtail before they touch anything.
"""

import functools
from typing import Any

from django.db.models.signals import pre_save
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import AbstractPage, Revision

from otp_policy import Finding

from .adapters import channel_keeper, question
from .conf import current_policy
from .digest import item_digest
from .models import DisclosurePageMixin, Publication, is_governed
from .refusals import not_published


def install() -> None:
    """Connect the gate, once."""
    pre_save.connect(guard_page, dispatch_uid="otp_policy.guard_page")
    pre_save.connect(guard_revision, sender=Revision, dispatch_uid="otp_policy.guard_revision")
    _guard_actions()


def guard_page(sender, instance: Any, update_fields=None, **kwargs) -> None:
    """Refuse a save after which a governed page would be live with anything but its publication."""
    if not isinstance(instance, AbstractPage) or not instance.live or not is_governed(instance):
        return
    page = _specific_of(instance)
    if update_fields is not None and not _touches_public(page, set(update_fields)):
        return
    refuse_unless_published(page)


def _touches_public(page: DisclosurePageMixin, fields: set[str]) -> bool:
    return bool(fields & (page.governed_fields() | {"live", "live_revision"}))


def _specific_of(instance: Any) -> Any:
    """Return the specific page that *instance* would become: a base row, laid over the rest."""
    if isinstance(instance, DisclosurePageMixin):
        return instance
    specific = instance.specific_class.objects.get(pk=instance.pk)
    for field in type(instance)._meta.concrete_fields:
        setattr(specific, field.attname, getattr(instance, field.attname))
    return specific


def refuse_unless_published(page: Any) -> None:
    """Raise `PolicyRefusal` unless the text of *page* is that of its open publication."""
    publication = Publication.objects.filter(page_id=page.pk or 0, ended_at=None).first()
    if publication and item_digest(page, recipe=publication.recipe) == publication.digest:
        return
    raise not_published(page.title, what_is_missing(page))


def what_is_missing(page: Any) -> tuple[Finding, ...]:
    """Return what stands in the way of publishing *page*, whoever might ask."""
    policy = current_policy()
    digest = item_digest(page)
    keeper = channel_keeper(policy.first_channel)
    return policy.decide(question(page, "publish", keeper, digest=digest)).reasons


def guard_revision(sender, instance: Revision, **kwargs) -> None:
    """Refuse a schedule inside a revision: times are agreed as slots with the channel's unit."""
    if instance.approved_go_live_at is None:
        return
    page = instance.content_object
    if page is not None and is_governed(page):
        raise not_published(page.title, what_is_missing(instance.as_object()))


def _guard_actions() -> None:
    """
    Make Wagtail's two publishing actions ask the gate first.

    The one place where Wagtail has no hook and one is needed: without it a refused publish still
    un-schedules other revisions before the save that is refused.
    """
    for action in (PublishRevisionAction, PublishPageRevisionAction):
        if not hasattr(action.check, "_otp_policy_guard"):
            action.check = _guarded(action.check)


def _guarded(check):
    @functools.wraps(check)
    def guarded(self, skip_permission_checks: bool = False):
        if is_governed(self.object):
            refuse_unless_published(_specific_of(self.object))
        return check(self, skip_permission_checks=skip_permission_checks)

    guarded._otp_policy_guard = True
    return guarded


__all__ = ["guard_page", "guard_revision", "install", "refuse_unless_published"]
