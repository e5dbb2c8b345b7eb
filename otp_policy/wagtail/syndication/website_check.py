"""
Whether the public address of an item already shows the text that was approved.

Nothing goes out before: who follows a link from LINE or Facebook has to find that very text. The
answer counts by its digest, so an old copy in a cache in front of the site is not taken for it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from otp_policy.wagtail.own_answers import own_answer
from otp_policy.wagtail.publishing import DISPATCHER
from otp_policy.wagtail.recording import record

from . import reasons
from .claims import move
from .models import Delivery
from .signals import website_late

logger = logging.getLogger(__name__)

DIGEST_HEADER = "X-Disclosure-Digest"
# Three channels of one publication ask once; nobody waits longer for what is there meanwhile.
_THERE_SECONDS, _NOT_THERE_SECONDS = 10, 1
_MOST_REDIRECTS = 3
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 2.0, 60.0


def website_shows(delivery: Delivery, page: Any) -> bool:
    """Tell whether the website shows the text of *delivery*; if not, look again later."""
    if is_shown(page.announced_url(), delivery.publication):
        return True
    now, since = timezone.now(), _expected_since(delivery)
    waited = (now - since).total_seconds()
    seconds = min(max(waited / 4, _SHORTEST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
    is_late = waited > _late_after_seconds()
    was_late = delivery.reason == reasons.WEBSITE_LATE
    moved = move(
        delivery,
        delivery.state,
        reason=reasons.WEBSITE_LATE if is_late else reasons.WEBSITE_NOT_THERE,
        due_at=now + timedelta(seconds=seconds),
    )
    if moved and is_late and not was_late:
        _raise_alarm(delivery, page, minutes=int(waited // 60))
    return False


def _late_after_seconds() -> float:
    """Return how long a message may wait for the website before people are told."""
    return float(getattr(settings, "OTP_POLICY_WEBSITE_LATE_SECONDS", 900.0))


def _expected_since(delivery: Delivery) -> datetime:
    return max(delivery.publication.at, delivery.slot.at, delivery.created_at)


def _raise_alarm(delivery: Delivery, page: Any, *, minutes: int) -> None:
    record(
        "website_late",
        user=None,
        page_id=delivery.page_id,
        digest=delivery.publication.digest,
        channel=delivery.channel,
        reference=delivery.reference,
        minutes=minutes,
        via=DISPATCHER,
    )
    logger.error(
        "%s: the website does not show what was published %s minutes ago",
        page.announced_url(),
        minutes,
    )
    website_late.send(sender=Delivery, delivery=delivery, page=page)


def is_shown(url: str, publication: Any) -> bool:
    """Tell whether *url* answers 200 with the digest of *publication*."""
    key = f"otp_policy.website.{publication.pk}.{publication.digest[7:]}"
    known = cache.get(key)
    if known is None:
        status, digest = _LOOKS[_how()](url)
        known = (status, digest) == (200, publication.digest)
        cache.set(key, known, _THERE_SECONDS if known else _NOT_THERE_SECONDS)
    return known


def _how() -> str:
    how = str(getattr(settings, "OTP_POLICY_WEBSITE_CHECK", "http"))
    if how not in _LOOKS:
        raise ImproperlyConfigured(f"OTP_POLICY_WEBSITE_CHECK: `{how}` is none of {[*_LOOKS]}")
    return how


def _over_http(url: str) -> tuple[int, str]:
    """Return status and digest as a visitor gets them; 0 if there is no answer at all."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the machine's is not the public's way
            for _ in range(_MOST_REDIRECTS + 1):
                with _asked(session, url) as answer:
                    if not answer.is_redirect:
                        return answer.status_code, answer.headers.get(DIGEST_HEADER, "")
                    target = urljoin(url, answer.headers["location"])
                if urlsplit(target).hostname != urlsplit(url).hostname:
                    break  # another host says nothing about this one
                url = target
    except (requests.RequestException, ValueError) as error:
        logger.info("%s: %s", url, type(error).__name__)
    return 0, ""


def _asked(session: requests.Session, url: str) -> requests.Response:
    timeout = tuple(getattr(settings, "OTP_POLICY_WEBSITE_TIMEOUT", (3.0, 10.0)))
    return session.get(
        url,
        timeout=timeout,
        allow_redirects=False,
        stream=True,  # the headers tell; the page itself is not read
        headers={"Cache-Control": "no-cache"},
    )


def _inside(url: str) -> tuple[int, str]:
    """
    Return the same by the site's own middleware and views, in this process.

    For a site that cannot reach its own public name; what stands in front of it is not seen.
    """
    response = own_answer(url)
    return response.status_code, response.headers.get(DIGEST_HEADER, "")


_LOOKS = {"http": _over_http, "inside": _inside}
