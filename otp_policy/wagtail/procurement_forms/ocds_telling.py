"""
Tells what is new of contracting processes, in the transaction in which an item goes live or leaves.

A release is kept as it was made. What cannot be told as open data never keeps an item from going
live: the owning unit gets a notice that says why, and it is told once it can be.
"""

import json
import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save
from django.utils import timezone
from wagtail.models import Page

from otp_policy.procurement.ocds.publication import OcdsError
from otp_policy.procurement.ocds.releases import next_release
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import HiddenVersion, Publication
from otp_policy.wagtail.signals import item_published, item_taken_down
from otp_policy.wagtail.thai_words import fiscal_year_of

from .conf import methods_in_use, publication
from .data_notices import tell_owner
from .models import KeptRelease, KnownProcess, ProcessTelling
from .ocds_parts import Part, parts_of, tells_processes
from .ocds_processes import process_of
from .ocds_reading import readable_publications

logger = logging.getLogger(__name__)

_ONE_SECOND = timedelta(seconds=1)


def connect() -> None:
    """Connect the receivers, once."""
    item_published.connect(tell_published, dispatch_uid="otp_policy_procurement.published")
    item_taken_down.connect(tell_without, dispatch_uid="otp_policy_procurement.taken_down")
    post_save.connect(
        tell_after_hiding, sender=HiddenVersion, dispatch_uid="otp_policy_procurement.hidden"
    )


def tell_published(sender: Any, page: Any, publication: Publication, **kwargs: Any) -> None:
    """Tell what a page says that has just gone live."""
    if not tells_processes(page):
        return
    with transaction.atomic():
        before = {one.process_id for one in ProcessTelling.objects.filter(page_id=page.pk)}
        now = {process.pk for process in _processes_of(parts_of(page))}
        ProcessTelling.objects.filter(page_id=page.pk).exclude(process__in=now).delete()
        ProcessTelling.objects.bulk_create(
            [ProcessTelling(page_id=page.pk, process_id=key) for key in sorted(now - before)]
        )
        tell_processes(before | now, because_of=publication)


def tell_without(sender: Any, page: Any, **kwargs: Any) -> None:
    """Tell what is left of processes when a page has left the public."""
    if tells_processes(page):
        told = ProcessTelling.objects.filter(page_id=page.pk)
        tell_processes(set(told.values_list("process_id", flat=True)))


def tell_after_hiding(sender: Any, instance: HiddenVersion, created: bool, **kwargs: Any) -> None:
    """Tell again what only a version told that nobody may read any more."""
    if created:
        told = ProcessTelling.objects.filter(page_id=instance.publication.page_id)
        tell_processes(set(told.values_list("process_id", flat=True)))


def tell_all() -> int:
    """Tell every process under the prefix of now; return how many releases that made."""
    with transaction.atomic():
        return tell_processes(set(KnownProcess.objects.values_list("pk", flat=True)))


def tell_processes(keys: Collection[int], *, because_of: Publication | None = None) -> int:
    """
    Keep a release of each process of which something is new, and return how many there are.

    Args:
        keys: The keys of the processes in the database.
        because_of: The publication that brought the news; default: the latest that tells them.
    """
    if not keys:
        return 0
    processes = KnownProcess.objects.in_bulk(keys)
    told = _parts_by_process(processes)
    histories = _histories(processes)
    made = [
        _next(process, told.get(key, []), histories.get(key, []), because_of)
        for key, process in sorted(processes.items())
    ]
    kept = [release for release in made if release is not None]
    KeptRelease.objects.bulk_create(kept)
    return len(kept)


def _next(
    process: KnownProcess,
    told: list[tuple[Publication, Part]],
    history: list[dict[str, Any]],
    because_of: Publication | None,
) -> KeptRelease | None:
    if not told and not history:
        return None
    sources = sorted({one.pk for one, _part in told})
    cause = because_of or max((one for one, _part in told), key=lambda one: one.pk, default=None)
    if cause is None:
        return None
    at = _after(history)
    try:
        release = next_release(
            process_of(process.key, [part for _one, part in told], history),
            history=history,
            published_at=at,
            publication=publication(),
            methods=methods_in_use(),
        )
    except OcdsError as error:
        logger.error("process %s cannot be told as open data: %s", process.key, error)
        tell_owner(cause, error)
        return None
    if release is None:
        return None
    return KeptRelease(
        process=process,
        ocid=release["ocid"],
        release_id=release["id"],
        publication=cause,
        sources=sources or [cause.pk],
        fiscal_year=fiscal_year_of(office_day(at)),
        at=at,
        body=json.dumps(release, ensure_ascii=False),
    )


def _after(history: list[dict[str, Any]]) -> datetime:
    """Return now, or the second after the last release: an instant tells the two apart."""
    now = timezone.now()
    if not history:
        return now
    return max(now, datetime.fromisoformat(history[-1]["date"]) + _ONE_SECOND)


def _histories(processes: dict[int, KnownProcess]) -> dict[int, list[dict[str, Any]]]:
    """Return the releases of each process that the public may read, under the prefix of now."""
    prefix = f"{publication().prefix}-"
    rows = list(KeptRelease.objects.filter(process__in=processes, ocid__startswith=prefix))
    readable = readable_publications(key for row in rows for key in row.sources)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        if readable.issuperset(row.sources):
            found.setdefault(row.process_id, []).append(row.release())
    return found


def _parts_by_process(
    processes: dict[int, KnownProcess],
) -> dict[int, list[tuple[Publication, Part]]]:
    """Return what the live pages tell of each process, the earliest published first."""
    tellings = ProcessTelling.objects.filter(process__in=processes)
    page_ids = set(tellings.values_list("page_id", flat=True))
    live = Publication.objects.filter(page_id__in=page_ids, ended_at=None).order_by("at", "pk")
    pages = {page.pk: page for page in Page.objects.filter(pk__in=page_ids, live=True).specific()}
    found: dict[int, list[tuple[Publication, Part]]] = {}
    for one in live:
        if one.page_id in pages:
            parts = parts_of(pages[one.page_id])
            for part, process in zip(parts, _processes_of(parts), strict=True):
                if process.pk in processes:
                    found.setdefault(process.pk, []).append((one, part))
    return found


def _processes_of(parts: Iterable[Part]) -> list[KnownProcess]:
    """Return the process of each part: known by one of its numbers, or new."""
    parts = list(parts)
    known = _Known(parts)
    return [known.process_of(part) for part in parts]


class _Known:
    """The processes that a page may speak of, read in one query."""

    def __init__(self, parts: list[Part]) -> None:
        plans = {part.plan_code for part in parts if part.plan_code}
        numbers = {part.project_number for part in parts if part.project_number}
        asked = (
            Q(plan_code__in=plans)
            | Q(project_number__in=numbers)
            | Q(key__in={part.usual_key for part in parts})
        )
        self.by_name: dict[tuple[str, str], KnownProcess] = {}
        for process in KnownProcess.objects.filter(asked).order_by("pk"):
            self._note(process)

    def _note(self, process: KnownProcess) -> None:
        for name in ("key", "plan_code", "project_number"):
            if value := getattr(process, name):
                self.by_name.setdefault((name, value), process)

    def process_of(self, part: Part) -> KnownProcess:
        names = (
            ("project_number", part.project_number),
            ("plan_code", part.plan_code),
            ("key", part.usual_key),
        )
        found = next((self.by_name[name] for name in names if name in self.by_name), None)
        if found is None:
            found = KnownProcess(key=part.usual_key)
        missing = [
            name
            for name in ("plan_code", "project_number")
            if getattr(part, name) and not getattr(found, name)
        ]
        for name in missing:
            setattr(found, name, getattr(part, name))
        if missing or found.pk is None:
            found.save()
        self._note(found)
        return found
