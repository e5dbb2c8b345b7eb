"""The forms of the admin: intake by hand, one for each move, and what goes beside them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from otp_policy.vocabulary import SectionUse
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.laws import section_choices
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import role_choices

from .conf import longest_question
from .models import CaseEvent, InformationRequest, Sealed, Topic
from .moves import Asked, Taken
from .sealing import Identity, open_file
from .uploads import FilesField

__all__ = [
    "AssignForm",
    "CloseTopicForm",
    "FilterForm",
    "IntakeForm",
    "PrepareForm",
    "ReleaseForm",
    "form_for",
]

Kind = CaseEvent.Kind
Via = InformationRequest.Via
_LANGUAGES = [("th", "ไทย"), ("en", "English")]


def _day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def _text_field(label: Any, *, rows: int = 5, **more: Any) -> forms.CharField:
    more.setdefault("max_length", longest_question())
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class IntakeForm(forms.Form):
    """A request that came by letter, telephone, e-mail or in person."""

    via = forms.ChoiceField(
        label=_("Came by"), choices=[choice for choice in Via.choices if choice[0] != Via.WEB]
    )
    received_on = _day_field(_("Received on"), initial=office_day)
    question = _text_field(_("What is asked for, in the requester's words"), rows=6)
    wants = forms.ChoiceField(label=_("Wanted"), choices=InformationRequest.Wants.choices)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=_LANGUAGES)
    name = forms.CharField(label=_("Name, if given"), required=False, max_length=200)
    address = _text_field(_("Postal address, if given"), rows=3, required=False)
    phone = forms.CharField(label=_("Telephone, if given"), required=False, max_length=50)
    e_mail = forms.EmailField(label=_("E-mail, if given"), required=False)
    files = FilesField(label=_("Files, such as the scan of the letter"))

    def asked(self) -> Asked:
        """Return the request."""
        data = self.cleaned_data
        names = ("name", "address", "phone", "e_mail")
        return Asked(
            question=data["question"],
            identity=Identity(**{name: data[name].strip() for name in names}),
            via=data["via"],
            wants=data["wants"],
            language=data["language"],
            received_on=data["received_on"],
            files=data["files"],
        )


class MoveForm(forms.Form):
    """What every move takes: the day, and what is written."""

    note_label: Any = _("To the requester")
    note_required = True

    on = _day_field(_("Day"), initial=office_day)
    note = _text_field("")

    def __init__(self, *args: Any, case: InformationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["note"].label = self.note_label
        self.fields["note"].required = self.note_required

    def taken(self) -> Taken:
        """Return what goes with the move."""
        return Taken(**self.cleaned_data)


class _ExtendForm(MoveForm):
    until = _day_field(_("New due date"))


class _ThirdPartyForm(MoveForm):
    note_label = _("To the third party; it is not told who asks")


class _EndForm(MoveForm):
    note_label = _("Note; needed if the time ended early")
    note_required = False


class _ClarifiedForm(MoveForm):
    note_label = _("What the requester answered")


class _DeliveredForm(MoveForm):
    note_label = _("Note, such as the number of the parcel")
    note_required = False


class _ForwardForm(MoveForm):
    note_label = _("To the requester: to which agency, and how to reach it")


class DecideForm(MoveForm):
    """The decision, with the sections it rests on and what is handed out."""

    field_order = ["on", "outcome", "reasons", "ordered_by", "note", "hand_out", "files"]
    note_label = _("To the requester: the answer, or why it is not given")
    note_required = False

    outcome = forms.ChoiceField(label=_("Outcome"))
    reasons = forms.MultipleChoiceField(
        label=_("Sections of the Act, if it is refused in part or whole"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ordered_by = forms.ChoiceField(label=_("Ordered by, if it is refused"), required=False)
    hand_out = forms.TypedMultipleChoiceField(
        label=_("Files of the division that are handed out"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    files = FilesField(label=_("More files for the requester"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = InformationRequest.Outcome
        self.fields["outcome"].choices = [
            choice for choice in outcomes.choices if choice[0] != outcomes.FORWARDED
        ]
        self.fields["reasons"].choices = section_choices(SectionUse.REFUSE)
        self.fields["ordered_by"].choices = [("", "—"), *role_choices()]
        drafts = self.case.sealed.filter(what=Sealed.What.DRAFT)
        self.fields["hand_out"].choices = [(row.pk, open_file(row).name) for row in drafts]


_FORMS: dict[str, type[MoveForm]] = {
    Kind.CLARIFICATION_ASKED.value: MoveForm,
    Kind.CLARIFIED.value: _ClarifiedForm,
    Kind.EXTENDED.value: _ExtendForm,
    Kind.THIRD_PARTY_NOTIFIED.value: _ThirdPartyForm,
    Kind.OBJECTION_PERIOD_ENDED.value: _EndForm,
    Kind.FORWARDED.value: _ForwardForm,
    Kind.DECIDED.value: DecideForm,
    Kind.DELIVERED.value: _DeliveredForm,
}


def form_for(kind: str) -> type[MoveForm]:
    """
    Return the form of a move.

    Raises:
        LookupError: If there is no move of that name.
    """
    return _FORMS[kind]


class AssignForm(forms.Form):
    """Title in our words, division, topic."""

    subject = forms.CharField(
        label=_("Title in our words"),
        help_text=_("Seen in lists: without names, numbers or other personal data."),
        max_length=200,
    )
    producer = forms.ModelChoiceField(
        label=_("Division that made the information"),
        queryset=Unit.objects.none(),
        required=False,
    )
    topic = forms.ModelChoiceField(
        label=_("Topic, if others asked for the same"),
        queryset=Topic.objects.none(),
        required=False,
    )
    new_topic = forms.CharField(
        label=_("Or a new topic"),
        help_text=_("A topic belongs to the division."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["producer"].queryset = Unit.objects.all()
        self.fields["topic"].queryset = Topic.objects.filter(closed_at=None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_topic") and not data.get("producer"):
            self.add_error("producer", _("Choose the division that the new topic belongs to."))
        return data


class PrepareForm(forms.Form):
    """What the division answers to the unit that handles the case."""

    note = _text_field(_("Answer of the division"), required=False)
    files = FilesField(label=_("Files that the division found"))


class ReleaseForm(forms.Form):
    """The public answer."""

    title = forms.CharField(label=_("Title"), max_length=200)
    question = _text_field(_("What was asked, in our words, without who asked"))
    answer = _text_field(_("What was answered"), rows=8)
    files = FilesField(label=_("Redacted files; look at every page before"))
    drop_files = forms.BooleanField(label=_("Take the files out that are there"), required=False)


class CloseTopicForm(forms.Form):
    """Where a topic is published, or why it is not."""

    published_at_url = forms.URLField(
        label=_("Published at"), required=False, assume_scheme="https", max_length=500
    )
    reason = _text_field(_("Or why it is not published"), rows=3, required=False, max_length=1000)


def _unit_choices() -> list[tuple[str, str]]:
    return [("", str(_("any"))), *((unit.code, str(unit)) for unit in Unit.objects.all())]


class FilterForm(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=_("Number or title"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("any")),
            ("open", _("open")),
            ("due_soon", _("due soon")),
            ("overdue", _("overdue")),
            ("paused", _("the clock stands")),
            ("closed", _("closed")),
        ],
    )
    unit = forms.ChoiceField(label=_("Division"), required=False, choices=_unit_choices)
