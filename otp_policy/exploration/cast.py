"""
The people with whom a policy is explored: everybody whom it can mean, and whom it must not mean.

Each role is tried as office holder, acting, and by an order in force, in the units where it
counts and elsewhere, and by orders that are not in force. What each of them carries is asked of
the policy itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from otp_policy.document import Document
from otp_policy.entries import Role
from otp_policy.model import Action, Actor, Delegation, Item, Post, Question, ReasonCode
from otp_policy.policy import Policy
from otp_policy.vocabulary import Binding

__all__ = ["Cast", "Circumstances", "Member", "Power"]

Power = tuple[str, str]
"""Action and channel."""

AUTHORITY = frozenset(
    {
        ReasonCode.NOT_IN_FORCE,
        ReasonCode.DELEGATION_NOT_IN_FORCE,
        ReasonCode.WRONG_UNIT,
        ReasonCode.ROLE_MISSING,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the item is, for the whole of one exploration."""

    on: date
    category: str
    urgent: bool = False
    urgent_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the cast: what the person holds, in words, and whether it may count anywhere."""

    words: str
    posts: tuple[Post, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    may_count: bool = True

    def named(self, name: str) -> Actor:
        """Return a person of that name who holds this."""
        return Actor(id=name, posts=self.posts, delegations=self.delegations)

    def with_also(self, other: Member) -> Member:
        """Return somebody who holds what both hold."""
        return Member(
            words=f"{self.words} and {other.words}",
            posts=self.posts + other.posts,
            delegations=self.delegations + other.delegations,
        )


class Cast:
    """Everybody whom the roles of a policy make possible on one day."""

    def __init__(self, policy: Policy, document: Document, *, on: date) -> None:
        self.policy = policy
        self.on = on
        self.item_unit = _unused("item-unit", document)
        self.elsewhere = _unused("another-unit", document)
        self.owners = {
            (channel.publisher_role, channel.owner): None for channel in document.channel
        }
        self.members = tuple(member for role in document.role for member in self._members_of(role))
        everybody = Member(words="somebody who holds every role")
        for member in self.members:
            if member.may_count:
                everybody = everybody.with_also(member)
        self.everybody = everybody
        self.channels = tuple(channel.code for channel in document.channel)

    def powers(self, member: Member, circumstances: Circumstances) -> frozenset[Power]:
        """Return the actions, and on which channels, that the person has authority for."""
        return frozenset(
            (action.value, channel)
            for action in Action
            for channel in self.channels
            if not self._lacks_authority(member, action, channel, circumstances)
        )

    def powers_of_each(self, circumstances: Circumstances) -> Mapping[Member, frozenset[Power]]:
        """Return every member with what that person has authority for."""
        return {member: self.powers(member, circumstances) for member in self.members}

    def _lacks_authority(
        self, member: Member, action: Action, channel: str, circumstances: Circumstances
    ) -> bool:
        item = Item(
            category=circumstances.category,
            unit=self.item_unit,
            digest="",
            urgent=circumstances.urgent,
            urgent_reason=circumstances.urgent_reason,
            channel=channel,
        )
        question = Question(
            on=circumstances.on, action=action.value, actor=member.named("x"), item=item
        )
        reasons = self.policy.decide(question).reasons
        return any(reason.code in AUTHORITY for reason in reasons)

    def _members_of(self, role: Role) -> Iterator[Member]:
        for unit, words in self._units_of(role).items():
            yield Member(words=f"`{role.code}`{words}", posts=(Post(role=role.code, unit=unit),))
            acting = Post(role=role.code, unit=unit, acting=True)
            yield Member(words=f"acting `{role.code}`{words}", posts=(acting,))
            assigned = self._order(role.code, unit, first=-1, last=1)
            as_role = f"assigned as `{role.code}`{words}"
            yield Member(words=f"{as_role} by an order", delegations=(assigned,))
            for first, last, state in ((-9, -1, "has run out"), (1, 9, "has not begun")):
                order = self._order(role.code, unit, first=first, last=last)
                yield Member(
                    words=f"{as_role} by an order that {state}",
                    delegations=(order,),
                    may_count=False,
                )
        if role.binding is not Binding.OFFICE:
            posts = (Post(role=role.code, unit=self.elsewhere),)
            order = self._order(role.code, self.elsewhere, first=-1, last=1)
            yield Member(
                words=f"`{role.code}` of a unit that it does not count in",
                posts=posts,
                delegations=(order,),
                may_count=False,
            )

    def _units_of(self, role: Role) -> dict[str, str]:
        """Return the units in which the role may count, each with its words."""
        # A publishing role counts in the unit that owns the channel, whatever binds it elsewhere.
        owning = [unit for code, unit in self.owners if code == role.code]
        units = {unit: f" of `{unit}`" for unit in (*role.units, *owning)}
        if role.binding is Binding.ITEM_UNIT:
            return {self.item_unit: " of the item's unit", **units}
        return {"": "", **units} if role.binding is Binding.OFFICE else units

    def _order(self, role: str, unit: str, *, first: int, last: int) -> Delegation:
        return Delegation(
            role=role,
            unit=unit,
            from_on=self._day(first),
            until_on=self._day(last),
            order="1",
        )

    def _day(self, after: int) -> date:
        try:
            return self.on + timedelta(days=after)
        except OverflowError:
            return self.on


def _unused(name: str, document: Document) -> str:
    """Return a unit that the policy does not name, so that nothing is bound to it by chance."""
    named = {unit for role in document.role for unit in role.units}
    named |= {channel.owner for channel in document.channel}
    while name in named:
        name += "-"
    return name
