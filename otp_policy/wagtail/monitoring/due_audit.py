"""Finds due days that are not what the policy's rule says: whoever reminds trusts these rows."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .reckoning import catch_up, differences


def due_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every stored due day that the rule contradicts."""
    catch_up()
    for page_id, stored, right in differences():
        yield {
            "code": "due_day_not_by_rule",
            "subject": f"otp_policy_monitoring.DueItem {page_id}",
            "what": _("Stored as due: %(stored)s. By the policy it is due: %(right)s.")
            % {
                "stored": (stored and stored.due_on) or "-",
                "right": (right and right.due_on) or "-",
            },
            "mend": _("Run `manage.py otp_due --rebuild`, and ask who wrote to the table."),
        }
