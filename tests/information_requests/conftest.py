"""The office of the plugin's tests."""

from tests.plugin.conftest import founded, fresh_process, office, same_for_the_module

__all__ = ["founded", "fresh_process", "office", "same_for_the_module"]
