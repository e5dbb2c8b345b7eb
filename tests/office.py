"""Small factories: an office with its people, and items in any state, for the tests."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from home.models import CategoryPage, HomePage, OtherPage
from news.models import NewsPage
from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.models import DelegationOrder, Post, Unit
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.setup import set_up
from otp_site.demo.office import ACCOUNTS, FROM_ON, make_divisions, make_site

PASSWORD = "correct horse"
PUBLISHERS = {
    "website": "publisher.web",
    "line": "publisher.social",
    "facebook": "publisher.social",
}


class Office:
    """The demo office without its story: people by user name, pages by category."""

    def __init__(self, port: int = 80) -> None:
        set_up()
        make_divisions()
        self.users: dict[str, Any] = {}
        for name, (role, unit, label) in ACCOUNTS.items():
            user = get_user_model().objects.create_user(name, f"{name}@example.invalid", PASSWORD)
            user.first_name = label
            user.save()
            Post.objects.create(
                user=user,
                role=role,
                unit=Unit.objects.get(code=unit) if unit else None,
                from_on=FROM_ON,
            )
            self.users[name] = user
        self.users["admin"] = get_user_model().objects.create_superuser(
            "admin", "admin@example.invalid", PASSWORD
        )
        self.home = make_site(port)

    @classmethod
    def as_founded(cls) -> "Office":
        """Return the office that the database has already, read anew."""
        office = cls.__new__(cls)
        office.users = {user.username: user for user in get_user_model().objects.all()}
        office.home = HomePage.objects.get()
        return office

    def __getitem__(self, name: str) -> Any:
        return self.users[name]

    def section(self, category: str) -> CategoryPage:
        """Return the page of a category."""
        return CategoryPage.objects.get(category=category)

    def draft(self, model: type = NewsPage, *, by: str = "pr.division-a", **fields: Any) -> Any:
        """Make a draft of *model*, prepared by the account *by*."""
        fields.setdefault("title", "ข่าวทดสอบ")
        fields.setdefault("summary", "สรุปข่าว")
        fields.setdefault("owning_unit", Unit.objects.get(code="division-a"))
        page = model(live=False, owner=self[by], **fields)
        self.section(model.disclosure_category).add_child(instance=page)
        page.save_revision(user=self[by])
        return fresh(page)

    def other(self, **fields: Any) -> Any:
        """Make a draft in the category `other`, which takes an endorsement and an approval."""
        return self.draft(OtherPage, **fields)

    def edit(self, page: Any, by: str = "pr.division-a", **fields: Any) -> Any:
        """Save a new draft of *page*."""
        draft = fresh(page).get_latest_revision_as_object()
        if draft.live and any(getattr(draft, name) != value for name, value in fields.items()):
            # What a material correction needs; a test of the note brings its own.
            fields.setdefault("correction_note", f"{draft.correction_note} แก้ไขแล้ว"[-900:])
        for name, value in fields.items():
            setattr(draft, name, value)
        draft.save_revision(user=self[by])
        return fresh(page)

    def agree(self, page: Any, *channels: str, at: Any = None) -> None:
        """Propose and confirm a time, now by default, on *channels*."""
        for channel in channels or ("website",):
            at = at or timezone.now()
            schedule.propose(page, self["pr.division-a"], channel=channel, at=at)
            schedule.confirm(page, self[PUBLISHERS[channel]], channel=channel)

    def submit(self, page: Any, by: str = "pr.division-a") -> Any:
        """Submit the latest draft and return the page."""
        page = fresh(page)
        page.get_workflow().start(page, self[by])
        return fresh(page)

    def decide(self, page: Any, by: str, action: str = "approve", **more: Any) -> Any:
        """Take the decision that the item waits for."""
        page = fresh(page)
        state = page.current_workflow_task_state
        more.setdefault("digest", latest_text(page)[1])
        if action == "reject":
            more.setdefault("comment", "ขอให้แก้ไข")
        state.task.specific.on_action(state, self[by], action, **more)
        return fresh(page)

    def approve(self, page: Any) -> Any:
        """Submit and approve, with whatever steps the category takes."""
        page = self.submit(page)
        if page.disclosure_category != "news":
            page = self.decide(page, "director.division-a")
            return self.decide(page, "director.office")
        return self.decide(page, "director.division-a")

    def publish(self, page: Any, *channels: str) -> Any:
        """Take *page* through every step until it is live."""
        self.agree(page, *(channels or ("website",)))
        self.approve(page)
        publish_due()
        page = fresh(page)
        assert page.live
        return page

    def delegate(self, to: str, *, first: date, last: date, unit: str = "division-a") -> Any:
        """Give an order that lets *to* act as director of *unit*."""
        return DelegationOrder.objects.create(
            number="12/2569",
            role="division_director",
            unit=Unit.objects.get(code=unit),
            delegator=self[f"director.{unit}"],
            delegate=self[to],
            from_on=first,
            until_on=last,
        )


def fresh(page: Any) -> Any:
    """Return *page* as the database has it."""
    return type(page).objects.get(pk=page.pk)


def in_an_hour() -> Any:
    """Return an instant an hour from now."""
    return timezone.now() + timedelta(hours=1)
