"""Which answers count as reading, and what of them is kept: never who asked."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_from_path

from otp_policy.personal_data import find_personal_data
from otp_policy.thai_text.folding import fold

from .conf import robots_pattern
from .models import Kind, Use

__all__ = ["Noticed", "noticed", "words_of_search"]

_DIGEST = "X-Disclosure-Digest"
# A browser asks beforehand for what its reader may open next.
_AHEAD = ("Purpose", "X-Purpose", "Sec-Purpose", "X-Moz")
# Whoever types more describes a case.
_LONGEST_WORDS = 100
_DIGITS_OF_A_PERSON = re.compile(r"(?:\d[\s-]?){7,}")


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that somebody did; `host` tells of which site the path is."""

    kind: Kind
    name: str
    host: str = ""


def noticed(request: HttpRequest, response: Any) -> tuple[Noticed, ...]:
    """
    Return what is counted of an answer; nothing where the reader asks not to be counted.

    A copy that a browser kept and asked about (304) was read as well.
    """
    if request.method != "GET" or response.status_code not in (200, 304):
        return ()
    if not _is_reader(request):
        return ()
    found = getattr(request, "otp_policy_search", None)
    if found is not None:
        return _of_search(*found)
    path = _without_language(request.path)
    if len(path) > Use.NAME_LENGTH or path.startswith(_admin()):
        return ()
    if _is_file(request, response):
        return (Noticed(Kind.DOWNLOAD, path, request.get_host()),)
    is_page = response.get("Content-Type", "").startswith("text/html") or _DIGEST in response
    return (Noticed(Kind.VIEW, path, request.get_host()),) if is_page else ()


def words_of_search(text: str) -> str:
    """Return what is kept of a search: nothing where it may tell of somebody."""
    words = " ".join(fold(text).split())
    is_personal = "@" in words or _DIGITS_OF_A_PERSON.search(words)
    if not words or len(words) > _LONGEST_WORDS or is_personal:
        return ""
    return "" if find_personal_data(text, field="q") else words


def _of_search(text: str, number: int) -> tuple[Noticed, ...]:
    words = words_of_search(text)
    searched = Noticed(Kind.SEARCH, words)
    return (searched,) if number else (searched, Noticed(Kind.FOUND_NOTHING, words))


def _is_reader(request: HttpRequest) -> bool:
    headers = request.headers
    if headers.get("DNT") == "1" or headers.get("Sec-GPC") == "1":
        return False
    if any("prefetch" in headers.get(name, "") for name in _AHEAD):
        return False
    # People of the office look at their own pages all day; the session says nothing but that.
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    agent = headers.get("User-Agent", "")
    return bool(agent) and not _robots().search(agent)


@cache
def _admin() -> str:
    return reverse("wagtailadmin_home")


def _is_file(request: HttpRequest, response: Any) -> bool:
    if response.has_header("Content-Disposition"):
        return True
    match = request.resolver_match
    return match is not None and match.url_name == "wagtaildocs_serve"


def _without_language(path: str) -> str:
    language = get_language_from_path(path)
    prefix = f"/{language}/"
    return path[len(prefix) - 1 :] if language and path.startswith(prefix) else path


@cache
def _robots() -> re.Pattern[str]:
    return re.compile(robots_pattern(), re.IGNORECASE)
