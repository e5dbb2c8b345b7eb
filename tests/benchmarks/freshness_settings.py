"""The shipped site's settings, and wagtail-periodic-review beside them."""

from otp_site.settings import *  # noqa: F403

INSTALLED_APPS = [
    *INSTALLED_APPS,  # noqa: F405
    "wagtail.contrib.settings",
    "wagtail_periodic_review",
    "tests.benchmarks.periodic",
]
