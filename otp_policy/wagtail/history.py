"""What was written, decided and published about one item so far, read once and asked often."""

from dataclasses import dataclass
from datetime import datetime

from otp_policy import Assent

from .models.evidence import Approval, Contribution, Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """
    The evidence about one item: three queries, whatever is asked of it afterwards.

    `decisions` are its endorsements and approvals and `publication` the latest, ended or not;
    `contributions` are (user's key, instant). All in their order.
    """

    decisions: tuple[Approval, ...] = ()
    contributions: tuple[tuple[int, datetime], ...] = ()
    publication: Publication | None = None

    @classmethod
    def of(cls, page_id: int | None) -> "History":
        """Read the history of a page; one that is not saved yet has none."""
        if page_id is None:
            return cls()
        decisions = Approval.objects.filter(page_id=page_id).order_by()
        contributions = Contribution.objects.filter(page_id=page_id).order_by()
        return cls(
            decisions=tuple(sorted(decisions, key=lambda row: (row.at, row.pk))),
            contributions=tuple(contributions.values_list("user_id", "at")),
            publication=last_publication(page_id),
        )

    @property
    def is_live(self) -> bool:
        """Tell whether the latest publication still stands."""
        return self.publication is not None and self.publication.ended_at is None

    def standing_approval(self) -> Approval | None:
        """Return the latest approval that no publication has used up, or None."""
        return next(reversed(self._unused(Approval.Kind.APPROVE)), None)

    def assents(self, kind: str) -> tuple[Assent, ...]:
        """Return the endorsements or approvals that no publication has used up."""
        return tuple(Assent(by=str(row.by_id), digest=row.digest) for row in self._unused(kind))

    def contributors(self, *, until: datetime | None = None) -> tuple[str, ...]:
        """
        Return who worked on the item since the last approval before *until* (default: now).

        Every contributor counts, not the last editor alone.
        """
        approvals = [
            row.at
            for row in self.decisions
            if row.kind == Approval.Kind.APPROVE and (until is None or row.at < until)
        ]
        since = max(approvals, default=None)
        return tuple(
            sorted(
                {
                    str(user)
                    for user, at in self.contributions
                    if (since is None or at > since) and (until is None or at <= until)
                }
            )
        )

    def _unused(self, kind: str) -> list[Approval]:
        last = self.publication
        if last is None:
            return [row for row in self.decisions if row.kind == kind]
        # What is down goes out again only by an approval that is younger than its end, unless
        # the approver found that it should not have been taken down (annex 1 step 5).
        after = last.at if last.may_return else last.ended_at or last.at
        return [
            row
            for row in self.decisions
            if row.kind == kind
            # Of what went out in an emergency the approval comes after it, and is used up as well.
            and (last.may_return if row.pk == last.approval_id else row.at > after)
        ]


def last_publication(page_id: int) -> Publication | None:
    """Return the latest publication of the page, ended or not."""
    return Publication.objects.filter(page_id=page_id).order_by("-at", "-pk").first()
