"""Where each report stands, and which reminders of it were given."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.reporting import WHOLE_YEAR


class Report(models.Model):
    """
    One version of the report on a fiscal year, or a quarter of one.

    What it says is in its submissions, which nobody changes; this row says only how far it is. A
    version that was acknowledged stays as it is: what is found later makes another one.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("being prepared")
        SUBMITTED = "submitted", _("submitted to the executives")
        RETURNED = "returned", _("returned with a reason")
        ACKNOWLEDGED = "acknowledged", _("acknowledged by the executives")

    OPEN = (State.PREPARED, State.SUBMITTED, State.RETURNED)

    # The entry of the policy that asks for it.
    code = models.CharField(max_length=64)
    # In the common era, of the last day of the fiscal year.
    year = models.PositiveSmallIntegerField(_("fiscal year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"), default=WHOLE_YEAR)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    reason = models.CharField(_("reason of the new version"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PREPARED
    )
    at = models.DateTimeField(_("begun"))

    class Meta:
        verbose_name = _("report to the executives")
        verbose_name_plural = _("reports to the executives")
        ordering = ["-year", "quarter", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "year", "quarter", "version"], name="otp_one_report_version"
            ),
            models.UniqueConstraint(
                fields=["code", "year", "quarter"],
                condition=models.Q(state__in=["prepared", "submitted", "returned"]),
                name="otp_one_open_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period_code}"

    @property
    def period_code(self) -> str:
        """Return period and version as the ledger has them, as `2026/0 v1`."""
        return f"{self.year}/{self.quarter} v{self.version}"


class ReportStage(models.Model):
    """That a reminder of a report was given, so many days after the day from which it counts."""

    class About(models.TextChoices):
        SUBMIT = "submit", _("submission")
        ACKNOWLEDGE = "acknowledge", _("acknowledgement")

    code = models.CharField(max_length=64)
    about = models.CharField(max_length=16, choices=About.choices)
    # The fiscal year that is owed, or the report that waits.
    key = models.PositiveBigIntegerField()
    due_on = models.DateField()
    offset = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "about", "key", "due_on", "offset"], name="otp_one_report_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.key} {self.due_on} {self.offset:+}"
