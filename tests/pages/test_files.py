"""Files keep the names that the office gave them, and say what they are."""

from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile

from otp_policy.wagtail.file_names import original_names
from otp_policy.wagtail.models import OriginalName
from tests.pages.samples import UPLOADED_AS, document

pytestmark = pytest.mark.django_db


def test_the_storage_spoils_a_thai_name_and_the_original_is_kept(office):
    kept = document()
    assert kept.filename != UPLOADED_AS
    assert original_names([kept]) == {kept.pk: UPLOADED_AS}


def test_a_name_that_the_storage_keeps_is_not_kept_twice(office):
    plain = document("plan-2570.pdf")
    assert OriginalName.objects.filter(stored_as=plain.file.name).exists() == (
        plain.filename != "plan-2570.pdf"
    )
    assert original_names([plain]) == {plain.pk: "plan-2570.pdf"}


def test_a_reader_gets_the_file_under_its_own_name(client, pages):
    plan = pages["PlansPage"]
    [block] = plan.files
    answer = client.get(block.value["document"].url)
    assert answer.status_code == 200
    disposition = answer["Content-Disposition"]
    # RFC 5987: the name in UTF-8, every byte of it escaped.
    assert f"filename*=utf-8''{quote(UPLOADED_AS, safe='')}" in disposition.replace(
        "UTF-8", "utf-8"
    )


def test_the_page_says_type_size_and_content_of_a_file(client, pages):
    text = client.get(pages["PlansPage"].url).content.decode()
    section = text[text.index("files-heading") :]
    assert "PDF · 15" in section
    assert "แผนนี้มีสามส่วน" in section
    assert UPLOADED_AS in section


def test_the_page_of_a_file_that_is_gone_is_served_without_its_size(client, pages):
    plan = pages["PlansPage"]
    [block] = plan.files
    kept = block.value["document"]
    storage, name = kept.file.storage, kept.file.name
    with storage.open(name) as handle:
        content = ContentFile(handle.read())
    storage.delete(name)
    try:
        text = client.get(plan.url).content.decode()
    finally:
        assert storage.save(name, content) == name  # no transaction brings a file back
    section = text[text.index("files-heading") :]
    assert "PDF" in section
    assert "ไบต์" not in section
