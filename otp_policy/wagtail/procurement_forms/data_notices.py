"""
Tells the owning unit that a live item cannot be told as open data, why, and what to do.

Whoever prepares for the unit is told, once for each publication and reason, however many rows of
the item it is about.
"""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from otp_policy.procurement.ocds.publication import OcdsError
from otp_policy.procurement.wording import ocds_codes, ocds_sentence
from otp_policy.wagtail.holders import people_who_may
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.models.notices import NoticeKind
from otp_policy.wagtail.notice_words import SENTENCES
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.publishing import governed_page

__all__ = ["register_sentences", "tell_owner"]

_PREFIX = "od_"


def tell_owner(cause: Publication, error: OcdsError) -> int:
    """Tell the unit that owns the page of *cause*; return how many people that are."""
    page = governed_page(cause.page_id)
    if page is None:
        return 0
    return put(
        f"ocds:{cause.pk}:{error.code}",
        people_who_may("prepare", page),
        kind=NoticeKind.ANSWER,
        what=f"{_PREFIX}{error.code}",
        about=About(page=page),
    )


def register_sentences() -> None:
    """Add a sentence for every reason to those that notices say."""
    SENTENCES.update({f"{_PREFIX}{code}": _lazily(code) for code in ocds_codes()})


def _sentence(code: str) -> str:
    lang = "en" if (get_language() or "th").startswith("en") else "th"
    reason = ocds_sentence(code, lang=lang).replace("%", "%%")
    return _("“%(title)s” is live, but is missing in the open data.") + f" {reason}"


def _lazily(code: str) -> Any:
    return lazy(_sentence, str)(code)
