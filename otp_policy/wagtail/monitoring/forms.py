"""Forms of the monitoring."""

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices

# As the browser's own field sends it, whatever the language.
_DAY = ["%Y-%m-%d"]
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


class UpdateRequestForm(forms.Form):
    """What a division is asked for, and by which day."""

    unit = forms.ModelChoiceField(
        label=_("Division"), queryset=Unit.objects.all(), to_field_name="code", required=False
    )
    category = forms.ChoiceField(label=_("Category"), choices=category_choices, required=False)
    what = forms.CharField(
        label=_("What has to be brought up to date"),
        max_length=500,
        widget=forms.Textarea(attrs=_ROWS),
    )
    wanted_by = forms.DateField(
        label=_("Wanted by"), widget=forms.DateInput(attrs={"type": "date"}), input_formats=_DAY
    )


class ReasonForm(forms.Form):
    """Why something is called off or closed."""

    note = forms.CharField(label=_("Reason"), max_length=500)
