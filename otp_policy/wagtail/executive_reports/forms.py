"""The forms of the report's steps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.paper_forms import OfficeDateField
from otp_policy.wagtail.scans import Scan, read_scan

from .models import ReportDecision

_LONGEST = 8000


class FindingsForm(forms.Form):
    """What the figures show, in Thai, and in English if there is any."""

    findings = forms.CharField(
        label=_("Findings in Thai"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "th"}),
    )
    findings_en = forms.CharField(
        label=_("Findings in English"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )


class VersionForm(FindingsForm):
    """The same for a further version, with the reason for it."""

    reason = forms.CharField(label=_("Why there is a new version"), max_length=500)


class RemarkForm(forms.Form):
    """What an executive says to the report."""

    remark = forms.CharField(
        label=_("Remark"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignedForm(forms.Form):
    """What stands on a signed sheet, and its scan."""

    kind = forms.ChoiceField(
        label=_("What stands on the sheet"),
        choices=ReportDecision.Kind.choices,
        widget=forms.RadioSelect,
    )
    signed_by = forms.ChoiceField(label=_("Who signed"))
    signed_on = OfficeDateField(
        label=_("Day of the signature"),
        help_text=_("Day/month/year as on the sheet, such as 24/11/2569."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    letter_number = forms.CharField(label=_("Number of the letter"), max_length=64)
    code = forms.CharField(
        label=_("Code of the report"),
        max_length=20,
        help_text=_("Eight letters and digits, at the end of the printed report."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    remark = forms.CharField(
        label=_("Remark"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    scan = forms.FileField(
        label=_("Scan of the signed sheet"),
        help_text=_("All pages in one PDF, or a JPEG or PNG picture of the signed page."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, signers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_by"].choices = [("", "---------"), *signers]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_help"

    def clean_scan(self) -> Scan | None:
        """Return the scan, its kind read from its bytes."""
        try:
            return read_scan(self.cleaned_data["scan"])
        except ValidationError as error:
            self.add_error("scan", error)
            return None
