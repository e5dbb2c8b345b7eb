"""What the templates of the requests say of the law's data."""

from django import template

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.laws import law_in_force

from ..moves import RETENTION

register = template.Library()


@register.simple_tag
def months_kept() -> int:
    """Return for how many months personal data is kept after a case that ends today."""
    law, code = RETENTION
    entries = [each for each in law_in_force(law).retention if each.code == code]
    holding = [each for each in entries if each.effective_from <= office_day()] or entries
    return max(holding, key=lambda each: each.effective_from).keep_months
