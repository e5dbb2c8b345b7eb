"""
The public log: an answer in the office's own words, endorsed and approved as the policy says.

The approval is on a digest of the texts and of the bytes of every redacted file. Whoever worked on
the entry since its last approval neither endorses nor approves it.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy import Action, Assent, Item, Question
from otp_policy.ledger import canonical_json
from otp_policy.wagtail.adapters import Held, actor_for, held_in, person
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal

from . import telling
from .access import standing_of
from .conf import request_category
from .division_work import personal_words_in
from .models import InformationRequest, Release, ReleaseDecision, Sealed
from .sealing import open_file, seal_file

__all__ = ["approve", "endorse", "may", "public_log", "take_out", "withdraw_stale", "write"]

PERSONAL = _(
    "This looks like personal data, or names the requester. The log is for everybody: write it "
    "without, and black it out in the files."
)
NOT_CLOSED = _("Only what is decided goes into the public log.")


def public_log() -> QuerySet[Release]:
    """Return what everybody may read: entries that are, to the letter, what was approved."""
    entries = Release.objects.exclude(published_digest="").filter(published_digest=F("digest"))
    return entries.select_related("case", "case__owner", "case__producer")


@transaction.atomic
def write(
    case: InformationRequest,
    *,
    user: Any,
    title: str,
    question: str,
    answer: str,
    files: Sequence[Any] = (),
    drop_files: bool = False,
) -> Release:
    """
    Write or change the public answer of a case; what was approved before shows no longer.

    Raises:
        PermissionDenied: If *user* has no part in the case.
        ValidationError: If it is not decided, or the texts hold personal data.
    """
    case = InformationRequest.objects.select_for_update().get(pk=case.pk)
    if not standing_of(user, case):
        raise PermissionDenied
    if case.is_open:
        raise ValidationError(NOT_CLOSED, code="not_closed")
    if personal_words_in(case, title, question, answer):
        raise ValidationError(PERSONAL, code="personal_data")
    entry = Release.objects.filter(case=case).first() or Release(case=case)
    was_public, before = entry.is_public, entry.digest
    entry.title, entry.question, entry.answer = title.strip(), question.strip(), answer.strip()
    if drop_files:
        entry.files = []
    entry.files = [*entry.files, *_kept(case, files, len(entry.files))]
    entry.digest = digest_of(entry)
    if entry.digest != before:
        # A new text, and new work on it: who worked on what was approved may decide on this one.
        earlier = [] if was_public else entry.contributors
        entry.contributors = sorted({*earlier, person(user)})
        entry.save()
        record("request_log_written", user=user, request=case.reference, digest=entry.digest)
        _ask_next(entry)
    return entry


def _kept(case: InformationRequest, files: Sequence[Any], before: int) -> list[dict[str, Any]]:
    """Keep redacted files under names that tell nothing, and return what the log says of them."""
    kept = []
    for number, file in enumerate(files, start=before + 1):
        ending = file.as_file().name.rpartition(".")[2]
        sealed = seal_file(case, Sealed.What.PUBLIC, file)
        kept.append(
            {
                "sealed": sealed.pk,
                "name": f"{case.year}-{case.number}-{number}.{ending}",
                "kind": file.kind,
                "size": len(file.content),
                "sha256": file.sha256,
            }
        )
    return kept


def digest_of(entry: Release) -> str:
    """Return the digest of what the log would show: texts, outcome, and the bytes of the files."""
    said = {
        "title": entry.title,
        "question": entry.question,
        "answer": entry.answer,
        "files": [{"name": file["name"], "sha256": file["sha256"]} for file in entry.files],
        "outcome": entry.case.outcome,
        "reasons": entry.case.reasons,
    }
    return f"sha256:{sha256(canonical_json(said)).hexdigest()}"


def may(entry: Release, action: str, user: Any) -> Any:
    """Return the policy's answer whether *user* may take *action* on the entry as it stands."""
    return current_policy().decide(_question(entry, action, user))


def _question(entry: Release, action: str, user: Any) -> Question:
    decisions = list(entry.decisions.all())
    unit = entry.case.producer or entry.case.owner
    return Question(
        on=office_day(),
        action=action,
        actor=actor_for(user, office_day(), category=request_category()),
        item=Item(
            id=f"request:{entry.case.reference}",
            category=request_category(),
            unit=unit.code,
            digest=entry.digest,
            contributors=tuple(entry.contributors),
            channel=current_policy().first_channel,
            endorsements=_assents(decisions, Action.ENDORSE),
            approvals=_assents(decisions, Action.APPROVE),
        ),
    )


def _assents(decisions: list[ReleaseDecision], kind: str) -> tuple[Assent, ...]:
    return tuple(
        Assent(by=str(row.by_id), digest=row.digest) for row in decisions if row.kind == kind
    )


def endorse(entry: Release, *, user: Any, digest: str) -> ReleaseDecision:
    """
    Endorse the entry as *digest* names it.

    Raises:
        PolicyRefusal: If the policy says no, or the text is another one.
    """
    decision = _decide(entry, Action.ENDORSE.value, user=user, digest=digest)
    _ask_next(entry)
    return decision


@transaction.atomic
def approve(entry: Release, *, user: Any, digest: str) -> ReleaseDecision:
    """
    Approve the entry as *digest* names it: from now on the public log shows it.

    Raises:
        PolicyRefusal: If the policy says no, or the text is another one.
        ValidationError: If a redacted file is not what was written into the entry.
    """
    decision = _decide(entry, Action.APPROVE.value, user=user, digest=digest)
    _check_files(entry)
    entry = Release.objects.select_for_update().get(pk=entry.pk)
    entry.published_digest, entry.published_at = digest, timezone.now()
    entry.contributors = []
    entry.save(update_fields=["published_digest", "published_at", "contributors"])
    return decision


@transaction.atomic
def _decide(entry: Release, action: str, *, user: Any, digest: str) -> ReleaseDecision:
    entry = Release.objects.select_for_update().get(pk=entry.pk)
    title = entry.case.reference
    if digest != entry.digest or digest_of(entry) != digest:
        raise PolicyRefusal(title, also=[_("The text is another one by now. Read it again.")])
    asked = _question(entry, action, user)
    answer = current_policy().decide(asked)
    if not answer.allowed:
        raise PolicyRefusal.of(answer, title)
    return _keep_decision(entry, action, user=user, post=held_in(asked), policy=answer.policy)


def _keep_decision(
    entry: Release, action: str, *, user: Any, post: Held, policy: str
) -> ReleaseDecision:
    by_post = {"role": post.role, "unit": post.unit, "order": post.order}
    row = ReleaseDecision.objects.create(
        release=entry,
        kind=action,
        digest=entry.digest,
        by=user,
        capacity=post.capacity,
        policy=policy,
        at=timezone.now(),
        **by_post,
    )
    deed = "request_log_endorsed" if action == Action.ENDORSE else "request_log_published"
    record(deed, user=user, digest=entry.digest, request=entry.case.reference, **by_post)
    return row


def _check_files(entry: Release) -> None:
    for file in entry.files:
        content = open_file(Sealed.objects.get(pk=file["sealed"])).content
        if sha256(content).hexdigest() != file["sha256"]:
            raise ValidationError(_("A file is not the one that was added."), code="file")


@transaction.atomic
def take_out(entry: Release, *, user: Any) -> None:
    """
    Take an entry out of the log at once; hiding is not publishing, and needs no approval.

    Raises:
        PermissionDenied: If *user* has no part in the case.
    """
    if not standing_of(user, entry.case):
        raise PermissionDenied
    _hide(entry.pk, user)


def withdraw_stale() -> int:
    """Take out of the log what is not what was approved, whoever changed it; return how many."""
    hidden = 0
    for entry in public_log():
        if digest_of(entry) != entry.digest:
            _hide(entry.pk, None)
            hidden += 1
    return hidden


@transaction.atomic
def _hide(key: int, user: Any) -> None:
    entry = Release.objects.select_for_update().get(pk=key)
    digest, entry.published_digest = entry.published_digest, ""
    entry.save(update_fields=["published_digest"])
    record("request_log_withdrawn", user=user, request=entry.case.reference, digest=digest)


def _ask_next(entry: Release) -> None:
    """Tell who has to endorse or approve next that the entry waits."""
    endorsed = entry.decisions.filter(kind=Action.ENDORSE.value, digest=entry.digest).exists()
    telling.tell_release(entry, Action.APPROVE.value if endorsed else Action.ENDORSE.value)
