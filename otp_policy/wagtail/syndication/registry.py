"""
Which adapter speaks for a channel: settings, and the makers that they name.

`OTP_POLICY_CHANNELS = {channel: {"adapter": "line" | "facebook" | dotted path, …}}`. What is
neither `adapter` nor a limit (`per_hour`, `at_once`) goes to the maker by name. A dotted path
names a callable that returns an adapter, or None for a channel that is posted on by hand.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from otp_policy.channels.base import Adapter

LIMITS = ("per_hour", "at_once")
# The settings of the two channels that an office had before a policy could have any number.
_BY_NAME_OF_CHANNEL = {"line": "OTP_POLICY_LINE", "facebook": "OTP_POLICY_FACEBOOK"}
# LINE takes 60 broadcasts an hour; some are left for a person who sends by hand.
_PER_HOUR = {"line": 50}


def configured() -> dict[str, Mapping[str, Any]]:
    """Return what the settings say of each channel, by its name."""
    old = {
        name: {"adapter": name, **values}
        for name, setting in _BY_NAME_OF_CHANNEL.items()
        if (values := getattr(settings, setting, None))
    }
    return {**old, **getattr(settings, "OTP_POLICY_CHANNELS", {})}


def adapter_for(channel: str) -> Adapter | None:
    """Return the adapter of *channel*, or None: then the owner unit posts by hand."""
    config = configured().get(channel)
    if config is None:
        return None
    # An adapter keeps its connections and tokens: made once for the values that it is made of.
    return _made(_Values(channel, config, timeout_seconds()))


def per_hour(channel: str) -> int | None:
    """Return how many messages *channel* takes in any hour, or None for any number."""
    config = configured().get(channel, {})
    usual = _PER_HOUR.get(config.get("adapter", ""))
    asked = config.get("per_hour", usual)
    return None if asked is None else int(asked)


def shipped_config(adapter: str) -> tuple[type, tuple[tuple[str, ...], ...]] | None:
    """
    Return what a shipped adapter is made of, and the sets of values any of which lets it in.

    None for a dotted path. Raises ImportError where the client of the service is not installed.
    """
    if adapter == "line":
        from otp_policy.channels.line import LineConfig

        return LineConfig, (("access_token",), ("channel_id", "channel_secret"))
    if adapter == "facebook":
        from otp_policy.channels.facebook import FacebookConfig

        return FacebookConfig, (("page_id", "page_token"),)
    return None


def at_once(channel: str) -> int | None:
    """Return how many calls to *channel* all processes may have under way, or None."""
    asked = configured().get(channel, {}).get("at_once")
    return None if asked is None else int(asked)


def timeout_seconds() -> tuple[float, float]:
    """Return the connect and read time-outs of a call."""
    return tuple(getattr(settings, "OTP_POLICY_CHANNEL_TIMEOUT", (5.0, 15.0)))


class _Values:
    """The values of one channel, compared by what they say: a setting may hold lists."""

    def __init__(self, channel: str, config: Mapping[str, Any], timeout: tuple) -> None:
        self.config = {name: value for name, value in config.items() if name not in LIMITS}
        self.timeout = timeout
        self._key = repr((channel, sorted(self.config.items(), key=lambda item: item[0]), timeout))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Values) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=256)
def _made(values: _Values) -> Adapter | None:
    given = dict(values.config)
    named = given.pop("adapter", "")
    if named in _MAKERS:
        return _MAKERS[named](given, values.timeout)
    try:
        maker = import_string(named)
    except ImportError as error:
        raise ImproperlyConfigured(f"OTP_POLICY_CHANNELS: no adapter `{named}`") from error
    return maker(**given)


def _line(given: dict[str, Any], timeout: tuple[float, float]) -> Adapter | None:
    from otp_policy.channels.line import LineAdapter, LineConfig

    if not given.get("access_token") and not (
        given.get("channel_id") and given.get("channel_secret")
    ):
        return None
    return LineAdapter(LineConfig(**{"timeout": timeout, **given}))


def _facebook(given: dict[str, Any], timeout: tuple[float, float]) -> Adapter | None:
    from otp_policy.channels.facebook import FacebookAdapter, FacebookConfig

    if not given.get("page_id") or not given.get("page_token"):
        return None
    return FacebookAdapter(FacebookConfig(**{"timeout": timeout, **given}))


_MAKERS: dict[str, Callable[[dict[str, Any], tuple[float, float]], Adapter | None]] = {
    "line": _line,
    "facebook": _facebook,
}
