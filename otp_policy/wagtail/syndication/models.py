"""The outbox: one row per item, channel and approval, and what each attempt proved."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Publication, Slot
from otp_policy.wagtail.models.choices import channel_choices, label_of


class Delivery(models.Model):
    """
    One message that a channel is owed.

    Written in the transaction that publishes the item, with the payload frozen and the retry key
    made, so that every later attempt sends the same bytes under the same key.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for its time")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unknown: being looked for")
        HELD = "held", _("held: someone has to act")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    channel = models.CharField(_("channel"), max_length=64, choices=channel_choices)
    operation = models.CharField(_("operation"), max_length=16, default="publish")
    publication = models.ForeignKey(
        Publication, verbose_name=_("publication"), on_delete=models.PROTECT, related_name="+"
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("slot"), on_delete=models.PROTECT, related_name="+"
    )
    reference = models.CharField(_("reference"), max_length=64, unique=True)
    retry_key = models.UUIDField(_("retry key"), default=uuid.uuid4, unique=True, editable=False)
    payload = models.JSONField(_("payload"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PENDING
    )
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    # Counts claims. An answer is written only by the claim that asked.
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(_("looks"), default=0)
    remote_id = models.CharField(_("number at the service"), max_length=200, blank=True)
    request_id = models.CharField(_("request number"), max_length=200, blank=True)
    permalink = models.URLField(_("address"), max_length=500, blank=True)
    error_class = models.CharField(_("kind of error"), max_length=16, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id", "channel", "operation", "publication"],
                name="otp_one_delivery",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="otp_delivery_due")]

    def __str__(self) -> str:
        return f"{label_of('channels', self.channel)} {self.reference}"


class Attempt(models.Model):
    """What one call to a channel proved; only ever added."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="log")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=16)  # send | look | lease
    outcome = models.CharField(_("outcome"), max_length=16)
    error_class = models.CharField(_("kind of error"), max_length=16, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"
