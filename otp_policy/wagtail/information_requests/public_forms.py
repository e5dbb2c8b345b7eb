"""The forms of the public: to ask, and to see how a request stands."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.statements import says_something

from .conf import longest_question, most_uploads
from .models import InformationRequest
from .moves import Asked
from .sealing import Identity
from .uploads import FilesField

__all__ = ["AnswerBackForm", "AskForm", "QuestionForm", "StatusForm"]

HONEYPOT_FILLED = _("The last field has to stay empty. Empty it, and send again.")


class QuestionForm(forms.Form):
    """The first step: what is asked for, so that what is published already can be shown."""

    question = forms.CharField(
        label=_("What do you want to know?"),
        help_text=_(
            "Name the document, the year or the matter, so that we can find it. Leave out what you "
            "do not want to tell about yourself."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    # People do not see it, programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].max_length = longest_question()
        self.fields["question"].widget.attrs["maxlength"] = longest_question()

    def clean_question(self) -> str:
        question = str(self.cleaned_data["question"]).replace("\0", "").strip()
        if not says_something(question):
            raise ValidationError(_("Write what you want to know."), code="empty")
        if len(question) > longest_question():
            raise ValidationError(
                _("This is longer than %(most)s characters. Shorten it, or add a file."),
                params={"most": longest_question()},
                code="too_long",
            )
        return question

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(HONEYPOT_FILLED, code="honeypot")
        return ""


class AskForm(QuestionForm):
    """The second step. Nothing but the question is demanded: no name, no purpose, no card."""

    field_order = ["question", "wants", "name", "e_mail", "phone", "address", "files", "website"]

    wants = forms.ChoiceField(
        label=_("How do you want it?"), choices=InformationRequest.Wants.choices, initial="copy"
    )
    name = forms.CharField(
        label=_("Name (you may leave it out)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    e_mail = forms.EmailField(
        label=_("E-mail (you may leave it out)"),
        help_text=_("We write there when there is news. What the news is stands only here."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Telephone (you may leave it out)"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )
    address = forms.CharField(
        label=_("Postal address (only for letters)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    files = FilesField(label=_("Files (PDF, JPEG or PNG; you may leave them out)"))
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].most = most_uploads()
        self.fields["submission"].initial = uuid.uuid4

    def identity(self) -> Identity:
        """Return who asks, as far as they said."""
        names = ("name", "address", "phone", "e_mail")
        return Identity(**{name: self.cleaned_data[name].strip() for name in names})

    def asked(self, *, language: str) -> Asked:
        """Return the request."""
        data = self.cleaned_data
        return Asked(
            question=data["question"],
            identity=self.identity(),
            wants=data["wants"],
            language=language,
            files=data["files"],
            submission=data["submission"],
        )


class StatusForm(forms.Form):
    """Number and secret, always sent and never part of an address."""

    reference = forms.CharField(
        label=_("Number of the request"),
        help_text=_("As on your confirmation, for example 12/2569."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        help_text=_("Five groups of letters and digits."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AnswerBackForm(forms.Form):
    """What the requester answers when asked back."""

    answer = forms.CharField(
        label=_("Your answer"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
