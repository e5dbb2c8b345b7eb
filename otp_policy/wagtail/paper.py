"""
Step 3 on paper: a decision that was signed on the printed memo, and recorded by somebody else.

The announcement wants the approval and does not say on what (annex 1 step 3). What is signed
counts as what is clicked: the same question is asked of the policy, in the name of the person who
signed and of the day on which it was signed. Who records it vouches for the sheet, and neither
worked on the text nor signed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy import Decision, Finding, Question

from .adapters import Held, actor_for, ask, has_authority, held_in, latest_text, person, question
from .conf import current_policy, office_day, private_storage
from .decisions import (
    STEP_IS_OVER,
    current_states,
    is_open,
    keep_assent,
    record_decision,
)
from .history import History
from .messages import SENTENCES, under_clause, under_step
from .models.evidence import Approval
from .models.paper import PaperDecision
from .objections import Opinions, objections, opinions_on
from .paper_codes import as_typed, code_for, is_well_formed
from .paper_reuse import about_use
from .refusals import PolicyRefusal
from .scans import Scan
from .signals import approval_given
from .statements import says_something
from .wording import office_date, person_name

# Any part in the steps of an item lets an official record its papers.
_PARTS = ("prepare", "endorse", "approve", "confirm_slot", "publish")

CODE_MISTYPED = _("The code is mistyped. Type it again from the signed memo.")
CODE_OF_OTHER_TEXT = _(
    "The code is not that of the present text. The text was changed after this memo was printed, "
    "or the memo is of another item or step. Print the memo again and have it signed."
)
SIGNED_LATER = _("The day of the signature lies in the future.")
REASON_MISSING = _("Write down why it is not agreed to, so that the division knows what to change.")
RECORDER_CONTRIBUTED = _(
    "You worked on this item since it was last approved. Ask someone who did not to record the "
    "signed memo."
)
RECORDER_SIGNED = _("Nobody records the own signature. Decide on the screen, or ask someone else.")
RECORDER_HAS_NO_PART = _(
    "You have no part in the steps of this item. Ask someone of its division, or of the unit that "
    "owns the channel."
)

OF_THE_SIGNER = {
    **SENTENCES,
    "not_in_force": _("The measures were not yet in force on the day of the signature."),
    "delegation_not_in_force": _(
        "The delegation order of %(name)s does not cover the day of the signature. Have the "
        "holder of the role sign, or check the day."
    ),
    "wrong_unit": _(
        "%(name)s holds this role in another unit. Someone of the item's own unit has to sign."
    ),
    "role_missing": _("%(name)s did not hold the role for this step on the day of the signature."),
    "own_work": _(
        "%(name)s worked on this item since it was last approved, so someone else has to sign."
    ),
    "endorsement_missing": _(
        "The item was not endorsed yet on the day of the signature. Check the day, or have the "
        "memo signed again."
    ),
    "same_person": _("%(name)s endorsed this text, so another person has to sign the approval."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMemo:
    """What stands on a signed memo, as the person who records it typed it off."""

    outcome: str
    signed_by: Any
    signed_on: date
    code: str
    scan: Scan
    reason: str = ""
    # The channels that can take nothing back, on which the person who signed wants a notice.
    notices: tuple[str, ...] = ()


class PaperRefusal(PolicyRefusal):
    """A refusal that speaks of the person who signed, to the person who records."""

    def __init__(
        self, title: str, *, signer: Any, findings: Sequence[Finding] = (), also: Sequence[str] = ()
    ) -> None:
        self.signer = person_name(signer)
        super().__init__(title, findings=findings, also=also)

    @property
    def reasons(self) -> list[str]:
        """Return one sentence per reason."""
        return [self._explain(finding) for finding in self.findings] + [
            str(reason) for reason in self.also
        ]

    def _explain(self, finding: Finding) -> str:
        sentence = str(OF_THE_SIGNER[str(finding.code)]) % {"name": self.signer}
        return under_clause(sentence, finding)


def record_paper(task: Any, task_state: Any, recorder: Any, memo: SignedMemo) -> PaperDecision:
    """
    Record a signed memo: the decision counts from now on, in the name of who signed it.

    Raises:
        PolicyRefusal: With every reason: of the step, the code, the day, the person who signed,
            and the person who records.
    """
    page, takes_text = task_state.workflow_state.content_object, _takes_text(memo)
    opinions = opinions_on(page, task.action) if takes_text else {}
    return _record(task, task_state, recorder, memo, opinions=opinions)


@transaction.atomic
def _record(
    task: Any, task_state: Any, recorder: Any, memo: SignedMemo, *, opinions: Opinions
) -> PaperDecision:
    state, task_state = current_states(task_state)
    page = state.content_object.specific
    if state.current_task_state_id != task_state.pk or not is_open(task_state):
        raise PolicyRefusal(page.title, also=[under_step(STEP_IS_OVER, task.action)])
    revision, digest = latest_text(page)
    page, past = revision.as_object(), History.of(page.pk)
    asked = _asked(page, task.action, memo, digest=digest, past=past)
    answer = current_policy().decide(asked)
    also = [
        *_about_sheet(memo, page, task.action, digest=digest, past=past),
        *(objections(page, task.action, opinions=opinions) if _takes_text(memo) else []),
        *about_use(memo, page, task_state),
        *_about_recorder(page, recorder, memo.signed_by, past),
    ]
    findings = _what_counts(answer, memo)
    if findings or also:
        raise PaperRefusal(page.title, signer=memo.signed_by, findings=findings, also=also)
    kept = _keep(task.action, recorder, memo, page, revision, held_in(asked), digest=digest)
    if kept.approval is not None and kept.approval.kind == Approval.Kind.APPROVE:
        approval_given.send(
            sender=Approval,
            page=page,
            approval=kept.approval,
            user=memo.signed_by,
            notices=memo.notices,
        )
    _end_step(task_state, memo, recorder)
    return kept


def _takes_text(memo: SignedMemo) -> bool:
    return memo.outcome == PaperDecision.Outcome.APPROVE


def _asked(page: Any, action: str, memo: SignedMemo, *, digest: str, past: History) -> Question:
    """Return the question of a decision on screen, as of the day of the signature."""
    actor = actor_for(memo.signed_by, memo.signed_on, category=page.disclosure_category)
    given = _given_by(past, memo.signed_on)
    return question(page, action, actor, digest=digest, on=memo.signed_on, history=given)


def _given_by(past: History, on: date) -> History:
    """Leave out the endorsements that were given after the day *on*."""
    later = [row for row in past.decisions if row.kind == Approval.Kind.ENDORSE]
    papers = PaperDecision.objects.filter(approval__in=later)
    days = dict(papers.values_list("approval_id", "signed_on")) if later else {}
    dropped = {row.pk for row in later if days.get(row.pk, office_day(row.at)) > on}
    return replace(past, decisions=tuple(row for row in past.decisions if row.pk not in dropped))


def _what_counts(answer: Decision, memo: SignedMemo) -> tuple[Finding, ...]:
    """Return what stands in the way: to say no takes the authority alone, as it does on screen."""
    if memo.outcome == PaperDecision.Outcome.REJECT:
        return () if has_authority(answer) else answer.reasons
    return answer.reasons


def text_exists_since(page: Any, past: History) -> date:
    """Return the day on which the present text of *page* was written."""
    revision = page.get_latest_revision()
    written = [at for _user, at in past.contributions]
    return office_day(max([*written, *([revision.created_at] if revision else [])]))


def _about_sheet(
    memo: SignedMemo, page: Any, action: str, *, digest: str, past: History
) -> list[str]:
    reasons: list[Any] = []
    typed, since = as_typed(memo.code), text_exists_since(page, past)
    if not is_well_formed(typed):
        reasons.append(CODE_MISTYPED)
    elif typed != code_for(action, page.pk, digest):
        reasons.append(CODE_OF_OTHER_TEXT)
    if memo.signed_on > office_day():
        reasons.append(SIGNED_LATER)
    elif memo.signed_on < since:
        reasons.append(
            gettext("The present text exists since %(day)s; the signature is older. Check the day.")
            % {"day": office_date(since)}
        )
    if not _takes_text(memo) and not says_something(memo.reason):
        reasons.append(REASON_MISSING)
    return [str(under_step(reason, action)) for reason in reasons]


def why_not_record(page: Any, recorder: Any) -> list[str]:
    """Return why *recorder* may not record the papers of *page*, whoever signed them."""
    return _about_recorder(page, recorder, None, History.of(page.pk))


def _about_recorder(page: Any, recorder: Any, signer: Any, past: History) -> list[str]:
    reasons: list[Any] = []
    if not any(has_authority(ask(page, action, recorder)) for action in _PARTS):
        reasons.append(RECORDER_HAS_NO_PART)
    if person(recorder) in past.contributors():
        reasons.append(RECORDER_CONTRIBUTED)
    if signer is not None and signer.pk == recorder.pk:
        reasons.append(RECORDER_SIGNED)
    return [str(under_step(reason, Approval.Kind.APPROVE)) for reason in reasons]


def _keep(
    action: str, recorder: Any, memo: SignedMemo, page: Any, revision: Any, held: Held, *, digest
) -> PaperDecision:
    kept = PaperDecision(
        page_id=page.pk,
        action=action,
        outcome=memo.outcome,
        digest=digest,
        code=as_typed(memo.code),
        signed_by=memo.signed_by,
        role=held.role,
        unit=held.unit,
        order=held.order,
        capacity=held.capacity,
        signed_on=memo.signed_on,
        reason=memo.reason,
        recorded_by=recorder,
        recorded_at=timezone.now(),
        scan_name=memo.scan.name,
        scan_type=memo.scan.kind,
        scan_sha256=memo.scan.sha256,
    )
    on_paper = _for_ledger(memo, recorder, kept.code)
    given = {"digest": digest, "comment": memo.reason, "on_paper": on_paper}
    if memo.outcome == PaperDecision.Outcome.APPROVE:
        kept.approval = keep_assent(action, memo.signed_by, page, revision, held, **given)
    else:
        record_decision("reject", memo.signed_by, page, held, step=action, **given)
    _save_with_scan(kept, memo.scan)
    return kept


def _for_ledger(memo: SignedMemo, recorder: Any, code: str) -> dict[str, Any]:
    return {
        "signed_on": memo.signed_on.isoformat(),
        "recorded_by": {"id": person(recorder), "username": recorder.get_username()},
        "code": code,
        "scan": f"sha256:{memo.scan.sha256}",
    }


def _save_with_scan(kept: PaperDecision, scan: Scan) -> None:
    """Save the row and its file, or neither."""
    kept.scan.save(f"{scan.as_file().name}", scan.as_file(), save=False)
    try:
        kept.save()
    except Exception:
        private_storage().delete(kept.scan.name)
        raise


def _end_step(task_state: Any, memo: SignedMemo, recorder: Any) -> None:
    comment = gettext("On paper, signed on %(day)s; recorded by %(name)s.") % {
        "day": office_date(memo.signed_on),
        "name": person_name(recorder),
    }
    comment = f"{memo.reason}\n{comment}".strip()
    if memo.outcome == PaperDecision.Outcome.APPROVE:
        task_state.approve(user=memo.signed_by, comment=comment)
    else:
        task_state.reject(user=memo.signed_by, comment=comment)
