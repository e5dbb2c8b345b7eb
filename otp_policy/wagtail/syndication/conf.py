"""Settings of the outbox, each with its default, and the adapters that they make."""

from functools import lru_cache

from django.conf import settings

from otp_policy.channels.base import Adapter


def lease_seconds() -> float:
    """Return how long a dispatcher may hold a delivery; longer than any single HTTP call."""
    return float(getattr(settings, "OTP_POLICY_LEASE_SECONDS", 30.0))


def timeout_seconds() -> tuple[float, float]:
    """Return the connect and read time-outs of a call; their sum is below the lease."""
    return tuple(getattr(settings, "OTP_POLICY_CHANNEL_TIMEOUT", (5.0, 15.0)))


def look_again_seconds() -> tuple[float, ...]:
    """
    Return when to look again for a message that was not there, in seconds after the first look.

    The services may show a message late. Only after the last look is it taken as never sent.
    """
    return tuple(getattr(settings, "OTP_POLICY_LOOK_AGAIN_SECONDS", (5.0, 15.0, 30.0)))


def workers() -> int:
    """Return how many deliveries one dispatcher sends at the same time."""
    return int(getattr(settings, "OTP_POLICY_SEND_WORKERS", 4))


def adapter_for(channel: str) -> Adapter | None:
    """Return the adapter of *channel*, or None: then the owner unit posts by hand."""
    line = tuple(sorted(getattr(settings, "OTP_POLICY_LINE", {}).items()))
    facebook = tuple(sorted(getattr(settings, "OTP_POLICY_FACEBOOK", {}).items()))
    if channel == "line":
        return _line(line, timeout_seconds())
    if channel == "facebook":
        return _facebook(facebook, timeout_seconds())
    return None


@lru_cache(maxsize=4)
def _line(values: tuple[tuple[str, str], ...], timeout: tuple[float, float]) -> Adapter | None:
    from otp_policy.channels.line import LineAdapter, LineConfig

    given = dict(values)
    if not given.get("access_token") and not (
        given.get("channel_id") and given.get("channel_secret")
    ):
        return None
    return LineAdapter(LineConfig(timeout=timeout, **given))


@lru_cache(maxsize=4)
def _facebook(values: tuple[tuple[str, str], ...], timeout: tuple[float, float]) -> Adapter | None:
    from otp_policy.channels.facebook import FacebookAdapter, FacebookConfig

    given = dict(values)
    if not given.get("page_id") or not given.get("page_token"):
        return None
    return FacebookAdapter(FacebookConfig(timeout=timeout, **given))
