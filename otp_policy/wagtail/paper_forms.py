"""The form on which a signed memo is typed off."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .forms import in_common_years, notices_field
from .models import PaperDecision
from .scans import Scan, put_aside, read_scan, take_up
from .signers import Signer


class OfficeDateField(forms.DateField):
    """A day as an office types it: with Thai digits or the Buddhist year, too."""

    input_formats = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")

    def to_python(self, value: Any) -> date | None:
        """Return the day, whichever of the two calendars its year is counted in."""
        return super().to_python(in_common_years(value) if isinstance(value, str) else value)


class PaperForm(forms.Form):
    """What stands on the signed memo, and its scan."""

    outcome = forms.ChoiceField(
        label=_("What is ticked on the memo"),
        choices=PaperDecision.Outcome.choices,
        widget=forms.RadioSelect,
    )
    signed_by = forms.ChoiceField(
        label=_("Who signed"),
        help_text=_("Whoever held the role on the day of the signature, by a post or an order."),
    )
    signed_on = OfficeDateField(
        label=_("Day of the signature"),
        help_text=_("Day/month/year as on the memo, such as 24/11/2569."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code of the memo"),
        max_length=20,
        help_text=_("Eight letters and digits, at the foot of the signed memo."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    reason = forms.CharField(
        label=_("Reason, if it is not agreed to"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    scan = forms.FileField(
        label=_("Scan of the signed memo"),
        required=False,
        help_text=_("All pages in one PDF, or a JPEG or PNG picture of the signed page."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    notices = notices_field()
    kept_scan = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, signers: Sequence[Signer], user: Any, page_id: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._user, self._page_id = user, page_id
        self._people = {str(one.user.pk): one.user for one in signers}
        self.fields["signed_by"].choices = _grouped(signers)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_help"

    def clean_notices(self) -> tuple[str, ...]:
        """Return the channels."""
        return tuple(self.cleaned_data["notices"])

    def clean_signed_by(self) -> Any:
        """Return the person."""
        return self._people[self.cleaned_data["signed_by"]]

    def clean(self) -> dict[str, Any]:
        """Read the scan, or take up the one that was put aside with an earlier mistake."""
        cleaned = super().clean() or {}
        if "scan" in self.errors:
            return cleaned
        cleaned["scan"] = self._scan(cleaned.get("scan"), cleaned.get("kept_scan", ""))
        return cleaned

    def _scan(self, upload: Any, note: str) -> Scan | None:
        if upload is None:
            scan = take_up(note, user=self._user, page_id=self._page_id) if note else None
            if scan is None:
                self.add_error("scan", _("Choose the scan of the signed memo."))
            return scan
        try:
            return read_scan(upload)
        except ValidationError as error:
            self.add_error("scan", error)
            return None

    def keep_scan(self) -> Scan | None:
        """Put the good scan aside, so that it need not be chosen again, and return it."""
        scan = getattr(self, "cleaned_data", {}).get("scan")
        if scan is not None and self.files:
            self.data = self.data.copy()
            note = put_aside(scan, user=self._user, page_id=self._page_id)
            self.data[self.add_prefix("kept_scan")] = note
        return scan


def _grouped(signers: Sequence[Signer]) -> list[tuple[Any, Any]]:
    """Return each person once, those first whom the policy names for the item."""
    people: dict[Any, tuple[bool, list[str]]] = {}
    for one in signers:
        fits, words = people.get(one.user.pk, (False, []))
        people[one.user.pk] = (fits or one.fits, [*words, one.words])
    groups: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for key, (fits, words) in people.items():
        groups[fits].append((str(key), " / ".join(words)))
    choices: list[tuple[Any, Any]] = [("", "---------")]
    choices += [(_("Named for this item"), groups[True])] if groups[True] else []
    choices += [(_("Same role elsewhere"), groups[False])] if groups[False] else []
    return choices
