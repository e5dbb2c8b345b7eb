"""Nothing that people read stands in a template or in the code without being translatable."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

FOLDERS = ("otp_policy/wagtail", "home", "news", "procurement", "site/otp_site")
TEMPLATES = sorted(
    path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("templates/**/*.html")
)
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (REPOSITORY / folder).rglob("*.py")
    if not {"migrations", "demo"} & set(path.parts)
)

READ_ALOUD = {"alt", "aria-description", "aria-label", "placeholder", "title"}
# Names of products, languages and the office, which are the same in every language.
NAMES = re.compile(r"\b(LINE|Facebook|English|PDF|JSON|CSV|SHA-256|TH|EN)\b|ไทย|สนค\.")
# What is translated already, and what is never read.
TRANSLATED = re.compile(
    r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}|{%\s*comment\b.*?{%\s*endcomment\s*%}"
    r"|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


class Reader(HTMLParser):
    """Collects what a page says, in its text and to those who listen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag in ("code", "script", "style"):  # what is typed is the same in every language
            self.inside.append(tag)
        self.said += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data) -> None:
        if not self.inside:
            self.said.append(data)


def bare_words(template: str) -> list[str]:
    """Return what *template* says in words of its own."""
    reader = Reader()
    reader.feed(TRANSLATED.sub(" ", template))
    reader.close()
    found = [NAMES.sub("", text).strip() for text in reader.said]
    return [text for text in found if re.search(r"[^\W\d_]", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_template_says_nothing_untranslated(path: Path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


def test_bare_words_are_found():
    template = (
        '{% load i18n %}<p title="Read me">{% translate "Fine" %} Bare</p>'
        "{% blocktranslate %}Fine {{ too }}{% endblocktranslate %}<style>p {}</style>"
    )
    assert bare_words(template) == ["Read me", "Bare"]


# Calls and keywords whose text reaches a reader.
TELLING = {"ValidationError", "add_error", "PolicyRefusal"}
MESSAGES = {"debug", "error", "info", "success", "warning"}
WORDS = {"also", "heading", "help_text", "label", "menu_label", "verbose_name"}


def untranslated(source: str) -> list[str]:
    """Return the texts for readers that *source* holds without a mark for translation."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        module = getattr(getattr(node.func, "value", None), "id", "")
        told: list[ast.expr] = []
        if name in TELLING or (name in MESSAGES and module == "messages"):
            told += node.args
        told += [word.value for word in node.keywords if word.arg in WORDS]
        found += [text for argument in told for text in _sentences(argument)]
    return found


def _sentences(argument: ast.expr) -> list[str]:
    """Return the literals of *argument* that are more than one word: a field's name is none."""
    parts = argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument]
    if isinstance(argument, ast.JoinedStr):
        parts = argument.values
    return [
        part.value
        for part in parts
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.search(r"[^\W\d_] [^\W\d_]", part.value)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_the_code_says_nothing_untranslated(path: Path):
    assert untranslated(path.read_text(encoding="utf-8")) == []


def test_untranslated_sentences_are_found():
    source = """
messages.error(request, "Not so.")
messages.error(request, _("Quite so."))
form.add_error("slug", ValidationError("No slug given."))
raise PolicyRefusal(page.title, also=["Ask the director."])
models.CharField("order", help_text=f"Say {why}, of course")
"""
    assert sorted(untranslated(source)) == [
        ", of course",
        "Ask the director.",
        "No slug given.",
        "Not so.",
    ]
