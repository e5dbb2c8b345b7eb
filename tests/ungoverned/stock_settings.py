"""Settings of Wagtail's own test project, as the installed package brings them."""

import os
import tempfile

from wagtail.test.settings import *  # noqa: F403

# Wagtail would write below its own package.
STATIC_ROOT = tempfile.mkdtemp(prefix="wagtail-static-")
MEDIA_ROOT = tempfile.mkdtemp(prefix="wagtail-media-")
TEST_RUNNER = "tests.ungoverned.outcomes.OutcomeRunner"

# The file of SQLite that the runs start from. PostgreSQL is chosen by Wagtail's own variables.
if database := os.environ.get("OTP_TEST_DATABASE"):
    DATABASES["default"].update(  # noqa: F405
        NAME=database, TEST={"NAME": database}, OPTIONS={"init_command": "PRAGMA synchronous=OFF;"}
    )
