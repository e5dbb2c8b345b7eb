"""A signed memo decides once: neither the sheet nor its scan serves for a later request."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .conf import office_day
from .messages import under_step
from .models.paper import PaperDecision
from .wording import office_date

SCAN_WAS_USED = _(
    "This very scan was recorded for this step of the item before. A signed memo decides once: "
    "print the memo again, have it signed, and scan that."
)


def about_use(memo: Any, page: Any, task_state: Any) -> list[str]:
    """
    Return why *memo* may have served before.

    The code names the text and not the request. What was withdrawn may be asked for again with
    its old text: a signature from before that was given for the earlier request, and is used up
    as a decision on the screen is (annex 1 step 3).
    """
    reasons: list[Any] = []
    asked_on = office_day(task_state.started_at)
    if memo.signed_on < asked_on:
        reasons.append(
            gettext(
                "This decision is asked for since %(day)s; the signature is older, and was given "
                "for an earlier request. Print the memo again and have it signed."
            )
            % {"day": office_date(asked_on)}
        )
    before = PaperDecision.objects.filter(page_id=page.pk, action=task_state.task.specific.action)
    if before.filter(scan_sha256=memo.scan.sha256).exists():
        reasons.append(SCAN_WAS_USED)
    return [str(under_step(reason, "approve")) for reason in reasons]
