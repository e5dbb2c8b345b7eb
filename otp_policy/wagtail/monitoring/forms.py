"""Forms of the monitoring."""

from django import forms
from django.utils.translation import gettext_lazy as _

_ROWS = {"rows": 3}


class AttestationForm(forms.Form):
    """What was checked; the digest names the live text that was read."""

    digest = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What you checked, and against what"),
        max_length=500,
        widget=forms.Textarea(attrs=_ROWS),
        help_text=_("Whoever approves reads it, and it is kept. The public does not see it."),
    )


class AttestationDecisionForm(forms.Form):
    """A decision on the request that its digest names."""

    digest = forms.CharField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs=_ROWS)
    )
