"""What `manage.py check` says of the procurement settings."""

from typing import Any

from django.core.checks import Error, register

from otp_policy.procurement.ocds.publication import OcdsError

from .conf import methods_in_use, ocds_prefix, publication


@register()
def check_procurement_settings(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Return what is wrong with the prefix of the open data, and with the file of methods."""
    found = []
    try:
        publication()
    except OcdsError:
        hint = "The prefix looks like `ocds-` and six small letters or digits."
        found.append(
            Error(
                f"OTP_POLICY_OCDS: `{ocds_prefix()}` is no prefix.",
                hint=hint,
                id="otp_policy_procurement.E001",
            )
        )
    try:
        methods_in_use()
    except (OSError, ExceptionGroup) as error:
        found.append(
            Error(
                f"OTP_POLICY_PROCUREMENT_METHODS: {error}",
                hint="Write it in the form of otp_policy/data/procurement/methods.toml.",
                id="otp_policy_procurement.E002",
            )
        )
    return found
