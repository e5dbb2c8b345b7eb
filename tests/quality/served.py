"""The site with one item of every page type, on the loopback, for programs that judge its pages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.serving import gunicorn

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "var" / "tools"
PREFIXES = ("", "/en")
FRAME = (
    *("/", "/basic-information/", "/integrity-declaration/", "/plans-and-performance/"),
    *("/news/", "/procurement/", "/other/", "/procurement/ocds/", "/disclosure/"),
    *("/disclosure/?state=overdue", "/corrections/", "/responsibilities/"),
    *("/search/", "/search/?q=ข่าว"),
    *("/search/?q=เผยแพ่ร", "/search/?q=ฌฌฌฌ", "/accessibility/", "/privacy/"),
)


def set_up_site() -> None:
    """Make a site of its own in a temporary folder."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    folder = Path(tempfile.mkdtemp(prefix="otp-policy-quality-"))
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "OTP_POLICY_WEBSITE_CHECK": "inside",
        "OTP_VAR_DIR": str(folder),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}:{os.environ.get('PYTHONPATH', '')}",
        "SECRET_KEY": "for-this-run-only",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def publish_samples() -> dict[str, str]:
    """Publish one item of every page type, correct one and withdraw one; return the addresses."""
    from otp_policy.wagtail import withdrawals
    from otp_policy.wagtail.publishing import publish_due
    from tests.office import Office
    from tests.pages import samples

    office = Office()
    pages = samples.published(office)
    addresses = {name: page.url for name, page in pages.items()}
    corrected = office.publish(office.draft(title="ข่าวที่แก้ไข", title_en="Corrected news"))
    office.publish(office.edit(corrected, summary="สรุปที่แก้ไขแล้ว"))
    gone = office.publish(office.draft(title="ข่าวที่ถอน", title_en="News withdrawn"))
    withdrawals.take_down(gone, office["publisher.web"], reason="ประกาศซ้ำกับข่าวเดิม")
    publish_due()
    return {
        **addresses,
        "corrected": corrected.url,
        "prior version": f"{corrected.url}versions/1/",
        "tombstone": gone.url,
    }


@contextmanager
def site_served() -> Iterator[str]:
    """Serve the site; yield its address."""
    with gunicorn(threads=4) as port:
        yield f"http://127.0.0.1:{port}"


def need(*programs: str) -> None:
    """End this run, with the reason, where a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        print(f"left out: {', '.join(missing)} is not there")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)


def npm_tool(name: str, version: str) -> Path:
    """Install a tool of this version, unless it is there, and return its folder."""
    folder = TOOLS / name / version
    package = folder / "node_modules" / name
    if not package.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*command, "--prefix", str(folder), f"{name}@{version}"], check=True)
    return package
