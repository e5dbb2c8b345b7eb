"""
Who is told of withdrawals and takedowns, and of what was decided on them (annex 1 step 5).

A takedown at once is urgent: the item is gone from the public, and its approval has to follow.
"""

from collections.abc import Mapping
from typing import Any

from .conf import current_policy, office_day
from .models import LedgerEntry, NoticeKind, Withdrawal
from .models.notices import Subject
from .notices import About, put
from .recipients import holders, who_has_authority, who_may
from .urgency import is_urgent
from .withdrawals import may_decide_withdrawal, next_step, open_withdrawal


def who_decides(withdrawal: Withdrawal, page: Any) -> list[Any]:
    """Return the active users whom the policy lets take the next step of *withdrawal* today."""
    step, category = next_step(withdrawal, page), page.disclosure_category
    roles = current_policy().roles_for(step, category, None, on=office_day())
    people = holders(roles, page.owning_unit)
    return [user for user in people if may_decide_withdrawal(withdrawal, page, user).allowed]


def who_answers(withdrawal_id: int, page: Any) -> list[Any]:
    """Return who may take the next step; while the public reason lacks, who may give it."""
    withdrawal = Withdrawal.objects.get(pk=withdrawal_id)
    if withdrawal.reason:
        return who_decides(withdrawal, page)
    owners = who_has_authority(page, "publish", channel=current_policy().first_channel)
    return [*owners, *who_has_authority(page, "withdraw")]


def ask_withdrawers(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell those who may decide on the withdrawal that waits; if nobody may, the division."""
    withdrawal = open_withdrawal(page.pk)
    if withdrawal is None:
        return
    step, urgent = next_step(withdrawal, page), withdrawal.is_emergency or is_urgent(page)
    # Without a reason nobody can approve it: whoever was told of the takedown is told again.
    event = f"withdrawal:{withdrawal.pk}:{step}:{'decide' if withdrawal.reason else 'down'}"
    if people := who_decides(withdrawal, page):
        asked = f"ask_{step}_withdrawal"
        put(
            event,
            people,
            kind=NoticeKind.URGENT if urgent else NoticeKind.DECIDE,
            what=f"urgent_{asked}" if urgent else asked,
            about=About(page=page, subject=Subject.WITHDRAWAL, subject_id=withdrawal.pk),
        )
        return
    put(
        f"{event}:nobody",
        who_may(page, "prepare"),
        kind=NoticeKind.URGENT if urgent else NoticeKind.ANSWER,
        what=f"nobody_may_{step}",
        about=About(page=page),
    )


def tell_of_takedown(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the division that its item is down; of an approved withdrawal it hears as such."""
    found = Withdrawal.objects.filter(page_id=page.pk, publication__digest=body.get("digest"))
    withdrawal = found.filter(down_at__isnull=False).order_by("down_at").last()
    if withdrawal is not None and not withdrawal.is_emergency:
        return
    _tell_division(
        entry,
        body,
        page,
        what="taken_down",
        kind=NoticeKind.PUBLISHED if withdrawal is None else NoticeKind.URGENT,
    )
    ask_withdrawers(entry, body, page)


def _tell_division(
    entry: LedgerEntry,
    body: Mapping[str, Any],
    page: Any,
    *,
    what: str,
    kind: NoticeKind,
    asker: Any = None,
) -> None:
    people = who_may(page, "prepare") + ([asker] if asker is not None and asker.is_active else [])
    actor = body.get("actor")
    but = (actor["id"],) if actor else ()
    put(f"ledger:{entry.seq}", people, kind=kind, what=what, about=About(page=page), but=but)


def _decided(what: str, *, asks: bool = False) -> Any:
    """Return what tells the division, and whoever took the item down, of a decision."""

    def teller(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
        last = Withdrawal.objects.filter(page_id=page.pk, digest=body.get("digest")).last()
        asker = last.asked_by if last is not None else None
        urgent = last is not None and last.is_emergency
        kind = NoticeKind.URGENT if urgent else NoticeKind.ANSWER
        _tell_division(entry, body, page, what=what, kind=kind, asker=asker)
        if asks:
            ask_withdrawers(entry, body, page)

    return teller


WITHDRAWAL_TELLERS: Mapping[str, Any] = {
    "ask_to_withdraw": ask_withdrawers,
    "take_down_at_once": ask_withdrawers,
    "give_reason": ask_withdrawers,
    "take_down": tell_of_takedown,
    "endorse_withdrawal": _decided("withdrawal_endorsed", asks=True),
    "approve_withdrawal": _decided("withdrawal_approved"),
    "reject_withdrawal": _decided("withdrawal_rejected"),
}
