"""Refusals: exceptions that say every reason, and how they reach the person who was refused."""

from collections.abc import Sequence
from contextvars import ContextVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from otp_policy import Decision, Finding

from .messages import DISPATCHER_PUBLISHES, explain_all

# Wagtail's admin turns every PermissionDenied into one fixed sentence. What was refused during
# a request is noted here, so that the middleware can add the reasons to it.
_noted: ContextVar[list["PolicyRefusal"] | None] = ContextVar("otp_policy_refusals", default=None)


class PolicyRefusal(PermissionDenied):
    """
    The policy says no: carries every reason, and reads as sentences in the active language.

    A PermissionDenied, so that the admin shows a message and the API answers 403.
    """

    def __init__(
        self, title: str, *, findings: Sequence[Finding] = (), also: Sequence[str] = ()
    ) -> None:
        super().__init__(title)
        self.title = title
        self.findings = tuple(findings)
        self.also = tuple(also)
        noted = _noted.get()
        if noted is not None:
            noted.append(self)

    @classmethod
    def of(cls, decision: Decision, title: str, *also: str) -> "PolicyRefusal":
        """Return the refusal that *decision* amounts to."""
        return cls(title, findings=decision.reasons, also=also)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the reason codes."""
        return tuple(str(finding.code) for finding in self.findings)

    @property
    def reasons(self) -> list[str]:
        """Return one sentence per reason."""
        return explain_all(self.findings) + [str(reason) for reason in self.also]

    def __str__(self) -> str:
        lead = gettext("Not done: “%(title)s”.") % {"title": self.title}
        return " ".join([lead, *self.reasons])


def not_published(title: str, findings: Sequence[Finding]) -> PolicyRefusal:
    """Return the refusal of a publication that did not come through the dispatcher."""
    return PolicyRefusal(title, findings=findings, also=(str(DISPATCHER_PUBLISHES),))


def start_noting() -> list[PolicyRefusal]:
    """Begin a list of the refusals of one request, and return it."""
    noted: list[PolicyRefusal] = []
    _noted.set(noted)
    return noted


def stop_noting() -> None:
    """Forget the list of this request."""
    _noted.set(None)
