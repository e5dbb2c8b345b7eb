"""What every answer of the API has: an `ETag`, and leave for any site to read it."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import conditional_page

__all__ = ["readable_by_programs"]

READING = "GET, HEAD, OPTIONS"


def readable_by_programs(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """Return these patterns with views that answer conditional and cross-origin requests."""
    return [
        URLPattern(pattern.pattern, _readable(pattern.callback), pattern.default_args, pattern.name)
        for pattern in patterns
    ]


def _readable(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    conditional = conditional_page(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": READING})
            response["Access-Control-Allow-Methods"] = READING
            response["Access-Control-Allow-Headers"] = "If-None-Match"
        elif request.method == "HEAD":
            request.method = "GET"  # Django drops the body of the answer by itself
            response = conditional(request, *args, **kwargs)
            request.method = "HEAD"
        else:
            response = conditional(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag"
        if response.status_code in (200, 304):
            response["Cache-Control"] = "no-cache"  # asked again each time, and mostly not changed
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # nothing is ever written here
    return answer
