"""What the policy declares and never speaks of again."""

from __future__ import annotations

from collections.abc import Iterator

from otp_policy.checks.defects import defect
from otp_policy.document import Document
from otp_policy.errors import PolicyDataError

__all__ = ["idle_roles"]


def idle_roles(document: Document) -> Iterator[PolicyDataError]:
    """Return every role that no rule, step or channel names, on whatever day."""
    named = {channel.publisher_role for channel in document.channel}
    named |= {role for rule in document.rule for role in rule.roles}
    named |= {role for step in document.step for role in step.roles}
    declared = {role.code for role in document.role}
    if named - declared:
        return  # A misspelt name may be the one that is looked for: that defect is told already.
    for role in document.role:
        if role.code not in named:
            yield defect(
                role,
                "role_without_use",
                f"role `{role.code}` may do nothing: no rule, step or channel names it",
                key="code",
                instead="name it in a [[rule]], or leave the role out",
            )
