"""What follows from changes that Wagtail makes: contributors, and the end of a publication."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_save
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.log_actions import get_active_log_context
from wagtail.models import AbstractPage, Revision, WorkflowState
from wagtail.signals import workflow_cancelled, workflow_submitted

from . import contributors, leaving
from .addresses import stored_addresses
from .break_glass import ratify
from .corrections import hold_without_note, keep_correction
from .digest import item_digest
from .file_names import keep_name, note_upload
from .file_uses import note_publication, note_revision
from .held import held_for
from .models import (
    Approval,
    Contribution,
    Post,
    Publication,
    RoleGroup,
    governed_models,
    is_governed,
)
from .recording import record
from .screening import hold_unanswered, hold_unscreened
from .urgency import tell_if_urgent
from .wagtail_mails import replace_mails
from .withdrawals import follow_unpublished


def connect() -> None:
    """Connect the receivers, once."""
    post_save.connect(note_contributor, sender=Revision, dispatch_uid="otp_policy.contributor")
    post_save.connect(note_revision, sender=Revision, dispatch_uid="otp_policy.draft_files")
    post_save.connect(note_publication, sender=Publication, dispatch_uid="otp_policy.live_files")
    pre_save.connect(hold_unanswered, sender=WorkflowState, dispatch_uid="otp_policy.screening")
    pre_save.connect(hold_without_note, sender=WorkflowState, dispatch_uid="otp_policy.note")
    pre_save.connect(hold_unscreened, sender=Approval, dispatch_uid="otp_policy.unscreened")
    post_save.connect(keep_correction, sender=Approval, dispatch_uid="otp_policy.correction")
    if governed_models():
        documents = get_document_model()
        pre_save.connect(note_upload, sender=documents, dispatch_uid="otp_policy.upload")
        post_save.connect(keep_name, sender=documents, dispatch_uid="otp_policy.file_name")
    post_save.connect(end_publication, dispatch_uid="otp_policy.end_publication")
    post_delete.connect(end_publication_of_deleted, dispatch_uid="otp_policy.deleted")
    post_save.connect(join_role_group, sender=Post, dispatch_uid="otp_policy.role_group")
    post_save.connect(ratify, sender=Approval, dispatch_uid="otp_policy.ratify")
    workflow_submitted.connect(tell_if_urgent, dispatch_uid="otp_policy.urgent")
    workflow_cancelled.connect(record_recall, dispatch_uid="otp_policy.recall")
    contributors.connect()
    leaving.connect()
    workflow_submitted.connect(record_submission, dispatch_uid="otp_policy.submission")
    replace_mails()


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


def end_publication(sender, instance: Any, update_fields=None, **kwargs) -> None:
    """Close the publication of a governed page that is no longer live, and record it."""
    # A save of other columns says nothing of `live`, which may be old in memory.
    if update_fields is not None and "live" not in update_fields:
        return
    if isinstance(instance, AbstractPage) and not instance.live and is_governed(instance):
        _end_publication(instance)


def end_publication_of_deleted(sender, instance: Any, **kwargs) -> None:
    """Close the publication of a governed page that is deleted, and record it."""
    if isinstance(instance, AbstractPage) and is_governed(instance):
        _end_publication(instance)


def _end_publication(instance: Any) -> None:
    now, user = timezone.now(), get_active_log_context().user
    for publication in Publication.objects.filter(page_id=instance.pk, ended_at=None):
        Publication.objects.filter(pk=publication.pk).update(ended_at=now)
        record(
            "take_down",
            user=user,
            page_id=instance.pk,
            digest=publication.digest,
            addresses=stored_addresses(instance.pk),
            **held_for(instance, "withdraw", "publish", user=user),
        )
        follow_unpublished(instance, publication)


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
        **held_for(page, "prepare", "correct", user=user),
    )


def record_recall(sender, instance: Any, user=None, **kwargs) -> None:
    """Record that an item was taken back before its decision, by whichever door."""
    page = instance.content_object
    if page is not None and is_governed(page):
        record("recall", user=user, page_id=page.pk)
