"""How the states of an item read for the public."""

from django.utils.translation import gettext_lazy as _

from otp_policy.freshness import FreshnessState

# A live item is never missing: that is said of a category in which nothing is public.
STATES = {
    FreshnessState.CURRENT: _("Up to date"),
    FreshnessState.DUE_SOON: _("Due for review soon"),
    FreshnessState.OVERDUE: _("Review overdue"),
}


def state_label(state: str) -> str:
    """Return how an item stands, in the reader's language."""
    return str(STATES[FreshnessState(state)])
