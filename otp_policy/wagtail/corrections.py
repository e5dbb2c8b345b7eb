"""
Step 5: a live item is corrected, with a note to the public, and approved again.

Whether the correction is material is computed from the difference between what is live and what
is to replace it; a material one needs the note. The note is part of the text that is approved.
"""

import json
import re
from typing import Any

from django.db.models import CharField, TextField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField, StreamField
from wagtail.models import AbstractPage, Revision, WorkflowState

from otp_policy.materiality import ChangeKind, Content, Difference, compare

from .adapters import latest_text
from .digest import NOTE_FIELDS, exact_values, referenced_files
from .history import last_publication
from .item_texts import field_of, leaves_of, without_markup
from .messages import under_step
from .models.evidence import Approval
from .models.items import is_governed
from .models.lifecycle import Correction
from .models.screening import PersonalDataAnswer
from .refusals import PolicyRefusal
from .screening import warnings_for
from .statements import gist, says_something

NOTE_MISSING = under_step(
    _(
        "The correction is material. Open the editor and write, under “Correction”, what is "
        "corrected this time and why: the public will read it beside the new text."
    ),
    "correct",
)
KINDS = {
    ChangeKind.SPACING: _("spacing"),
    ChangeKind.SPELLING: _("spelling or punctuation"),
    ChangeKind.FILE: _("file"),
    ChangeKind.VALUE: _("date, choice or other value"),
    ChangeKind.NUMBER: _("figures"),
    ChangeKind.DATE: _("date"),
    ChangeKind.AMOUNT: _("amount or measure"),
    ChangeKind.NAME: _("name"),
    ChangeKind.LINK: _("link or address"),
    ChangeKind.WORDING: _("wording"),
}
_TARGETS = re.compile(r'\b(?:linktype|embedtype|id|href)="[^"]*"')


def difference(live: Any, draft: Any) -> Difference:
    """Return what the public would get otherwise if *draft* took the place of *live*."""
    return compare(_content(live), _content(draft))


def change_rows(difference: Difference) -> list[dict[str, str]]:
    """Return the changes as rows to show and to keep, the material ones first."""
    changes = sorted(difference.changes, key=lambda change: not change.is_material)
    return [
        {
            "kind": str(change.kind),
            "field": change.field,
            "before": change.before,
            "after": change.after,
        }
        for change in changes
    ]


def kind_label(kind: str) -> str:
    """Return what sort of change *kind* is, in the reader's language."""
    return str(KINDS[ChangeKind(kind)])


def lacks_note(draft: Any) -> bool:
    """Tell whether *draft* would correct its live page materially and says nothing of it."""
    live = type(draft).objects.filter(pk=draft.pk or 0, live=True).first()
    if live is None:
        return False
    return not _says_something_new(draft, live) and difference(live, draft).is_material


def _says_something_new(draft: Any, live: Any) -> bool:
    note = gist(draft.correction_note)
    return says_something(note) and note != gist(live.correction_note)


def hold_without_note(sender: Any, instance: WorkflowState, **kwargs: Any) -> None:
    """
    Refuse that a material correction is submitted without a note, by whichever door.

    Raises:
        PolicyRefusal: Before anything is written.
    """
    begins = instance._state.adding or instance.current_task_state_id is None
    if not begins or instance.status != WorkflowState.STATUS_IN_PROGRESS:
        return
    page = instance.content_object
    if not isinstance(page, AbstractPage) or not is_governed(page):
        return
    revision, _digest = latest_text(page)
    if revision is not None and lacks_note(revision.as_object()):
        raise PolicyRefusal(page.title, also=[NOTE_MISSING])


def keep_correction(sender: Any, instance: Approval, created: bool, **kwargs: Any) -> None:
    """Write down what an approval of a live item's new text corrects, whoever gave it and how."""
    if not created or instance.kind != Approval.Kind.APPROVE:
        return
    prior = last_publication(instance.page_id)
    revision = Revision.objects.filter(pk=instance.revision_id).first()
    if prior is None or prior.ended_at is not None or revision is None:
        return
    draft = revision.as_object()
    live = type(draft).objects.filter(pk=instance.page_id, live=True).first()
    if live is None or prior.digest == instance.digest:
        return
    found = difference(live, draft)
    if found.is_material and not _says_something_new(draft, live):
        # The text was changed under approval, by a door that no submission guards.
        raise PolicyRefusal(draft.title, also=[NOTE_MISSING])
    Correction(
        approval=instance,
        prior=prior,
        note=draft.correction_note,
        note_en=new_english_note(live, draft),
        is_material=found.is_material,
        changes=change_rows(found),
        hides_prior=takes_out_personal_data(live, draft),
    ).save()


def new_english_note(live: Any, draft: Any) -> str:
    """Return the English note of *draft*, unless it is still that of the correction before."""
    note = draft.correction_note_en.strip()
    return "" if note == live.correction_note_en.strip() else note


def takes_out_personal_data(live: Any, draft: Any) -> bool:
    """Tell whether something that looks like personal data is in *live* and not in *draft*."""
    unread = PersonalDataAnswer.Kind.UNREAD_FILE
    found = [
        {warning.fingerprint for warning in warnings_for(page) if warning.kind != unread}
        for page in (live, draft)
    ]
    return bool(found[0] - found[1])


def _content(page: Any) -> Content:
    texts, values = {}, {}
    for name, value in exact_values(page).items():
        if name in NOTE_FIELDS:
            continue
        field = field_of(page, name)
        label = str(capfirst(getattr(field, "verbose_name", name)))
        if isinstance(field, StreamField):
            value = json.loads(value or "[]", parse_float=str) if isinstance(value, str) else value
        is_text = isinstance(field, CharField | TextField | StreamField) or isinstance(value, list)
        if not is_text or getattr(field, "choices", None) or name == "slug":
            values[label] = "" if value is None else str(value)
            continue
        rich = isinstance(field, RichTextField | StreamField)
        leaves = list(leaves_of(value))
        texts[label] = "\n".join(without_markup(leaf) if rich else leaf for leaf in leaves)
        # Where links lead by key, and marks that are no text.
        beside = [*_TARGETS.findall(" ".join(leaves)), *_flags(value)]
        if beside:
            values[label] = " ".join(beside)
    return Content(texts=texts, values=values, files=dict(referenced_files(page)))


def _flags(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [flag for inner in value.values() for flag in _flags(inner)]
    if isinstance(value, list):
        return [flag for inner in value for flag in _flags(inner)]
    return [str(value)] if value is None or isinstance(value, bool) else []
