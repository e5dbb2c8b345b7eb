"""
What the channels have against a text: limits that it breaks, and what a service says of it.

The services are asked before a decision opens its transaction; in it only their answers are read.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from otp_policy.channels.readings import Check
from otp_policy.wagtail.models.choices import label_of

from .channel_states import spoken_on
from .next_notices import standing_now
from .previews import longest_payload, preview_judged
from .service_opinion import is_judged, key_of, opinion_of

__all__ = ["objections_of_channels", "opinions_of_channels"]

OTHER_TEXT_JUDGED = _(
    "The text changed while the service was asked about it. Open the item again, read it, and "
    "then decide."
)


def opinions_of_channels(sender: Any, page: Any, action: str, **kwargs: Any) -> dict[str, Check]:
    """
    Ask each service that judges what it is shown, as a receiver of `opinions_wanted`.

    Only an approval asks; a service that cannot answer has no opinion, and stands in no way.
    """
    found: dict[str, Check] = {}
    judged = [name for name in spoken_on() if is_judged(name)] if action == "approve" else []
    stands = standing_now(page) if judged else {}
    for channel in judged:
        payload = longest_payload(page, channel, stands)
        found[key_of(channel, payload)] = opinion_of(channel, payload)
    return found


def objections_of_channels(
    sender: Any, page: Any, action: str, opinions: Mapping[str, Any] | None = None, **kwargs: Any
) -> list[str]:
    """
    Return every limit of a channel that *page* breaks, as a receiver of `text_judged`.

    INVARIANT: of the services' opinions only those on this very text count. Where one was asked
    of another text meanwhile, the approval is refused.
    """
    said = opinions if action == "approve" else None
    found, stands = [], standing_now(page)
    for channel in spoken_on():
        try:
            preview = preview_judged(page, channel, partial(_said_before, said), stands)
        except LookupError:
            found.append(f"{label_of('channels', channel)}: {OTHER_TEXT_JUDGED}")
            continue
        found += [f"{preview.title}: {sentence}" for sentence in preview.problems]
    return found


def _said_before(
    opinions: Mapping[str, Any] | None, channel: str, payload: dict[str, Any]
) -> Check | None:
    """
    Return what the service of *channel* said of *payload* before the decision.

    Raises:
        LookupError: If it was asked about another text.
    """
    if opinions is None or not is_judged(channel):
        return None
    return opinions[key_of(channel, payload)]
