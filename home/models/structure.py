"""The organisation structure: units as data, drawn as a chart and told as a list."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from otp_policy.wagtail.models import GovernedPageForm

from .items import ItemPage, local


class StructureForm(GovernedPageForm):
    """Sees to it that the units form one or more trees."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = self.formsets["units"].forms if "units" in self.formsets else []
        # The forms of a formset hold what is left of an invalid row, too: they judge it themselves.
        known = [
            (form.cleaned_data.get("code", ""), form.cleaned_data.get("under", ""))
            for form in rows
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        for sentence in defects_of(known):
            self.add_error(None, ValidationError(sentence))
        return cleaned


def defects_of(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield what is wrong with units, given as (code, code of the unit above, or empty)."""
    codes = [code for code, _under in rows]
    above = dict(rows)
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield _("The code “%(code)s” is given to more than one unit.") % {"code": code}
    for code, under in rows:
        if under and under not in above:
            yield _("“%(code)s” stands under “%(under)s”, which is no unit of the list.") % {
                "code": code,
                "under": under,
            }
    for code in above:
        if _circle(code, above):
            yield _("“%(code)s” stands under itself.") % {"code": code}


def _circle(code: str, above: dict[str, str]) -> bool:
    seen, at = {code}, above.get(code, "")
    while at and at in above:
        if at in seen:
            return at == code
        seen.add(at)
        at = above[at]
    return False


@dataclass(slots=True)
class Node:
    """A unit in the chart, with those under it."""

    row: Any
    under: list["Node"] = field(default_factory=list)


class StructurePage(ItemPage):
    """The organisation structure: units as data, drawn as a chart and told as a list."""

    disclosure_category = "basic_information"
    fixed_kind = "structure"
    template = "home/structure_page.html"
    base_form_class = StructureForm

    content_panels = [
        *Page.content_panels,
        InlinePanel("units", label=_("unit"), heading=_("Units")),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("organisation structure")
        verbose_name_plural = _("organisation structures")

    def tree(self) -> list[Node]:
        """Return the units that stand under no other, each with those under it."""
        nodes = {row.code: Node(row) for row in self.units.all()}
        roots: list[Node] = []
        for node in nodes.values():
            upper = nodes.get(node.row.under)
            (upper.under if upper and upper is not node else roots).append(node)
        return roots


class StructureUnit(Orderable):
    """One unit of the structure."""

    page = ParentalKey(StructurePage, on_delete=models.CASCADE, related_name="units")
    code = models.SlugField(
        _("code"), help_text=_("Short and in Latin letters; the chart uses it.")
    )
    under = models.SlugField(
        _("under"), blank=True, help_text=_("The code of the unit above; empty at the top.")
    )
    name = models.CharField(_("name in Thai"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    duties = models.TextField(_("duties and powers in Thai"), blank=True)
    duties_en = models.TextField(_("duties and powers in English"), blank=True)

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("under")]),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("duties"),
        FieldPanel("duties_en"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> dict[str, str]:
        return local(self, "name")

    @property
    def local_duties(self) -> dict[str, str]:
        return local(self, "duties")
