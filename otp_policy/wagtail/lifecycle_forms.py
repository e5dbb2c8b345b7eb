"""Forms of step 5: reasons that the public reads, decisions on them, and urgency."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.personal_data import find_personal_data

from .conf import public_contacts
from .forms import notices_field
from .urgency import reason_choices

_TWO_ROWS = {"rows": 3}


class _PublicWords(forms.Form):
    """Words that become public: no personal data in them."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, said in list(cleaned.items()):
            if isinstance(said, str) and find_personal_data(
                said, field=name, known=public_contacts()
            ):
                self.add_error(name, _("Write it without personal data: the public will read it."))
        return cleaned


class WithdrawalForm(_PublicWords):
    """What the public will read at the address of an item that its division wants withdrawn."""

    title = forms.CharField(label=_("Title that stays at the address"), max_length=255)
    title_en = forms.CharField(label=_("Title in English"), max_length=255, required=False)
    reason = forms.CharField(
        label=_("Public reason"), max_length=500, widget=forms.Textarea(attrs=_TWO_ROWS)
    )
    reason_en = forms.CharField(
        label=_("Public reason in English"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=_TWO_ROWS),
    )


class TakedownForm(_PublicWords):
    """Why an item goes down at once; public once its withdrawal is approved."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs=_TWO_ROWS),
        help_text=_(
            "The public reads it once the withdrawal is approved. Do not repeat what has leaked."
        ),
    )


class WithdrawalDecisionForm(forms.Form):
    """A decision on the request that its digest names."""

    digest = forms.CharField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs=_TWO_ROWS)
    )
    notices = notices_field()


class UrgencyForm(forms.Form):
    """Whether an item is important or urgent."""

    reason = forms.ChoiceField(label=_("Why it goes first"), choices=reason_choices)


class HideVersionForm(forms.Form):
    """Why a replaced version is hidden from the public."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
