"""Agreed times of publication, one per item and channel, beside the workflow."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .choices import channel_choices, label_of


class Slot(models.Model):
    """
    A time at which an item goes out on a channel: proposed by the division, confirmed by the
    unit that owns the channel (annex 1 step 2).

    Confirming it is that unit's order to publish then. Of one item and channel at most one slot
    is open; a used one stays as evidence.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed by the division")
        COUNTERED = "countered", _("other time proposed by the channel's unit")
        CONFIRMED = "confirmed", _("confirmed")
        HELD = "held", _("held")
        USED = "used", _("used")
        DROPPED = "dropped", _("dropped")

    OPEN = (State.PROPOSED, State.COUNTERED, State.CONFIRMED, State.HELD)

    # No foreign key: evidence outlives the page that it is about.
    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    channel = models.CharField(_("channel"), max_length=64, choices=channel_choices)
    at = models.DateTimeField(_("time"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PROPOSED
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id", "channel"],
                condition=models.Q(state__in=["proposed", "countered", "confirmed", "held"]),
                name="otp_one_open_slot",
            ),
        ]
        indexes = [models.Index(fields=["state", "at"], name="otp_slot_due")]

    def __str__(self) -> str:
        return f"{label_of('channels', self.channel)} {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the owner unit's order to publish stands."""
        return self.state == self.State.CONFIRMED
