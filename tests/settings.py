"""Settings of the tests: the shipped site's, with quick passwords and no real channel."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for-tests-only")
os.environ.setdefault("OTP_VAR_DIR", tempfile.mkdtemp(prefix="otp-policy-tests-"))
os.environ.setdefault("EMAIL_URL", "memorymail://")

from otp_site.settings import *  # noqa: F403

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Looking again after seconds is for real services; the sandbox shows a post at once.
OTP_POLICY_LOOK_AGAIN_SECONDS = (0.0, 0.0)
