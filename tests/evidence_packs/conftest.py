"""The office of the plugin's tests."""

# Its models look at the class of days, which is another one while a test has stopped the clock.
import linebot.v3.messaging  # noqa: F401

from tests.plugin.conftest import founded, fresh_process, office, same_for_the_module

__all__ = ["founded", "fresh_process", "office", "same_for_the_module"]
