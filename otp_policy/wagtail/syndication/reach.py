"""What can still be done on a channel with a message that is out."""

from typing import Any

from otp_policy.channels.base import Capabilities

from .conf import adapter_for
from .models import Delivery

# The services that cannot be asked, and where a person carries out what the office decides.
_BY_HAND = Capabilities(edit=True, delete=True, idempotent=False, reconcile=False)


def capabilities_of(channel: str) -> Capabilities:
    """Return what *channel* can do; where a person posts by hand, whatever a person can."""
    adapter = adapter_for(channel)
    return adapter.capabilities if adapter else _BY_HAND


def takes_nothing_back(channel: str) -> bool:
    """Tell whether a message on *channel* can be neither changed nor deleted."""
    able = capabilities_of(channel)
    return not (able.edit or able.delete)


def can_stay(out: Delivery, *, url: str, image_url: str) -> bool:
    """
    Tell whether the message *out* stays, with another text: its link and picture cannot change.

    A person changes whatever a person can.
    """
    if adapter_for(out.channel) is None:
        return True
    picture: Any = out.payload.get("image_url", "")
    return out.url in ("", url) and picture in ("", image_url)


def changes_in_place(channel: str) -> bool:
    """Tell whether the service itself changes or deletes a message that is out on *channel*."""
    adapter = adapter_for(channel)
    return adapter is not None and adapter.capabilities.edit and adapter.capabilities.delete
