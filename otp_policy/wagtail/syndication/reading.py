"""Who reads the register of deliveries, and one delivery with what it says."""

from typing import Any

from otp_policy.wagtail.adapters import actor_for
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.publishing import governed_page

from .channel_states import spoken_on
from .models import Delivery
from .switching import owns_channel


def reads_register(user: Any) -> bool:
    """Tell whether *user* reads what went out: whoever holds a post in the office today."""
    return user.is_active and (
        user.is_superuser or bool(actor_for(user, office_day(), with_orders=False).posts)
    )


def reads_all(user: Any) -> bool:
    """Tell whether *user* reads what is not public any more as well: who posts, and who audits."""
    return user.is_superuser or any(owns_channel(user, channel) for channel in spoken_on())


def may_read(user: Any, delivery: Delivery) -> bool:
    """Tell whether *user* may read what *delivery* says: public now, or the reader's own matter."""
    if not reads_register(user):
        return False
    if delivery.publication.ended_at is None or reads_all(user):
        return True
    page = governed_page(delivery.page_id)
    return page is not None and page.permissions_for_user(user).can_edit()
