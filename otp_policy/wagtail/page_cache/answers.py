"""Which answers are kept, what of them, and how one that was kept is given to the next reader."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, has_vary_header, patch_cache_control
from django.utils.http import quote_etag

from .conf import largest_bytes

__all__ = ["Kept", "may_keep"]

_DIGEST = "X-Disclosure-Digest"
_PRIVATE = ("private", "no-store")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was made."""

    headers: tuple[tuple[str, str], ...]
    content: bytes

    @classmethod
    def of(cls, response: HttpResponse) -> "Kept":
        """Return what is kept of *response*, with a tag by which a reader asks whether it holds."""
        if not response.has_header("ETag"):
            response["ETag"] = quote_etag(sha256(response.content).hexdigest()[:32])
        if not response.has_header("Cache-Control"):
            # A reader's own copy is asked about each time: what is taken down is gone at once.
            patch_cache_control(response, public=True, no_cache=True)
        return cls(headers=tuple(response.items()), content=response.content)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the answer to *request*: that nothing changed, if the reader's copy holds."""
        response = HttpResponse(self.content, headers=dict(self.headers))
        answered = get_conditional_response(request, etag=response["ETag"], response=response)
        if answered is not response and response.has_header(_DIGEST):
            answered[_DIGEST] = response[_DIGEST]
        found: HttpResponse = answered
        return found


def may_keep(request: HttpRequest, response: Any) -> bool:
    """Tell whether *response* is the same for everybody, as far as it can tell itself."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE")  # a form is in it
        and not any(word in response.get("Cache-Control", "") for word in _PRIVATE)
        and _varies_by_cookie_at_most(response)
        and not response.has_header("Content-Encoding")
        and len(response.content) <= largest_bytes()
    )


def _varies_by_cookie_at_most(response: Any) -> bool:
    varied = [name.strip().lower() for name in response.get("Vary", "").split(",")]
    return not has_vary_header(response, "*") and set(varied) <= {"", "cookie"}
