"""System checks of `OTP_POLICY_CHANNELS`: what would else be found by the first message."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from otp_policy.channels.line_message import BROADCASTS_PER_HOUR
from otp_policy.wagtail.conf import current_policy

from .conf import WARN_OF_END_DAYS
from .registry import LIMITS, configured, shipped_config

__all__ = ["check_channels", "check_days_of_warning"]

_SHAPE = 'Write {"channel": {"adapter": "line", …}}, as in docs/how-to/run-the-channels.md.'


@checks.register()
def check_channels(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Each channel of the settings is one of the policy, and its adapter can be made."""
    said = getattr(settings, "OTP_POLICY_CHANNELS", {})
    if not isinstance(said, Mapping) or not all(isinstance(one, Mapping) for one in said.values()):
        return [_wrong("E021", "OTP_POLICY_CHANNELS does not map channels to their values", _SHAPE)]
    found = list(_strangers(said))
    for channel, config in configured().items():
        found += [*_about_limits(channel, config), *_about_adapter(channel, config)]
    return found


@checks.register()
def check_days_of_warning(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The days before the end of an access are days."""
    said = getattr(settings, WARN_OF_END_DAYS, ())
    if isinstance(said, list | tuple) and all(type(one) is int and one > 0 for one in said):
        return []
    what = f"{WARN_OF_END_DAYS} is `{said!r}`"
    return [_wrong("E025", what, "Give a list of whole numbers from 1 on, such as [14, 7, 1].")]


def _wrong(number: str, what: str, hint: str) -> checks.CheckMessage:
    kind = checks.Warning if number.startswith("W") else checks.Error
    return kind(what, hint=hint, id=f"otp_policy.{number}")


def _strangers(said: Mapping[str, Any]) -> Iterator[checks.CheckMessage]:
    """Find channels on which nothing is ever sent; a policy that does not load is E001."""
    try:
        channels = current_policy().channels
    except ExceptionGroup:
        return
    sent = [name for name, entry in channels.items() if entry.requires_live]
    for name in said:
        if name not in sent:
            what = f"OTP_POLICY_CHANNELS names `{name}`, on which the policy sends nothing"
            yield _wrong("E021", what, f"Name one of {', '.join(sent)}, or add it to the policy.")


def _about_limits(channel: str, config: Mapping[str, Any]) -> Iterator[checks.CheckMessage]:
    for name in LIMITS:
        limit = config.get(name)
        if limit is None:
            continue
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
            what = f"`{name}` of the channel `{channel}` is `{limit!r}`"
            hint = "Give a whole number from 1 on. To send nothing, switch the channel off."
            yield _wrong("E024", what, hint)
        elif name == "per_hour" and config.get("adapter") == "line" and limit > BROADCASTS_PER_HOUR:
            what = f"`per_hour` of the channel `{channel}` is `{limit}`, more than LINE takes"
            yield _wrong("W003", what, f"LINE takes {BROADCASTS_PER_HOUR} broadcasts an hour.")


def _about_adapter(channel: str, config: Mapping[str, Any]) -> Iterator[checks.CheckMessage]:
    given = {name: value for name, value in config.items() if name not in LIMITS}
    named = given.pop("adapter", "")
    try:
        shipped = shipped_config(named) if isinstance(named, str) else None
        maker = shipped[0] if shipped else import_string(named)
    except (ImportError, TypeError, AttributeError) as error:
        what = f"the channel `{channel}` has no adapter `{named}`: {error}"
        yield _wrong("E022", what, "Name `line`, `facebook`, or a dotted path to a callable.")
        return
    if not callable(maker):
        what = f"the adapter `{named}` of the channel `{channel}` cannot be called"
        yield _wrong("E022", what, "Name a callable that returns an adapter, or None.")
    elif shipped and not any(all(map(given.get, names)) for names in shipped[1]):
        yield from _without_access(channel, given, shipped[1], maker)
    else:
        yield from _about_values(channel, named, maker, given)


def _without_access(
    channel: str, given: Mapping[str, Any], access: tuple[tuple[str, ...], ...], config: Any
) -> Iterator[checks.CheckMessage]:
    """Without credentials a person posts by hand; with half of them, somebody forgot the rest."""
    half = any(given.get(name) for names in access for name in names)
    if half:
        wanted = " or ".join(" and ".join(f"`{name}`" for name in names) for names in access)
        what = f"the channel `{channel}` is posted on by hand: its credentials are not complete"
        yield _wrong("W002", what, f"Set {wanted}; or none of them, if it is so meant.")
    unknown = given.keys() - inspect.signature(config).parameters.keys()
    if unknown:
        names = ", ".join(f"`{name}`" for name in sorted(unknown))
        what = f"the channel `{channel}` has values that its adapter does not know: {names}"
        yield _wrong("E023", what, "Correct their names, or take them out.")


def _about_values(
    channel: str, named: str, maker: Any, given: Mapping[str, Any]
) -> Iterator[checks.CheckMessage]:
    """Find values that are missing or unknown; what they say is not looked at, nor told."""
    try:
        signature = inspect.signature(maker)
    except ValueError:  # some callables do not tell what they take
        return
    try:
        signature.bind(**given)
    except TypeError as error:
        what = f"the adapter `{named}` of the channel `{channel}` cannot be made: {error}"
        yield _wrong("E023", what, "Give what it takes by name, and nothing else.")
