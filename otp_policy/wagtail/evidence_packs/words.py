"""The words of this app: what the ledger tells of it, how an item stands, and why not."""

from django.utils.translation import gettext_lazy as _

from otp_policy.assessing import Answer, Shortcoming

__all__ = ["ANSWERS", "DEEDS", "SHORTCOMINGS", "answer_label"]

DEEDS = {
    "make_evidence_pack": _("made an evidence pack"),
    "clone_instrument": _("took over the assessment for a year"),
    "change_instrument_row": _("changed an item of the assessment"),
    "check_instrument_row": _("checked an item of the assessment against its source"),
    "choose_page": _("chose the page for an item of the assessment"),
    "drop_chosen_page": _("took back the choice of a page for an item of the assessment"),
}
ANSWERS = {
    Answer.HAVE: _("Have"),
    Answer.HAVE_NOT: _("Have not"),
    Answer.STALE: _("Stale"),
    Answer.NOTHING_TO_REPORT: _("Nothing to report"),
}
SHORTCOMINGS = {
    Shortcoming.OVERDUE: _("Its review is overdue."),
    Shortcoming.OTHER_PERIOD: _("It is of another period than the item asks for."),
    Shortcoming.NO_PERIOD: _("It does not say of which period it is."),
}
NOT_CHECKED = _("Not checked for this year")


def answer_label(answer: Answer) -> str:
    """Return how an item stands, in the reader's language."""
    return str(ANSWERS[answer])
