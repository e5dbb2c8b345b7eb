"""A walk: the office, its accounts signed in, and everything that one of them might try next."""

import itertools
import json
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture
from treebeard.exceptions import InvalidMoveToDescendant
from wagtail.actions.convert_alias import ConvertAliasPageError
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import APIToken, Collection, Page, Site

from home.models import CategoryPage, OtherPage
from news.models import NewsPage
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.models import Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.withdrawals import next_step, open_withdrawal
from tests.exhibits.models import Case, Contact, ExhibitPage, Footer
from tests.office import Office, fresh
from tests.walk import doors
from tests.walk.oracle import TYPES, Oracle
from tests.walk.states import Snapshot

NAMES = (
    "pr.division-a", "director.division-a", "pr.division-b", "director.division-b",
    "director.office", "publisher.web", "publisher.social", "admin",
)  # fmt: skip
MOST_ITEMS = 7
REFUSALS = (
    PermissionDenied, ValidationError, IntegrityError, ProtectedError, ObjectDoesNotExist,
    InvalidMoveToDescendant, ConvertAliasPageError,
)  # fmt: skip


class Walk:
    """The world of one walk; `Walk.begin` puts it back to where it started."""

    def __init__(self) -> None:
        self.office = Office()
        self.clients = {name: _signed_in(self.office[name]) for name in NAMES}
        # A client takes a moment to be made: it loads what stands between it and the views.
        self.programs = {name: _with_token(self.office[name]) for name in NAMES}
        self.tried: Counter[str] = Counter()
        self.saw: Counter[str] = Counter()
        self._numbers = itertools.count(1)
        Footer.objects.create(text=self.said("ท้าย"))
        Contact.objects.create(name=self.said("ศูนย์"), telephone=self.said("โทร"))
        Collection.get_first_root_node().add_child(name="แฟ้ม")
        self.sections = CategoryPage.objects.count()
        self.oracle = Oracle(self.saw)
        self.story: list[str] = []
        # Two items on their way, and one of the made-up type.
        for number in range(3):
            self.new_item(number)
        self.first, self.snapshot = self.oracle, Snapshot()

    def begin(self) -> None:
        """Start again."""
        self.snapshot.restore()
        self._numbers = itertools.count(100)
        self.oracle = self.first.again()
        self.story = []

    # What there is.

    def count(self) -> int:
        return next(self._numbers)

    def said(self, text: str) -> str:
        """Return *text* with a word that stands nowhere else."""
        return f"{text} Q{self.count()}Q"

    def painted(self) -> ImageFile:
        """Return a picture that looks like no other."""
        data = BytesIO()
        number = self.count()
        Picture.new("RGB", (8, 8), (number % 256, number // 256 % 256, 7)).save(data, "PNG")
        return ImageFile(BytesIO(data.getvalue()), name="p.png")

    def pages(self) -> list[Any]:
        return list(Page.objects.type(*TYPES).order_by("pk").specific())

    def item(self, number: int) -> Any:
        pages = self.pages()
        return pages[number % len(pages)] if pages else self.new_item(number)

    def documents(self) -> list[Document]:
        while Document.objects.count() < 2:
            data = ContentFile(self.said("แผน").encode(), name="plan.txt")
            Document.objects.create(title="แผน", file=data)
        return list(Document.objects.order_by("pk"))

    def pictures(self) -> list[Image]:
        while Image.objects.count() < 2:
            Image.objects.create(title="ภาพ", file=self.painted(), width=8, height=8)
        return list(Image.objects.order_by("pk"))

    def site(self) -> Site:
        return Site.objects.get(is_default_site=True)

    def slot_of(self, page: Any) -> Slot | None:
        return Slot.objects.filter(page_id=page.pk, channel="website", state__in=Slot.OPEN).first()

    def digest(self, page: Any) -> str:
        return latest_text(page)[1]

    def soon(self, number: int) -> datetime:
        return timezone.now() + timedelta(minutes=(-5, -1, 90)[number % 3])

    def typed(self, at: datetime) -> str:
        return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")

    # Requests.

    def post(self, who: str, url: str, form: dict[str, Any]) -> int:
        given = {key: value for key, value in form.items() if value is not None}
        status = self.clients[who].post(url, given).status_code
        assert status < 500, (url, status)
        return status

    def call(self, who: str, verb: str, name: str, key: int, **data: Any) -> int:
        url = reverse(f"wagtailapi_v3:{name}", args=(key,))
        call = getattr(self.programs[who], verb)
        status = call(url, json.dumps(data), content_type="application/json").status_code
        assert status < 500, (url, status)
        return status

    # Actions. Each is watched.

    def new_item(self, number: int) -> Any:
        """Write a draft with everything in it."""
        self.story.append(f"new item {number}")
        model = (NewsPage, OtherPage, ExhibitPage)[number % 3]
        unit = "division-a"
        document = self.documents()[number % 2]
        fields = {
            "title": self.said("ข่าว"),
            "summary": self.said("สรุป"),
            "title_en": self.said("news") if number % 2 else "",
            "body": f'<p>{self.said("x")} <a linktype="document" id="{document.pk}">f</a></p>',
            "slug": f"i-{self.count()}",
        }
        if model is ExhibitPage:
            fields |= {"contact": Contact.objects.first(), "picture": self.pictures()[0]}
            fields["cases"] = [Case(text=self.said("กรณี"))]
        page = self.office.draft(model, by=f"pr.{unit}", **fields)
        self.oracle.note(f"pr.{unit}")
        self.oracle.judge()
        return page

    def go_on(self, number: int) -> None:
        """Take the next lawful step with an item, as the person whose step it is."""
        page = self._begun(number)
        self.story.append(f"go on {number}, with {page.pk}")
        who = self._end(page, number) or self._proceed(page)
        self.oracle.note(who)
        # Not the whole round: the channels send in threads, which a database in memory shuts out.
        publish_due()
        self.oracle.note(None)
        self.oracle.judge()

    def _proceed(self, page: Any) -> str | None:
        """Take the next step towards the public."""
        slot, state = self.slot_of(page), page.current_workflow_task_state
        if slot is not None and slot.state != Slot.State.CONFIRMED:
            who, action = {
                Slot.State.PROPOSED: ("publisher.web", "confirm"),
                Slot.State.HELD: ("publisher.web", "send_now"),
                Slot.State.COUNTERED: ("pr.division-a", "accept"),
            }[slot.state]
            form = {"website-at": self.typed(slot.at)} if action == "confirm" else {}
            self.post(who, reverse("otp_policy:slot", args=(page.pk, "website", action)), form)
        elif slot is None:
            who = "pr.division-a"
            doors.slot(self, who, page, page, 0)
        elif state is not None:
            who = self._director(page, getattr(state.task.specific, "action", ""))
            doors.decide(self, who, page, page, 1)
        elif self.digest(page) != self._approved(page):
            who = "pr.division-a"
            doors.submit(self, who, page, page, 0)
        else:
            return None
        return who

    def _end(self, page: Any, number: int) -> str | None:
        """Correct a live item that nothing waits for, withdraw it, or decide on its withdrawal."""
        standing = open_withdrawal(page.pk)
        if standing is None:
            if not page.live or page.has_unpublished_changes or number % 3 == 0:
                return None
            if number % 7 < 4:
                doors.edit(self, "pr.division-a", page, page, 4)
                return "pr.division-a"
            who = ("pr.division-a", "publisher.web")[number % 2]
            doors.withdrawal(self, who, page, page, number % 2 + 5 * (number % 7))
            return who
        if not standing.reason:
            doors.withdrawal(self, "publisher.web", page, page, 3)
            return "publisher.web"
        who = self._director(page, next_step(standing, page))
        doors.withdrawal(self, who, page, page, (2, 12)[number % 4 == 0])
        return who

    def _director(self, page: Any, step: str) -> str:
        is_office = step == "approve" and isinstance(page, OtherPage)
        return "director.office" if is_office else "director.division-a"

    def _begun(self, number: int) -> Any:
        """Return an item on its way, so that walks arrive somewhere; now and then any other."""
        begun = [page for page in self.pages() if self.slot_of(page) or open_withdrawal(page.pk)]
        return begun[0] if begun and number % 5 else self.item(number)

    def _approved(self, page: Any) -> str:
        from otp_policy.wagtail.history import History

        approval = History.of(page.pk).standing_approval()
        return approval.digest if approval else ""

    def through(self, door: Any, who: str, number: int, other: int) -> None:
        """Come to *door* as *who*."""
        self.tried[name_of(door)] += 1
        page = self.item(number)
        self.story.append(f"{name_of(door)} {who} {number} {other}, with {page.pk}")
        if len(self.pages()) > MOST_ITEMS:
            with suppress(*REFUSALS):
                self.pages()[-1].delete()
        with suppress(*REFUSALS):
            if door in doors.DOORS:
                door(self, who, fresh(page), self.item(other), other)
            else:
                door(self, fresh(page), self.item(other), other)
        self.oracle.note(who if door in doors.DOORS else None)
        self.oracle.judge()
        if CategoryPage.objects.count() < self.sections:
            # A section with nothing public in it may be deleted; there is no walk without it.
            self.begin()


def name_of(door: Any) -> str:
    """Return the name of a door, or of a way that code has."""
    return f"{door.__module__.rsplit('.', 1)[1]}.{door.__name__}"


def _with_token(user: Any) -> Client:
    token = APIToken.create_token(user=user, name="walk")[1]
    return Client(headers={"Authorization": f"Bearer {token}"})


def _signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client
