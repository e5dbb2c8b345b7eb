"""The shipped site's settings, and the peer's page type."""

from otp_site.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.benchmarks.plain"]  # noqa: F405
