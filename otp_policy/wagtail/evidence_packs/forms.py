"""Forms of the assessment: taking a year over, changing a row, checking it, choosing a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.instruments import shipped_assessments
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models.choices import category_choices, label_of

from .models import InstrumentRow, InstrumentYear

__all__ = ["CheckForm", "ChoiceForm", "CloneForm", "RowForm"]

_ROWS = {"rows": 3}


def _years_and_files() -> list[tuple[str, str]]:
    years = [
        (f"year:{year.pk}", f"{year.fiscal_year} · {year}") for year in InstrumentYear.objects.all()
    ]
    return [*years, *((f"shipped:{name}", name) for name in shipped_assessments())]


def _kinds() -> list[tuple[str, str]]:
    return [(code, label_of("kinds", code)) for code in current_policy().kinds]


class CloneForm(forms.Form):
    """From what, and for which fiscal year."""

    origin = forms.ChoiceField(label=_("Take over from"), choices=_years_and_files)
    fiscal_year = forms.IntegerField(
        label=_("For the fiscal year (Buddhist era)"), min_value=2540, max_value=2700
    )


class RowForm(forms.ModelForm):
    """A row of the instrument; saving it takes its tick away."""

    categories = forms.MultipleChoiceField(
        label=_("Categories that answer it"), choices=category_choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("Kinds that answer it"), choices=_kinds, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a kind, everything of the categories answers it."),
    )  # fmt: skip

    class Meta:
        model = InstrumentRow
        fields = [
            *("code", "label_th", "label_en", "demand_th", "demand_en", "period"),
            *("categories", "kinds", "explanation", "confidence", "source"),
        ]
        widgets = dict.fromkeys(
            ("demand_th", "demand_en", "explanation", "source"), forms.Textarea(attrs=_ROWS)
        )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        rows = InstrumentRow.objects.filter(instrument=self.instance.instrument_id, code=code)
        if rows.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This item is listed already."), code="twice")
        return code


class CheckForm(forms.Form):
    """Against what a row was checked."""

    source = forms.CharField(
        label=_("The form that you checked it against, with its date or address"),
        max_length=1000,
        widget=forms.Textarea(attrs=_ROWS),
    )


class ChoiceForm(forms.Form):
    """A page that answers a row, and why."""

    page_id = forms.IntegerField(
        label=_("Number of the item"), min_value=1, max_value=2**63 - 1,
        help_text=_("It stands in the list of items and in the address of the item's screen."),
    )  # fmt: skip
    explanation = forms.CharField(
        label=_("Why this page answers the item"),
        max_length=1000,
        widget=forms.Textarea(attrs=_ROWS),
    )
    says_nothing = forms.BooleanField(
        label=_("The page says that there was nothing to report"), required=False
    )


def errors_of(error: Any) -> list[str]:
    """Return the sentences of a validation error."""
    return [str(message) for message in error.messages]
