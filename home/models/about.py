"""Vision and mission, and how the office is reached (announcement 1(1))."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page

from .items import ItemPage, local


class VisionPage(ItemPage):
    """Vision and mission."""

    disclosure_category = "basic_information"
    fixed_kind = "vision_and_mission"
    template = "home/vision_page.html"

    vision = models.TextField(_("vision in Thai"))
    vision_en = models.TextField(_("vision in English"), blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("vision"), FieldPanel("vision_en")], heading=_("Vision")),
        InlinePanel("missions", label=_("mission"), heading=_("Missions")),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("vision and mission")
        verbose_name_plural = _("visions and missions")

    @property
    def local_vision(self) -> dict[str, str]:
        return local(self, "vision")


class Mission(Orderable):
    """One of the missions."""

    page = ParentalKey(VisionPage, on_delete=models.CASCADE, related_name="missions")
    text = models.TextField(_("mission in Thai"))
    text_en = models.TextField(_("mission in English"), blank=True)

    panels = [FieldPanel("text"), FieldPanel("text_en")]

    class Meta(Orderable.Meta):
        verbose_name = _("mission")
        verbose_name_plural = _("missions")

    def __str__(self) -> str:
        return self.text

    @property
    def local_text(self) -> dict[str, str]:
        return local(self, "text")


class ContactPage(ItemPage):
    """Where and how the office is reached: address, map, and every channel."""

    disclosure_category = "basic_information"
    fixed_kind = "contact"
    template = "home/contact_page.html"

    address = models.TextField(_("address in Thai"))
    address_en = models.TextField(_("address in English"), blank=True)
    hours = models.CharField(_("office hours in Thai"), max_length=255, blank=True)
    hours_en = models.CharField(_("office hours in English"), max_length=255, blank=True)
    map_url = models.URLField(_("address of a map"), max_length=500, blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("address_en"),
                FieldPanel("hours"),
                FieldPanel("hours_en"),
                FieldPanel("map_url"),
            ],
            heading=_("Where and when"),
        ),
        InlinePanel("ways", label=_("way to reach the office"), heading=_("Ways to reach us")),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    @property
    def local_address(self) -> dict[str, str]:
        return local(self, "address")

    @property
    def local_hours(self) -> dict[str, str]:
        return local(self, "hours")


class ContactWay(Orderable):
    """One way to reach the office."""

    class Kind(models.TextChoices):
        TELEPHONE = "telephone", _("Telephone")
        FAX = "fax", _("Fax")
        EMAIL = "email", _("E-mail")
        LINE = "line", _("LINE")
        FACEBOOK = "facebook", _("Facebook")
        WEB = "web", _("Website")
        INQUIRY = "inquiry", _("Questions and answers")

    LINKS = {
        Kind.TELEPHONE: "tel:{}",
        Kind.EMAIL: "mailto:{}",
    }

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    value = models.CharField(
        _("number, address or name"), max_length=255, help_text=_("As the public reads it.")
    )
    url = models.URLField(_("address on the web"), max_length=500, blank=True)

    panels = [FieldRowPanel([FieldPanel("kind"), FieldPanel("value")]), FieldPanel("url")]

    class Meta(Orderable.Meta):
        verbose_name = _("way to reach the office")
        verbose_name_plural = _("ways to reach the office")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"

    @property
    def link(self) -> str:
        """Return where the way leads, or an empty text."""
        if self.url:
            return self.url
        pattern = self.LINKS.get(self.Kind(self.kind), "")
        return pattern.format("".join(self.value.split())) if pattern else ""
