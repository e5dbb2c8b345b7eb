"""
Break-glass: imports and fires, where the steps cannot be waited for.

Two persons who answer for the office's publications open it, with a reason. What goes public by
it is on record, is marked in public as not approved yet, and is ratified afterwards by an approval
of the very text, or reported by `otp_audit`. The gate itself makes no exception.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search import index

from . import emergency
from .conf import current_policy
from .digest import CURRENT_RECIPE, item_digest
from .emergency import Opening
from .emergency_signals import tell_of_emergency, tell_of_ratification
from .gate.pages import refuse_unless_published
from .held import NOTHING_HELD, as_row, held_of_those_who_answer
from .history import History
from .messages import under_step
from .models import Approval, Contribution, Publication, Slot
from .publishing import governed_page
from .recording import record
from .refusals import PolicyRefusal
from .statements import says_something


@contextmanager
def break_glass(*, reason: str, by: Any, second: Any) -> Iterator[Opening]:
    """
    Let what the block makes live go public, without its steps, at the end of the block.

    The block is a transaction: all of it happens, with its records, or nothing. Afterwards, in
    other threads, and after an exception, the gate holds as ever.

    Args:
        reason: Why the steps could not be waited for; the ledger keeps it.
        by: Who acts, and counts as a contributor: this person does not ratify it.
        second: Another person. Each approves, or publishes on the website, by a post or an
            order in force today.

    Raises:
        PolicyRefusal: With every reason, before anything was done.
    """
    opened = _open(reason.strip(), by, second)
    token = emergency.opening.set(opened)
    try:
        with LogContext(user=by), transaction.atomic():
            yield opened
            _close(opened)
    except BaseException as error:
        opened.is_open = False
        _record(opened, "fail_break_glass", error=type(error).__name__)
        raise
    finally:
        opened.is_open = False
        emergency.opening.reset(token)


def _open(reason: str, by: Any, second: Any) -> Opening:
    reasons, held = _reasons_against(reason, by, second)
    if reasons:
        title = str(_("break-glass"))
        raise PolicyRefusal(title, also=[under_step(text, "approve") for text in reasons])
    opened = Opening(by=by, second=second, reason=reason, held=held)
    opened.started_seq = _record(opened, "open_break_glass", reason=reason).seq
    return opened


def _reasons_against(reason: str, by: Any, second: Any) -> tuple[list[str], Any]:
    found = []
    if emergency.current() is not None:
        found.append(_("Break-glass is open already. Do all of it in one."))
    if not says_something(reason):
        found.append(_("Break-glass needs a reason. Say why the steps cannot be waited for."))
    if by is None or second is None or by.pk == second.pk:
        found.append(_("Break-glass needs two persons. Ask another one to answer for it."))
    held = held_of_those_who_answer(by)
    for person in (by, second):
        if person is not None and held_of_those_who_answer(person) is None:
            found.append(
                _(
                    "%(person)s holds no role today that approves, or publishes on the website. "
                    "Ask someone who does."
                )
                % {"person": person.get_username()}
            )
    return list(dict.fromkeys(found)), held or NOTHING_HELD


def _record(opened: Opening, action: str, **more: Any) -> Any:
    return record(
        action,
        user=opened.by,
        second=opened.second.get_username(),
        break_glass=opened.started_seq,
        **as_row(opened.held),
        **more,
    )


def _close(opened: Opening) -> None:
    opened.is_open = False
    pages = [page_id for page_id in opened.page_ids if _publish(opened, page_id)]
    _record(opened, "close_break_glass", pages=len(pages))


def _publish(opened: Opening, page_id: int) -> bool:
    """Give a page that was held back its publication, and make it live by that."""
    page = governed_page(page_id)
    if page is None:
        return False
    page.live = True
    digest, past = item_digest(page), History.of(page.pk)
    revision = _revision_with(page, digest, opened)
    approval = _basis(opened, page, revision, digest, past)
    now = timezone.now()
    Publication.objects.filter(page_id=page.pk, ended_at=None).update(ended_at=now)
    publication = Publication.objects.create(
        page_id=page.pk,
        revision_id=revision.pk,
        approval=approval,
        digest=digest,
        recipe=CURRENT_RECIPE,
        publisher=opened.by,
        scheduled_at=now,
        at=now,
    )
    # INVARIANT: the publication lets it through, at the gate and at the trigger, and nothing else.
    refuse_unless_published(page, revision_id=revision.pk)
    _make_live(page, revision)
    _record(
        opened,
        "publish_in_emergency",
        page_id=page.pk,
        digest=digest,
        title=page.title,
        revision=revision.pk,
        approved=approval.kind == Approval.Kind.APPROVE,
        reason=opened.reason,
    )
    tell_of_emergency(page.pk, publication, revision)
    return True


def _revision_with(page: Any, digest: str, opened: Opening) -> Revision:
    """Return a revision that holds the text of *page*, made now if there is none."""
    for key in {page.live_revision_id, page.latest_revision_id} - {None}:
        revision = Revision.objects.filter(pk=key).first()
        if revision is not None and item_digest(revision.as_object()) == digest:
            break
    else:
        revision = Revision.objects.create(
            content_object=page,
            base_content_type=page.get_base_content_type(),
            created_at=timezone.now(),
            user=opened.by,
            object_str=str(page),
            content=page.serializable_data(),
        )
    Contribution.objects.update_or_create(
        page_id=page.pk,
        revision_id=revision.pk,
        user=opened.by,
        defaults={"at": timezone.now()},
    )
    return revision


def _basis(opened: Opening, page: Any, revision: Revision, digest: str, past: History) -> Approval:
    """Return the approval that the text has already, or one that says that it has none."""
    standing = past.standing_approval()
    if standing is not None and (standing.digest, standing.recipe) == (digest, CURRENT_RECIPE):
        return standing
    approval = Approval(
        kind=Approval.Kind.EMERGENCY,
        page_id=page.pk,
        revision_id=revision.pk,
        digest=digest,
        recipe=CURRENT_RECIPE,
        by=opened.by,
        policy=current_policy().label,
        comment=opened.reason,
        at=timezone.now(),
        **as_row(opened.held),
    )
    approval.save()
    return approval


def _make_live(page: Any, revision: Revision) -> None:
    now = timezone.now()
    latest = page.latest_revision_id
    is_latest = latest is None or latest <= revision.pk
    changed: dict[str, Any] = {
        "live": True,
        "expired": False,
        "live_revision": revision,
        "last_published_at": now,
        "first_published_at": page.first_published_at or now,
        "has_unpublished_changes": not is_latest,
    }
    if is_latest:
        changed |= {
            "latest_revision": revision,
            "latest_revision_created_at": revision.created_at,
            "draft_title": page.title,
        }
    Page.objects.filter(pk=page.pk).update(**changed)
    website = current_policy().first_channel
    slots = Slot.objects.filter(page_id=page.pk, channel=website, state__in=Slot.OPEN)
    slots.update(state=Slot.State.DROPPED)
    # A fixture leaves both out, and files are guarded by what the pages refer to.
    live = type(page).objects.get(pk=page.pk)
    ReferenceIndex.create_or_update_for_object(live)
    index.insert_or_update_object(live)


def ratify(sender: Any, instance: Approval, created: bool = False, **kwargs: Any) -> None:
    """Let the approval of the very text stand behind what went out in an emergency."""
    if not created or instance.kind != Approval.Kind.APPROVE:
        return
    awaiting = Publication.objects.filter(
        page_id=instance.page_id,
        digest=instance.digest,
        recipe=instance.recipe,
        ended_at=None,
        approval__kind=Approval.Kind.EMERGENCY,
    )
    for publication in awaiting:
        Publication.objects.filter(pk=publication.pk).update(approval=instance)
        record(
            "ratify",
            user=instance.by,
            page_id=instance.page_id,
            digest=instance.digest,
            role=instance.role,
            unit=instance.unit,
            order=instance.order,
            published_at=publication.at.isoformat(),
        )
        tell_of_ratification(publication)


__all__ = ["break_glass", "ratify"]
