"""Settings of the tests: the shipped site's, with quick passwords and no real channel."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for-tests-only")
os.environ.setdefault("OTP_VAR_DIR", tempfile.mkdtemp(prefix="otp-policy-tests-"))
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("FIELD_KEYS", "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE=")

from otp_site.settings import *  # noqa: F403

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# No server answers at the site's public name: the same middleware and views are asked here.
OTP_POLICY_WEBSITE_CHECK = "inside"
# Looking again after seconds is for real services; the sandbox shows a post at once.
OTP_POLICY_LOOK_AGAIN_SECONDS = (0.0, 0.0)
# Every test asks from one address; those of the limit set it.
OTP_POLICY_SEARCHES_A_MINUTE = 0
# A page type made of everything that a page can be made of, one that is not governed, and the API
# that the site leaves out.
INSTALLED_APPS = [
    *INSTALLED_APPS,  # noqa: F405
    "tests.exhibits",
    "tests.leaflets",
    "wagtail.contrib.settings",
    "wagtail.api.v3",
]
ROOT_URLCONF = "tests.urls"
# No test follows links unless it asks for it.
OTP_POLICY_LINKS_EVERY_DAYS = 0
