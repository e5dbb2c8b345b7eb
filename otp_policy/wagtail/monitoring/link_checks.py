"""
The check of links: once a week by itself, and when somebody asks for it (annex 2.1).

What a link leads to is part of an item being right. The check is bounded in what it follows and in
how hard it asks any one host, and goes on beside whatever the dispatcher does. One that dies is
taken up again where it stopped: what was followed since it was asked for is not followed again.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.adapters import ask, has_authority
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal

from . import conf
from .access import may_coordinate
from .link_following import AGAIN_AFTER, follow, next_slice, store
from .link_gathering import gather_all, gather_item
from .link_reports import report_broken_links
from .models import LinkCheck, LinkTarget

__all__ = [
    "ask_for_check",
    "begin_what_is_due",
    "check_links",
    "is_check_waiting",
    "may_ask_for_check",
]

# Longer than a slice may take: ten answers of a host, each cut off after three times its seconds.
_LEASE = timedelta(minutes=10)

_State = LinkTarget.State
_NOT_YOURS = under_step(
    _("Whoever keeps the website has all links checked; a division, those of its items."),
    "publish",
)


def may_ask_for_check(user: Any, page: Any = None) -> bool:
    """Tell whether *user* may ask: whoever coordinates; of one item, who prepares it as well."""
    prepares = page is not None and has_authority(ask(page, "prepare", user))
    return prepares or may_coordinate(user)


@transaction.atomic
def ask_for_check(user: Any, page: Any = None) -> LinkCheck:
    """
    Ask for a check of all links, or of those of *page*; one that waits already is enough.

    Raises:
        PolicyRefusal: If *user* neither coordinates nor, of an item, prepares it.
    """
    if not may_ask_for_check(user, page):
        if page is not None:
            raise PolicyRefusal.of(ask(page, "prepare", user), page.title)
        raise PolicyRefusal("", also=[_NOT_YOURS])
    key = page.pk if page is not None else None
    open_one = LinkCheck.objects.filter(page_id=key, is_second_look=False, ended_at=None).first()
    if open_one is not None:
        return open_one
    record("ask_for_link_check", user=user, page_id=key)
    return LinkCheck.objects.create(page_id=key, asked_by=user, asked_at=timezone.now())


def begin_what_is_due(now: datetime | None = None) -> None:
    """Begin the week's check of all links, and the second look at what failed the day before."""
    now = now or timezone.now()
    every = conf.links_every_days()
    if not every or LinkCheck.objects.filter(page_id=None, ended_at=None).exists():
        return
    whole = LinkCheck.objects.filter(page_id=None, is_second_look=False)
    if not whole.filter(asked_at__gt=now - timedelta(days=every)).exists():
        LinkCheck.objects.create(asked_at=now)
    elif _failed_before(now - AGAIN_AFTER).exists():
        LinkCheck.objects.create(asked_at=now, is_second_look=True)


def is_check_waiting() -> bool:
    """Tell whether there is a check that was not done, and that nobody is doing."""
    free = Q(busy_until=None) | Q(busy_until__lt=timezone.now())
    return LinkCheck.objects.filter(free, ended_at=None).exists()


def check_links(stopping: threading.Event | None = None) -> int:
    """Do what was asked for and nobody else is doing; return how many targets were followed."""
    stopping = stopping or threading.Event()
    followed = 0
    while not stopping.is_set() and (check := _take()) is not None:
        followed += _do(check, stopping)
    return followed


def _take() -> LinkCheck | None:
    """Return a check that was not done, and keep others off it; those of one item come first."""
    now = timezone.now()
    waiting = LinkCheck.objects.filter(ended_at=None)
    for check in waiting.order_by(F("page_id").asc(nulls_last=True), "asked_at", "pk"):
        free = Q(busy_until=None) | Q(busy_until__lt=now)
        # Asked of the row as it is now: another dispatcher may have been quicker.
        if LinkCheck.objects.filter(free, pk=check.pk, ended_at=None).update(
            busy_until=now + _LEASE
        ):
            return check
    return None


def _go_on(check: LinkCheck) -> None:
    LinkCheck.objects.filter(pk=check.pk).update(busy_until=timezone.now() + _LEASE)


def _do(check: LinkCheck, stopping: threading.Event) -> int:
    if check.gathered_at is None:
        if not _gather(check, stopping):
            return 0
        check.gathered_at = timezone.now()
        LinkCheck.objects.filter(pk=check.pk).update(gathered_at=check.gathered_at)
    followed = _of(check).filter(checked_at__gte=check.asked_at).count()
    began_with = followed
    while not stopping.is_set():
        some = next_slice(_waiting(check), conf.links_a_check() - followed)
        if not some:
            _end(check)
            break
        store(follow(some, stopping))
        followed = _of(check).filter(checked_at__gte=check.asked_at).count()
        _go_on(check)
    if stopping.is_set():
        # Whoever comes next need not wait for what is not being done.
        LinkCheck.objects.filter(pk=check.pk, ended_at=None).update(busy_until=None)
    return followed - began_with


def _gather(check: LinkCheck, stopping: threading.Event) -> bool:
    if check.page_id is not None:
        gather_item(check.page_id)
    elif not check.is_second_look:
        for _count in gather_all():
            if stopping.is_set():
                return False
            _go_on(check)
    return True


def _of(check: LinkCheck) -> QuerySet[LinkTarget]:
    """Return the targets that *check* is about."""
    if check.page_id is not None:
        return LinkTarget.objects.filter(items__page_id=check.page_id)
    if check.is_second_look:
        return LinkTarget.objects.exclude(failing_since=None)
    return LinkTarget.objects.all()


def _failed_before(day: datetime) -> QuerySet[LinkTarget]:
    return LinkTarget.objects.filter(state=_State.FAILED, checked_at__lt=day)


def _waiting(check: LinkCheck) -> QuerySet[LinkTarget]:
    rows = _of(check).filter(Q(checked_at=None) | Q(checked_at__lt=check.asked_at))
    return rows.filter(state=_State.FAILED) if check.is_second_look else rows


@transaction.atomic
def _end(check: LinkCheck) -> None:
    targets = _of(check)
    check.targets = targets.filter(checked_at__gte=check.asked_at).count()
    check.broken = targets.filter(state=_State.BROKEN).count()
    check.left_over = _waiting(check).count()
    check.ended_at, check.busy_until = timezone.now(), None
    check.save()
    record(
        "check_links",
        user=None,
        page_id=check.page_id,
        check=check.pk,
        targets=check.targets,
        broken=check.broken,
        left_over=check.left_over,
    )
    report_broken_links(check.page_id)
