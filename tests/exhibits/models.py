"""A governed page with child rows, relations, a snippet, an image and a setting that it shows."""

from django.db import models
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Orderable, Page
from wagtail.snippets.models import register_snippet

from otp_policy.wagtail.models import BilingualContentMixin, DisclosurePageMixin


@register_snippet
class Contact(models.Model):
    """A snippet that many items show."""

    name = models.CharField(max_length=100)
    telephone = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """What items are sorted by."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


@register_setting
class Footer(BaseGenericSetting):
    """A setting that the template of the page shows."""

    text = models.CharField(max_length=100)


class ExhibitPage(DisclosurePageMixin, BilingualContentMixin, Page):
    """The page."""

    disclosure_category = "news"
    shown_settings = ("exhibits.Footer",)
    # What an agency's page type may add to the text for the channels.
    channel_closing = ""

    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picture = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    topics = ParentalManyToManyField(Topic, blank=True, related_name="exhibits")

    def channel_texts(self) -> dict[str, str]:
        """Return what the channels say, with the closing line if there is one."""
        texts = super().channel_texts()
        return texts | {"closing": self.channel_closing} if self.channel_closing else texts


class Case(ClusterableModel, Orderable):
    """A child row, with child rows of its own."""

    page = ParentalKey(ExhibitPage, on_delete=models.CASCADE, related_name="cases")
    text = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.text


class Note(Orderable):
    """A child row of a child row."""

    case = ParentalKey(Case, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.text
