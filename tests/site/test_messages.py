"""Every sentence for users is complete in Thai, and what is compiled is what is written."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import wagtail
from django.utils import translation

from tests.conftest import REPOSITORY

FOLDERS = ("otp_policy/wagtail", "home", "news", "procurement", "site/otp_site")
CATALOGUE = Path("locale/th/LC_MESSAGES/django.po")
MSGIDS = re.compile(r'^msgid ((?:".*"\n?)+)', re.MULTILINE)
STRINGS = re.compile(r'^msgid ((?:".*"\n?)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)


def joined(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.splitlines() if line)


def entries(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    assert "fuzzy" not in text, path
    found = {joined(key): joined(value) for key, value in STRINGS.findall(text)}
    found.pop("", None)
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)\w", text))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_message_has_its_thai(folder):
    found = entries(REPOSITORY / folder / CATALOGUE)
    assert found
    for source, thai in found.items():
        assert thai.strip(), source
        assert placeholders(source) == placeholders(thai), source


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_compiled_catalogue_says_the_same(folder):
    path = REPOSITORY / folder / CATALOGUE
    with path.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    for source, thai in entries(path).items():
        assert catalogue.gettext(source) == thai


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_message_of_the_code_is_missing(folder, tmp_path):
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("`gettext` is not installed")
        pytest.skip("`gettext` is not installed")
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY / folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(
        [sys.executable, "-P", "-m", "django", "makemessages", "-l", "th", "--no-location", "-v0"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}"},
        check=True,
    )
    text = (copy / CATALOGUE).read_text(encoding="utf-8")
    missing = [joined(key) for key, value in STRINGS.findall(text) if not joined(value).strip()]
    assert missing == []
    # What only looks like another message gets the Thai of that one, as a guess.
    guessed = [block for block in text.split("\n\n") if re.search(r"^#,.*\bfuzzy\b", block, re.M)]
    assert guessed == []


def test_wagtails_workflow_words_read_thai():
    from django.utils.translation import gettext as translate

    with translation.override("th"):
        assert translate("Request changes") == "ขอให้แก้ไข"
        assert translate("Approve") == "ให้ความเห็นชอบ"
        assert translate("In progress") != "In progress"


def test_what_a_moderator_meets_of_wagtail_reads_thai():
    """Each word is Wagtail's own, to the letter: any other would translate nothing."""
    from django.utils.translation import gettext as translate
    from django.utils.translation import ngettext

    from otp_policy.wagtail.wagtail_words import COUNTED, WORDS

    known = set()
    for path in Path(wagtail.__file__).parent.glob("**/locale/en/LC_MESSAGES/django.po"):
        text = path.read_text(encoding="utf-8")
        known |= {joined(lines) for lines in MSGIDS.findall(text)}
    assert known
    with translation.override("th"):
        for word in WORDS:
            assert word in known, word
            assert translate(word) != word, word
        for singular, plural in COUNTED:
            assert singular in known, singular
            assert ngettext(singular, plural, 2) not in (singular, plural), singular
