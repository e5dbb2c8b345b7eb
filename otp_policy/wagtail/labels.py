"""Labels of policy and law files in the reader's language."""

from django.utils.functional import lazy
from django.utils.translation import get_language

from otp_policy.entries import Label

__all__ = ["in_language", "localised"]


def in_language(label: Label) -> str:
    """Return *label* in English for readers of English, and else in Thai."""
    return label.en if (get_language() or "th").startswith("en") else label.th


localised = lazy(in_language, str)
