"""That a division looked at a live item and found it right, and who agreed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.models.evidence import AppendOnly, Capacity


class Attestation(models.Model):
    """
    “Checked, still right” of one live text, without publishing it anew (annex 2.1).

    Prepared by the division and approved like step 5, bound to `digest`: of the publication and of
    what was said to have been checked. Once approved it counts as the last review.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        RECALLED = "recalled", _("taken back")
        OVERTAKEN = "overtaken", _("overtaken by another text")

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("what was checked"), max_length=500)
    digest = models.CharField(_("digest"), max_length=71)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked for"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id"],
                condition=models.Q(state="waiting"),
                name="otp_one_open_attestation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.get_state_display()}"


class AttestationDecision(AppendOnly):
    """Someone's endorsement, approval or rejection of an attestation."""

    class Kind(models.TextChoices):
        ENDORSE = "endorse", _("endorsement")
        APPROVE = "approve", _("approval")
        REJECT = "reject", _("rejection")

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    digest = models.CharField(_("digest"), max_length=71)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=64)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    order = models.CharField(_("delegation order"), max_length=64, blank=True)
    capacity = models.CharField(_("capacity"), max_length=16, choices=Capacity.choices)
    policy = models.CharField(_("policy"), max_length=100)
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on an attestation")
        verbose_name_plural = _("decisions on attestations")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.attestation_id}"
