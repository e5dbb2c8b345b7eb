"""The outbox: one row per item, channel and approval, and what each attempt proved."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.channels.base import NoticeKind
from otp_policy.wagtail.conf import private_storage
from otp_policy.wagtail.models import Approval, Publication, Slot, Withdrawal
from otp_policy.wagtail.models.choices import channel_choices, label_of
from otp_policy.wagtail.models.evidence import AppendOnly

from .switches import ChannelCall, ChannelSwitch

__all__ = [
    "Attempt",
    "ChannelCall",
    "ChannelSwitch",
    "Delivery",
    "FollowUpChoice",
    "HandDelivery",
    "Readers",
]


class Delivery(models.Model):
    """
    One message that a channel is owed.

    Written in the transaction that publishes the item, with the payload frozen and the retry key
    made, so that every later attempt sends the same bytes under the same key.

    `in_place` changes or deletes the message that an earlier delivery of the channel sent, instead
    of sending another; such a call may be repeated. `follows` is the delivery that has to be
    settled first.
    """

    class Operation(models.TextChoices):
        PUBLISH = NoticeKind.PUBLISH.value, _("publication")
        CORRECT = NoticeKind.CORRECT.value, _("correction")
        WITHDRAW = NoticeKind.WITHDRAW.value, _("withdrawal")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for its time")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("unknown: being looked for")
        HELD = "held", _("held: someone has to act")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        SUPERSEDED = "superseded", _("superseded by a newer text")

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    channel = models.CharField(_("channel"), max_length=64, choices=channel_choices)
    operation = models.CharField(
        _("operation"), max_length=16, choices=Operation.choices, default=Operation.PUBLISH
    )
    in_place = models.BooleanField(default=False)
    follows = models.ForeignKey(
        "self",
        verbose_name=_("follows"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followers",
    )
    publication = models.ForeignKey(
        Publication, verbose_name=_("publication"), on_delete=models.PROTECT, related_name="+"
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("slot"), on_delete=models.PROTECT, related_name="+"
    )
    # Who of the channel's unit took it over; empty: whoever confirmed the slot.
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ordered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # The address that the message leads to, as it was when it was frozen.
    url = models.CharField(_("address of the item"), max_length=2000, blank=True)
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
    # A code of `reasons`, whose words follow the reader; `detail` is what a service or person said.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
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
        indexes = [
            models.Index(fields=["state", "due_at"], name="otp_delivery_due"),
            models.Index(fields=["channel", "state", "due_at"], name="otp_delivery_next"),
        ]

    def __str__(self) -> str:
        return f"{label_of('channels', self.channel)} {self.reference}"

    @property
    def orderer(self):
        """Return the person in whose name it goes out."""
        return self.ordered_by or self.slot.confirmed_by


class Attempt(AppendOnly):
    """What one call to a channel proved; only ever added."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="log")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=16)  # send | look | lease | settle
    outcome = models.CharField(_("outcome"), max_length=16)
    error_class = models.CharField(_("kind of error"), max_length=16, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class Readers(models.Model):
    """
    How many readers a message had, as its service last told: for the reports, and no evidence.

    None is not zero: a service leaves out numbers that are small enough to point at persons.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="readers")
    reached = models.PositiveBigIntegerField(_("reached"), null=True)
    saw = models.PositiveBigIntegerField(_("saw it"), null=True)
    followed = models.PositiveBigIntegerField(_("followed its link"), null=True)
    asked_at = models.DateTimeField(_("asked at"))
    # Empty until the service has numbers.
    told_at = models.DateTimeField(_("as of"), null=True)

    class Meta:
        verbose_name = _("readers of a message")
        verbose_name_plural = _("readers of messages")
        ordering = ["delivery_id"]

    def __str__(self) -> str:
        return f"{self.delivery} {self.reached}"


class HandDelivery(AppendOnly):
    """
    That somebody of the channel's unit carried a delivery out by hand: evidence equal to a call.

    The picture shows what the public sees. It is private, and is kept as long as the row.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="by_hand")
    url = models.URLField(_("address of the message"), max_length=500, blank=True)
    at = models.DateTimeField(_("posted at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("posted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    picture = models.FileField(
        _("picture"), storage=private_storage, upload_to="otp_policy_hand_deliveries/"
    )
    picture_name = models.CharField(_("name of the file"), max_length=255)
    picture_type = models.CharField(max_length=32)
    picture_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("delivery by hand")
        verbose_name_plural = _("deliveries by hand")
        ordering = ["recorded_at", "pk"]

    def __str__(self) -> str:
        return f"{self.delivery} {self.at:%Y-%m-%d %H:%M}"


class FollowUpChoice(AppendOnly):
    """
    What an approver chose for a channel that can take nothing back: a notice, or none.

    Made with the approval of a correction or of a withdrawal. `cost` and `left` are the messages
    that a notice takes of the allowance and what there was of it, as the approver saw them; of a
    choice on paper, as they stood when it was recorded.
    """

    approval = models.ForeignKey(
        Approval, null=True, on_delete=models.PROTECT, related_name="follow_up_choices"
    )
    withdrawal = models.ForeignKey(
        Withdrawal, null=True, on_delete=models.PROTECT, related_name="follow_up_choices"
    )
    channel = models.CharField(_("channel"), max_length=64, choices=channel_choices)
    wants_notice = models.BooleanField(_("notice wanted"))
    cost = models.PositiveIntegerField(null=True)
    left = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("choice of a notice")
        verbose_name_plural = _("choices of notices")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "channel"], name="otp_one_approval_choice"),
            models.UniqueConstraint(
                fields=["withdrawal", "channel"], name="otp_one_withdrawal_choice"
            ),
            models.CheckConstraint(
                condition=models.Q(approval__isnull=True) ^ models.Q(withdrawal__isnull=True),
                name="otp_choice_of_one_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.wants_notice}"
