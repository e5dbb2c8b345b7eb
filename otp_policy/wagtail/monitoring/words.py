"""The words that the monitoring adds to those of the plugin: notices, deeds and states."""

from django.utils.translation import gettext_lazy as _

from otp_policy.freshness import FreshnessState

SENTENCES = {
    "error_reported": _("A reader reports an error in “%(title)s”."),
    "links_broken": _("Links in “%(title)s” do not open."),
    "update_asked": _(
        "The unit that owns the website asks your division to bring up to date: “%(title)s”."
    ),
    "update_late": _("%(unit)s has not met the request in time: “%(title)s”."),
    "review_due_soon": _(
        "“%(title)s” is due for review soon. Correct it, or attest that it is still right."
    ),
    "review_due_today": _(
        "“%(title)s” is due for review today. Correct it, or attest that it is still right."
    ),
    "review_overdue": _("The review of “%(title)s” of %(unit)s is overdue."),
    "ask_endorse_attestation": _(
        "“%(title)s” was checked and found right. The attestation waits for your endorsement."
    ),
    "ask_approve_attestation": _(
        "“%(title)s” was checked and found right. The attestation waits for your approval."
    ),
    "attestation_endorsed": _("The attestation of “%(title)s” is endorsed."),
    "attestation_approved": _("The attestation of “%(title)s” is approved: it counts as reviewed."),
    "attestation_rejected": _(
        "The attestation of “%(title)s” is rejected. The reason is on its screen."
    ),
    "remind_endorse_attestation": _(
        "The attestation of “%(title)s” still waits for your endorsement."
    ),
    "remind_approve_attestation": _(
        "The attestation of “%(title)s” still waits for your approval."
    ),
    "escalate_endorse_attestation": _(
        "The attestation of “%(title)s” of %(unit)s has waited too long for its endorsement."
    ),
    "escalate_approve_attestation": _(
        "The attestation of “%(title)s” of %(unit)s has waited too long for its approval."
    ),
}

DEEDS = {
    "report_error": _("a reader reported an error"),
    "forget_reports": _("forgot the words of readers' reports whose time was over"),
    "report_links": _("found links that do not open"),
    "ask_for_link_check": _("asked for a check of the links"),
    "check_links": _("checked the links"),
    "close_report": _("closed the report of an error"),
    "ask_for_update": _("asked the division for an update"),
    "call_off_update": _("called the update request off"),
    "meet_update": _("the update request is met"),
    "escalate_review": _("told further up, because its review is overdue"),
    "ask_to_attest": _("attested that it is still right"),
    "endorse_attestation": _("endorsed the attestation"),
    "approve_attestation": _("approved the attestation"),
    "reject_attestation": _("rejected the attestation"),
    "recall_attestation": _("took the attestation back"),
    "attest": _("counted as reviewed, by an approved attestation"),
}

STATES = {
    FreshnessState.MISSING: _("Never published"),
    FreshnessState.CURRENT: _("Up to date"),
    FreshnessState.DUE_SOON: _("Due for review soon"),
    FreshnessState.OVERDUE: _("Review overdue"),
}

# Why a link does not open, or was not followed.
LINK_REASONS = {
    "nothing_there": _("there is nothing at this address"),
    "no_address": _("this is no address"),
    "inside_a_network": _("it leads into an internal network, where no reader comes"),
    "redirects_in_a_circle": _("it leads in a circle"),
    "too_many_redirects": _("it is redirected too often"),
    "no_such_name": _("there is no such name"),
    "name_not_found_out": _("its name could not be looked up"),
    "no_connection": _("no connection"),
    "no_answer_in_time": _("no answer in time"),
    "no_web_server": _("what answers is no web server"),
    "certificate": _("its certificate is not valid"),
    "error_of_server": _("an error of its server"),
    "error": _("an error"),
    "refuses_programs": _("it refuses programs"),
    "unusual_port": _("an unusual port, which is not asked"),
    "page_not_public": _("that page is not public"),
    "file_gone": _("that file is gone"),
}


def state_label(state: str) -> str:
    """Return how an item stands, in the reader's language."""
    return str(STATES[FreshnessState(state)])
