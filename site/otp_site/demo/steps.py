"""The steps of the measures, each taken by the account of the demo whose step it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from home.models import CategoryPage
from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.screening import answer_warnings, unanswered

AUTHOR = "pr.division-a"
PUBLISHERS = {
    "website": "publisher.web",
    "line": "publisher.social",
    "facebook": "publisher.social",
}


def user(username: str) -> Any:
    """Return the account of that name."""
    return get_user_model().objects.get(username=username)


def prepare(page: Any, category: str) -> Any:
    """Step 1: write *page* as a draft below its category."""
    author = user(AUTHOR)
    page.owning_unit = Unit.objects.get(code="division-a")
    page.owner, page.live = author, False
    CategoryPage.objects.get(category=category).add_child(instance=page)
    page.save_revision(user=author, log_action=True)
    return page


def agree_on(page: Any, channels: Iterable[str], at: datetime) -> None:
    """Step 2: propose a time on each channel, and have its owner confirm it."""
    for channel in channels:
        schedule.propose(page, user(AUTHOR), channel=channel, at=at)
        schedule.confirm(page, user(PUBLISHERS[channel]), channel=channel)


def submit(page: Any) -> None:
    """Ask for the decisions of step 3."""
    page.get_workflow().start(page, user(AUTHOR))


def approve(page: Any, username: str) -> None:
    """Step 3: endorse or approve the latest text, whichever is asked for."""
    page = type(page).objects.get(pk=page.pk)
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, user(username), "approve", digest=latest_text(page)[1])


def say_why_public(page: Any, reason: str) -> None:
    """Answer what the screen for personal data found in the draft, with one reason for all."""
    asked = unanswered(page.get_latest_revision_as_object())
    reasons = {warning.fingerprint: reason for warning in asked}
    answer_warnings(page, user(AUTHOR), reasons=reasons)
