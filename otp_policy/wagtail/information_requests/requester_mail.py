"""
Sends requesters the e-mails that they are owed: that there is news under a number.

Neither the subject nor the text says who asked or what; the secret is never sent. What fails is
logged by its kind alone: the error of a mail server names the address.
"""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from otp_policy.wagtail.conf import mail_timeout_seconds, office_name, public_base_url

from .encryption import UnreadableError
from .models import CaseEvent, RequesterMail
from .sealing import identity_of

__all__ = ["send_owed"]

logger = logging.getLogger(__name__)
_BATCH = 50
_MOST_TRIES = 8
_LEASE = timedelta(minutes=5)


def send_owed(now: datetime | None = None) -> int:
    """Send what is owed, and return how many left; each at least once, and seldom more."""
    now = now or timezone.now()
    owed = RequesterMail.objects.filter(sent_at=None, given_up_at=None, next_at__lte=now)
    keys = list(owed.order_by("next_at", "pk").values_list("pk", flat=True)[:_BATCH])
    return sum(_send(key, now) for key in keys)


def _send(key: int, now: datetime) -> int:
    mine = RequesterMail.objects.filter(pk=key, sent_at=None, next_at__lte=now)
    if not mine.update(tries=F("tries") + 1, next_at=now + _LEASE):
        return 0
    mail = RequesterMail.objects.select_related("case", "event").get(pk=key)
    try:
        address = identity_of(mail.case).e_mail
        if not address:  # erased meanwhile
            return _give_up(mail, now)
        _message(mail, address).send()
    except (OSError, smtplib.SMTPException, UnreadableError) as error:
        logger.error("requests: mail %s could not be sent: %s", mail.pk, type(error).__name__)
        if mail.tries >= _MOST_TRIES:
            _give_up(mail, now)
        else:
            pause = timedelta(minutes=2**mail.tries)
            RequesterMail.objects.filter(pk=key).update(next_at=now + pause)
        return 0
    RequesterMail.objects.filter(pk=key).update(sent_at=now)
    return 1


def _give_up(mail: RequesterMail, now: datetime) -> int:
    RequesterMail.objects.filter(pk=mail.pk).update(given_up_at=now)
    return 0


def _message(mail: RequesterMail, address: str) -> EmailMessage:
    with override(mail.case.language):
        told = {"number": mail.case.reference, "office": office_name()}
        subject = gettext("Request for information %(number)s: there is news") % told
        if mail.event.kind == CaseEvent.Kind.RECEIVED:
            subject = gettext("Request for information %(number)s: we have received it") % told
        link = f"{public_base_url()}{reverse('otp_policy_public_requests:status')}"
        body = "\n".join(
            [
                subject,
                "",
                gettext("Read it with your number and your secret: %(link)s") % {"link": link},
                "",
                gettext("%(office)s. Please do not answer this e-mail.") % told,
            ]
        )
    return EmailMessage(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        [address],
        connection=_connection(),
        headers={"Auto-Submitted": "auto-generated"},
    )


def _connection() -> Any:
    return get_connection(timeout=mail_timeout_seconds())
