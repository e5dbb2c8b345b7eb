"""System checks: the page type that publishes reports is there and under the policy."""

from typing import Any

from django.core import checks

from .conf import page_type
from .publishing import page_model


@checks.register()
def check_page_type(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The setting names a page type under the policy, or reports cannot be published by a click."""
    try:
        page_model()
    except (LookupError, ValueError):
        return [
            checks.Warning(
                f"`{page_type()}` is no page type under the policy: reports cannot be published",
                hint="Name one in OTP_POLICY_REPORT_PAGE_TYPE, as `app.Model`.",
                id="otp_policy_reports.W001",
            )
        ]
    return []
