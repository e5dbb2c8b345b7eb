"""Fields that the page types share: Thai first, English beside it, approved as one item."""

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from ..blocks import AttachedFilesBlock

RICH_TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr"]


class BilingualContentMixin(models.Model):
    """Title, summary and body in Thai, and the same in English where it is given."""

    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    summary = models.TextField(_("summary in Thai"), blank=True, max_length=600)
    summary_en = models.TextField(_("summary in English"), blank=True, max_length=600)
    body = RichTextField(_("body in Thai"), blank=True, features=RICH_TEXT_FEATURES)
    body_en = RichTextField(_("body in English"), blank=True, features=RICH_TEXT_FEATURES)

    bilingual_panels: ClassVar[list] = [
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("title_en"), FieldPanel("summary_en"), FieldPanel("body_en")],
            heading=_("English"),
        ),
    ]
    bilingual_search_fields: ClassVar[list] = [
        index.SearchField("title_en"),
        index.SearchField("summary"),
        index.SearchField("summary_en"),
        index.SearchField("body"),
        index.SearchField("body_en"),
    ]

    class Meta:
        abstract = True

    def _localised(self, name: str) -> tuple[str, str]:
        """Return the value of *name* and its language: English if asked for and given."""
        english = (get_language() or "th").startswith("en") and getattr(self, f"{name}_en")
        return (getattr(self, f"{name}_en"), "en") if english else (getattr(self, name), "th")

    @property
    def local_title(self) -> dict[str, str]:
        """Return the title in the reader's language, as `text` and `lang`."""
        return dict(zip(("text", "lang"), self._localised("title"), strict=True))

    @property
    def local_summary(self) -> dict[str, str]:
        """Return the summary in the reader's language, as `text` and `lang`."""
        return dict(zip(("text", "lang"), self._localised("summary"), strict=True))

    @property
    def local_body(self) -> dict[str, str]:
        """Return the body in the reader's language, as `text` and `lang`."""
        return dict(zip(("text", "lang"), self._localised("body"), strict=True))


class AttachedFilesMixin(models.Model):
    """Files that an item offers, each with its text alternative; approval covers their bytes."""

    later_fields: ClassVar[frozenset[str]] = frozenset({"files"})

    files = StreamField(AttachedFilesBlock(), verbose_name=_("files"), blank=True)

    file_panels: ClassVar[list] = [FieldPanel("files")]
    file_search_fields: ClassVar[list] = [index.SearchField("files")]

    class Meta:
        abstract = True
