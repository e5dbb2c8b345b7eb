"""Template tags of the shipped site."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.translation import get_language

from home.models import CategoryPage
from otp_policy.wagtail import conf

register = template.Library()
register.simple_tag(conf.office_name)
register.simple_tag(conf.office_mark)


@register.simple_tag(takes_context=True)
def language_links(context: Any) -> list[dict[str, object]]:
    """Return this address in every language of the site."""
    request = context.get("request")
    path = request.get_full_path() if request else "/"
    current = get_language() or settings.LANGUAGE_CODE
    links: list[dict[str, object]] = []
    for code, name in settings.LANGUAGES:
        url = translate_url(path, code)
        absolute = request.build_absolute_uri(url.partition("?")[0]) if request else url
        links.append(
            {
                "code": code,
                "name": name,
                "url": url,
                "absolute_url": absolute,
                "current": code == current,
            }
        )
    return links


@register.simple_tag
def local_url(path: str) -> str:
    """
    Return the address of *path*, as `search/`, in the reader's language.

    It names no view: the header has to stand where an office leaves one of them out.
    """
    language = get_language() or settings.LANGUAGE_CODE
    prefix = "" if language == settings.LANGUAGE_CODE else f"{language}/"
    return f"/{prefix}{path}"


@register.simple_tag(takes_context=True)
def sections_of_site(context: Any) -> list[CategoryPage]:
    """Return the live category pages in the policy's order, read once for a request."""
    request = context.get("request")
    return CategoryPage.of_request(request) if request else []
