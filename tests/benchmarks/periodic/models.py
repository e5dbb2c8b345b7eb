"""A page with nothing but what wagtail-periodic-review adds to it."""

from wagtail.models import Page
from wagtail_periodic_review.models import PeriodicReviewMixin


class PeriodicPage(PeriodicReviewMixin, Page):
    """Reviewed every so many months."""
