"""Bounds on what anybody may send: per client, and all together. No captcha of a third party."""

from django.http import HttpRequest

from otp_policy.wagtail.clients import is_within, is_within_for_all

from .conf import all_requests_an_hour, looks_an_hour, requests_an_hour

__all__ = ["SECONDS", "may_look", "may_send"]

SECONDS = 3600
_SENT = "otp_policy.requests.sent"
_ALL = "otp_policy.requests.all"
_LOOKED = "otp_policy.requests.looked"


def may_send(request: HttpRequest) -> bool:
    """Count a request that is sent, and tell whether it may be."""
    return is_within(
        request, _SENT, most=requests_an_hour(), seconds=SECONDS
    ) and is_within_for_all(_ALL, most=all_requests_an_hour(), seconds=SECONDS)


def may_look(request: HttpRequest) -> bool:
    """Count a try of a number and a secret, and tell whether the client may."""
    return is_within(request, _LOOKED, most=looks_an_hour(), seconds=SECONDS)
