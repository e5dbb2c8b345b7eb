"""The same project with the plugin in it, wired as the plugin's system checks ask for."""

from .stock_settings import *  # noqa: F403

INSTALLED_APPS = [
    "otp_policy.wagtail",
    "otp_policy.wagtail.syndication",
    "wagtail_modeladmin",
    *INSTALLED_APPS,  # noqa: F405
]
MIDDLEWARE = [
    *MIDDLEWARE,  # noqa: F405
    "otp_policy.wagtail.middleware.RefusalMiddleware",
    "otp_policy.wagtail.middleware.FileCacheMiddleware",
]
ROOT_URLCONF = "tests.ungoverned.urls"
WAGTAIL_FINISH_WORKFLOW_ACTION = "otp_policy.wagtail.finish.finish_workflow"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "otp_policy.wagtail.document_forms.GovernedDocumentForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
