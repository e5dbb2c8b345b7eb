"""Forms of the plugin's own screens."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.forms import TaskStateCommentForm


class DecisionForm(TaskStateCommentForm):
    """A decision on the text that its digest names: the one that the approver was shown."""

    digest = forms.CharField(widget=forms.HiddenInput)


class SlotForm(forms.Form):
    """A time on a channel, in the office's time zone."""

    at = forms.DateTimeField(label=_("Date and time"), widget=AdminDateTimeInput)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class ReasonForm(forms.Form):
    """A reason that is kept with what was done."""

    note = forms.CharField(label=_("Reason"), max_length=500)
