"""What follows from changes that Wagtail makes: contributors, and the end of a publication."""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import AbstractPage, Revision
from wagtail.signals import workflow_submitted

from .digest import item_digest
from .models import Contribution, Post, Publication, RoleGroup, is_governed
from .recording import record


def connect() -> None:
    """Connect the receivers, once."""
    post_save.connect(note_contributor, sender=Revision, dispatch_uid="otp_policy.contributor")
    post_save.connect(end_publication, dispatch_uid="otp_policy.end_publication")
    post_save.connect(join_role_group, sender=Post, dispatch_uid="otp_policy.role_group")
    workflow_submitted.connect(record_submission, dispatch_uid="otp_policy.submission")


def note_contributor(sender, instance: Revision, update_fields=None, **kwargs) -> None:
    """Remember who wrote this text; an overwritten revision counts again."""
    if update_fields is not None and "content" not in update_fields:
        return
    user_id = instance.user_id or getattr(get_active_log_context().user, "pk", None)
    if user_id is None or not _is_governed_revision(instance):
        return
    Contribution.objects.update_or_create(
        page_id=int(instance.object_id),
        revision_id=instance.pk,
        user_id=user_id,
        defaults={"at": timezone.now()},
    )


def _is_governed_revision(revision: Revision) -> bool:
    model = revision.content_type.model_class()
    return model is not None and is_governed(model())


def end_publication(sender, instance: Any, **kwargs) -> None:
    """Close the publication of a governed page that is no longer live, and record it."""
    if not isinstance(instance, AbstractPage) or instance.live or not is_governed(instance):
        return
    now = timezone.now()
    for publication in Publication.objects.filter(page_id=instance.pk, ended_at=None):
        Publication.objects.filter(pk=publication.pk).update(ended_at=now)
        record(
            "take_down",
            user=get_active_log_context().user,
            page_id=instance.pk,
            digest=publication.digest,
        )


def join_role_group(sender, instance: Post, **kwargs) -> None:
    """Put the holder of a post into the group of its role, so that the admin opens its doors."""
    entry = RoleGroup.objects.filter(role=instance.role).select_related("group").first()
    if entry is not None:
        instance.user.groups.add(entry.group)


def record_submission(sender, instance: Any, user=None, **kwargs) -> None:
    """Record that an item was submitted for approval."""
    page = instance.content_object
    if page is None or not is_governed(page):
        return
    revision = page.get_latest_revision()
    record(
        "submit",
        user=user,
        page_id=page.pk,
        digest=item_digest(revision.as_object()) if revision else "",
    )
