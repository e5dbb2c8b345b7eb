"""System checks: the project is wired so that the measures can hold."""

from django.conf import settings
from django.core import checks

from .conf import current_policy, policy_source

FINISH_ACTION = "otp_policy.wagtail.finish.finish_workflow"
MIDDLEWARE = "otp_policy.wagtail.middleware.RefusalMiddleware"


@checks.register()
def check_policy(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """The policy file loads, and every governed page type names a category of it."""
    from .models import governed_models

    try:
        policy = current_policy()
    except ExceptionGroup as group:
        defects = "; ".join(str(error) for error in group.exceptions)
        return [
            checks.Error(
                f"the policy `{policy_source()}` cannot be used: {defects}",
                hint="Run `otp-policy check` on the file that OTP_POLICY_FILE names.",
                id="otp_policy.E001",
            )
        ]
    return [
        checks.Error(
            f"{model.__name__} names the category `{model.disclosure_category}`",
            hint=f"Set disclosure_category to one of {', '.join(policy.categories)}.",
            obj=model,
            id="otp_policy.E002",
        )
        for model in governed_models()
        if model.disclosure_category not in policy.categories
    ]


@checks.register()
def check_wiring(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Workflows end with our action, and refusals can say why."""
    found: list[checks.CheckMessage] = []
    if getattr(settings, "WAGTAIL_FINISH_WORKFLOW_ACTION", "") != FINISH_ACTION:
        found.append(
            checks.Error(
                "a finished workflow would publish the latest revision, not the approved one",
                hint=f'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "{FINISH_ACTION}".',
                id="otp_policy.E003",
            )
        )
    if MIDDLEWARE not in settings.MIDDLEWARE:
        found.append(
            checks.Warning(
                "people who are refused will not be told why",
                hint=f'Add "{MIDDLEWARE}" after MessageMiddleware.',
                id="otp_policy.W001",
            )
        )
    return found
