"""The Django app of the test page type."""

from django.apps import AppConfig


class ExhibitsConfig(AppConfig):
    name = "tests.exhibits"
    label = "exhibits"
