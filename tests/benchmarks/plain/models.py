"""A page with the fields of a news page, its division included, under no policy."""

from django.db import models
from wagtail.models import Page

from otp_policy.wagtail.models import BilingualContentMixin, Unit


class PlainPage(BilingualContentMixin, Page):
    """Published by whoever may."""

    event_on = models.DateField(null=True, blank=True)
    owning_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    social_text = models.TextField(blank=True)
    correction_note = models.TextField(blank=True)
    correction_note_en = models.TextField(blank=True)
    search_fields = [*Page.search_fields, *BilingualContentMixin.bilingual_search_fields]
