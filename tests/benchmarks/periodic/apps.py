"""The Django app of the peer."""

from django.apps import AppConfig


class PeriodicConfig(AppConfig):
    """Has one page type."""

    name = "tests.benchmarks.periodic"
    label = "periodic"
    default_auto_field = "django.db.models.BigAutoField"
