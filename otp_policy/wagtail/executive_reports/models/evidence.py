"""What is written once of a report: who prepared, submitted and decided on what."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.conf import private_storage
from otp_policy.wagtail.models.evidence import AppendOnly, Capacity

from .reports import Report


def content_digest(content: str) -> str:
    """Return the SHA-256 of what was submitted, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


class Act(AppendOnly):
    """One thing that somebody did by a post or an order."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=64)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    order = models.CharField(_("delegation order"), max_length=64, blank=True)
    capacity = models.CharField(_("capacity"), max_length=16, choices=Capacity.choices, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True


class Preparation(Act):
    """What somebody of the unit wrote of the findings; whoever did so acknowledges nothing."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="preparations")
    findings = models.TextField(_("findings in Thai"))
    findings_en = models.TextField(_("findings in English"), blank=True)

    class Meta:
        verbose_name = _("preparation of a report")
        verbose_name_plural = _("preparations of reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.pk}"


class Submission(Act):
    """
    What was submitted to the executives, frozen: figures, findings, and the ledger's head.

    `content` is canonical JSON, and `sha256` is of those very bytes. Screens and files of a
    submitted report are drawn from it alone, whatever is recorded later.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="submissions")
    content = models.TextField(_("content"))
    sha256 = models.CharField(max_length=64)
    ledger_seq = models.PositiveBigIntegerField(_("rows of the ledger"))
    ledger_hash = models.CharField(_("head of the ledger"), max_length=64)
    policy = models.CharField(_("policy"), max_length=100)

    class Meta:
        verbose_name = _("submission of a report")
        verbose_name_plural = _("submissions of reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.sha256[:12]}"

    @property
    def is_whole(self) -> bool:
        """Tell whether the content is still what was submitted."""
        return content_digest(self.content) == self.sha256

    def read(self) -> dict[str, Any]:
        """
        Return what was submitted.

        Raises:
            ValueError: If it is not what was submitted any more.
        """
        if not self.is_whole:
            raise ValueError(f"submission `{self.pk}` is not what was submitted")
        found: dict[str, Any] = json.loads(self.content)
        return found


class ReportDecision(Act):
    """
    That the executives acknowledged a submission, or returned it with a reason.

    On paper, `letter_number` and `signed_on` are of the signed sheet, `by` is who signed it, and
    `recorded_by` somebody of the unit who neither prepared nor submitted the report.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("acknowledged")
        RETURN = "return", _("returned")

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="decision")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    remark = models.TextField(_("remark"), blank=True)
    policy = models.CharField(_("policy"), max_length=100)
    letter_number = models.CharField(_("number of the letter"), max_length=64, blank=True)
    signed_on = models.DateField(_("signed"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    scan = models.FileField(
        _("scan"), storage=private_storage, upload_to="otp_policy_report_scans/", blank=True
    )
    scan_name = models.CharField(_("name of the file"), max_length=255, blank=True)
    scan_type = models.CharField(max_length=32, blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("decision on a report")
        verbose_name_plural = _("decisions on reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.submission_id}"

    @property
    def is_on_paper(self) -> bool:
        return self.signed_on is not None


class ReportPage(AppendOnly):
    """Which page of the website was drafted from an acknowledged submission."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="pages")
    # No foreign key: evidence outlives the page that it is about.
    page_id = models.PositiveBigIntegerField(_("page"), unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("page of a report")
        verbose_name_plural = _("pages of reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.page_id}"
