"""Forms of the plugin's own screens."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.forms import TaskStateCommentForm

from otp_policy.personal_data import find_personal_data

from .conf import public_contacts
from .models.choices import channel_choices
from .statements import says_something
from .wording import BUDDHIST_ERA_OFFSET

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# No common year has reached it, and no Buddhist year in use lies before it.
_FIRST_BUDDHIST_YEAR = 2400


def notices_field() -> forms.MultipleChoiceField:
    """Return the field for what `decision_parts` asks: on which channels a notice goes out."""
    return forms.MultipleChoiceField(
        choices=channel_choices, required=False, widget=forms.MultipleHiddenInput
    )


class DecisionForm(TaskStateCommentForm):
    """A decision on the text that its digest names: the one that the approver was shown."""

    digest = forms.CharField(widget=forms.HiddenInput)
    notices = notices_field()


class OfficeDateTimeField(forms.DateTimeField):
    """A date and time as an office types it: with Thai digits or the Buddhist year, too."""

    widget = AdminDateTimeInput

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant, whichever of the two calendars its year is counted in."""
        if isinstance(value, str):
            value = in_common_years(value)
        return super().to_python(value)


def in_common_years(typed: str) -> str:
    """Return a date as it was typed, with common digits and the common year."""
    return re.sub(r"^\d{4}|\d{4}$", _common_year, typed.strip().translate(_THAI_DIGITS))


def _common_year(found: re.Match[str]) -> str:
    year = int(found[0])
    return f"{year - BUDDHIST_ERA_OFFSET if year >= _FIRST_BUDDHIST_YEAR else year:04d}"


class SlotForm(forms.Form):
    """A time on a channel, in the office's time zone."""

    at = OfficeDateTimeField(
        label=_("Date and time"),
        help_text=_("Year-month-day hour:minute, such as 2026-11-24 09:00."),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].widget.attrs["aria-describedby"] = f"{self.prefix}-at-help"


class ReasonForm(forms.Form):
    """A reason that is kept with what was done."""

    note = forms.CharField(label=_("Reason"), max_length=500)

    def clean_note(self) -> str:
        """Refuse signs that say nothing: whoever waits reads the reason."""
        note = self.cleaned_data["note"]
        if not says_something(note):
            raise forms.ValidationError(self.fields["note"].error_messages["required"])
        return note


class AnswersForm(forms.Form):
    """A reason for every warning of the screen for personal data."""

    def __init__(self, *args: Any, warnings: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, warning in enumerate(warnings, start=1):
            field = forms.CharField(
                label=_("Why may it be published?"),
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": _("Give a reason, or take it out of the text.")},
            )
            field.number = number
            self.fields[warning.fingerprint] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a reason that repeats the datum: reasons are kept for good."""
        cleaned = super().clean() or {}
        for name, reason in list(cleaned.items()):
            if not says_something(reason):
                self.add_error(name, self.fields[name].error_messages["required"])
            elif find_personal_data(reason, field=name, known=public_contacts()):
                self.add_error(name, _("Give the reason without repeating personal data."))
        return cleaned
