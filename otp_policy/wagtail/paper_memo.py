"""What the printed memo says: everything that a signature on it approves, and nothing else."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, ForeignKey
from django.utils.text import capfirst
from django.utils.translation import gettext

from .adapters import latest_text
from .conf import current_policy, office_day
from .digest import file_digest, governed_values
from .file_uses import files_of
from .history import History
from .item_texts import texts_of_fields
from .models import Approval, Slot
from .models.choices import label_of
from .paper_codes import code_for
from .screening import PersonalDataWarning, warnings_for
from .signers import Signer, signers


@dataclass(frozen=True, slots=True)
class MemoFile:
    """A file of the item."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A memo that asks for one decision on one text."""

    page: Any
    draft: Any
    action: str
    digest: str
    code: str
    is_correction: bool
    fields: list[tuple[str, list[str]]]
    channels: list[tuple[str, dict[str, str], Slot | None]]
    files: list[MemoFile]
    contributors: list[Any]
    endorsements: list[Approval]
    warnings: list[PersonalDataWarning]
    deciders: list[str]
    signers: list[Signer]

    @property
    def step(self) -> str:
        """Return what is asked for, in the reader's language."""
        return str(Approval.Kind(self.action).label)


def memo_for(page: Any, action: str) -> Memo:
    """Return the memo that asks for *action* on the latest text of *page*."""
    revision, digest = latest_text(page)
    draft, past = revision.as_object(), History.of(page.pk)
    people = signers(draft, action)
    return Memo(
        page=page,
        draft=draft,
        action=action,
        digest=digest,
        code=code_for(action, page.pk, digest),
        is_correction=past.is_live,
        fields=texts_by_field(draft),
        channels=_channels(page, draft),
        files=[_file(file) for file in files_of(draft)],
        contributors=_people(past.contributors()),
        endorsements=_endorsements(page, digest),
        warnings=warnings_for(draft),
        deciders=_deciders(draft, action),
        signers=[one for one in people if one.holds_today],
    )


def texts_by_field(page: Any) -> list[tuple[str, list[str]]]:
    """Return the label of each governed field that is not empty, and the texts in it."""
    found: dict[str, list[str]] = {}
    for label, text in texts_of_fields(page):
        if text.strip():
            found.setdefault(label, []).append(text.strip())
    for field in page._meta.get_fields():
        if field.name in governed_values(page) and isinstance(field, ForeignKey | BooleanField):
            value = getattr(page, field.name)
            if isinstance(field, BooleanField):
                value = gettext("ticked") if value else gettext("not ticked")
            found[str(capfirst(field.verbose_name))] = [str(value)] if value is not None else []
    order = [str(capfirst(getattr(field, "verbose_name", ""))) for field in page._meta.get_fields()]
    rank = {label: place for place, label in reversed(list(enumerate(order)))}
    rows = [(label, texts) for label, texts in found.items() if texts]
    return sorted(rows, key=lambda row: rank.get(row[0], len(rank)))


def _channels(page: Any, draft: Any) -> list[tuple[str, dict[str, str], Slot | None]]:
    slots = Slot.objects.filter(page_id=page.pk, state__in=Slot.OPEN)
    agreed = {slot.channel: slot for slot in slots}
    policy = current_policy()
    return [
        (
            label_of("channels", code),
            {} if code == policy.first_channel else draft.channel_texts(),
            agreed.get(code),
        )
        for code in policy.channels
    ]


def _file(file: Any) -> MemoFile:
    name = getattr(file, "filename", "") or file.title
    try:
        size = file.file.size
    except OSError:
        size = 0
    return MemoFile(name, size, file_digest(file))


def _people(keys: tuple[str, ...]) -> list[Any]:
    return list(get_user_model()._default_manager.filter(pk__in=keys).order_by("pk"))


def _endorsements(page: Any, digest: str) -> list[Approval]:
    rows = Approval.objects.filter(page_id=page.pk, digest=digest, kind=Approval.Kind.ENDORSE)
    return list(rows.select_related("by", "paper"))


def _deciders(page: Any, action: str) -> list[str]:
    roles = current_policy().roles_for(action, page.disclosure_category, on=office_day())
    return [label_of("roles", role) for role in sorted(roles)]
