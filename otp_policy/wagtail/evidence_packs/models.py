"""The assessment instrument of a year as rows that the office adapts and checks."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from otp_policy.instruments import AssessmentPeriod
from otp_policy.vocabulary import Confidence

__all__ = ["ChosenPage", "InstrumentRow", "InstrumentYear"]

PERIODS = [
    (AssessmentPeriod.NOW.value, _("what holds now")),
    (AssessmentPeriod.CURRENT_FISCAL_YEAR.value, _("the fiscal year that is assessed")),
    (AssessmentPeriod.PREVIOUS_FISCAL_YEAR.value, _("the fiscal year before")),
    (AssessmentPeriod.FIRST_SIX_MONTHS.value, _("the first six months of the fiscal year")),
    (AssessmentPeriod.COVERS_CURRENT_YEAR.value, _("several years, the assessed one among them")),
]
CONFIDENCES = [
    (Confidence.VERIFIED.value, _("read in the source")),
    (Confidence.SECONDARY.value, _("from one secondary source")),
    (Confidence.INFERRED.value, _("inferred from a secondary source")),
    (Confidence.GENERAL_KNOWLEDGE.value, _("general knowledge, no source found")),
]


class InstrumentYear(models.Model):
    """The form of one fiscal year (Buddhist era) for one type of agency."""

    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"),
        validators=[MinValueValidator(2540), MaxValueValidator(2700)],
    )
    agency_type = models.SlugField(_("type of agency"), max_length=64)
    label_th = models.CharField(_("name in Thai"), max_length=300)
    label_en = models.CharField(_("name in English"), max_length=300, blank=True)
    # The shipped file or the year from which the rows were taken over.
    cloned_from = models.CharField(_("taken over from"), max_length=100)
    source = models.TextField(_("source"))
    confidence = models.CharField(_("how sure"), max_length=32, choices=CONFIDENCES)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken over by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("taken over at"))

    class Meta:
        verbose_name = _("assessment of a year")
        verbose_name_plural = _("assessments by year")
        ordering = ["-fiscal_year", "agency_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "agency_type"], name="otp_one_instrument_a_year"
            ),
        ]

    def __str__(self) -> str:
        return _in_language(self, "label")


class InstrumentRow(models.Model):
    """
    One item that is asked for, and what answers it here.

    `categories` and `kinds` are codes of this office's policy; pages that name the item's code
    themselves answer it too. Whoever checked the row against the year's own form is noted.
    """

    instrument = models.ForeignKey(InstrumentYear, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("item"), max_length=32)
    label_th = models.CharField(_("heading in Thai"), max_length=300)
    label_en = models.CharField(_("heading in English"), max_length=300, blank=True)
    demand_th = models.TextField(_("what is asked for, in Thai"), blank=True)
    demand_en = models.TextField(_("what is asked for, in English"), blank=True)
    period = models.CharField(_("period asked for"), max_length=32, choices=PERIODS)
    categories = models.JSONField(_("categories that answer it"), default=list, blank=True)
    kinds = models.JSONField(_("kinds that answer it"), default=list, blank=True)
    explanation = models.TextField(_("explanation for the form"), blank=True, max_length=1000)
    confidence = models.CharField(_("how sure"), max_length=32, choices=CONFIDENCES)
    source = models.TextField(_("source"), blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("checked by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    checked_at = models.DateTimeField(_("checked at"), null=True)

    class Meta:
        verbose_name = _("item of the assessment")
        verbose_name_plural = _("items of the assessment")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "code"], name="otp_one_row_an_item"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """Return the heading in the reader's language."""
        return _in_language(self, "label")

    @property
    def demand(self) -> str:
        """Return what is asked for, in the reader's language."""
        return _in_language(self, "demand")

    @property
    def is_checked(self) -> bool:
        """Tell whether somebody held the row against the form of its year."""
        return self.checked_at is not None


class ChosenPage(models.Model):
    """A page that was chosen by hand to answer an item, and why; it goes before what is derived."""

    row = models.ForeignKey(InstrumentRow, on_delete=models.CASCADE, related_name="chosen")
    # No foreign key: pages are read in bulk, and one that is gone answers nothing.
    page_id = models.PositiveBigIntegerField(_("page"))
    explanation = models.TextField(_("why it answers the item"), max_length=1000)
    says_nothing = models.BooleanField(_("it says that there was nothing to report"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("chosen by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("chosen at"))

    class Meta:
        verbose_name = _("page chosen for an item")
        verbose_name_plural = _("pages chosen for items")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["row", "page_id"], name="otp_one_choice_of_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} {self.page_id}"


def _in_language(row: Any, name: str) -> str:
    english = getattr(row, f"{name}_en") if (get_language() or "th").startswith("en") else ""
    return str(english or getattr(row, f"{name}_th"))
