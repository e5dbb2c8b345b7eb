"""The app of the leaflets."""

from django.apps import AppConfig


class LeafletsConfig(AppConfig):
    """An app of an office that the measures do not concern."""

    name = "tests.leaflets"
    label = "leaflets"
    default_auto_field = "django.db.models.BigAutoField"
