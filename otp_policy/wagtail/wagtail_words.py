"""
Words that editors and moderators meet in Wagtail and that its Thai catalogue lacks.

Listed here so that `makemessages` keeps them in ours, which comes first. Where a later Wagtail
brings its own translation, the line may go.
"""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("Approve with comment"),
    _("Workflow"),
    _("workflow"),
    _("workflows"),
    _("Workflows"),
    _("In progress"),
    _("Approved"),
    _("Rejected"),
    _("Skipped"),
    _("Cancelled"),
    _("Needs changes"),
    _("Cancel workflow "),
    _("Restart workflow "),
    _("Awaiting your review"),
    _("Your pages in a workflow"),
    _("Your pages and snippets in a workflow"),
    _("Reports"),
    _("Help"),
    _("Locked by workflow"),
    _("Workflow history"),
    _("Workflow status"),
    _("Current version"),
    _("History"),
    _("Checks"),
    _("Locked pages"),
    _("Site history"),
    _("Aging pages"),
    _("Page types usage"),
    _("Task"),
    _("Tasks"),
    _("Started"),
    _("Submitted by"),
)
