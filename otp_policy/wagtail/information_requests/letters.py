"""
Letters to requesters and to third parties: the same letter as HTML and as PDF.

What a letter says of the law comes from the law files, and what was not checked is marked so.
"""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext, override

from otp_policy.vocabulary import SectionUse
from otp_policy.wagtail.conf import office_name, public_base_url
from otp_policy.wagtail.laws import INFORMATION_ACT, LegalSentence, legal_sentence, section_choices
from otp_policy.wagtail.typeset import typeset
from otp_policy.wagtail.wording import office_date

from .clock import last_day_to
from .models import CaseEvent, InformationRequest, Sealed
from .move_rules import OBJECTION_CLOCK
from .sealing import Identity, open_text

__all__ = ["LETTERS", "Letter", "letter_of", "pdf_of"]

Kind = CaseEvent.Kind
Outcome = InformationRequest.Outcome
LETTERS = frozenset(
    {
        Kind.RECEIVED.value,
        Kind.CLARIFICATION_ASKED.value,
        Kind.EXTENDED.value,
        Kind.THIRD_PARTY_NOTIFIED.value,
        Kind.FORWARDED.value,
        Kind.DECIDED.value,
    }
)
_LAYOUT = Path(__file__).with_name("letter.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What stands in a letter, in its own language. Kept out of the repr: it names people."""

    language: str
    office: str
    number: str
    day: str
    addressee: tuple[str, ...]
    subject: str
    paragraphs: tuple[str, ...]
    legal: tuple[str, ...]
    closing: str

    def __repr__(self) -> str:
        return "Letter(…)"


def letter_of(event: CaseEvent, identity: Identity) -> Letter:
    """
    Return the letter about *event*.

    Raises:
        LookupError: If no letter is written about such an event.
    """
    if event.kind not in LETTERS:
        raise LookupError(f"no letter about `{event.kind}`")
    case = event.case
    with override(case.language):
        is_other = event.kind == Kind.THIRD_PARTY_NOTIFIED
        # A third party is not told who asks.
        to = () if is_other else _lines(identity.name, identity.address)
        return Letter(
            language=case.language,
            office=office_name(),
            number=gettext("No. %(number)s") % {"number": case.reference},
            day=office_date(event.on),
            addressee=to,
            subject=_subject(event),
            paragraphs=tuple(part for part in _paragraphs(event) if part),
            legal=tuple(_marked(sentence) for sentence in _legal(event)),
            closing=gettext("Yours faithfully, %(office)s") % {"office": office_name()},
        )


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(line.strip() for text in texts for line in text.splitlines() if line.strip())


def _subject(event: CaseEvent) -> str:
    told = {"number": event.case.reference}
    subjects = {
        Kind.RECEIVED: gettext("Receipt of request for information %(number)s"),
        Kind.CLARIFICATION_ASKED: gettext("Question about request for information %(number)s"),
        Kind.EXTENDED: gettext("New date for request for information %(number)s"),
        Kind.THIRD_PARTY_NOTIFIED: gettext(
            "Request for information %(number)s, which may concern you"
        ),
        Kind.FORWARDED: gettext("Forwarding of request for information %(number)s"),
        Kind.DECIDED: gettext("Decision on request for information %(number)s"),
    }
    return subjects[Kind(event.kind)] % told


def _paragraphs(event: CaseEvent) -> list[str]:
    received = gettext("We received the request on %(day)s.") % {
        "day": office_date(event.case.received_on)
    }
    return [received, *_about(event, _note(event)), _how_to_read(event)]


def _about(event: CaseEvent, note: str) -> list[str]:
    """Return what the letter is about, in its paragraphs."""
    if event.kind == Kind.RECEIVED:
        return [_due_words(event.case)]
    if event.kind == Kind.CLARIFICATION_ASKED:
        return [note, gettext("Until you answer, the time for the answer does not run.")]
    if event.kind == Kind.EXTENDED:
        return [note, _until_words(event.until)]
    if event.kind == Kind.THIRD_PARTY_NOTIFIED:
        return [note, _objection_words(event)]
    if event.kind == Kind.DECIDED:
        return [*_decision(event), note]
    return [note]


def _note(event: CaseEvent) -> str:
    sealed = Sealed.objects.filter(pk=event.sealed_id or 0).first()
    return open_text(sealed) if sealed else ""


def _due_words(case: InformationRequest) -> str:
    if case.due_on is None:
        return ""
    return gettext("It is due on %(day)s.") % {"day": office_date(case.due_on)}


def _until_words(until: date | None) -> str:
    return gettext("The answer is now due on %(day)s.") % {"day": office_date(until)}


def _objection_words(event: CaseEvent) -> str:
    last, clock = last_day_to(OBJECTION_CLOCK, since=event.on)
    told = {"day": office_date(last), "clause": clock.clause}
    return gettext("You may object in writing up to %(day)s (%(clause)s).") % told


def _decision(event: CaseEvent) -> list[str]:
    outcomes = {
        Outcome.FULL: gettext("The information is given in full."),
        Outcome.PARTIAL: gettext("The information is given in part. The rest is not disclosed:"),
        Outcome.REFUSED: gettext("The information is not disclosed:"),
        Outcome.NOT_HELD: gettext("The Office does not hold this information."),
    }
    words = [outcomes[Outcome(event.facts["outcome"])]]
    named = dict(section_choices(SectionUse.REFUSE))
    return [*words, *(str(named.get(code, code)) for code in event.facts.get("reasons", []))]


def _how_to_read(event: CaseEvent) -> str:
    if event.kind == Kind.THIRD_PARTY_NOTIFIED:
        return ""
    told = {"site": f"{public_base_url()}{reverse('otp_policy_public_requests:status')}"}
    return gettext("With your number and your secret you see how it stands at %(site)s.") % told


def _legal(event: CaseEvent) -> list[LegalSentence]:
    codes = {
        Kind.THIRD_PARTY_NOTIFIED: ["third_party"],
        Kind.FORWARDED: ["forwarding"],
    }.get(Kind(event.kind), [])
    if event.kind == Kind.DECIDED:
        outcome = event.facts["outcome"]
        if outcome in (Outcome.PARTIAL, Outcome.REFUSED):
            codes = ["appeal"]
        elif outcome == Outcome.NOT_HELD:
            codes = ["complaint"]
    return [legal_sentence(INFORMATION_ACT, code) for code in codes]


def _marked(sentence: LegalSentence) -> str:
    if sentence.is_verified:
        return sentence.text
    return f"{sentence.text} ({gettext('This sentence was not checked against the Act.')})"


def pdf_of(letter: Letter) -> bytes:
    """
    Return the letter as a PDF file, the same bytes for the same letter.

    Raises:
        RuntimeError: If typst or a face with Thai letters is missing.
    """
    return typeset(_LAYOUT, "letter", asdict(letter))
