"""
The screen for personal data: no item is submitted before each warning has its reason.

Personal data that was public once cannot be called back (Personal Data Protection Act B.E. 2562).
A warning is answered once for one datum of an item; a datum that is new in the text asks anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.models import AbstractPage, Revision, WorkflowState

from otp_policy.personal_data import find_personal_data

from .adapters import latest_text
from .conf import public_contacts
from .digest import file_digest
from .file_texts import UnreadableFileError, texts_of
from .file_uses import files_of
from .held import held_for
from .item_texts import texts_of_fields
from .messages import under_step
from .models import Approval, PersonalDataAnswer, is_governed
from .objections import objections
from .recording import record
from .refusals import PolicyRefusal
from .statements import says_something

UNANSWERED = under_step(
    _(
        "The text holds what looks like personal data. Say for each warning why it may be "
        "published, or take it out."
    ),
    "prepare",
)
TEXT_MISSING = under_step(
    _("There is no saved text to decide on. Open the item, save it as a draft, and submit that."),
    "prepare",
)
CHANGED_UNSCREENED = under_step(
    _(
        "The text was changed after it was submitted, and holds what looks like personal data that "
        "nobody gave a reason for. Ask for changes, so that the division answers for it."
    ),
    "prepare",
)
_SECONDS_KEPT = 24 * 60 * 60
_RECIPE = 2


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a datum stands; `fingerprint` tells two data apart without telling them."""

    kind: str
    fingerprint: str
    masked: str
    place: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class PersonalDataWarning:
    """One datum, every place where it stands, and the answer if there is one."""

    kind: str
    fingerprint: str
    masked: str
    places: tuple[Sighting, ...]
    answer: PersonalDataAnswer | None = None

    @property
    def label(self) -> str:
        """Return what the datum looks like, in the reader's language."""
        return str(PersonalDataAnswer.Kind(self.kind).label)


def warnings_for(page: Any) -> list[PersonalDataWarning]:
    """Return the warnings for the text of *page* as it stands in memory, its files included."""
    warnings: dict[tuple[str, str], PersonalDataWarning] = {}
    for seen in _sightings(page):
        key = (seen.kind, seen.fingerprint)
        known = warnings.get(key) or PersonalDataWarning(*key, seen.masked, ())
        warnings[key] = replace(known, places=(*known.places, seen))
    answers = PersonalDataAnswer.objects.filter(page_id=page.pk or 0).select_related("by")
    for answer in answers if warnings else ():
        key = (answer.kind, answer.fingerprint)
        if key in warnings:
            warnings[key] = replace(warnings[key], answer=answer)
    return list(warnings.values())


def unanswered(page: Any) -> list[PersonalDataWarning]:
    """Return the warnings for the text of *page*, as it stands in memory, that have no reason."""
    return [warning for warning in warnings_for(page) if warning.answer is None]


@transaction.atomic
def answer_warnings(page: Any, user: Any, *, reasons: Mapping[str, str]) -> None:
    """
    Keep why *user* lets the data be published that the latest text of *page* holds.

    Args:
        page: The specific governed page.
        user: A person who prepares the item.
        reasons: By fingerprint; what stands in the text no longer is left out.
    """
    revision, digest = latest_text(page)
    draft = revision.as_object() if revision else page
    for warning in warnings_for(draft):
        reason = reasons.get(warning.fingerprint, "")
        if says_something(reason):
            _keep(warning, page, user, digest=digest, reason=reason)


def _keep(warning: PersonalDataWarning, page: Any, user: Any, *, digest: str, reason: str) -> None:
    PersonalDataAnswer(
        page_id=page.pk,
        kind=warning.kind,
        fingerprint=warning.fingerprint,
        masked=warning.masked,
        digest=digest,
        reason=reason,
        by=user,
        at=timezone.now(),
    ).save()
    record(
        "answer_personal_data",
        user=user,
        page_id=page.pk,
        digest=digest,
        kind=warning.kind,
        masked=warning.masked,
        note=reason,
        **held_for(page, "prepare", "correct", user=user),
    )


def hold_unanswered(sender: Any, instance: WorkflowState, **kwargs: Any) -> None:
    """
    Refuse that an item is submitted, or submitted again, while something stands against its text.

    Both begin with a saved workflow state that has no task yet, whichever door they came by.

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
    if revision is None:
        raise PolicyRefusal(page.title, also=[TEXT_MISSING])
    draft = revision.as_object()
    reasons = [*([UNANSWERED] if unanswered(draft) else []), *objections(draft, "prepare")]
    if reasons:
        raise PolicyRefusal(page.title, also=reasons)


def hold_unscreened(sender: Any, instance: Approval, **kwargs: Any) -> None:
    """
    Refuse the assent to a text that was changed under approval, and brought in unscreened data.

    Raises:
        PolicyRefusal: Whether the assent is given on a screen, on several items, or on paper.
    """
    if instance.kind not in Approval.STEPS:
        return
    revision = Revision.objects.filter(pk=instance.revision_id).first()
    if revision is not None and unanswered(draft := revision.as_object()):
        raise PolicyRefusal(draft.title, also=[CHANGED_UNSCREENED])


def _sightings(page: Any) -> Iterator[Sighting]:
    for label, text in texts_of_fields(page):
        yield from _in_text(text, label)
    for file in files_of(page):
        yield from _in_file(file)


def _in_text(text: str, place: str) -> Iterator[Sighting]:
    for found in find_personal_data(text, field=place, known=public_contacts()):
        yield Sighting(
            str(found.kind), _fingerprint(found.value), found.masked, place, found.excerpt
        )


def _fingerprint(value: str) -> str:
    # A bare hash of a number with thirteen digits tells the number to whoever tries them all.
    return salted_hmac("otp_policy.personal_data", value, algorithm="sha256").hexdigest()


def _in_file(file: Any) -> list[Sighting]:
    """Return what stands in a file; reading a long PDF takes seconds, so it is done once."""
    if not isinstance(file, get_document_model()):
        # The name and description of a picture are read; what it shows, a person has to look at.
        said = (file.title, file.description, _name_read_aloud(file))
        return [*_in_text("\n".join(said), file.title)]
    digest = file_digest(file)
    settled = _fingerprint(repr((_RECIPE, digest, file.filename, file.title, public_contacts())))
    key = f"otp_policy.personal_data.{get_language()}.{settled}"
    found = cache.get(key)
    if found is None:
        named = f"{file.title}\n{_name_read_aloud(file)}"
        found = [*_in_text(named, file.title), *_read(file, digest)]
        cache.set(key, found, _SECONDS_KEPT)
    return found


def _name_read_aloud(file: Any) -> str:
    """Return the name of *file* as words: the public sees it in the address."""
    return PurePath(file.filename).stem.replace("_", "\n")


def _read(file: Any, digest: str) -> Iterator[Sighting]:
    name = file.filename
    try:
        with file.file.storage.open(file.file.name, "rb") as handle:
            texts = texts_of(handle, name=name)
    except (UnreadableFileError, OSError) as error:
        kind = PersonalDataAnswer.Kind.UNREAD_FILE
        yield Sighting(str(kind.value), _fingerprint(digest), name, name, "")
        # What was read nonetheless is asked about as well.
        texts = getattr(error, "texts", [])
    for place, text in texts:
        yield from _in_text(text, f"{name}, {place}" if place else name)
