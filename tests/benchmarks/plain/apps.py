"""The Django app of the peer."""

from django.apps import AppConfig


class PlainConfig(AppConfig):
    """Has one page type."""

    name = "tests.benchmarks.plain"
    label = "plain"
    default_auto_field = "django.db.models.BigAutoField"
