"""
Queries that were decided before the search was read, over real items with their files.

The same is asked of Wagtail's own backend, which stands beside it.
"""

import threading
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import override_settings
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from news.models import NewsPage
from otp_policy.wagtail.screening import answer_warnings, warnings_for
from otp_policy.wagtail.search import public_index
from otp_policy.wagtail.search.public_search import search, suggestion
from tests.office import Office
from tests.plugin.thai_files import thai_docx, thai_pdf

SET = tomllib.loads(Path(__file__).with_name("thai_search_unseen.toml").read_text(encoding="utf-8"))
SENTENCES: dict[str, str] = SET["sentences"]
LEAST_RECALL, LEAST_PRECISION, LEAST_MENDED = 0.98, 0.95, 0.8
PAGES, FILES_OF_A_PAGE = 15, 14
FILE_KINDS: tuple[tuple[str, Callable[..., bytes]], ...] = (
    ("pdf", thai_pdf),
    ("docx", thai_docx),
    ("txt", lambda *lines: "\n".join(lines).encode()),
)
Name = tuple[int, int | None]  # a page, or a document of it


def make_items(office: Office) -> dict[Name, set[str]]:
    """Publish items whose titles, texts, blocks and files hold the sentences, and tell which."""
    names = list(SENTENCES)
    turn = iter(names + names)  # from the second turn on, more files that hold the same
    holds: dict[Name, set[str]] = {}
    for number in range(PAGES):
        title, body, block = (next(turn) for _place in range(3))
        files = {}
        for _file in range(FILES_OF_A_PAGE):
            name = next(turn)
            files[_file_with(SENTENCES[name], len(holds) + len(files)).pk] = {name}
        draft = office.draft(
            title=SENTENCES[title],
            summary=f"เอกสารลำดับ ก-{number}",
            body=_body(SENTENCES[body], list(files)[1:]),
            files=_block(SENTENCES[block], next(iter(files))),
        )
        reasons = {warning.fingerprint: "ไม่ใช่ของบุคคล" for warning in warnings_for(draft)}
        answer_warnings(draft, office["pr.division-a"], reasons=reasons)
        page = office.publish(draft)
        holds[page.pk, None] = {title, body, block}
        holds |= {(page.pk, key): said for key, said in files.items()}
    while public_index.keep_up(threading.Event()):
        pass
    return holds


def _file_with(sentence: str, number: int) -> Any:
    kind, write = FILE_KINDS[number % len(FILE_KINDS)]
    data = ContentFile(write("เอกสารแนบ\n" + sentence), name=f"annex-{number}.{kind}")
    return get_document_model().objects.create(title=f"เอกสารแนบ ข-{number}", file=data)


def _body(sentence: str, files: list[int]) -> str:
    links = "".join(f'<a linktype="document" id="{key}">แนบ</a> ' for key in files)
    return f"<p>ความเดิม {sentence}</p><p>{links}</p>"


def _block(sentence: str, file: int) -> list[dict[str, Any]]:
    said = {"document": file, "name": "แนบ", "name_en": "", "text": sentence, "text_en": ""}
    return [{"type": "file", "value": said}]


@pytest.fixture(scope="module")
def holds(founded: None, django_db_blocker: Any) -> Iterator[dict[Name, set[str]]]:
    """Put the items in once; the module's transaction takes them away again."""
    with django_db_blocker.unblock():
        yield make_items(Office.as_founded())


def found(text: str) -> set[Name]:
    return {(one.page_id, one.file_id) for one in search(text).found}


def found_by_wagtail(text: str, holds: dict[Name, set[str]]) -> set[Name]:
    """Return what Wagtail's own backend finds: pages, and documents by their title."""
    owner = {file: page for page, file in holds if file is not None}
    pages = NewsPage.objects.live().search(text, backend="stock")
    files = get_document_model().objects.all().search(text, backend="stock")
    return {(page.pk, None) for page in pages} | {(owner[file.pk], file.pk) for file in files}


class Score:
    """How many of the documents wanted were found, and what else."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0
        self.by_kind: Counter[str] = Counter()
        self.told: list[str] = []

    def add(self, query: dict[str, Any], wanted: set[Name], got: set[Name]) -> None:
        self.right += len(wanted & got)
        self.wrong += len(got - wanted)
        self.missed += len(wanted - got)
        if got != wanted:
            self.by_kind[query["kind"]] += 1
            self.told.append(
                f"{query['kind']} `{query['text']}`: {len(wanted & got)} right, "
                f"{len(got - wanted)} wrong, {len(wanted - got)} missed"
            )

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    def __str__(self) -> str:
        return f"recall {self.recall:.3f}, precision {self.precision:.3f}"


def wanted_of(query: dict[str, Any], holds: dict[Name, set[str]]) -> set[Name]:
    return {name for name, said in holds.items() if said & set(query["finds"])}


def test_the_set_is_large_enough_and_its_names_exist():
    assert len({query["text"] for query in SET["query"]}) >= 150
    used = [*SET["query"], *SET["misspelt"]]
    assert {name for query in used for name in query["finds"]} <= SENTENCES.keys()


def test_recall_and_precision_of_the_second_set(office, holds, capsys):
    assert len(holds) >= 200
    score = Score()
    for query in SET["query"]:
        score.add(query, wanted_of(query, holds), found(query["text"]))
    with capsys.disabled():
        print(f"\n{len(SET['query'])} queries, {len(holds)} documents: {score}")
    assert score.recall >= LEAST_RECALL, "\n".join(score.told)
    assert score.precision >= LEAST_PRECISION, "\n".join(score.told)


def test_wagtails_own_search_finds_next_to_nothing_of_it(office, holds, capsys):
    stock = {"BACKEND": "wagtail.search.backends.database", "AUTO_UPDATE": False}
    backends = {**settings.WAGTAILSEARCH_BACKENDS, "stock": stock}
    score = Score()
    with override_settings(WAGTAILSEARCH_BACKENDS=backends):
        index = get_search_backend("stock").get_index_for_model(Page)
        index.add_items(NewsPage, list(NewsPage.objects.live()))
        model = get_document_model()
        index.add_items(model, list(model.objects.all()))
        for query in SET["query"]:
            wanted = wanted_of(query, holds)
            score.add(query, wanted, found_by_wagtail(query["text"], holds))
    with capsys.disabled():
        print(f"\nWagtail's own: {score}")
    assert score.recall < LEAST_RECALL / 2, str(score)


def test_misspelt_queries_of_the_second_set(office, holds, capsys):
    helped, lost = 0, []
    for query in SET["misspelt"]:
        answer = search(query["text"])
        got = {(one.page_id, one.file_id) for one in answer.found}
        if not got or answer.by_letters:  # as the page offers it
            got |= found(suggestion(query["text"]) or "")
        if got & wanted_of(query, holds):
            helped += 1
        else:
            lost.append((query["text"], suggestion(query["text"])))
    share = helped / len(SET["misspelt"])
    with capsys.disabled():
        print(f"\n{len(SET['misspelt'])} misspelt queries: {share:.2f} answered or suggested")
    assert share >= LEAST_MENDED, lost
