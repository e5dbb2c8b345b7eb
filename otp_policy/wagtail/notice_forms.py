"""The form in which people say which notices they want by e-mail."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .models import NoticeKind, UnwantedMail

# What is important or urgent is told at once (annex 2.1): nobody may do without it.
CHOSEN = [choice for choice in NoticeKind.choices if choice[0] != NoticeKind.URGENT]


class NoticeMailsForm(forms.Form):
    """The kinds of notices that come by e-mail; each notice stays in the admin."""

    kinds = forms.MultipleChoiceField(
        label=_("Send me an e-mail too when"),
        choices=CHOSEN,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        unwanted = set(UnwantedMail.objects.filter(user=user).values_list("kind", flat=True))
        self.fields["kinds"].initial = [kind for kind, _label in CHOSEN if kind not in unwanted]

    @transaction.atomic
    def save(self) -> None:
        """Keep what is not wanted."""
        wanted = set(self.cleaned_data["kinds"])
        UnwantedMail.objects.filter(user=self.user).delete()
        UnwantedMail.objects.bulk_create(
            UnwantedMail(user=self.user, kind=kind) for kind, _label in CHOSEN if kind not in wanted
        )
