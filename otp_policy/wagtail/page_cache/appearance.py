"""What a page looks like besides what the database says: its templates, words and policy."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template import engines

from otp_policy.wagtail.conf import policy_source

__all__ = ["appearance"]


def appearance() -> str:
    """
    Return a word for the files of which pages are made: another one after each update of the site.

    Servers that are updated one after the other share nothing meanwhile.
    """
    return _appearance(policy_source())


@cache
def _appearance(policy: str) -> str:
    files = sorted({path for path in [Path(policy), *_files()] if path.is_file()})
    found = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return sha256(repr((policy, found)).encode()).hexdigest()[:16]


def _files() -> Iterator[Path]:
    for engine in engines.all():
        for folder in engine.template_dirs:
            yield from Path(folder).rglob("*.*")
    translated = [Path(config.path) / "locale" for config in apps.get_app_configs()]
    for folder in [*translated, *map(Path, settings.LOCALE_PATHS)]:
        yield from folder.rglob("*.mo")
