"""
What a channel would be told next of an item: something new, or a change of what is out there.

As `follow_ups` decides it when the text goes live, told before, for those who read a preview.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from otp_policy.channels.base import Notice
from otp_policy.wagtail.history import last_publication

from .conf import adapter_for
from .follow_ups import forget_older_runs
from .models import Delivery
from .outbox import as_there, notice_of
from .pictures import picture_of
from .reach import can_stay, changes_in_place, takes_nothing_back
from .standing import Standing, standing_of

Operation = Delivery.Operation

IN_PLACE = _("The post that is out is changed to this.")
BY_HAND = _("The unit of the channel changes the message that is out to this.")
IF_CHOSEN = _("What went out stays. This goes out only if whoever approves it chooses that.")
ANEW = _(
    "The post that is out is taken down, and this one is posted: its link or its picture is "
    "another one."
)
TAKEN_DOWN = _("The message that is out is taken down.")


@dataclass(frozen=True, slots=True)
class NextNotice:
    """The notice that would go out, with what becomes of the message that is out; "" if none is."""

    notice: Notice
    becomes: str = ""


def standing_now(page: Any) -> dict[str, Standing]:
    """Return by channel what stands of *page* that a new text of it would change."""
    last = last_publication(page.pk) if page.pk else None
    # What is live as it stands has been told as something new.
    if last is None or last.ended_at is not None or last.revision_id == page.latest_revision_id:
        return {}
    stands = standing_of(page.pk)
    forget_older_runs(stands.values(), last)
    return dict(stands)


def next_notice(page: Any, channel: str, out: Delivery | None, reference: str) -> NextNotice:
    """
    Return what *channel* would be told of *page* as it stands in memory.

    Args:
        out: The message about it that is out there.
        reference: The number that a message of its own would get.
    """
    picture = picture_of(page, is_draft=True)
    new = notice_of(page, reference, image_url=picture)
    if out is None:
        return NextNotice(new)
    note = getattr(page, "correction_note", "")
    changed = notice_of(page, reference, operation=Operation.CORRECT, note=note, image_url=picture)
    if takes_nothing_back(channel):
        return NextNotice(changed, str(IF_CHOSEN))
    if not can_stay(out, url=new.url, image_url=picture):
        return NextNotice(new, str(ANEW))
    if adapter_for(channel) is None:
        return NextNotice(changed, str(BY_HAND))
    there = as_there(changed, out) if changes_in_place(channel) else changed
    return NextNotice(there, str(IN_PLACE))
