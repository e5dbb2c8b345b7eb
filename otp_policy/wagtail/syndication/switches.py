"""What is known of a channel as a whole: whether it is switched off, pauses, is full or healthy."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models.choices import channel_choices, label_of


class ChannelSwitch(models.Model):
    """
    Whether a channel may be called now, one row a channel, asked by every claim.

    A claim locks this row: after `switch_off` has returned, no further call begins.
    """

    channel = models.CharField(_("channel"), max_length=64, choices=channel_choices, unique=True)
    # The kill switch: a person of the owner unit, with the reason.
    off_at = models.DateTimeField(_("switched off at"), null=True, blank=True)
    off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("switched off by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    off_reason = models.CharField(_("reason"), max_length=500, blank=True)
    # The circuit breaker: `pauses` counts the openings since the last message that went out.
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    pause_cause = models.CharField(_("kind of error"), max_length=16, blank=True)
    pause_detail = models.CharField(_("detail"), max_length=500, blank=True)
    pauses = models.PositiveIntegerField(default=0)
    # The hourly limit is used up until then.
    full_until = models.DateTimeField(_("full until"), null=True, blank=True)
    # The service asked to be left alone until then, and what it said.
    wait_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    wait_detail = models.CharField(_("detail"), max_length=500, blank=True)
    # For the fair choice: the channel that was served longest ago comes first.
    served_at = models.DateTimeField(null=True, blank=True)
    # The daily look at the access and the allowance.
    look_due_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    health = models.CharField(_("access"), max_length=16, blank=True)
    health_detail = models.CharField(_("detail"), max_length=500, blank=True)
    quota_limit = models.PositiveBigIntegerField(_("allowance"), null=True, blank=True)
    quota_used = models.PositiveBigIntegerField(_("used of the allowance"), null=True, blank=True)
    quota_cost = models.PositiveBigIntegerField(_("cost of one message"), null=True, blank=True)
    # The day on which the access ends, if the service tells one.
    access_ends_at = models.DateTimeField(_("access ends"), null=True, blank=True)
    # The fewest days before that end of which people were told.
    access_warned_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("channel switch")
        verbose_name_plural = _("channel switches")
        ordering = ["channel"]

    def __str__(self) -> str:
        return label_of("channels", self.channel)

    def is_paused(self, now: datetime) -> bool:
        """Tell whether the circuit breaker is open."""
        return self.paused_until is not None and self.paused_until > now

    def is_full(self, now: datetime) -> bool:
        """Tell whether the hourly limit is used up."""
        return self.full_until is not None and self.full_until > now

    def must_wait(self, now: datetime) -> bool:
        """Tell whether the service wants the whole channel to be left alone."""
        return self.wait_until is not None and self.wait_until > now


class ChannelCall(models.Model):
    """That a channel with an hourly limit was called, written before the call."""

    channel = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["channel", "at"], name="otp_channel_calls")]

    def __str__(self) -> str:
        return f"{self.channel} {self.at:%Y-%m-%d %H:%M:%S}"
