"""
Parts of the plugin's screens that an app beside it brings, so that the app may be left out.

A function registered for Wagtail's hook `otp_policy_screen_parts` gets the place and what the
screen is about, and returns components for it.
"""

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail import hooks

HOOK = "otp_policy_screen_parts"


def render_parts(place: str, context: Any, **about: Any) -> SafeString:
    """
    Return what other apps show at *place*, rendered.

    Args:
        place: `side_panel`, `decision`, `withdrawal`, `slot`, `calendar`, `item` or `waiting`.
        context: The context of the template that has the place.
        about: What the screen is about there: `page`, `action`, `withdrawal`, `channel`, `user`.
    """
    components = [
        component for part in hooks.get_hooks(HOOK) for component in part(place, **about) or ()
    ]
    return mark_safe("".join(component.render_html(context) for component in components))
