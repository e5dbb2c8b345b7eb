"""A stand-in for a service: an adapter that keeps what it was asked, and answers as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.test import override_settings
from wagtail.users.models import UserProfile

from otp_policy.channels.base import (
    Capabilities,
    Check,
    CheckState,
    Outcome,
    OutcomeState,
    Preview,
    Reconciled,
    Reconciliation,
)


class Service:
    """What a channel says when it is called, asked, or shown something."""

    capabilities = Capabilities(edit=False, delete=False, idempotent=True, reconcile=False)

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[Any] = []
        self.asked: list[str] = []
        self.answer = Outcome(state=OutcomeState.SENT, remote_id="1")
        self.problems: tuple[Any, ...] = ()
        self.health_says: Any = None
        self.quota_says: Any = None
        self.check_says: Any = Check(state=CheckState.PASSED)

    def render(self, notice: Any) -> dict[str, object]:
        return {"title": notice.title, "text": notice.text, "url": notice.url}

    def validate(self, payload: Any) -> tuple[Any, ...]:
        return self.problems

    def preview(self, payload: Any) -> Preview:
        return Preview(title=payload["title"], text=payload["text"], link=payload["url"])

    def send(self, payload: Any, *, key: str) -> Outcome:
        self.sent.append(payload)
        return self.answer

    def reconcile(self, payload: Any, *, key: str, since: Any) -> Reconciliation:
        return Reconciliation(state=Reconciled.UNDECIDABLE)

    def check(self, payload: Any) -> Any:
        self.asked.append("check")
        return self.check_says() if callable(self.check_says) else self.check_says

    def health(self) -> Any:
        self.asked.append("health")
        return self.health_says

    def quota(self) -> Any:
        self.asked.append("quota")
        return self.quota_says


class Registered:
    """The services that stand in now, by channel."""

    services: ClassVar[dict[str, Service]] = {}
    made = 0


def registered(channel: str, number: int) -> Service:
    """Return the service that stands in for *channel*: what the settings name as its maker."""
    return Registered.services[channel]


@contextmanager
def with_service(channel: str, **limits: Any) -> Iterator[Service]:
    """Let a service stand in for *channel*."""
    Registered.made += 1  # an adapter is kept for its values: each has a number of its own
    service = Registered.services[channel] = Service(channel)
    named = {"adapter": f"{__name__}.registered", "channel": channel, "number": Registered.made}
    others = getattr(settings, "OTP_POLICY_CHANNELS", {})
    with override_settings(OTP_POLICY_CHANNELS={**others, channel: {**named, **limits}}):
        yield service
    del Registered.services[channel]


def read_in_english(office: Any) -> None:
    """Let everybody of the office read the admin in English."""
    UserProfile.objects.bulk_create(
        [UserProfile(user=user, preferred_language="en") for user in office.users.values()]
    )
