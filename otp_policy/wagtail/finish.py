"""
What happens when a workflow ends well (`WAGTAIL_FINISH_WORKFLOW_ACTION`).

Wagtail imports this while its own models are still loading, so nothing of ours or of Wagtail's
may be imported here before the function runs.
"""


def finish_workflow(workflow_state, user=None) -> None:
    """
    Leave a governed item to the dispatcher; publish anything else as Wagtail does.

    A workflow also ends when its last task is switched off: that is no approval, and is told.
    """
    from wagtail.workflows import publish_workflow_state

    from .adapters import latest_text
    from .gate import what_is_missing
    from .history import History
    from .models import is_governed
    from .refusals import not_published
    from .standing import awaits_ratification

    page = workflow_state.content_object
    if not is_governed(page):
        publish_workflow_state(workflow_state, user=user)
        return
    past, digest = History.of(page.pk), latest_text(page.specific)[1]
    approval = past.standing_approval()
    is_ratified = past.is_live and past.publication.digest == digest
    if is_ratified and not awaits_ratification(page):
        return
    if approval is None or approval.digest != digest:
        workflow_state.status = workflow_state.STATUS_CANCELLED
        workflow_state.save(update_fields=["status"])
        not_published(page.title, what_is_missing(page.specific))
