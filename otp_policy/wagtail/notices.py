"""Tells people something once, and takes back what they need not do any more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import TaskState

from .askers import all_askers
from .models.lifecycle import Withdrawal, WithdrawalDecision
from .models.notices import Notice, NoticeKind, Subject, UnwantedMail
from .models.slots import Slot

_TITLE_LENGTH = 255
# Where a slot has to stand so that somebody still has to answer it.
_ASKED_OF_SLOT = {"confirm_slot": Slot.State.PROPOSED, "propose_slot": Slot.State.COUNTERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """
    What a notice is about: the item, and what of it somebody is asked, if anything.

    `page` is None of what is about a channel as a whole, about more than one item, or about
    something that another app of the plugin keeps: then `title` and `unit` (its code) say what it
    is about, and `subject_id` is its key.
    """

    page: Any
    title: str = ""
    unit: str = ""
    channel: str = ""
    slot_at: datetime | None = None
    subject: str = ""
    subject_id: int = 0


def put(
    event: str,
    people: Iterable[Any],
    *,
    kind: NoticeKind,
    what: str,
    about: About,
    but: Collection[str] = (),
) -> int:
    """
    Tell *people* what happened, each of them once, and return how many were meant.

    Args:
        event: Names what happened; what was told under that name already is not told again.
        what: The code of the sentence.
        but: Keys of users who need not be told: whoever did it knows.
    """
    told = {user.pk: user for user in people if str(user.pk) not in but}
    if not told:
        return 0
    unwanted = _unwanted(kind, told)
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            _notice(
                event,
                user,
                kind,
                what,
                about,
                at=now,
                mail=Notice.Mail.UNWANTED if key in unwanted else Notice.Mail.OWED,
            )
            for key, user in told.items()
        ],
        ignore_conflicts=True,
    )
    return len(told)


def _unwanted(kind: NoticeKind, users: Collection[int]) -> set[int]:
    # Nobody does without the e-mail about what is important or urgent (annex 2.1).
    if kind is NoticeKind.URGENT:
        return set()
    rows = UnwantedMail.objects.filter(kind=kind, user__in=users)
    return set(rows.values_list("user_id", flat=True))


def _notice(
    event: str, user: Any, kind: str, what: str, about: About, *, at: datetime, mail: str
) -> Notice:
    page = about.page
    title = " ".join(str(page.get_admin_display_title() if page else about.title).split())
    unit = page.owning_unit.code if page and page.owning_unit else about.unit
    return Notice(
        event=event,
        recipient=user,
        kind=kind,
        what=what,
        subject=about.subject,
        subject_id=about.subject_id,
        page_id=page.pk if page else Notice.NO_PAGE,
        title=title[:_TITLE_LENGTH],
        unit=unit,
        channel=about.channel,
        slot_at=about.slot_at,
        at=at,
        mail=mail,
        mail_next_at=at,
    )


def settle() -> int:
    """
    Mark as read what nobody is asked any more, and keep back its e-mails; return how many.

    Somebody else decided, the item was taken back, or the time was answered or moved.
    """
    unread = Notice.objects.filter(read_at=None)
    over = [key for asked in _asked(unread) for key in asked.values_list("pk", flat=True)]
    if over:
        notices = Notice.objects.filter(pk__in=over)
        notices.filter(mail=Notice.Mail.OWED).update(mail=Notice.Mail.NEEDLESS)
        notices.update(read_at=timezone.now())
    return len(over)


def _asked(unread: QuerySet) -> Iterable[QuerySet]:
    """Return the notices that ask for something that is over."""
    waiting = TaskState.objects.filter(
        pk=OuterRef("subject_id"),
        status=TaskState.STATUS_IN_PROGRESS,
        # A state that was cancelled or sent back leaves its last task as it was.
        workflow_state__status="in_progress",
        workflow_state__current_task_state=F("pk"),
    )
    yield unread.filter(~Exists(waiting), subject=Subject.TASK)
    open_slot = Slot.objects.filter(pk=OuterRef("subject_id"), at=OuterRef("slot_at"))
    for action, state in _ASKED_OF_SLOT.items():
        yield unread.filter(
            ~Exists(open_slot.filter(state=state)),
            Q(what__endswith=action),
            subject=Subject.SLOT,
        )
    open_withdrawal = Withdrawal.objects.filter(pk=OuterRef("subject_id"), state="waiting")
    yield unread.filter(~Exists(open_withdrawal), subject=Subject.WITHDRAWAL)
    endorsed = WithdrawalDecision.objects.filter(withdrawal=OuterRef("subject_id"), kind="endorse")
    of_withdrawals = unread.filter(subject=Subject.WITHDRAWAL)
    yield of_withdrawals.filter(Exists(endorsed), what__endswith="_endorse_withdrawal")
    explained = Withdrawal.objects.filter(pk=OuterRef("subject_id")).exclude(reason="")
    yield of_withdrawals.filter(Exists(explained), what__endswith="_explain_withdrawal")
    for asker in all_askers():
        yield from asker.over(unread.filter(subject=asker.subject))
