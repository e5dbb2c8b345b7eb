"""
Who worked on an item beside its editor: nobody decides on what they had a hand in.

The announcement leaves open who a contributor is (annex 1 step 3). Our reading: whoever changes
what the digest covers, or argues for it. So whoever replaces a file of the draft counts, whoever
uploaded one since the work on the item began, and whoever gave a reason for personal data.
Whoever only comments, submits, or proposes a time does not.
"""

from typing import Any

from django.apps import apps
from django.db.models import Min
from django.db.models.signals import post_save
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, Revision

from .history import last_publication
from .models import Contribution, FileUse, PersonalDataAnswer, is_governed


def connect() -> None:
    """Connect the receivers, once; after the one that lists the files of a draft."""
    for model in (get_document_model(), get_image_model()):
        uid = f"otp_policy.contributor_{model._meta.label_lower}"
        post_save.connect(note_file_change, sender=model, dispatch_uid=uid)
    post_save.connect(
        note_answer, sender=PersonalDataAnswer, dispatch_uid="otp_policy.contributor_answer"
    )
    post_save.connect(
        note_uploaders, sender=Revision, dispatch_uid="otp_policy.contributor_uploader"
    )


def note_contribution(page_id: int, user_id: int) -> None:
    """Count *user_id* among those who worked on the latest text of the page, from now on."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None or not is_governed(page):
        return
    Contribution.objects.update_or_create(
        page_id=page_id,
        revision_id=page.latest_revision_id or 0,
        user_id=user_id,
        defaults={"at": timezone.now()},
    )


def note_file_change(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
    """Count whoever replaces a file, or what is said of it, in every draft that uses it."""
    user = get_active_log_context().user
    if created or user is None:
        return
    uses = FileUse.objects.filter(
        model=instance._meta.label_lower, file_id=instance.pk, publication=None
    )
    for page_id in set(uses.values_list("page_id", flat=True)):
        note_contribution(page_id, user.pk)


def note_answer(sender: Any, instance: PersonalDataAnswer, **kwargs: Any) -> None:
    """Count whoever says why personal data may be published: it is the item's own argument."""
    note_contribution(instance.page_id, instance.by_id)


def note_uploaders(sender: Any, instance: Revision, update_fields: Any = None, **kwargs: Any):
    """Count whoever uploaded a file of the text since the work on this version began."""
    if update_fields is not None and "content" not in update_fields:
        return
    model = instance.content_type.model_class()
    if model is None or not is_governed(model()):
        return
    page_id = int(instance.object_id)
    uses = FileUse.objects.filter(page_id=page_id, publication=None)
    wanted: dict[str, set[int]] = {}
    for label, key in uses.values_list("model", "file_id"):
        wanted.setdefault(label, set()).add(key)
    since = _work_began(page_id) if wanted else None
    for label, keys in wanted.items():
        files = apps.get_model(label)._default_manager.filter(pk__in=keys, created_at__gte=since)
        uploaders = files.exclude(uploaded_by_user=None).values_list("uploaded_by_user", flat=True)
        for user_id in set(uploaders):
            Contribution.objects.get_or_create(
                page_id=page_id,
                revision_id=instance.pk,
                user_id=user_id,
                defaults={"at": timezone.now()},
            )


def _work_began(page_id: int) -> Any:
    """Return when the first draft was saved since the last publication."""
    drafts = Contribution.objects.filter(page_id=page_id)
    published = last_publication(page_id)
    if published is not None:
        drafts = drafts.filter(at__gt=published.at)
    return drafts.aggregate(first=Min("at"))["first"] or timezone.now()
