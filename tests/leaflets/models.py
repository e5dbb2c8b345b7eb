"""The page type."""

from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class LeafletPage(Page):
    """A page as any Wagtail site has it."""

    body = RichTextField(blank=True)

    template = "home/home_page.html"
    content_panels = [*Page.content_panels, FieldPanel("body")]
