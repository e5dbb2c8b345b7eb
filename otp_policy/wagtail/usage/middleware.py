"""Counts what readers are given; it stands above what keeps pages, so that those count too."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from otp_policy.wagtail.conf import office_day

from .counting import counting
from .noticing import noticed


class UsageMiddleware:
    """Counts after the answer is made: no query, and no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        things = noticed(request, response)
        if things:
            counting.add(office_day(), things)
        return response
