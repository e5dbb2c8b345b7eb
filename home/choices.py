"""Choices of the page types that come from data files, so that another year needs no migration."""

from functools import lru_cache

from django.conf import settings

from otp_policy.instruments import load_assessment
from otp_policy.wagtail.labels import localised
from otp_policy.wagtail.models.choices import kind_choices


def basic_kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of basic information that the policy knows."""
    return kind_choices("basic_information")


def plans_kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of plans and reports that the policy knows."""
    return kind_choices("plans_and_performance")


@lru_cache(maxsize=4)
def _items(instrument: str) -> tuple:
    return load_assessment(instrument).item


def assessment_instrument() -> str:
    """Return the instrument of the year, a shipped id or a path (`OTP_ASSESSMENT`)."""
    return str(getattr(settings, "OTP_ASSESSMENT", "oit_2569"))


def assessment_choices() -> list[tuple[str, str]]:
    """Return the items of the assessment in force, each with its code."""
    found = _items(assessment_instrument())
    return [(item.code, labelled(item.code, item.label)) for item in found]


def labelled(code: str, label) -> str:
    """Return code and name of an item, in the reader's language when it is read."""
    return localised(type(label)(th=f"{code} {label.th}", en=f"{code} {label.en}"))
