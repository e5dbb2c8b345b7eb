"""How each channel stands: whether it sends, what it owes, and what needs a person."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from otp_policy.channels.base import HealthState
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import label_of

from .access_ends import ends_soon
from .choosing import all_switches
from .conf import adapter_for, per_hour
from .models import Delivery
from .quota import Allowance, allowance_of
from .switches import ChannelSwitch
from .switching import owns_channel

__all__ = ["ChannelState", "Need", "Sending", "channel_states", "channels_in_need", "spoken_on"]

State = Delivery.State
# What is neither sent nor given up: the backlog, and what somebody has to settle.
_OPEN = (State.PENDING, State.SENDING, State.UNKNOWN, State.HELD, State.FAILED)
_WAITING_FOR_PERSON = (State.HELD, State.FAILED)


class Sending:
    """What a channel does now. Closed words: the templates say them in the reader's language."""

    ON = "on"
    OFF = "off"
    PAUSED = "paused"
    LEFT_ALONE = "left_alone"
    FULL = "full"
    BY_HAND = "by_hand"


class Need:
    """Why a channel needs a person."""

    ACCESS = "access"
    ACCESS_ENDS = "access_ends"
    ALLOWANCE = "allowance"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """One channel as its panel shows it."""

    code: str
    title: str
    owner: str
    sending: str
    switch: ChannelSwitch
    per_hour: int | None
    allowance: Allowance
    last_sent_at: datetime | None
    counts: dict[str, int] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    may_switch: bool = False

    @property
    def owed(self) -> int:
        """Return how many messages go by themselves, or are being looked for."""
        return sum(self.counts.get(one, 0) for one in (State.PENDING, State.SENDING, State.UNKNOWN))

    @property
    def waiting_for_person(self) -> int:
        """Return how many messages somebody has to settle."""
        return sum(self.counts.get(one, 0) for one in _WAITING_FOR_PERSON)

    @property
    def is_refused(self) -> bool:
        """Tell whether the last look found that the access does not hold."""
        return self.switch.health == HealthState.UNHEALTHY


def spoken_on() -> list[str]:
    """Return the channels of the policy that tell of what is live elsewhere: not the website."""
    return [code for code, entry in current_policy().channels.items() if entry.requires_live]


def channel_states(user: Any, *, only: Collection[str] | None = None) -> list[ChannelState]:
    """Return how the channels stand, as *user* may act on them; the same queries for any number."""
    codes = [code for code in spoken_on() if only is None or code in only]
    if not codes:
        return []
    switches = {one.channel: one for one in all_switches()}
    counts, last = _counts(codes), _last_sent(codes)
    units = {unit.code: str(unit) for unit in Unit.objects.all()}
    now, found = timezone.now(), []
    for code in codes:
        switch, by_state = switches[code], counts.get(code, {})
        owner = current_policy().channels[code].owner
        found.append(
            ChannelState(
                code=code,
                title=label_of("channels", code),
                owner=units.get(owner, owner),
                sending=_sending(switch, now),
                switch=switch,
                per_hour=per_hour(code),
                allowance=allowance_of(switch),
                last_sent_at=last.get(code),
                counts=by_state,
                needs=_needs(switch, by_state, now),
                may_switch=owns_channel(user, code),
            )
        )
    return found


def channels_in_need(user: Any) -> list[ChannelState]:
    """Return the channels of the unit of *user* that need a person; nothing is asked for others."""
    owned = [code for code in spoken_on() if owns_channel(user, code)]
    return [state for state in channel_states(user, only=owned) if state.needs]


def _sending(switch: ChannelSwitch, now: datetime) -> str:
    if switch.off_at is not None:
        return Sending.OFF
    if adapter_for(switch.channel) is None:
        return Sending.BY_HAND
    if switch.must_wait(now):
        return Sending.LEFT_ALONE
    if switch.is_paused(now):
        return Sending.PAUSED
    return Sending.FULL if switch.is_full(now) else Sending.ON


def _needs(switch: ChannelSwitch, counts: dict[str, int], now: datetime) -> tuple[str, ...]:
    needs = []
    if switch.pause_cause == "person" or switch.health == HealthState.UNHEALTHY:
        needs.append(Need.ACCESS)
    elif ends_soon(switch, now):
        needs.append(Need.ACCESS_ENDS)
    if switch.pause_cause == "quota":
        needs.append(Need.ALLOWANCE)
    if any(counts.get(state) for state in _WAITING_FOR_PERSON):
        needs.append(Need.MESSAGES)
    return tuple(needs)


def _counts(codes: Collection[str]) -> dict[str, dict[str, int]]:
    rows = (
        Delivery.objects.filter(channel__in=codes, state__in=_OPEN)
        .order_by()
        .values_list("channel", "state")
        .annotate(number=Count("pk"))
    )
    counts: dict[str, dict[str, int]] = {}
    for channel, state, number in rows:
        counts.setdefault(channel, {})[state] = number
    return counts


def _last_sent(codes: Collection[str]) -> dict[str, datetime]:
    """Return when each channel last took a message: one step into its index, however many."""
    latest = Delivery.objects.filter(channel=OuterRef("channel"), state=State.SENT)
    rows = ChannelSwitch.objects.filter(channel__in=codes).annotate(
        last_sent_at=Subquery(latest.order_by("-due_at").values("sent_at")[:1])
    )
    return dict(rows.values_list("channel", "last_sent_at"))
