"""A site of its own with an office in it, in a process of its own."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY
from tests.migrated import copy_migrated
from tests.site.conftest import free_port, wait_for_port

SPEAK = """
import django; django.setup()
from django.contrib.auth import get_user_model
from wagtail.users.models import UserProfile
for user in get_user_model().objects.all():
    UserProfile.objects.update_or_create(user=user, defaults={{"preferred_language": "{language}"}})
"""


class OfficeSite:
    """The shipped site on SQLite, with the scene of `tests.browser.scene` in it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "SECRET_KEY": "for-tests-only",
            "OTP_VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
            "EMAIL_URL": "dummymail://",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}:{os.environ.get('PYTHONPATH', '')}",
            "PORT": str(self.port),
        }
        copy_migrated(folder / "site.sqlite3", "tests.settings")
        scene = json.loads(self._run("-m", "tests.browser.scene"))
        # What `tests.browser.scene` says of itself.
        self.scene: dict[str, Any] = scene
        with (folder / "site.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{self.port}",
                 "--threads=4", "otp_site.wsgi:application"],
                cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        wait_for_port(self.port, 90)
        urllib.request.urlopen(f"{self.url}/admin/login/").close()

    def speak(self, language: str) -> None:
        """Let everybody's profile choose *language*, which the admin follows, not the browser."""
        self._run("-c", SPEAK.format(language=language))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def stop(self) -> None:
        """End the process that this started."""
        self.process.terminate()
        self.process.wait(30)
