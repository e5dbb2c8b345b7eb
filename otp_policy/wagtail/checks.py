"""System checks: the project is wired so that the measures can hold."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.db.models import ManyToManyField
from django.urls import Resolver404, resolve
from modelcluster.fields import ParentalManyToManyField

from .conf import current_policy, policy_source

FINISH_ACTION = "otp_policy.wagtail.finish.finish_workflow"
DOCUMENT_FORM = "otp_policy.wagtail.document_forms.GovernedDocumentForm"
MIDDLEWARE = "otp_policy.wagtail.middleware.RefusalMiddleware"
FILE_MIDDLEWARE = "otp_policy.wagtail.middleware.FileCacheMiddleware"


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
    """Workflows end with our action, documents stay whole, and refusals can say why."""
    from wagtail.documents.forms import get_document_base_form

    from .document_forms import GovernedDocumentForm

    found: list[checks.CheckMessage] = []
    if getattr(settings, "WAGTAIL_FINISH_WORKFLOW_ACTION", "") != FINISH_ACTION:
        found.append(
            checks.Error(
                "a finished workflow would publish the latest revision, not the approved one",
                hint=f'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "{FINISH_ACTION}".',
                id="otp_policy.E003",
            )
        )
    if not issubclass(get_document_base_form(), GovernedDocumentForm):
        found.append(
            checks.Error(
                "a refused change of a document would still delete the file that is live",
                hint=f'Set WAGTAILDOCS_DOCUMENT_FORM_BASE = "{DOCUMENT_FORM}", or derive yours '
                "from it.",
                id="otp_policy.E006",
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


@checks.register(checks.Tags.models)
def check_fields(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Every relation of a governed page type is in the digest, or named as ungoverned."""
    from .models import governed_models

    return [
        checks.Error(
            f"{model.__name__}.{field.name} would change without an approval",
            hint="Use modelcluster's ParentalManyToManyField, which is saved with the page, or "
            "name the field in ungoverned_fields if the public never sees it.",
            obj=model,
            id="otp_policy.E004",
        )
        for model in governed_models()
        for field in model._meta.many_to_many
        if is_outside_digest(field) and field.name in model.governed_fields()
    ]


def is_outside_digest(field: Any) -> bool:
    """Tell whether *field* is a relation that no revision keeps; tags are kept as child rows."""
    return isinstance(field, ManyToManyField) and not isinstance(field, ParentalManyToManyField)


@checks.register(checks.Tags.models)
def check_shown_settings(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """The settings that a governed page type says it shows exist."""
    from .models import governed_models

    found: list[checks.CheckMessage] = []
    for model in governed_models():
        for label in model.shown_settings:
            try:
                apps.get_model(label)
            except (LookupError, ValueError):
                found.append(
                    checks.Error(
                        f"{model.__name__} shows the setting `{label}`, which does not exist",
                        hint="Name it as `app.Model`.",
                        obj=model,
                        id="otp_policy.E005",
                    )
                )
    return found


@checks.register(checks.Tags.urls)
def check_files(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Files reach the public through the views that ask whether they are published."""
    found: list[checks.CheckMessage] = []
    if getattr(settings, "WAGTAILDOCS_SERVE_METHOD", None) != "serve_view":
        found.append(
            checks.Error(
                "documents may be served by the address of the storage, published or not",
                hint='Set WAGTAILDOCS_SERVE_METHOD = "serve_view".',
                id="otp_policy.E007",
            )
        )
    if not _media_is_guarded():
        found.append(
            checks.Error(
                "images are served without asking whether they are published",
                hint="Put otp_policy.wagtail.media_urls into the URLs, before anything that "
                "serves MEDIA_URL, and let no web server serve MEDIA_ROOT.",
                id="otp_policy.E008",
            )
        )
    if FILE_MIDDLEWARE not in settings.MIDDLEWARE:
        found.append(
            checks.Error(
                "a cache may serve files before they are public, and after",
                hint=f'Add "{FILE_MIDDLEWARE}" to MIDDLEWARE.',
                id="otp_policy.E009",
            )
        )
    return found


def _media_is_guarded() -> bool:
    from .file_views import media

    try:
        return resolve(f"{settings.MEDIA_URL}images/any.png").func is media
    except Resolver404:
        return False
