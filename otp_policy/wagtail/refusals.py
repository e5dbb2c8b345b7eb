"""Refusals: exceptions that say every reason, and how they reach the person who was refused."""

from collections.abc import Sequence
from contextvars import ContextVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language, gettext, override

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
        # The admin speaks the language of the person's profile, but only inside its own views.
        self._language = get_language()
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

    def told(self) -> str:
        """Return the refusal in the language that was active when it was made."""
        with override(self._language):
            return str(self)

    def __str__(self) -> str:
        lead = gettext("Not done: “%(title)s”.") % {"title": self.title}
        return " ".join([lead, *self.reasons])


def not_published(title: str, findings: Sequence[Finding]) -> PolicyRefusal:
    """Return the refusal of a publication that did not come through the dispatcher."""
    return PolicyRefusal(title, findings=findings, also=(DISPATCHER_PUBLISHES,))


def start_noting() -> None:
    """Begin a list of the refusals of one request."""
    _noted.set([])


def tell(request) -> None:
    """Add what was refused so far to the messages of *request*, each refusal once."""
    noted = _noted.get() or []
    for text in dict.fromkeys(refusal.told() for refusal in noted):
        messages.error(request, text)
    noted.clear()


def forget_noted() -> None:
    """Forget what was refused so far: the view says it itself."""
    (_noted.get() or []).clear()


def stop_noting() -> None:
    """Forget the list of this request."""
    _noted.set(None)
