"""
What the public may read, judged by the walk's own bookkeeping and by nothing of the product's.

Every text, snippet and file of the walk carries words of its own, such as `Q17Q`, so that what is
served tells by itself which text it is. The oracle notes what each approver was shown, and who
had written it; it asks the product neither for a digest nor for its policy.
"""

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page

from home.models import OtherPage
from news.models import NewsPage
from otp_policy.wagtail.models import Approval, Publication, Slot, Unit
from otp_policy.wagtail.models.lifecycle import HiddenVersion, Withdrawal, WithdrawalDecision
from tests.exhibits.models import Contact, ExhibitPage, Footer
from tests.walk.states import media_files

TYPES = (NewsPage, OtherPage, ExhibitPage)
WORD = re.compile(r"Q\d+Q")
LINK = re.compile(r'linktype=\\?"document\\?" id=\\?"(\d+)')
NOTES = ("correction_note", "correction_note_en")
SHOWN = ("title", "title_en", "summary", "summary_en", "body", "body_en", "cases")

# Who may give what, as the announcement has it (annex 1 step 3 and its remark).
DIRECTORS = {"director.division-a": "division-a", "director.division-b": "division-b"}
OFFICE_DIRECTOR = "director.office"
WEBSITE_UNIT = "publisher.web"
ANSWERABLE = {*DIRECTORS, OFFICE_DIRECTOR, WEBSITE_UNIT}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one item: the words it shows, and the bytes of its files by their hash."""

    words: frozenset[str]
    files: frozenset[str]
    unit: str
    # Words of the note that a correction gives the public, beside those of the text.
    note: frozenset[str] = frozenset()


@dataclass(slots=True)
class Item:
    """What happened to one item so far."""

    writers: set[str] = field(default_factory=set)
    endorsed: list[Text] = field(default_factory=list)
    approved: list[Text] = field(default_factory=list)
    public: Text | None = None
    # It was live once, even where the site's root or a restriction kept the public out.
    was_live: bool = False
    served: frozenset[str] = frozenset()
    # Every text that the public could read, the last one at the end, and the notes to them.
    history: list[Text] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    confirmed: bool = False
    # What the approved withdrawals of the item say in public.
    tombstone: set[str] = field(default_factory=set)
    withdrawal_endorsed: set[str] = field(default_factory=set)


class Oracle:
    """Watches after every action, and fails when something public was not approved."""

    def __init__(self, saw: Counter[str]) -> None:
        self.saw = saw
        self.items: dict[int, Item] = {}
        self.texts: dict[int, Text] = {}
        self.last_approval = 0
        self.last_withdrawal_decision = 0
        self.askers: dict[int, str | None] = {}
        self.emergencies: set[int] = set()
        self.confirmed: set[tuple[int, Any]] = set()
        self.public = Client(raise_request_exception=True)
        self.seen: dict[str, Any] = {}

    def again(self) -> "Oracle":
        """Return an oracle that knows what this one knows now, for another walk from here."""
        other = Oracle(self.saw)
        other.items, other.texts = deepcopy(self.items), dict(self.texts)
        return other

    def note(self, actor: str | None) -> None:
        """Take down what the action of *actor* (None: code without a person) wrote and decided."""
        if not self._has_changed("noted"):
            return
        pages = Page.objects.type(*TYPES)
        before, self.texts = self.texts, {page.pk: text_of(page) for page in pages}
        for key, text in self.texts.items():
            item = self.items.setdefault(key, Item())
            if actor and text != before.get(key):
                item.writers.add(actor)
        self._judge_confirmations(actor)
        self._judge_approvals(actor, before)
        self._judge_withdrawals(actor)

    def allow_emergency(self, page_id: int, *, by: str, second: str) -> None:
        """Take down that two persons opened break-glass, for the text that *page_id* has now."""
        assert len({by, second} & ANSWERABLE) == 2, f"{by} and {second} broke the glass"
        self.saw["emergency"] += 1
        self.emergencies.add(page_id)
        item = self.items[page_id]
        item.approved.append(text_of(Page.objects.get(pk=page_id)))
        item.confirmed = True
        item.writers.add(by)

    def judge(self) -> None:
        """Read what the public gets, all of it, and compare it with what was approved."""
        if not self._has_changed("judged"):
            return
        live: dict[int, Text] = {}
        for page in Page.objects.type(*TYPES):
            item = self.items[page.pk]
            item.was_live = item.was_live or page.live
            text = self._judge_page(page, item)
            if text is not None:
                live[page.pk] = text
        self._judge_files([*live.values(), *self._live_unread(live)])
        self._judge_lists(live)

    def _has_changed(self, what: str) -> bool:
        """Tell whether a row or a file is another one since: else there is nothing to see."""
        # By its bytes: what was refused has written rows as well, and taken them back.
        rows = blake2b(connection.connection.serialize()).digest()
        files = frozenset((path, path.stat().st_mtime_ns) for path in media_files())
        now = (rows, files)
        changed, self.seen[what] = self.seen.get(what) != now, now
        return changed

    def _judge_confirmations(self, actor: str | None) -> None:
        rows = Slot.objects.filter(channel="website", state=Slot.State.CONFIRMED)
        now = set(rows.values_list("page_id", "at"))
        for page_id, at in now - self.confirmed:
            assert actor == WEBSITE_UNIT, f"{actor} confirmed {page_id} for {at}"
            self.items.setdefault(page_id, Item()).confirmed = True
        self.confirmed = now

    def _judge_approvals(self, actor: str | None, before: dict[int, Text]) -> None:
        for row in Approval.objects.filter(pk__gt=self.last_approval).order_by("pk"):
            self.last_approval = row.pk
            item, text = self.items[row.page_id], self.texts[row.page_id]
            if row.kind == Approval.Kind.EMERGENCY:
                assert row.page_id in self.emergencies, f"an emergency on {row.page_id}"
                continue
            assert text == before[row.page_id], "what was approved is not what was shown"
            assert actor not in item.writers, f"{actor} approved own work on {row.page_id}"
            is_news = not issubclass(_type_of(row.page_id), OtherPage)
            self._judge_authority(actor, row.kind, text, item, is_news=is_news)
            if row.kind == "endorse":
                item.endorsed.append(text)
            else:
                item.approved.append(text)
                item.writers.clear()

    def _judge_authority(self, actor: Any, kind: str, text: Text, item: Item, *, is_news: bool):
        of_unit = DIRECTORS.get(actor) == text.unit
        if kind == "endorse":
            assert of_unit, f"{actor} endorsed for {text.unit}"
        elif is_news:
            assert of_unit or actor == OFFICE_DIRECTOR, f"{actor} approved for {text.unit}"
        else:
            assert actor == OFFICE_DIRECTOR, f"{actor} approved what is no news"
            assert text in item.endorsed, "approved without an endorsement of this text"

    def _judge_withdrawals(self, actor: str | None) -> None:
        for row in Withdrawal.objects.exclude(pk__in=self.askers):
            self.askers[row.pk] = actor
        rows = WithdrawalDecision.objects.select_related("withdrawal")
        for row in rows.filter(pk__gt=self.last_withdrawal_decision).order_by("pk"):
            self.last_withdrawal_decision = row.pk
            asked, item = row.withdrawal, self.items[row.withdrawal.page_id]
            assert actor in {*DIRECTORS, OFFICE_DIRECTOR}, f"{actor} decided on a withdrawal"
            assert actor != self.askers[asked.pk] or row.kind == "reject", f"{actor} asked for it"
            self.saw[f"{row.kind} withdrawal"] += 1
            if row.kind == "endorse":
                item.withdrawal_endorsed.add(row.digest)
            elif row.kind == "approve":
                is_news = not issubclass(_type_of(asked.page_id), OtherPage)
                endorsed = row.digest in item.withdrawal_endorsed and actor == OFFICE_DIRECTOR
                assert is_news or endorsed, f"{actor} withdrew {asked.page_id} alone"
                said = (asked.title, asked.title_en, asked.reason, asked.reason_en)
                item.tombstone |= set(WORD.findall(" ".join(said)))
            elif asked.down_at is not None:
                # The approver stands by the text: with a confirmed time it may come back.
                item.approved.append(item.history[-1])

    def _judge_page(self, page: Page, item: Item) -> Text | None:
        answers = self._read(page, item)
        if not answers:
            item.public = None
            return None
        served = frozenset(WORD.findall(" ".join(answers)))
        if item.public is None or item.served != served:
            found = [text for text in item.approved if _is_served(text, served, item.notes)]
            assert found, f"page {page.pk} serves {sorted(served)}, approved: {item.approved}"
            assert item.confirmed, f"page {page.pk} is live without a confirmed time"
            assert not Slot.objects.filter(
                page_id=page.pk, state=Slot.State.USED, at__gt=timezone.now()
            ).exists(), f"page {page.pk} went live before its time"
            self.saw["corrected" if item.public else "went live"] += 1
            item.public, item.served, item.confirmed = found[-1], served, False
            item.approved, item.endorsed = [], []
            item.history.append(item.public)
            item.notes |= item.public.note
        return item.public

    def _read(self, page: Page, item: Item) -> list[str]:
        """Return what the public gets at the address of *page*, in Thai and in English."""
        with translation.override("th"):  # a request before this one may have been in English
            url = urlsplit(page.get_url() or "").path
        if not url:
            return []
        response = self.public.get(url)
        if response.status_code == 410:
            self._judge_tombstone(page, item, response.content.decode())
        answer = response.content.decode()
        # Where a section asks for a password, its form answers for every page below.
        if response.status_code != 200 or not WORD.search(answer):
            assert response.status_code in (200, 301, 302, 404, 410), response.status_code
            if item.history:
                prior = self.public.get(f"{url}versions/1/")
                is_read = prior.status_code == 200 and WORD.search(prior.content.decode())
                assert not is_read, f"{page.pk} is down"
            # Whatever answers here instead, it is not this page in another language.
            return []
        self._judge_versions(page, item, url)
        return [answer, self.public.get(f"/en{url}").content.decode()]

    def _judge_tombstone(self, page: Page, item: Item, answer: str) -> None:
        """Of an item that is down, its address says what a withdrawal approved, or nothing."""
        said = set(WORD.findall(answer))
        assert item.history or item.was_live, f"page {page.pk} was never live"
        assert said <= item.tombstone, f"page {page.pk} still tells {sorted(said)}"
        self.saw["withdrawn" if said else "under review"] += 1

    def _judge_versions(self, page: Page, item: Item, url: str) -> None:
        """Read every prior version: each was public before, and nobody hid it."""
        rows = Publication.objects.filter(page_id=page.pk).order_by("at", "pk")
        keys = list(rows.values_list("pk", flat=True))
        hidden = set(HiddenVersion.objects.values_list("publication_id", flat=True))
        for number, key in enumerate([*keys, 0] if len(keys) > 1 else (), start=1):
            response = self.public.get(f"{url}versions/{number}/")
            if response.status_code != 200:
                continue
            served = frozenset(WORD.findall(response.content.decode()))
            assert key not in {0, *hidden}, f"version {number} of {page.pk} is readable"
            # Its own page is in Thai alone.
            notes = item.notes.union(*(text.note for text in item.approved))
            assert any(
                served - notes <= text.words and served for text in (*item.history, *item.approved)
            ), f"version {number} of {page.pk} serves {sorted(served)}"
            self.saw["versions"] += 1

    def _live_unread(self, live: dict[int, Text]) -> list[Text]:
        """
        Return what is approved of items that are live and that the public cannot read.

        They were published where the site's root, or a restriction that was there before, keeps
        the public out.
        """
        unread = Page.objects.type(*TYPES).live().exclude(pk__in=live)
        items = [self.items[page.pk] for page in unread]
        return [
            text
            for item in items
            for text in (*item.history[-1:], *(item.approved if item.confirmed else ()))
        ]

    def _judge_files(self, out: list[Text]) -> None:
        allowed = {digest for text in out for digest in text.files}
        for row in (*Document.objects.all(), *Image.objects.all()):
            data = _bytes(self.public.get(row.url if isinstance(row, Document) else row.file.url))
            if data is not None:
                assert sha256(data).hexdigest() in allowed, f"{row!r} {row.pk} is public"
            if isinstance(row, Image):
                for rendition in row.renditions.all():
                    shown = _bytes(self.public.get(rendition.url))
                    assert shown is None or data is not None, f"a rendition of {row.pk} is public"

    def _judge_lists(self, live: dict[int, Text]) -> None:
        allowed = {word for text in live.values() for word in text.words}
        for address in ("/", "/en/news/"):
            response = self.public.get(address)
            found = set(WORD.findall(response.content.decode()))
            assert found <= allowed, f"{address} shows {sorted(found - allowed)}"


def text_of(page: Page) -> Text:
    """Return the latest text of *page* as its screen shows it, from the stored draft."""
    revision = page.get_latest_revision()
    specific = page.specific
    content = revision.content if revision else specific.serializable_data()
    said = [str(content.get(name, "")) for name in SHOWN]
    files = [row.file for row in Document.objects.filter(pk__in=LINK.findall(" ".join(said)))]
    if isinstance(specific, ExhibitPage):
        said += [f"{row.name} {row.telephone}" for row in _rows(Contact, content.get("contact"))]
        said += list(Footer.objects.values_list("text", flat=True))
        files += [row.file for row in _rows(Image, content.get("picture"))]
    unit = Unit.objects.filter(pk=content.get("owning_unit") or 0).first()
    return Text(
        words=frozenset(WORD.findall(" ".join(said))),
        files=frozenset(sha256(file.storage.open(file.name).read()).hexdigest() for file in files),
        unit=unit.code if unit else "",
        note=frozenset(WORD.findall(" ".join(str(content.get(name, "")) for name in NOTES))),
    )


def _is_served(text: Text, served: frozenset[str], earlier: set[str]) -> bool:
    """Tell whether *served* is all of *text* and nothing else, notes of corrections aside."""
    return text.words <= served and served - text.words <= text.note | earlier


def _rows(model: Any, key: Any) -> Any:
    return model.objects.filter(pk=key or 0)


def _type_of(page_id: int) -> type:
    return Page.objects.get(pk=page_id).specific_class


def _bytes(response: Any) -> bytes | None:
    if response.status_code != 200:
        return None
    return b"".join(response.streaming_content) if response.streaming else response.content
