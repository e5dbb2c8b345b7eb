"""
A channel without access data, or a service that fails: its unit posts by hand and records it.

Address, time, poster and a picture of what the public sees make it evidence equal to a call.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.held import as_row
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.models import Slot
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.scans import Scan, read_scan

from .claims import move, note
from .follow_ups import follow_late_answer
from .handling import ADDRESS_WRONG, IS_OVER, MAY_BE_OUT, NOT_LIVE
from .keepers import refuse, require_keeper
from .locking import locked_delivery
from .models import Delivery, HandDelivery
from .outbox import row_of
from .standing import may_be_out, what_is_changed

State, Operation = Delivery.State, Delivery.Operation

PICTURE_WRONG = under_step(
    _("The picture has to be a JPEG or PNG of what the public sees on the channel."), "publish"
)
TIME_AHEAD = under_step(_("The time at which it was posted lies in the future."), "publish")
BEFORE_WEBSITE = under_step(
    _(
        "The time at which it was posted lies before the item was live on the website. The website "
        "comes first."
    ),
    "publish",
)
_PICTURES = ("image/jpeg", "image/png")


def by_hand_now() -> Any:
    """Return the deliveries that wait for a person, oldest first: what a unit has to see to."""
    rows = Delivery.objects.filter(state__in=(State.HELD, State.FAILED))
    return rows.select_related("publication", "slot", "follows").order_by("due_at", "pk")


@transaction.atomic
def record_by_hand(
    delivery: Delivery, user: Any, *, url: str, at: datetime, picture: Any
) -> HandDelivery:
    """
    Record that *user* carried *delivery* out on the channel at *at*.

    Args:
        url: Where the public finds it; may be empty of what was taken down.
        at: With its time zone; not before the item was live on the website.
        picture: An uploaded image, or a `Scan` of one that was read already.

    Raises:
        PolicyRefusal: With every reason: to strangers, while an attempt of the dispatcher's may
            be out, for an item that is down, and for an address, time or picture that is none.
    """
    delivery = locked_delivery(delivery.pk, with_slot=True)
    scan, also = _read(picture)
    also += [*_about_delivery(delivery), *_about_post(delivery, url=url, at=at)]
    held = require_keeper(user, delivery, *also)
    if scan is None:  # never: `also` says why, and has been refused
        refuse(delivery, [PICTURE_WRONG])
    kept = _keep(delivery, user, url=url, at=at, scan=scan)
    record(
        "delivered_by_hand",
        user=user,
        **row_of(delivery),
        **as_row(held),
        url=url,
        posted_at=at.isoformat(),
        picture_sha256=kept.picture_sha256,
    )
    follow_late_answer(delivery)
    return kept


def _read(picture: Any) -> tuple[Scan | None, list[Any]]:
    try:
        scan = picture if isinstance(picture, Scan) else read_scan(picture)
    except ValidationError as error:
        return None, list(error.messages)
    except AttributeError:  # no file was chosen
        return None, [PICTURE_WRONG]
    return (scan, []) if scan.kind in _PICTURES else (None, [PICTURE_WRONG])


def _about_delivery(delivery: Delivery) -> list[Any]:
    if delivery.state in (State.SENT, State.CANCELLED, State.SUPERSEDED):
        return [IS_OVER]
    earlier = what_is_changed(delivery)
    unsettled = earlier is not None and earlier.state != State.SENT and may_be_out(earlier)
    if may_be_out(delivery) or unsettled:
        return [MAY_BE_OUT]
    down = delivery.publication.ended_at is not None
    return [NOT_LIVE] if down and delivery.operation != Operation.WITHDRAW else []


def _about_post(delivery: Delivery, *, url: str, at: datetime) -> list[Any]:
    found = []
    if not _is_address(url) and (url or delivery.operation != Operation.WITHDRAW):
        found.append(ADDRESS_WRONG)
    if at > timezone.now():
        found.append(TIME_AHEAD)
    if at < delivery.publication.at:
        found.append(BEFORE_WEBSITE)
    return found


def _is_address(url: str) -> bool:
    try:
        URLValidator(schemes=("http", "https"))(url)
    except ValidationError:
        return False
    return len(url) <= HandDelivery._meta.get_field("url").max_length


def _keep(delivery: Delivery, user: Any, *, url: str, at: datetime, scan: Scan) -> HandDelivery:
    kept = HandDelivery(
        delivery=delivery,
        url=url,
        at=at,
        by=user,
        picture=scan.as_file(),
        picture_name=scan.name,
        picture_type=scan.kind,
        picture_sha256=scan.sha256,
    )
    kept.save()
    slot = Slot.objects.filter(pk=delivery.slot_id, state__in=Slot.OPEN)
    slot.update(state=Slot.State.USED)
    note(delivery, "hand", State.SENT)
    move(
        delivery,
        State.SENT,
        fence=delivery.fence + 1,
        permalink=url or delivery.permalink,
        sent_at=at,
        error_class="",
    )
    delivery.refresh_from_db()
    return kept
