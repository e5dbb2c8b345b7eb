"""Who may see and do what with a case: the roles of the policy, asked; each look recorded."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from otp_policy import Action, Actor, Item, Question
from otp_policy.wagtail.adapters import Held, actor_for, held_in, person
from otp_policy.wagtail.authority import Authority
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.holders import people_who_may
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal

from .conf import intake_unit, request_category
from .models import InformationRequest, Sealed
from .sealing import Identity, SealedFile, identity_of, open_file

__all__ = [
    "Standing",
    "cases_for",
    "handlers",
    "held",
    "need_handler",
    "people_of",
    "produces_for",
    "show_file",
    "show_identity",
    "standing_of",
    "units_of",
]

# A division's part in a case: whoever prepares or endorses its items answers for its information.
_OF_DIVISION = (Action.PREPARE.value, Action.ENDORSE.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What somebody may do with a case: handle it (annex 1 step 6), or prepare its answer.

    Whoever approves in the category oversees: how the case stands, without a word of it.
    """

    handles: bool
    produces: bool
    oversees: bool = False

    def __bool__(self) -> bool:
        return self.handles or self.produces


@dataclass(frozen=True, slots=True)
class _AsItem:
    """A unit's work in the category of the cases, as the register of people asks for it."""

    owning_unit: Any
    disclosure_category: str

    @property
    def owning_unit_id(self) -> int | None:
        return self.owning_unit.pk if self.owning_unit else None


def standing_of(user: Any, case: InformationRequest | None = None) -> Standing:
    """Return what *user* may do with *case*; without one, whether they handle cases at all."""
    holds = Authority.of(user)
    unit = case.owner.code if case is not None else intake_unit()
    handles = holds.holds(Action.RESPOND.value, category=request_category(), unit=unit)
    producer = case.producer if case is not None else None
    produces = producer is not None and produces_for(user, producer, holds)
    above = holds.holds(Action.APPROVE.value, category=request_category(), unit=unit)
    return Standing(handles, produces, above)


def produces_for(user: Any, unit: Any, holds: Authority | None = None) -> bool:
    """Tell whether *user* answers for the information of *unit*."""
    holds = holds or Authority.of(user)
    category = request_category()
    return any(holds.holds(action, category=category, unit=unit.code) for action in _OF_DIVISION)


def units_of(user: Any) -> list[Any]:
    """Return the units whose information *user* answers for."""
    holds = Authority.of(user)
    return [unit for unit in Unit.objects.all() if produces_for(user, unit, holds)]


def cases_for(user: Any) -> QuerySet[InformationRequest]:
    """Return the cases that *user* has a part in: all of them, or those of the own units."""
    cases = InformationRequest.objects.select_related("owner", "producer", "topic")
    if standing_of(user).handles:
        return cases
    return cases.filter(producer__in=units_of(user))


def held(user: Any, action: str, *, unit: str) -> Held:
    """
    Return the post or delegation of *user* that carries *action* for *unit*.

    Raises:
        PolicyRefusal: If none does; it says why.
    """
    asked = _question(user, action, unit=unit)
    try:
        return held_in(asked)
    except LookupError:
        decision = current_policy().decide(asked)
        raise PolicyRefusal.of(decision, _("requests for information")) from None


def need_handler(user: Any, case: InformationRequest | None = None) -> Held:
    """
    Return by which post *user* handles cases.

    Raises:
        PolicyRefusal: If by none.
    """
    unit = case.owner.code if case is not None else intake_unit()
    return held(user, Action.RESPOND.value, unit=unit)


def _question(user: Any, action: str, *, unit: str) -> Question:
    on = office_day()
    actor = (
        actor_for(user, on, category=request_category())
        if user.is_active
        else Actor(id=person(user))
    )
    policy = current_policy()
    item = Item(
        id="",
        category=request_category(),
        unit=unit,
        digest="sha256:-",
        channel=policy.first_channel,
    )
    return Question(on=on, action=action, actor=actor, item=item)


def handlers() -> list[Any]:
    """Return the active people who handle cases today."""
    unit = Unit.objects.filter(code=intake_unit()).first()
    return people_of(unit, Action.RESPOND.value)


def people_of(unit: Any, *actions: str) -> list[Any]:
    """Return the active people who may take one of *actions* for *unit*; default: its part."""
    item = _AsItem(unit, request_category())
    found = {
        user.pk: user for action in actions or _OF_DIVISION for user in people_who_may(action, item)
    }
    return list(found.values())


def show_identity(user: Any, case: InformationRequest) -> Identity:
    """
    Return who asks, and record that *user* looked.

    Raises:
        PolicyRefusal: If *user* handles no cases; a division never sees who asks.
    """
    post = need_handler(user, case)
    record(
        "request_identity_read",
        user=user,
        role=post.role,
        unit=post.unit,
        order=post.order,
        request=case.reference,
    )
    return identity_of(case)


def show_file(user: Any, sealed: Sealed) -> SealedFile:
    """
    Return a file of a case, and record that *user* took it.

    Raises:
        PermissionDenied: If *user* has no part in the case.
    """
    if not standing_of(user, sealed.case):
        raise PermissionDenied
    record("request_file_read", user=user, request=sealed.case.reference, what=sealed.what)
    return open_file(sealed)
