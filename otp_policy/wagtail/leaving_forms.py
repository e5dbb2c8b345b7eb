"""The form on which the work of somebody who leaves is handed over."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .conf import office_day
from .paper_forms import OfficeDateField
from .wording import person_name


class PersonField(forms.ModelChoiceField):
    """Chooses somebody of the office, by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return person_name(obj)


class LeavingForm(forms.Form):
    """Until when somebody holds what they hold, and who takes it over."""

    last_on = OfficeDateField(
        label=_("Last day in the post"),
        help_text=_("Day/month/year, such as 24/11/2569; today or later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    successor = PersonField(
        label=_("Successor"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=_("Nobody: set it free"),
        help_text=_("Gets the drafts. Times and orders are confirmed and given anew."),
    )
    takes_posts = forms.BooleanField(
        label=_("The successor takes the posts from the next day on"), required=False
    )
    as_acting = forms.BooleanField(
        label=_("as acting holder, until somebody is appointed"), required=False, initial=True
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the ledger, such as the number of the order of transfer."),
    )

    def __init__(self, *args: Any, leaver: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model()._default_manager.filter(is_active=True).exclude(pk=leaver.pk)
        self.fields["successor"].queryset = people.order_by("username")
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_help"

    def clean_last_on(self) -> Any:
        """Refuse a day that is over: decisions may stand on it."""
        day = self.cleaned_data["last_on"]
        if day < office_day():
            raise ValidationError(
                _("The last day may not lie in the past: decisions may stand on it. Take today."),
                code="past",
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for the successor who is to take the posts."""
        cleaned = super().clean() or {}
        if cleaned.get("takes_posts") and not cleaned.get("successor"):
            self.add_error("successor", _("Choose who takes the posts."))
        return cleaned
