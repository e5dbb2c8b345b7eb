"""Where the links of public items lead, and what came of following them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkTarget(models.Model):
    """
    One address that public items link to, or a page or file of this site.

    What says that there is nothing is `broken` at once. What does not answer may be an outage: it
    has `failed`, and is `broken` only if it still fails a day later.
    """

    class State(models.TextChoices):
        NOT_CHECKED = "not_checked", _("not checked yet")
        OPENS = "opens", _("opens")
        FAILED = "failed", _("does not answer; it will be tried again")
        BROKEN = "broken", _("does not open")
        BY_HAND = "by_hand", _("refuses programs; open it by hand")

    # An address may be longer than a database lets a unique column be.
    key = models.CharField(max_length=64, unique=True)
    url = models.TextField(_("address"))
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.NOT_CHECKED
    )
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)

    class Meta:
        verbose_name = _("target of links")
        verbose_name_plural = _("targets of links")
        indexes = [
            models.Index(fields=["state"], name="otp_target_state"),
            models.Index(fields=["checked_at"], name="otp_target_checked"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.url}"


class ItemLink(models.Model):
    """That a public item links to a target."""

    page_id = models.PositiveBigIntegerField(_("page"))
    target = models.ForeignKey(LinkTarget, on_delete=models.CASCADE, related_name="items")

    class Meta:
        verbose_name = _("link of an item")
        verbose_name_plural = _("links of items")
        constraints = [
            models.UniqueConstraint(fields=["page_id", "target"], name="otp_item_links_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.target_id}"


class LinkCheck(models.Model):
    """One check of the links: of all public items, or of one of them, or a second look."""

    page_id = models.PositiveBigIntegerField(_("page"), null=True, blank=True)
    # Only of what failed the day before.
    is_second_look = models.BooleanField(default=False)
    # None of those that come by themselves.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"))
    gathered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Who does it has it until then; one that dies in it leaves it to the next.
    busy_until = models.DateTimeField(null=True, blank=True)
    targets = models.PositiveIntegerField(_("targets"), default=0)
    broken = models.PositiveIntegerField(_("broken"), default=0)
    # What was over the bound, and waits for the next check.
    left_over = models.PositiveIntegerField(_("left for the next check"), default=0)

    class Meta:
        verbose_name = _("check of links")
        verbose_name_plural = _("checks of links")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.asked_at:%Y-%m-%d}"
