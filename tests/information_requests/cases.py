"""Short ways to a case, for the tests of requests."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import freezegun

from otp_policy.wagtail.information_requests.models import InformationRequest
from otp_policy.wagtail.information_requests.moves import Asked, Taken, receive, take
from otp_policy.wagtail.information_requests.sealing import Identity

HANDLER = "publisher.web"
WHO = Identity(
    name="ผู้ขอ ทดสอบหนึ่ง",
    address="99/9 ถนนทดสอบพิเศษ",
    phone="081-555-0199",
    e_mail="requester.one@example.invalid",
)
ZONE = ZoneInfo("Asia/Bangkok")


@contextmanager
def on_day(day: date | str, at: time = time(10)) -> Any:
    """Let it be *day* in the office, at ten in the morning."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    with freezegun.freeze_time(datetime.combine(day, at, tzinfo=ZONE).astimezone(UTC), tick=True):
        yield


def new_case(**more: Any) -> InformationRequest:
    """Take in a request by the public form, and return it."""
    more.setdefault("question", "ขอสำเนารายงานการประชุมทดสอบ")
    return receive(Asked(**more))[0]


def move(office: Any, case: InformationRequest, kind: str, by: str = HANDLER, **more: Any) -> Any:
    """Let something happen to *case*, and return it as it is then."""
    if kind not in ("delivered", "decided", "objection_period_ended"):
        more.setdefault("note", "ข้อความถึงผู้ขอ")
    for name in ("on", "until"):
        if isinstance(more.get(name), str):
            more[name] = date.fromisoformat(more[name])
    take(case.pk, kind, Taken(**more), user=office[by])
    case.refresh_from_db()
    return case
