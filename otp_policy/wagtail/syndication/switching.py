"""The kill switch, and the end of a pause: by people of the unit that owns the channel, alone."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.adapters import actor_for
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.wording import office_datetime

from .breaker import close_breaker
from .locking import locked_switch
from .switches import ChannelSwitch
from .waits import wait_of


def owns_channel(user: Any, channel: str) -> bool:
    """Tell whether *user* holds today the post that publishes on *channel*, in its unit."""
    entry = current_policy().channels[channel]
    if not user.is_active:
        return False
    posts = actor_for(user, office_day(), with_orders=False).posts
    return any(post.role == entry.publisher_role and post.unit == entry.owner for post in posts)


@transaction.atomic
def switch_off(channel: str, user: Any, reason: str) -> ChannelSwitch:
    """
    Begin no further call to *channel*, whatever is owed, until it is switched on.

    A call that has begun is heard out. Nothing is lost: what is owed waits.

    Raises:
        PolicyRefusal: If *user* is not of the unit that owns the channel, or gives no reason.
        LookupError: If the policy knows no such channel.
    """
    _require(user, channel, reason)
    switch = locked_switch(channel)
    if switch.off_at is None:
        switch.off_at, switch.off_by, switch.off_reason = timezone.now(), user, reason.strip()[:500]
        switch.save()
        _record("switch_channel_off", channel, user, reason)
    return switch


@transaction.atomic
def switch_on(channel: str, user: Any, reason: str) -> ChannelSwitch:
    """Let *channel* send again what it owes. Raises as `switch_off` does."""
    _require(user, channel, reason)
    switch = locked_switch(channel)
    if switch.off_at is not None:
        switch.off_at, switch.off_by, switch.off_reason = None, None, ""
        switch.save()
        _record("switch_channel_on", channel, user, reason)
    return switch


@transaction.atomic
def end_pause(channel: str, user: Any, reason: str) -> ChannelSwitch:
    """
    Try *channel* again now: its access was renewed, or its allowance raised.

    What was held because of it goes again, but for what may be out already. Raises as
    `switch_off` does, and while the service wants to be left alone: whoever asks it earlier is
    put off for longer.
    """
    _require(user, channel, reason)
    _require_no_wait(channel)
    switch = locked_switch(channel)
    if switch.pause_cause or switch.paused_until is not None:
        close_breaker(switch)
        _record("resume_channel", channel, user, reason)
    return switch


def _require(user: Any, channel: str, reason: str) -> None:
    title = label_of("channels", channel)
    if not owns_channel(user, channel):
        only = _("Only the unit that owns the channel may switch it off or on.")
        raise PolicyRefusal(title, also=[only])
    if not reason.strip():
        raise PolicyRefusal(title, also=[_("Give the reason.")])


def _require_no_wait(channel: str) -> None:
    until = wait_of(channel, timezone.now())
    if until is not None:
        asked = _(
            "The service asked to be left alone until %(time)s; asked earlier, it puts the channel "
            "off for longer. It goes on by itself then."
        )
        sentence = asked % {"time": office_datetime(until)}
        raise PolicyRefusal(label_of("channels", channel), also=[sentence])


def _record(action: str, channel: str, user: Any, reason: str) -> None:
    entry = current_policy().channels[channel]
    record(
        action,
        user=user,
        channel=channel,
        role=entry.publisher_role,
        unit=entry.owner,
        reason=reason.strip()[:500],
    )
