"""The forms on which a channel's unit settles a delivery or records what was posted by hand."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.forms import OfficeDateTimeField, ReasonForm
from otp_policy.wagtail.scans import Scan, put_aside, read_scan, take_up

__all__ = ["HandForm", "NoQuestion", "ReasonForm", "ThereForm"]


class NoQuestion(forms.Form):
    """Nothing more is asked than that it be done."""


class ThereForm(forms.Form):
    """Where somebody found the message."""

    url = forms.CharField(
        label=_("Address of the message"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("As the browser shows it when the message alone is open."),
    )


class HandForm(forms.Form):
    """What was posted by hand: where, when, and a picture of it."""

    url = forms.CharField(
        label=_("Address of the message"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("May be empty only of a message that was taken down."),
    )
    at = OfficeDateTimeField(
        label=_("Posted at"),
        help_text=_("Year-month-day hour:minute, such as 2026-11-24 09:00."),
    )
    picture = forms.FileField(
        label=_("Picture of what the public sees"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
        help_text=_("A JPEG or PNG. It is kept as evidence, and nobody outside sees it."),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, page_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._page_id = user, page_id

    def clean(self) -> dict[str, Any]:
        """Read the picture, or take up the one that was put aside with an earlier mistake."""
        cleaned = super().clean() or {}
        if "picture" not in self.errors:
            cleaned["picture"] = self._picture(cleaned.get("picture"), cleaned.get("kept", ""))
        return cleaned

    def _picture(self, upload: Any, note: str) -> Scan | None:
        if upload is None:
            kept = take_up(note, user=self._user, page_id=self._page_id) if note else None
            if kept is None:
                self.add_error("picture", _("Choose a picture of what the public sees."))
            return kept
        try:
            return read_scan(upload)
        except ValidationError as error:
            self.add_error("picture", error)
            return None

    def keep_picture(self) -> Scan | None:
        """Put a good picture aside, so that it need not be chosen again, and return it."""
        picture = getattr(self, "cleaned_data", {}).get("picture")
        if picture is not None and self.files:
            self.data = self.data.copy()
            note = put_aside(picture, user=self._user, page_id=self._page_id)
            self.data[self.add_prefix("kept")] = note
        return picture
