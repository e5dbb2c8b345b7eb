"""The doorbell: a Celery task that runs the same round as `run_dispatcher`."""

from celery import shared_task

from otp_policy.wagtail.dispatcher import run_once


@shared_task(ignore_result=True)
def dispatch() -> None:
    """Publish what is due and send what is owed. Carries no data: the database is the truth."""
    run_once()
