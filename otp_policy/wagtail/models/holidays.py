"""The days on which the office does not work beside its weekends: announced year by year."""

from datetime import date

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """One day off, with its name; whoever counts working days leaves it out."""

    on = models.DateField(_("day"), unique=True)
    name_th = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["on"]

    def __str__(self) -> str:
        if (get_language() or "th").startswith("en") and self.name_en:
            return self.name_en
        return self.name_th


def holidays_from(day: date) -> list[date]:
    """Return the holidays from *day* on."""
    return list(Holiday.objects.filter(on__gte=day).values_list("on", flat=True))
