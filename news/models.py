"""Public-relations news and general activities (announcement 1(4); annex 1 step 3, remark)."""

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)


class NewsPage(DisclosurePageMixin, BilingualContentMixin, AttachedFilesMixin, Page):
    """One piece of news."""

    class Genre(models.TextChoices):
        NEWS = "news", _("news")
        ACTIVITY = "activity", _("activity")
        ANNOUNCEMENT = "announcement", _("announcement of the Office")

    disclosure_category = "news"
    schema_type = "NewsArticle"
    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []
    later_fields = frozenset({"genre", "pictures", "place", "place_en"})

    genre = models.CharField(_("kind of news"), max_length=16, blank=True, choices=Genre.choices)
    event_on = models.DateField(_("date of the event"), null=True, blank=True)
    place = models.CharField(_("place, in Thai"), max_length=255, blank=True)
    place_en = models.CharField(_("place, in English"), max_length=255, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("genre"), FieldPanel("event_on")]),
        FieldRowPanel([FieldPanel("place"), FieldPanel("place_en")]),
        *BilingualContentMixin.bilingual_panels,
        InlinePanel("pictures", label=_("picture"), heading=_("Pictures")),
        *AttachedFilesMixin.file_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
    ]

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    @property
    def local_place(self) -> dict[str, str]:
        """Return the place in the reader's language, as `text` and `lang`."""
        return dict(zip(("text", "lang"), self._localised("place"), strict=True))

    def shown_pictures(self) -> list["NewsPicture"]:
        """Return the pictures in their order, with their images; most news has none."""
        rows = list(self.pictures.all())
        prefetch_related_objects(rows, "image__renditions")
        return rows


class NewsPicture(Orderable):
    """A picture of a piece of news; what it shows is said in words, always."""

    page = ParentalKey(NewsPage, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    text = models.CharField(
        _("what it shows, in Thai"),
        max_length=255,
        help_text=_("Read aloud to whoever does not see the picture."),
    )
    text_en = models.CharField(_("what it shows, in English"), max_length=255, blank=True)
    caption = models.CharField(_("caption in Thai"), max_length=255, blank=True)
    caption_en = models.CharField(_("caption in English"), max_length=255, blank=True)

    panels = [
        FieldPanel("image"),
        FieldRowPanel([FieldPanel("text"), FieldPanel("text_en")]),
        FieldRowPanel([FieldPanel("caption"), FieldPanel("caption_en")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.text

    @property
    def local_text(self) -> str:
        """Return what the picture shows, in the reader's language."""
        return self.text_en if _is_english() and self.text_en else self.text

    @property
    def local_caption(self) -> str:
        """Return the caption in the reader's language."""
        return self.caption_en if _is_english() and self.caption_en else self.caption


def _is_english() -> bool:
    return (get_language() or "th").startswith("en")
