"""
Sends the e-mails that are owed for notices: each at least once, and seldom more.

A notice is marked before its e-mail leaves and again after it. Whoever crashes in between leaves
an e-mail that may have left: it is sent again after a while, under the same Message-ID, and not
more often than `_MOST_TRIES`. A mail server that cannot be reached counts as no try at all, so
an outage loses nothing, however long it lasts.
"""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from .conf import mail_timeout_seconds, public_base_url
from .models import Notice, Unit
from .notice_words import link_of, sentence_of
from .wording import office_datetime

logger = logging.getLogger(__name__)

_PENDING = (Notice.Mail.OWED, Notice.Mail.SENDING)
_BATCH = 50
_MOST_TRIES = 10
_LEASE = timedelta(minutes=5)
_OUTAGE_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_LOST = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)


def mail_owed(now: datetime | None = None) -> int:
    """Send what is owed, and return how many e-mails left."""
    now = now or timezone.now()
    owed = Notice.objects.filter(mail__in=_PENDING, mail_next_at__lte=now)
    keys = list(owed.order_by("mail_next_at", "pk").values_list("pk", flat=True)[:_BATCH])
    if not keys:
        return 0
    connection = get_connection(timeout=mail_timeout_seconds())
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        owed.update(mail_next_at=now + _OUTAGE_PAUSE)
        logger.error("mail: the server does not answer, trying again: %s", error)
        return 0
    try:
        return _send_all(keys, connection, now)
    finally:
        connection.close()


def _send_all(keys: list[int], connection: Any, now: datetime) -> int:
    sent = 0
    for key in keys:
        notice = _claimed(key, now)
        if notice is None:
            continue
        try:
            _message(notice, connection).send()
        except Exception as error:
            # One e-mail that cannot be sent must not keep the others from leaving.
            _put_off(notice, now)
            logger.exception("mail: notice %s could not be sent", notice.pk)
            if _ends_connection(error):
                break
        else:
            Notice.objects.filter(pk=key).update(mail=Notice.Mail.SENT)
            sent += 1
    return sent


def _ends_connection(error: Exception) -> bool:
    """Tell a lost connection from a server's answer about one e-mail; both are an OSError."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, _LOST)
    return isinstance(error, OSError)


def _claimed(key: int, now: datetime) -> Notice | None:
    """Return the notice, marked as being sent by us alone, or None if nothing is to be sent."""
    mine = Notice.objects.filter(pk=key, mail__in=_PENDING, mail_next_at__lte=now).update(
        mail=Notice.Mail.SENDING, mail_tries=F("mail_tries") + 1, mail_next_at=now + _LEASE
    )
    if not mine:
        return None
    notice = Notice.objects.select_related("recipient__wagtail_userprofile").get(pk=key)
    user = notice.recipient
    verdict = ""
    if not user.is_active:
        verdict = Notice.Mail.NEEDLESS
    elif not user.email or notice.mail_tries > _MOST_TRIES:
        verdict = Notice.Mail.FAILED
    if verdict:
        Notice.objects.filter(pk=key).update(mail=verdict)
        return None
    return notice


def _put_off(notice: Notice, now: datetime) -> None:
    pause = min(_LONGEST_PAUSE, timedelta(minutes=2**notice.mail_tries))
    is_over = notice.mail_tries >= _MOST_TRIES
    Notice.objects.filter(pk=notice.pk).update(
        mail=Notice.Mail.FAILED if is_over else Notice.Mail.OWED, mail_next_at=now + pause
    )


def _message(notice: Notice, connection: Any) -> EmailMessage:
    with override(language_of(notice.recipient)):
        sentence = sentence_of(notice, _unit_names(notice))
        subject = gettext("[Publication measures] %(sentence)s") % {"sentence": sentence}
        body = _body(notice, sentence)
    host = urlsplit(public_base_url()).hostname or "localhost"
    return EmailMessage(
        subject,
        body,
        _sender(),
        [notice.recipient.email],
        connection=connection,
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<otp-policy-notice-{notice.pk}@{host}>",
        },
    )


def _body(notice: Notice, sentence: str) -> str:
    mails = f"{public_base_url()}{reverse('otp_policy:notice_mails')}"
    lines = [
        sentence,
        "",
        *_about_item(notice),
        gettext("Since: %(time)s") % {"time": office_datetime(notice.at)},
        "",
        gettext("Open it: %(link)s") % {"link": f"{public_base_url()}{link_of(notice)}"},
        "",
        gettext("Which e-mails you get: %(link)s") % {"link": mails},
    ]
    return "\n".join(lines)


def _about_item(notice: Notice) -> list[str]:
    if notice.page_id == Notice.NO_PAGE:
        return []
    unit = _unit_names(notice).get(notice.unit, notice.unit)
    return [
        gettext("Item: %(title)s") % {"title": notice.title},
        gettext("Unit: %(unit)s") % {"unit": unit},
    ]


def _unit_names(notice: Notice) -> dict[str, str]:
    return {unit.code: str(unit) for unit in Unit.objects.filter(code=notice.unit)}


def language_of(user: Any) -> str:
    """Return the language that *user* chose in the admin, or else the office's."""
    profile = getattr(user, "wagtail_userprofile", None)
    return (profile.preferred_language if profile else "") or settings.LANGUAGE_CODE


def _sender() -> str:
    return str(
        getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", "") or settings.DEFAULT_FROM_EMAIL
    )
