"""Decisions that were signed on paper, each with the scan of what was signed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..conf import private_storage
from .evidence import AppendOnly, Approval, Capacity

_DECIDED = [(kind.value, kind.label) for kind in (Approval.Kind.ENDORSE, Approval.Kind.APPROVE)]


class PaperDecision(AppendOnly):
    """
    A signed memo: who decided, on which day, and who recorded it (annex 1 step 3).

    An approval on paper has an `Approval` beside it, in the name of the person who signed; what
    is not agreed to has none. The scan is private, and is kept as long as the row.
    """

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("agreed")
        REJECT = "reject", _("not agreed")

    # No foreign key: evidence outlives the page that it is about.
    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    action = models.CharField(_("step"), max_length=16, choices=_DECIDED)
    outcome = models.CharField(_("decision"), max_length=16, choices=Outcome.choices)
    digest = models.CharField(_("digest"), max_length=71)
    code = models.CharField(_("code of the memo"), max_length=9)
    approval = models.OneToOneField(
        Approval,
        verbose_name=_("approval"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="paper",
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=64)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    order = models.CharField(_("delegation order"), max_length=64, blank=True)
    capacity = models.CharField(_("capacity"), max_length=16, choices=Capacity.choices)
    signed_on = models.DateField(_("signed on"))
    reason = models.TextField(_("reason"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    scan = models.FileField(_("scan"), storage=private_storage, upload_to="otp_policy_scans/")
    scan_name = models.CharField(_("name of the file"), max_length=255)
    scan_type = models.CharField(max_length=32)
    scan_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("decision on paper")
        verbose_name_plural = _("decisions on paper")
        ordering = ["recorded_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.code}"
