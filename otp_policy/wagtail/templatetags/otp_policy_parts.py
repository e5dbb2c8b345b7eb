"""The template tag for parts of screens that other apps bring."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from ..screen_parts import render_parts

register = template.Library()


@register.simple_tag(takes_context=True)
def screen_parts(context: Any, place: str, **about: Any) -> SafeString:
    """Show what other apps have for *place*."""
    return render_parts(place, context, **about)
