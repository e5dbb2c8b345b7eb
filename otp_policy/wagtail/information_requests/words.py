"""What the app adds to the sentences of notices and to the words of the ledger."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.notice_words import LINKS, SENTENCES
from otp_policy.wagtail.wording import DEEDS

__all__ = ["register_sentences"]

_OF_CASES = {
    "request_new": _("A request for information came in: %(title)s."),
    "request_assigned": _("Request %(title)s asks for information that your division made."),
    "request_prepared": _("Request %(title)s: the division has prepared an answer."),
    "request_answered": _("Request %(title)s: the requester has answered what was asked back."),
    "request_due_soon": _("Request %(title)s is due soon."),
    "request_overdue": _("Request %(title)s is overdue."),
    "request_is_overdue": _("Request %(title)s is overdue, and waits for those who handle it."),
}
_OF_LOG = {
    "request_log_endorse": _("Request %(title)s: its public answer waits for your endorsement."),
    "request_log_approve": _("Request %(title)s: its public answer waits for your approval."),
}
_OF_TOPICS = {
    "request_topic": _(
        "“%(title)s” is asked for again and again. Publish it, or say why it is not published."
    ),
}
_DEEDS = {
    "request_received": _("took in a request for information"),
    "request_assigned": _("gave a request to a division"),
    "request_prepared": _("prepared the answer to a request"),
    "request_clarification_asked": _("asked a requester back"),
    "request_clarified": _("noted a requester's answer"),
    "request_extended": _("extended the time of a request"),
    "request_forwarded": _("forwarded a request to another agency"),
    "request_third_party_notified": _("notified a third party of a request"),
    "request_objection_period_ended": _("noted the end of the time to object"),
    "request_decided": _("decided a request"),
    "request_delivered": _("delivered the answer to a request"),
    "request_reclocked": _("moved the due date of a request, because the holidays changed"),
    "request_identity_read": _("looked who asks in a request"),
    "request_file_read": _("took a file of a request"),
    "request_data_given": _("gave a requester what is kept about them"),
    "request_letter_made": _("made a letter to a requester"),
    "request_erased": _("erased the personal data of a request"),
    "request_overdue": _("told further up that a request is overdue"),
    "request_topic_raised": _("proposed that a topic of requests is published by itself"),
    "request_topic_closed": _("answered for a topic of requests"),
    "request_log_written": _("wrote the public answer to a request"),
    "request_log_endorsed": _("endorsed the public answer to a request"),
    "request_log_published": _("approved the public answer to a request"),
    "request_log_withdrawn": _("took the answer to a request out of the public log"),
    "request_keys_rotated": _("encrypted personal data with the newest key"),
}


def register_sentences() -> None:
    """Add them; each app of the plugin brings its own."""
    SENTENCES.update({**_OF_CASES, **_OF_LOG, **_OF_TOPICS})
    DEEDS.update(_DEEDS)
    for sentences, link in ((_OF_CASES, _case), (_OF_LOG, _release), (_OF_TOPICS, _topics)):
        LINKS.update(dict.fromkeys(sentences, link))


def _case(notice: Any) -> str:
    return reverse("otp_policy_requests:case", args=(notice.subject_id,))


def _release(notice: Any) -> str:
    return reverse("otp_policy_requests:release", args=(notice.subject_id,))


def _topics(notice: Any) -> str:
    return reverse("otp_policy_requests:topics")
