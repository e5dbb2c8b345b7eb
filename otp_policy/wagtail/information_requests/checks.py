"""What `manage.py check` says of the keys and of the category and unit of the cases."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from otp_policy.wagtail.conf import current_policy

from .conf import field_keys, intake_unit, request_category
from .encryption import cipher

_MAKE_ONE = (
    "Set FIELD_KEYS in the environment. One key: python -c 'from cryptography.fernet import "
    "Fernet; print(Fernet.generate_key().decode())'. Keep it apart from the database's backups."
)


@register()
def check_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that a key is wrong, or that there is none and requests cannot be taken in."""
    if not field_keys():
        return [
            Warning(
                "there is no key for personal data: no request for information is taken in",
                hint=_MAKE_ONE,
                id="otp_policy_requests.W001",
            )
        ]
    try:
        cipher()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=_MAKE_ONE, id="otp_policy_requests.E001")]
    return []


@register(Tags.security, deploy=True)
def check_keys_in_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that a site which is meant for the public has no key."""
    if field_keys() or settings.DEBUG:
        return []
    return [
        Error(
            "there is no key for personal data: the form for requests is closed",
            hint=_MAKE_ONE,
            id="otp_policy_requests.E002",
        )
    ]


@register()
def check_place(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that the policy does not know the category or the unit of the cases."""
    found: list[CheckMessage] = []
    try:
        policy = current_policy()
    except ExceptionGroup:
        return []  # otp_policy.E001 says it
    if request_category() not in policy.categories:
        found.append(
            Error(
                f"OTP_POLICY_REQUEST_CATEGORY: the policy has no category `{request_category()}`",
                hint=f"Set it to one of {', '.join(policy.categories)}.",
                id="otp_policy_requests.E003",
            )
        )
    if intake_unit() not in policy.units:
        found.append(
            Error(
                f"OTP_POLICY_REQUEST_UNIT: the policy has no unit `{intake_unit()}`",
                hint=f"Set it to one of {', '.join(policy.units)}.",
                id="otp_policy_requests.E004",
            )
        )
    return found
