"""Cases, their numbers, and what happened to them. Nothing personal stands in these tables."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.vocabulary import EventKind
from otp_policy.wagtail.models.evidence import AppendOnly


class RequestNumber(models.Model):
    """The last number of a Buddhist year; locking the row puts those who take one in line."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.last}/{self.year}"


class InformationRequest(models.Model):
    """
    A request for information: how it came, who answers it, and until when.

    `due_on`, `is_paused`, `closed_on` and `erase_on` follow from the events; `clock` computes them.
    `subject` is a title in the office's own words, checked for personal data.
    """

    class Via(models.TextChoices):
        WEB = "web", _("form on the website")
        LETTER = "letter", _("letter")
        PHONE = "phone", _("telephone")
        WALK_IN = "walk_in", _("in person")
        E_MAIL = "e_mail", _("e-mail")

    class Wants(models.TextChoices):
        COPY = "copy", _("a copy")
        CERTIFIED_COPY = "certified_copy", _("a certified copy")
        INSPECT = "inspect", _("to look at it at the office")

    class Outcome(models.TextChoices):
        FULL = "full", _("given in full")
        PARTIAL = "partial", _("given in part")
        REFUSED = "refused", _("refused")
        NOT_HELD = "not_held", _("not held by the office")
        FORWARDED = "forwarded", _("forwarded to another agency")

    class Reminded(models.TextChoices):
        NO = "", ""
        DUE_SOON = "due_soon", _("due soon")
        OVERDUE = "overdue", _("overdue")

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    secret_digest = models.CharField(max_length=64)
    # The sending of one form, so that sending it twice makes one case.
    submission = models.UUIDField(null=True, blank=True, unique=True)
    via = models.CharField(_("came by"), max_length=16, choices=Via.choices)
    wants = models.CharField(_("wanted"), max_length=16, choices=Wants.choices)
    language = models.CharField(_("language of the answer"), max_length=8)
    received_on = models.DateField(_("received"))
    registered_at = models.DateTimeField(_("registered"))
    clock = models.CharField(max_length=64)
    owner = models.ForeignKey(
        "otp_policy.Unit", verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+"
    )
    producer = models.ForeignKey(
        "otp_policy.Unit",
        verbose_name=_("division that made the information"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    topic = models.ForeignKey(
        "otp_policy_requests.Topic",
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    is_paused = models.BooleanField(_("clock stands"), default=False)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True)
    reasons = models.JSONField(_("sections"), default=list, blank=True)
    reminded = models.CharField(
        max_length=16, choices=Reminded.choices, blank=True, default=Reminded.NO
    )
    erase_on = models.DateField(_("personal data is erased"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request for information")
        verbose_name_plural = _("requests for information")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="otp_request_number"),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=models.Q(closed_on__isnull=True),
                name="otp_request_open",
            ),
            models.Index(
                fields=["erase_on"],
                condition=models.Q(erased_at__isnull=True),
                name="otp_request_erase",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """Return the number as it is written, as `12/2569`."""
        return f"{self.number}/{self.year}"

    @property
    def is_open(self) -> bool:
        """Tell whether nothing has closed the case yet."""
        return self.closed_on is None


class CaseEvent(AppendOnly):
    """
    What happened to a case: written once, without a word that could be personal.

    What was written to the requester is sealed; `sealed_id` names it until it is erased. `facts`
    are codes: a unit, sections, the due dates before and after a change of the holidays.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        ASSIGNED = "assigned", _("given to a division")
        CLARIFICATION_ASKED = EventKind.CLARIFICATION_ASKED.value, _("asked the requester back")
        CLARIFIED = EventKind.CLARIFIED.value, _("the requester answered")
        EXTENDED = EventKind.EXTENDED.value, _("extended, with notice to the requester")
        FORWARDED = EventKind.FORWARDED.value, _("forwarded to another agency (section 12)")
        THIRD_PARTY_NOTIFIED = (
            EventKind.THIRD_PARTY_NOTIFIED.value,
            _("a third party was notified (section 17)"),
        )
        OBJECTION_PERIOD_ENDED = (
            EventKind.OBJECTION_PERIOD_ENDED.value,
            _("the time to object ended"),
        )
        DECIDED = EventKind.DECIDED.value, _("decided")
        DELIVERED = EventKind.DELIVERED.value, _("answer delivered")
        PREPARED = "prepared", _("the division prepared an answer")
        RECLOCKED = "reclocked", _("the due date moved, because the table of holidays changed")
        ERASED = "erased", _("personal data erased")

    ON_THE_CLOCK = tuple(kind.value for kind in EventKind)

    case = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=32, choices=Kind.choices)
    on = models.DateField(_("day"))
    until = models.DateField(_("until"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sealed_id = models.PositiveBigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a request")
        verbose_name_plural = _("events of requests")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.on}"

    def fact(self, name: str) -> Any:
        """Return one of the facts, or None."""
        return self.facts.get(name)


class RequesterMail(models.Model):
    """
    That a requester is owed an e-mail; the address is read from what is sealed when it leaves.

    It says that there is news under a number, and nothing else.
    """

    case = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="mails")
    event = models.OneToOneField(CaseEvent, on_delete=models.PROTECT, related_name="mail")
    next_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} {self.event_id}"
