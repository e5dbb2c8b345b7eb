"""What proves that the measures ran: approvals, publications, contributors and the ledger."""

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(TypeError):
    """Raised when code tries to change or delete a row that is only ever added."""


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are read and added. A query changes only what may be noted of them later."""

    def update(self, **kwargs: Any) -> int:
        if not kwargs.keys() <= getattr(self.model, "NOTED_LATER", frozenset()):
            self._refuse()
        return super().update(**kwargs)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        return self._refuse()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts"):
            self._refuse()
        return super().bulk_create(*args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        return self._refuse()

    def _refuse(self) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.label} is append-only")


def keep_evidence(sender: Any, **kwargs: Any) -> None:
    """Refuse every deletion of a row of evidence: a cascade never asks the row itself."""
    raise AppendOnlyError(f"{sender._meta.label} is append-only")


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None and not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} is append-only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError(f"{self._meta.label} is append-only")


class Capacity(models.TextChoices):
    """In which capacity a role was exercised: as its holder, by acting in it, or by an order."""

    HOLDER = "holder", _("holder of the post")
    ACTING = "acting", _("acting in the post")
    ASSIGNED = "assigned", _("assigned by an order")


class Approval(AppendOnly):
    """
    Someone's endorsement or approval of one text, named by its digest (annex 1 step 3).

    Bound to the digest and never to the revision: a revision can be overwritten or purged, and
    the evidence must outlive both. The revision's number is kept only to find the text again.
    """

    class Kind(models.TextChoices):
        ENDORSE = "endorse", _("endorsement")
        APPROVE = "approve", _("approval")
        # The two that are no approval of anything: they only let one text be live as it stands.
        BASELINE = "baseline", _("adoption by an order")
        EMERGENCY = "emergency", _("publication in an emergency")

    # What a step of the policy can give.
    STEPS = (Kind.ENDORSE, Kind.APPROVE)

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    page_id = models.PositiveBigIntegerField(_("page"))
    revision_id = models.PositiveBigIntegerField(_("revision"))
    digest = models.CharField(_("digest"), max_length=71)
    recipe = models.PositiveSmallIntegerField(_("recipe"))
    # Nobody's account stands behind an adoption by an order, unless the order names one.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=64)
    unit = models.CharField(_("unit"), max_length=64, blank=True)
    order = models.CharField(_("delegation order"), max_length=64, blank=True)
    # Empty on what was decided before the capacity was kept.
    capacity = models.CharField(
        _("capacity"), max_length=16, choices=Capacity.choices, blank=True, default=""
    )
    policy = models.CharField(_("policy"), max_length=100)
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["page_id", "kind", "digest"], name="otp_approval_item")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:19]}"


class Publication(models.Model):
    """
    One time that an approved text went live on the website, and until when it stayed.

    The gate lets a page be live only with the text of its open publication.
    """

    page_id = models.PositiveBigIntegerField(_("page"))
    revision_id = models.PositiveBigIntegerField(_("revision"))
    approval = models.ForeignKey(
        Approval, verbose_name=_("approval"), on_delete=models.PROTECT, related_name="publications"
    )
    digest = models.CharField(_("digest"), max_length=71)
    recipe = models.PositiveSmallIntegerField(_("recipe"))
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    scheduled_at = models.DateTimeField(_("agreed time"))
    at = models.DateTimeField(_("at"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # The approver rejected its takedown: its approval stands, until somebody sends it out again.
    may_return = models.BooleanField(default=False)
    # When somebody looked at it last and an approver agreed that it is still right (annex 2.1).
    attested_at = models.DateTimeField(_("attested"), null=True, blank=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id"],
                condition=models.Q(ended_at__isnull=True),
                name="otp_one_open_publication",
            ),
        ]

    # What is noted of a publication after it was opened; the rest of the row is evidence.
    NOTED_LATER = frozenset({"ended_at", "may_return", "approval", "attested_at"})

    objects = AppendOnlyQuerySet.as_manager()

    # What the publication is of, while it is being made: nobody need read the revision again.
    text: Any = None
    # Whether it is known, while it is being made, that nothing of the item went out before it.
    is_first = False

    @classmethod
    def of_text(cls, text: Any, *, is_first: bool = False, **values: Any) -> "Publication":
        """Open the publication of *text*, a page in memory, for those who follow its making."""
        publication = cls(**values)
        publication.text, publication.is_first = text, is_first
        publication.save(force_insert=True)
        return publication

    def __str__(self) -> str:
        return f"{self.page_id} {self.digest[:19]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Save a new publication.

        Raises:
            AppendOnlyError: If it is stored already.
        """
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} is append-only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self._meta.label} is append-only")

    @property
    def reviewed_at(self) -> datetime:
        """Return when the text was looked at last: by its approval, or by an attestation."""
        return self.attested_at or self.at

    @property
    def lateness_seconds(self) -> int:
        """Return by how many seconds the agreed time was missed; 0 if it was kept."""
        return max(0, int((self.at - self.scheduled_at).total_seconds()))

    @property
    def lateness_minutes(self) -> int:
        """Return the lateness in whole minutes, as it is shown."""
        return self.lateness_seconds // 60


class Contribution(models.Model):
    """That someone worked on a text of an item: nobody approves what they contributed to."""

    page_id = models.PositiveBigIntegerField(_("page"))
    revision_id = models.PositiveBigIntegerField(_("revision"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("contributor"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            # Autosave writes one revision over and over; one row for it is enough.
            models.UniqueConstraint(
                fields=["page_id", "revision_id", "user"], name="otp_one_contribution"
            ),
        ]
        indexes = [models.Index(fields=["page_id", "at"], name="otp_contribution_item")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.user}"


class LedgerHead(models.Model):
    """The last row of the chain; locking this row puts appenders in line."""

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq}"


class LedgerEntry(AppendOnly):
    """
    One decision in the hash chain: `hash` covers `previous` and the canonical JSON of `body`.

    `body` is kept as the text that was hashed, so that no database's JSON type can reorder it.
    """

    seq = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=64)
    page_id = models.PositiveBigIntegerField(_("page"), null=True, blank=True, db_index=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(_("hash"), max_length=64, unique=True)
    body = models.TextField(_("decision"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"
