"""Every setting of the procurement forms, each with its default."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation

from otp_policy.procurement.methods import Methods, load_methods, shipped_methods
from otp_policy.procurement.ocds.publication import Publication, is_placeholder
from otp_policy.wagtail.conf import office_name, public_base_url

# The prefix that stands in until the Open Contracting Partnership has registered the office's own.
NO_PREFIX = "ocds-000000"


def methods_in_use() -> Methods:
    """Return the ways of buying that the office knows (`OTP_POLICY_PROCUREMENT_METHODS`)."""
    path = getattr(settings, "OTP_POLICY_PROCUREMENT_METHODS", "")
    return _methods_from(str(path)) if path else shipped_methods()


@lru_cache(maxsize=4)
def _methods_from(path: str) -> Methods:
    return load_methods(path)


def ocds_settings() -> dict[str, Any]:
    """Return what the office says of its open data (`OTP_POLICY_OCDS`)."""
    return dict(getattr(settings, "OTP_POLICY_OCDS", {}))


def ocds_prefix() -> str:
    """Return the prefix of the office's `ocid`s."""
    return str(ocds_settings().get("prefix") or NO_PREFIX)


def is_draft() -> bool:
    """Tell whether the open data is a draft: its prefix only stands in for a registered one."""
    return is_placeholder(ocds_prefix())


def publication() -> Publication:
    """Return who publishes the open data, and under which prefix."""
    given = ocds_settings()
    return Publication(
        prefix=ocds_prefix(),
        publisher=publisher_name(),
        publisher_uri=public_base_url(),
        license=str(given.get("license", "")),
        policy=str(given.get("policy", "")),
        identifier_scheme=str(given.get("identifier_scheme", "")),
    )


def publisher_name() -> str:
    """Return the name of the office, as its forms and its open data write it."""
    with translation.override(settings.LANGUAGE_CODE):
        return office_name()
