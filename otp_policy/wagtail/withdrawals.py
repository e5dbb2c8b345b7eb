"""
Step 5: a live item leaves the public, by its division's request or by a takedown at once.

A withdrawal is approved like a text, in the same steps and by the same people. A takedown hides
the item first, for hiding is not publishing; the approval of its withdrawal follows, and until
then the address says that the item is under review.
"""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import get_active_log_context

from otp_policy import Decision, Question
from otp_policy.ledger import canonical_json
from otp_policy.personal_data import find_personal_data

from .adapters import ask, has_authority, held_in
from .approved_requests import question_about, step_waited_for
from .conf import current_policy, public_contacts
from .history import History
from .models.evidence import Publication
from .models.lifecycle import Withdrawal, WithdrawalDecision
from .models.slots import Slot
from .recording import record
from .refusals import PolicyRefusal
from .signals import item_taken_down, withdrawal_approved, withdrawal_waiting
from .withdrawal_parties import contributors_to, published_title
from .withdrawal_refusals import NOT_WAITING, WAITS_ALREADY, about_decision, about_reason


def open_withdrawal(page_id: int | None) -> Withdrawal | None:
    """Return the withdrawal of the page that waits for its approval, or None."""
    return Withdrawal.objects.filter(page_id=page_id or 0, state=Withdrawal.State.WAITING).first()


def last_withdrawal(page_id: int | None) -> Withdrawal | None:
    """Return the latest withdrawal of the page, however it ended, or None."""
    return Withdrawal.objects.filter(page_id=page_id or 0).order_by("asked_at", "pk").last()


@transaction.atomic
def ask_to_withdraw(
    page: Any, user: Any, *, reason: str, reason_en: str = "", title: str = "", title_en: str = ""
) -> Withdrawal:
    """
    Ask, as the item's division, that the live *page* be withdrawn; it stays up until approved.

    Raises:
        PolicyRefusal: With every reason, if the policy does not let *user*, or the reason lacks.
    """
    decision = ask(page, "withdraw", user)
    publication = _live_publication(page)
    refused = about_reason(reason, reason_en, title, title_en)
    if open_withdrawal(page.pk):
        refused.append(WAITS_ALREADY)
    if not decision.allowed or refused or publication is None:
        raise PolicyRefusal.of(decision, page.title, *refused)
    held = held_in(_asked(page, "withdraw", user))
    withdrawal = _make(
        page,
        publication,
        user,
        reason=reason,
        reason_en=reason_en,
        title=title or page.title,
        title_en=title_en or getattr(page, "title_en", ""),
    )
    _record("ask_to_withdraw", withdrawal, user, role=held.role, unit=held.unit, order=held.order)
    withdrawal_waiting.send(sender=Withdrawal, page=page, withdrawal=withdrawal)
    return withdrawal


@transaction.atomic
def take_down(page: Any, user: Any, *, reason: str) -> Withdrawal:
    """
    Take the live *page* down in this very transaction, as the owner of the website.

    Raises:
        PolicyRefusal: If *user* does not publish on the website, or gives no reason.
    """
    decision = ask(page, "publish", user)
    refused = about_reason(reason)
    publication = _live_publication(page)
    if publication is None:
        raise PolicyRefusal.of(ask(page, "withdraw", user), page.title)
    if not has_authority(decision) or refused:
        kept = decision if not has_authority(decision) else replace(decision, reasons=())
        raise PolicyRefusal.of(kept, page.title, *refused)
    if (asked := open_withdrawal(page.pk)) is not None:
        # The division asked for it already: the takedown goes before its approval.
        _close(asked, Withdrawal.State.RECALLED)
    held = held_in(_asked(page, "publish", user))
    withdrawal = _make(page, publication, user, reason=reason, is_emergency=True)
    _record("take_down_at_once", withdrawal, user, role=held.role, unit=held.unit, order=held.order)
    _hide(page, withdrawal, user)
    withdrawal_waiting.send(sender=Withdrawal, page=page, withdrawal=withdrawal)
    return withdrawal


def follow_unpublished(page: Any, publication: Publication) -> None:
    """Open the withdrawal of a page that went down by another door: its approval follows."""
    stands = Withdrawal.objects.filter(publication=publication, down_at__isnull=False).exists()
    if stands or open_withdrawal(page.pk):
        return
    user = get_active_log_context().user
    # What is in memory may be unlike what was public: the public reads the title.
    titles = {name: _safe(published_title(publication, name)) for name in ("title", "title_en")}
    withdrawal = _make(page, publication, user, reason="", is_emergency=True, **titles)
    withdrawal.down_at = timezone.now()
    withdrawal.save()
    _after_hiding(page, withdrawal, user)
    withdrawal_waiting.send(sender=Withdrawal, page=page, withdrawal=withdrawal)


@transaction.atomic
def decide_on_withdrawal(
    withdrawal: Withdrawal,
    user: Any,
    action: str,
    *,
    digest: str,
    comment: str = "",
    notices: Collection[str] = (),
) -> Withdrawal:
    """
    Endorse or approve (`approve`) or reject (`reject`) what *digest* names.

    Args:
        notices: Channels that can take nothing back, on which the approver wants a notice.

    Raises:
        PolicyRefusal: With every reason, as for the approval of a text.
    """
    from .publishing import governed_page

    rows = Withdrawal.objects.select_for_update(of=("self",))
    withdrawal = rows.get(pk=withdrawal.pk)
    page = governed_page(withdrawal.page_id)
    step = next_step(withdrawal, page)
    decision = may_decide_withdrawal(withdrawal, page, user)
    refused = about_decision(withdrawal, action, digest=digest, comment=comment)
    barred = not decision.allowed if action == "approve" else not has_authority(decision)
    if barred or refused:
        kept = decision if barred else replace(decision, reasons=())
        raise PolicyRefusal.of(kept, page.title, *refused)
    kind = step if action == "approve" else WithdrawalDecision.Kind.REJECT
    _keep(withdrawal, page, user, step=step, kind=kind, comment=comment)
    if action == "reject":
        _reject(withdrawal)
    elif step == "approve":
        _approve(withdrawal, page, user)
        withdrawal_approved.send(
            sender=Withdrawal, page=page, withdrawal=withdrawal, user=user, notices=notices
        )
    return withdrawal


@transaction.atomic
def recall_withdrawal(page: Any, user: Any) -> None:
    """Take a request back before it is decided, as the item's division; a takedown stays."""
    withdrawal = open_withdrawal(page.pk)
    decision = ask(page, "withdraw", user)
    if withdrawal is None or withdrawal.is_emergency:
        raise PolicyRefusal(page.title, also=[NOT_WAITING])
    if not has_authority(decision):
        raise PolicyRefusal.of(decision, page.title)
    _close(withdrawal, Withdrawal.State.RECALLED)
    _record("recall_withdrawal", withdrawal, user)


@transaction.atomic
def give_reason(page: Any, user: Any, *, reason: str) -> None:
    """Give the reason of a takedown that has none, as the website's owner or the division."""
    withdrawal = open_withdrawal(page.pk)
    if withdrawal is None or withdrawal.reason:
        raise PolicyRefusal(page.title, also=[NOT_WAITING])
    refused = about_reason(reason)
    decisions = [ask(page, action, user) for action in ("publish", "withdraw")]
    if refused or not any(map(has_authority, decisions)):
        barred = () if any(map(has_authority, decisions)) else decisions[0].reasons
        raise PolicyRefusal(page.title, findings=barred, also=refused)
    withdrawal.reason, withdrawal.asked_by = reason, withdrawal.asked_by or user
    withdrawal.digest = withdrawal_digest(withdrawal)
    withdrawal.save()
    _record("give_reason", withdrawal, user)


def next_step(withdrawal: Withdrawal, page: Any) -> str:
    """Return the step that the withdrawal waits for: `endorse` or `approve`."""
    return step_waited_for(withdrawal, page.disclosure_category)


def may_decide_withdrawal(withdrawal: Withdrawal, page: Any, user: Any) -> Decision:
    """Ask the policy whether *user* may take the next step of *withdrawal*."""
    asked = _asked(page, next_step(withdrawal, page), user, withdrawal=withdrawal)
    return current_policy().decide(asked)


def waiting_withdrawals(user: Any) -> list[tuple[Any, Withdrawal]]:
    """Return what waits for *user*, the page with its withdrawal, oldest first."""
    from .publishing import governed_page

    found = []
    for withdrawal in Withdrawal.objects.filter(state=Withdrawal.State.WAITING):
        page = governed_page(withdrawal.page_id)
        if page and has_authority(may_decide_withdrawal(withdrawal, page, user)):
            found.append((page, withdrawal))
    return found


def withdrawal_digest(withdrawal: Withdrawal) -> str:
    """Return the digest that decisions are bound to: what leaves, and what the public reads."""
    content = {
        "recipe": 1,
        "page": withdrawal.page_id,
        "publication": withdrawal.publication.digest,
        "title": withdrawal.title,
        "title_en": withdrawal.title_en,
        "reason": withdrawal.reason,
        "reason_en": withdrawal.reason_en,
    }
    return "sha256:" + hashlib.sha256(canonical_json(content)).hexdigest()


def _live_publication(page: Any) -> Publication | None:
    past = History.of(page.pk)
    return past.publication if past.is_live else None


def _asked(page: Any, action: str, user: Any, *, withdrawal: Withdrawal | None = None) -> Question:
    """Return the policy's question; of a withdrawal, with what was decided on it so far."""
    parties = contributors_to(withdrawal) if withdrawal is not None else ()
    return question_about(page, action, user, request=withdrawal, contributors=parties)


def _make(
    page: Any, publication: Publication, user: Any, *, reason: str, **more: Any
) -> Withdrawal:
    more.setdefault("title", _safe(page.title))
    more.setdefault("title_en", _safe(getattr(page, "title_en", "")))
    withdrawal = Withdrawal(
        page_id=page.pk,
        publication=publication,
        reason=reason.strip(),
        asked_by=user if getattr(user, "pk", None) else None,
        asked_at=timezone.now(),
        **more,
    )
    withdrawal.digest = withdrawal_digest(withdrawal)
    withdrawal.save()
    return withdrawal


def _safe(title: str) -> str:
    """Return a title for the tombstone, or nothing where it may be the very thing that leaked."""
    return "" if find_personal_data(title, field="title", known=public_contacts()) else title


def _hide(page: Any, withdrawal: Withdrawal, user: Any) -> None:
    withdrawal.down_at = timezone.now()
    withdrawal.save()
    # Decided already: by its approval, or by the owner of the website. No other right is asked.
    stored = type(page).objects.get(pk=page.pk)
    UnpublishPageAction(stored, user=user).execute(skip_permission_checks=True)
    _after_hiding(page, withdrawal, user)


def _after_hiding(page: Any, withdrawal: Withdrawal, user: Any) -> None:
    """Let nothing of the item go out by an order that was given before."""
    slots = Slot.objects.filter(page_id=page.pk, state__in=Slot.OPEN)
    slots.update(state=Slot.State.DROPPED)
    item_taken_down.send(
        sender=Withdrawal, page=page, publication=withdrawal.publication, user=user
    )


def _approve(withdrawal: Withdrawal, page: Any, user: Any) -> None:
    _close(withdrawal, Withdrawal.State.APPROVED)
    if withdrawal.down_at is None:
        _hide(page, withdrawal, user)
    _record("withdraw", withdrawal, user)


def _reject(withdrawal: Withdrawal) -> None:
    _close(withdrawal, Withdrawal.State.REJECTED)
    if withdrawal.down_at is not None:
        # The text was approved, and its approver stands by it. It does not come back by itself.
        Publication.objects.filter(pk=withdrawal.publication_id).update(may_return=True)


def _close(withdrawal: Withdrawal, state: str) -> None:
    withdrawal.state, withdrawal.decided_at = state, timezone.now()
    withdrawal.save()


def _keep(
    withdrawal: Withdrawal, page: Any, user: Any, *, step: str, kind: str, comment: str
) -> None:
    held = held_in(_asked(page, step, user, withdrawal=withdrawal))
    authority = {"role": held.role, "unit": held.unit, "order": held.order}
    WithdrawalDecision(
        withdrawal=withdrawal,
        kind=kind,
        digest=withdrawal.digest,
        by=user,
        policy=current_policy().label,
        comment=comment,
        at=timezone.now(),
        **authority,
    ).save()
    withdrawal._prefetched_objects_cache = {}
    _record(f"{kind}_withdrawal", withdrawal, user, comment=comment, **authority)


def _record(action: str, withdrawal: Withdrawal, user: Any, **more: Any) -> None:
    more.setdefault("note", withdrawal.reason)
    if action == "withdraw" and withdrawal.is_emergency:
        waited = withdrawal.decided_at - withdrawal.asked_at
        more["seconds_until_approved"] = int(waited.total_seconds())
    record(
        action,
        user=user,
        page_id=withdrawal.page_id,
        digest=withdrawal.digest,
        publication=withdrawal.publication.digest,
        **more,
    )
