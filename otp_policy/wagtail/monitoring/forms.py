"""Forms of the monitoring."""

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.personal_data import find_personal_data
from otp_policy.wagtail.conf import public_contacts
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices
from otp_policy.wagtail.statements import says_something

from .models import ErrorReport

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


class ErrorReportForm(forms.Form):
    """What a reader found wrong; nobody says who they are."""

    kind = forms.ChoiceField(label=_("What is wrong"), choices=ErrorReport.Kind.choices)
    text = forms.CharField(
        label=_("Where, and what would be right"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Please write no names, telephone numbers or other personal data."),
    )
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1"}))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not says_something(text):
            raise forms.ValidationError(_("Say what is wrong."), code="empty")
        if find_personal_data(text, field="text", known=public_contacts()):
            raise forms.ValidationError(
                _("This looks like personal data. Please write it without: nobody needs it here."),
                code="personal_data",
            )
        return text


class ReasonForm(forms.Form):
    """Why something is called off or closed."""

    note = forms.CharField(label=_("Reason"), max_length=500)
