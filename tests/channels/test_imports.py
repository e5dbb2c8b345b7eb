"""What may be imported where: the sandbox and the words run without any SDK."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FOREIGN = ("linebot", "pyfacebook", "requests", "urllib3", "pydantic", "django")


SDK_FREE = (
    "base",
    "facebook_message",
    "facebook_preview",
    "last_look",
    "line_message",
    "line_preview",
    "preview",
    "readings",
    "redaction",
    "sandbox",
    "units",
)


@pytest.mark.parametrize("name", SDK_FREE)
def test_base_and_sandbox_need_no_sdk(name):
    code = (
        f"import sys, otp_policy.channels.{name}; "
        f"sys.exit(' '.join(set(sys.modules) & set({FOREIGN!r})))"
    )
    environ = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False
    )
    assert done.stderr.strip() == ""


@pytest.mark.parametrize("name", ["line", "facebook"])
def test_an_adapter_needs_no_django_and_not_the_other_sdk(name):
    other = {"line": "pyfacebook", "facebook": "linebot"}[name]
    code = (
        f"import sys, otp_policy.channels.{name}; "
        f"sys.exit(' '.join(set(sys.modules) & {{'django', {other!r}}}))"
    )
    environ = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False
    )
    assert done.stderr.strip() == ""
