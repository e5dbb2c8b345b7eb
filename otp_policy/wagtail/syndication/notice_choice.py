"""
Whether a correction or a withdrawal is told where nothing can be taken back (annex 1 step 5).

Such a notice goes to every reader once more and uses up the month's allowance. So it goes only if
whoever approves the correction or the withdrawal chooses it, with the cost in view.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from otp_policy.channels.base import MeteredAdapter, Quota
from otp_policy.wagtail.models import Approval, Withdrawal
from otp_policy.wagtail.recording import record

from .conf import adapter_for
from .models import FollowUpChoice
from .quota import allowances
from .reach import takes_nothing_back
from .service_opinion import answer_in_time
from .standing import standing_of

_QUOTA_KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Offer:
    """A channel on which the approver may have a notice sent, and what it would cost."""

    channel: str
    quota: Quota


def offers_for(page_id: int) -> list[Offer]:
    """Return the channels where the item is out and that can take nothing back."""
    return [Offer(channel, quota_of(channel)) for channel in _channels_out(page_id)]


def _channels_out(page_id: int) -> list[str]:
    return [
        channel
        for channel, standing in standing_of(page_id).items()
        if standing.out is not None and takes_nothing_back(channel)
    ]


def quota_of(channel: str) -> Quota:
    """Return the channel's allowance as the dispatcher last saw it, or as the service tells now."""
    seen = allowances([channel]).get(channel)
    if seen is not None:
        quota = Quota(is_known=True, limit=seen.limit, used=seen.used, cost=seen.cost)
        cache.set(_key(channel), quota, _QUOTA_KEPT_SECONDS)
        return quota
    adapter = adapter_for(channel)
    if not isinstance(adapter, MeteredAdapter):
        return Quota(is_known=False)
    ask = partial(answer_in_time, adapter.quota, otherwise=Quota(is_known=False))
    return cache.get_or_set(_key(channel), ask, _QUOTA_KEPT_SECONDS)


def _key(channel: str) -> str:
    return f"otp_policy.quota.{channel}"


def keep_choice(
    user: Any,
    page_id: int,
    wanted: Iterable[str],
    *,
    approval: Approval | None = None,
    withdrawal: Withdrawal | None = None,
) -> list[FollowUpChoice]:
    """
    Keep what the approver chose for every channel that was offered, with its row in the ledger.

    What was not offered counts for nothing, whatever a request carries. Must run in the
    transaction of the approval, before what follows from it.
    """
    chosen = set(wanted)
    made = []
    for channel in _channels_out(page_id):
        seen = cache.get(_key(channel)) or Quota(is_known=False)
        choice = FollowUpChoice(
            approval=approval,
            withdrawal=withdrawal,
            channel=channel,
            wants_notice=channel in chosen,
            cost=seen.cost,
            left=seen.left,
            by=user,
            at=timezone.now(),
        )
        choice.save()
        made.append(choice)
        decided = approval or withdrawal
        record(
            "choose_notice" if choice.wants_notice else "choose_no_notice",
            user=user,
            page_id=page_id,
            digest=decided.digest if decided else "",
            channel=channel,
            cost=choice.cost,
            left=choice.left,
        )
    return made


def channels_with_notice(
    *, approval: int | None = None, withdrawal: int | None = None
) -> tuple[str, ...]:
    """Return the channels on which the approver chose a notice."""
    choices = FollowUpChoice.objects.filter(wants_notice=True)
    decided = {"withdrawal": withdrawal} if withdrawal is not None else {"approval": approval}
    return tuple(choices.filter(**decided).values_list("channel", flat=True))
