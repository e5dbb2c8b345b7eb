"""A page with the fields of a news page, its division included, under no policy."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable, Page

from news.models import NewsPage
from otp_policy.wagtail.models import AttachedFilesMixin, BilingualContentMixin, Unit


class PlainPage(BilingualContentMixin, AttachedFilesMixin, Page):
    """Published by whoever may."""

    genre = models.CharField(max_length=16, blank=True, choices=NewsPage.Genre.choices)
    event_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=255, blank=True)
    place_en = models.CharField(max_length=255, blank=True)
    owning_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    social_text = models.TextField(blank=True)
    correction_note = models.TextField(blank=True)
    correction_note_en = models.TextField(blank=True)
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
    ]

    def shown_pictures(self) -> list["PlainPicture"]:
        """Return the pictures in their order, their images read in one query."""
        return list(self.pictures.select_related("image").prefetch_related("image__renditions"))


class PlainPicture(Orderable):
    """As a picture of a piece of news."""

    page = ParentalKey(PlainPage, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey("wagtailimages.Image", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=255)
    text_en = models.CharField(max_length=255, blank=True)
    caption = models.CharField(max_length=255, blank=True)
    caption_en = models.CharField(max_length=255, blank=True)
