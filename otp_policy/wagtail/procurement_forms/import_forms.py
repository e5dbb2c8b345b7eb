"""The form by which a file is brought in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.procurement.records import BUDDHIST_ERA, Month
from otp_policy.wagtail.adapters import ask
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.ordering import in_thai_order

from .imports import Kind, model_for, place_for
from .rows import MONTHS, YEARS_TAKEN

KINDS = [
    (Kind.SUMMARY, _("Monthly summary (one month or several)")),
    (Kind.PLAN, _("Annual procurement plan")),
]


class ImportForm(forms.Form):
    """Which file, which form it is, and where its pages go."""

    file = forms.FileField(
        label=_("File (XLSX or CSV)"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv"}),
    )
    kind = forms.ChoiceField(label=_("Form"), choices=KINDS)
    parent = forms.ModelChoiceField(None, label=_("Section"), empty_label=None)
    unit = forms.ModelChoiceField(None, label=_("Owning unit"))
    month = forms.TypedChoiceField(
        label=_("Month, if the file does not name it"),
        choices=[("", "–"), *MONTHS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    year = forms.IntegerField(
        label=_("Year (Buddhist era), if the file does not name it"),
        required=False,
        min_value=YEARS_TAKEN[0],
        max_value=YEARS_TAKEN[-1],
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = place_for(user)
        model = type(places[0]) if places else None
        if model is not None:
            self.fields["parent"].queryset = model.objects.filter(pk__in=[p.pk for p in places])
        self.fields["unit"].queryset = in_thai_order(units_of(user), "name_th")
        self.initial.setdefault("kind", Kind.SUMMARY)
        if self.fields["unit"].queryset.count() == 1:
            self.initial.setdefault("unit", self.fields["unit"].queryset.get().pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("month") and not cleaned.get("year"):
            self.add_error("year", _("Give the year of the month too."))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """Return what the form says of the period, as JSON takes it."""
        return {"month": self.cleaned_data["month"], "year": self.cleaned_data["year"]}


def period_of(kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Return what the reader of a file is told of its period."""
    month, year = asked.get("month"), asked.get("year")
    if kind == Kind.PLAN:
        return {"year": year}
    return {"month": Month(year - BUDDHIST_ERA, month) if month and year else None}


def units_of(user: Any) -> Any:
    """Return the units in whose name *user* prepares items of the forms' category."""
    model = model_for(Kind.SUMMARY) or model_for(Kind.PLAN)
    if model is None:
        return Unit.objects.none()
    units = list(Unit.objects.all())
    own = [
        unit.pk
        for unit in units
        if user.is_superuser or ask(model(owning_unit=unit), "prepare", user).allowed
    ]
    return Unit.objects.filter(pk__in=own)
