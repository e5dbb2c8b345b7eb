"""What readers report as wrong: a task for the division that owns the item."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Unit


class ErrorReport(models.Model):
    """
    A reader's word on a live item, or what the check of links found in it.

    Who the reader is, and from where, is kept nowhere.
    """

    class Kind(models.TextChoices):
        WRONG = "wrong", _("something is wrong")
        OUTDATED = "outdated", _("it is out of date")
        LINK = "link", _("a link or a file does not open")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        FIXED = "fixed", _("put right")
        NOTHING_WRONG = "nothing_wrong", _("nothing is wrong")

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    title = models.CharField(_("title"), max_length=255)
    unit = models.ForeignKey(
        Unit, verbose_name=_("owning unit"), on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField(_("category"), max_length=64)
    # Of the text that the reader had before them.
    digest = models.CharField(_("digest"), max_length=71)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    text = models.TextField(_("what the reader says"), max_length=1000)
    is_of_check = models.BooleanField(default=False)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OPEN)
    note = models.CharField(_("what was done"), max_length=500, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report of an error")
        verbose_name_plural = _("reports of errors")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["state", "unit"], name="otp_report_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
