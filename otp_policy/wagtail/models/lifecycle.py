"""What becomes of an item once it is live: corrections, withdrawals, urgency."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .evidence import AppendOnly, Approval, Publication


class Correction(AppendOnly):
    """
    What one approval of a live item's new text corrects (annex 1 step 5).

    Written with the approval, from the difference to what was live then. The note stands in the
    approved text itself; it is repeated here so that lists need not read revisions.
    """

    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="correction")
    prior = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("what was corrected, and why"), blank=True)
    note_en = models.TextField(_("the same in English"), blank=True)
    is_material = models.BooleanField(_("material"))
    # [{"kind", "field", "before", "after"}], computed; never what somebody said of it.
    changes = models.JSONField(default=list)
    # The correction took personal data out: the prior version must not show it any longer.
    hides_prior = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self) -> str:
        return f"{self.prior_id} → {self.approval_id}"


class HiddenVersion(AppendOnly):
    """That the website's owner took a prior version away from the public."""

    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="hidden")
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("hidden version")
        verbose_name_plural = _("hidden versions")

    def __str__(self) -> str:
        return f"{self.publication_id}"


class Withdrawal(models.Model):
    """
    That a live item leaves the public: asked for by its division, or taken down at once.

    Both are approved like a text (annex 1 step 5), bound to `digest`: of the publication, the
    title and the reason that the public will read at the item's address.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        RECALLED = "recalled", _("taken back")

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    is_emergency = models.BooleanField(_("taken down at once"), default=False)
    title = models.CharField(_("title"), max_length=255, blank=True)
    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    reason = models.CharField(_("public reason"), max_length=500)
    reason_en = models.CharField(_("public reason in English"), max_length=500, blank=True)
    digest = models.CharField(_("digest"), max_length=71)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked for"))
    down_at = models.DateTimeField(_("taken down"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id"],
                condition=models.Q(state="waiting"),
                name="otp_one_open_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.get_state_display()}"


class WithdrawalDecision(AppendOnly):
    """Someone's endorsement, approval or rejection of a withdrawal."""

    class Kind(models.TextChoices):
        ENDORSE = "endorse", _("endorsement")
        APPROVE = "approve", _("approval")
        REJECT = "reject", _("rejection")

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    digest = models.CharField(_("digest"), max_length=71)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=64)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    order = models.CharField(_("delegation order"), max_length=64, blank=True)
    policy = models.CharField(_("policy"), max_length=100)
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision on a withdrawal")
        verbose_name_plural = _("decisions on withdrawals")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.withdrawal_id}"


class UrgentMark(models.Model):
    """That an item is important or urgent (annex 2.1): its timer runs from `at` until public."""

    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    reason = models.CharField(_("reason"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("urgent item")
        verbose_name_plural = _("urgent items")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id"],
                condition=models.Q(lifted_at__isnull=True),
                name="otp_one_urgent_mark",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.reason}"
