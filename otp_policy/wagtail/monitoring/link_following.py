"""Follows a slice of the targets of links, and keeps what was found."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from wagtail.documents import get_document_model

from otp_policy.wagtail.readable import readable_pages

from . import conf
from .link_targets import DOCUMENT, PAGE
from .link_visits import Outcome, Visit, visit
from .models import LinkTarget

__all__ = ["AGAIN_AFTER", "follow", "next_slice", "store"]

AGAIN_AFTER = timedelta(hours=20)
"""Less than a day, so that a check that is late one day is not a day late the next."""

_SLICE = 100
_OF_ONE_HOST = 10
_State = LinkTarget.State


def next_slice(waiting: QuerySet[LinkTarget], most: int) -> list[LinkTarget]:
    """Return at most *most*, those first that nobody looked at for longest, few of one host."""
    rows = waiting.order_by(F("checked_at").asc(nulls_first=True), "pk")
    chosen: list[LinkTarget] = []
    of_host: dict[str, int] = defaultdict(int)
    for target in rows[: _SLICE * 10]:
        host = _host(target)
        if of_host[host] < _OF_ONE_HOST or not host:
            of_host[host] += 1
            chosen.append(target)
        if len(chosen) >= min(_SLICE, most):
            break
    return chosen[: max(most, 0)]


def _host(target: LinkTarget) -> str:
    _scheme, slashes, rest = target.url.partition("://")
    return rest.partition("/")[0].lower() if slashes else ""


def follow(
    targets: list[LinkTarget], stopping: threading.Event
) -> Iterator[tuple[LinkTarget, Visit]]:
    """Yield what each target came to; one host is asked one thing at a time."""
    by_host: dict[str, list[LinkTarget]] = defaultdict(list)
    for target in targets:
        by_host[_host(target)].append(target)
    yield from _inside(by_host.pop("", []))
    with ThreadPoolExecutor(conf.links_at_once(), thread_name_prefix="links") as pool:
        hosts = [pool.submit(_follow_one_host, some, stopping) for some in by_host.values()]
        for host in as_completed(hosts):
            yield from host.result()


def _follow_one_host(
    targets: Iterable[LinkTarget], stopping: threading.Event
) -> list[tuple[LinkTarget, Visit]]:
    found = []
    known, seconds, pause = conf.link_hosts(), conf.link_seconds(), conf.link_pause_seconds()
    for target in targets:
        if found and stopping.wait(pause):
            break
        found.append((target, visit(target.url, known_hosts=known, timeout_seconds=seconds)))
    return found


def _inside(targets: list[LinkTarget]) -> Iterator[tuple[LinkTarget, Visit]]:
    """Look at pages and files of this site, which need no connection."""
    pages = readable_pages().filter(pk__in=_keys(targets, PAGE))
    files = get_document_model().objects.filter(pk__in=_keys(targets, DOCUMENT))
    opens = {f"{PAGE}{key}" for key in pages.values_list("pk", flat=True)}
    opens |= {f"{DOCUMENT}{key}" for key in files.values_list("pk", flat=True)}
    for target in targets:
        if target.url in opens:
            yield target, Visit(Outcome.OPENS)
        else:
            is_page = target.url.startswith(PAGE)
            yield target, Visit(Outcome.GONE, "page_not_public" if is_page else "file_gone")


def _keys(targets: list[LinkTarget], kind: str) -> list[int]:
    names = [target.url.removeprefix(kind) for target in targets if target.url.startswith(kind)]
    return [int(name) for name in names if name.isascii() and name.isdigit()]


def store(visits: Iterable[tuple[LinkTarget, Visit]]) -> None:
    """Keep what the targets came to, each as soon as it is known."""
    for target, found in visits:
        now = timezone.now()
        target.reason, target.status, target.checked_at = found.reason, found.status, now
        is_failing = found.outcome in (Outcome.GONE, Outcome.FAILS)
        target.failing_since = (target.failing_since or now) if is_failing else None
        target.state = _state(found.outcome, target.failing_since, now)
        target.save()


def _state(outcome: Outcome, failing_since: datetime | None, now: datetime) -> str:
    if outcome is Outcome.FAILS and failing_since is not None:
        return _State.BROKEN if now - failing_since >= AGAIN_AFTER else _State.FAILED
    return {
        Outcome.OPENS: _State.OPENS,
        Outcome.GONE: _State.BROKEN,
        Outcome.REFUSED: _State.BY_HAND,
    }[outcome]
