"""
Reminds those who keep a step waiting, and tells others when it waits on (announcement 3).

How long a step may wait is the policy's; that it was told on is in the ledger. Each item is
reminded once in each stage of its waiting, however often the dispatcher looks.
"""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.calendars import WorkingDays
from otp_policy.entries import Wait
from otp_policy.waits import Stage, stages_reached

from .askers import asker_of
from .conf import current_policy, office_day, office_timezone
from .models import NoticeKind, WaitStage
from .models.holidays import holidays_from
from .models.notices import Subject
from .notices import About, put
from .publishing import governed_page
from .recipients import holders, who_has_authority, who_may
from .recording import record
from .telling_withdrawals import who_answers
from .urgency import urgent_pages
from .waiting_steps import WaitingStep, waiting_steps

logger = logging.getLogger(__name__)


def remind(now: datetime | None = None) -> int:
    """Remind and tell on whatever has waited too long, and return how many stages that were."""
    now = now or timezone.now()
    reached = 0
    for waiting, stage, wait in _due(now):
        try:
            reached += _reach(waiting, stage, wait, now)
        except Exception:
            # One item that cannot be reminded of must not keep the others from it.
            logger.exception("%s %s: %s failed", waiting.subject, waiting.subject_id, stage)
    return reached


def _due(now: datetime) -> list[tuple[WaitingStep, Stage, Wait]]:
    """Return what is due and not done yet: a constant number of queries."""
    on = office_day(now)
    policy, zone = current_policy(), office_timezone()
    if not policy.is_in_force(on):
        return []
    all_waiting = waiting_steps(now)
    if not all_waiting:
        return []
    since = min(waiting.since for waiting in all_waiting)
    days = WorkingDays.of(
        policy.calendar(on=on), holidays=holidays_from(since.astimezone(zone).date())
    )
    urgent = urgent_pages({waiting.page_id for waiting in all_waiting})
    done = _done(all_waiting)
    found = []
    for waiting in all_waiting:
        wait = policy.wait(waiting.action, on=on)
        if wait is None:
            continue
        for stage in stages_reached(
            wait,
            since=waiting.since.astimezone(zone),
            now=now.astimezone(zone),
            urgent=waiting.is_urgent or waiting.page_id in urgent,
            working_days=days,
        ):
            if (waiting.subject, waiting.subject_id, waiting.since, stage) not in done:
                found.append((waiting, stage, wait))
    return found


def _done(all_waiting: list[WaitingStep]) -> set[tuple[str, int, datetime, str]]:
    keys = {waiting.subject_id for waiting in all_waiting}
    rows = WaitStage.objects.filter(subject_id__in=keys)
    return set(rows.values_list("subject", "subject_id", "since", "stage"))


@transaction.atomic
def _reach(waiting: WaitingStep, stage: Stage, wait: Wait, now: datetime) -> bool:
    _row, is_new = WaitStage.objects.get_or_create(
        subject=waiting.subject,
        subject_id=waiting.subject_id,
        since=waiting.since,
        stage=stage,
        defaults={"at": now},
    )
    page = governed_page(waiting.page_id)
    if not is_new or page is None:
        return False
    if stage is Stage.REMIND:
        _tell(waiting, page, _who_is_waited_for(waiting, page), NoticeKind.REMINDER, "remind")
        return True
    people = holders(wait.escalate_to, page.owning_unit)
    _tell(waiting, page, people, NoticeKind.ESCALATION, "escalate")
    record(
        "escalate",
        user=None,
        page_id=page.pk,
        channel=waiting.channel,
        step=waiting.asked,
        waits_since=waiting.since.isoformat(),
        told=sorted(str(user.pk) for user in people),
    )
    return True


def _who_is_waited_for(waiting: WaitingStep, page: Any) -> list[Any]:
    if waiting.subject is Subject.TASK:
        return who_may(page, waiting.action)
    if waiting.subject is Subject.WITHDRAWAL:
        return who_answers(waiting.subject_id, page)
    if (asker := asker_of(waiting.subject)) is not None:
        return asker.answerers(waiting.subject_id, page)
    return who_has_authority(page, waiting.action, channel=waiting.channel)


def _tell(waiting: WaitingStep, page: Any, people: list[Any], kind: NoticeKind, stage: str) -> None:
    put(
        f"{waiting.subject}:{waiting.subject_id}:{waiting.since.isoformat()}:{stage}",
        people,
        kind=kind,
        what=f"{stage}_{waiting.asked}",
        about=About(
            page=page,
            channel=waiting.channel,
            slot_at=waiting.slot_at,
            subject=waiting.subject,
            subject_id=waiting.subject_id,
        ),
    )
