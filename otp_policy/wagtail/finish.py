"""
What happens when a workflow ends well (`WAGTAIL_FINISH_WORKFLOW_ACTION`).

Wagtail imports this while its own models are still loading, so nothing of ours or of Wagtail's
may be imported here before the function runs.
"""


def finish_workflow(workflow_state, user=None) -> None:
    """Leave a governed item to the dispatcher; publish anything else as Wagtail does."""
    from wagtail.workflows import publish_workflow_state

    from .models import is_governed

    if not is_governed(workflow_state.content_object):
        publish_workflow_state(workflow_state, user=user)
