"""The picture that goes out with an item: part of what was approved, and public with it."""

import logging
from typing import Any

from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from otp_policy.wagtail.conf import public_base_url
from otp_policy.wagtail.file_uses import is_published

__all__ = ["picture_of"]

logger = logging.getLogger(__name__)

# What every service takes: LINE shows no more than 1024 pixels, and JPEG or PNG alone.
_FORM = "max-1024x1024|format-jpeg"


def picture_of(page: Any, *, is_draft: bool = False) -> str:
    """
    Return the public address of the picture of *page*, or "" for none.

    INVARIANT: of what goes out, only a picture that is public with a live item: the services
    fetch it, and show it to everybody.

    Args:
        is_draft: Whether it is only drawn here, of a text that is not live yet.
    """
    # Neither LINE nor Facebook fetches a picture otherwise.
    if not public_base_url().startswith("https://"):
        return ""
    image = page.channel_picture()
    if image is None or image.is_svg() or not (is_draft or is_published(image)):
        return ""
    try:
        url = str(image.get_rendition(_FORM).url)
    except (SourceImageIOError, InvalidFilterSpecError, OSError) as error:
        # The text goes out all the same: it is complete without its picture.
        logger.warning("image %s cannot go out: %s", image.pk, type(error).__name__)
        return ""
    return url if url.startswith("http") else f"{public_base_url()}{url}"
