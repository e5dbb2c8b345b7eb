"""What a reader will see, as values, with every limit in the service's own unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from otp_policy.channels import facebook_preview, line_preview
from otp_policy.channels.preview import Unit


def counts(preview):
    return {count.where: count for count in preview.counts}


def test_a_bubble_is_told_as_its_reader_sees_it(line, notice):
    image = "https://www.example.go.th/77.jpg"
    preview = line.preview(line.render(replace(notice, image_url=image)))
    assert (preview.title, preview.text) == (notice.title, notice.text)
    assert (preview.image_url, preview.link) == (image, notice.url)
    assert preview.button == "อ่านต่อ / Read more"
    assert preview.alt_text == f"{notice.title}\n{notice.url}"
    assert preview.texts == ()


def test_the_alternative_text_is_counted_in_utf_16_units(line, notice):
    title = "ก" * 10 + "😀"
    count = counts(line.preview(line.render(replace(notice, title=title))))["messages[0].altText"]
    assert (count.actual, count.limit, count.unit) == (
        12 + 1 + len(notice.url),
        1500,
        Unit.UTF16,
    )
    assert not count.is_over


def test_a_count_is_over_exactly_where_the_limit_is_broken(line, notice):
    for letters in (1457, 1458, 1459):  # the address takes 42 of the 1500
        payload = line.render(replace(notice, title="ก" * letters))
        over = [count.where for count in line.preview(payload).counts if count.is_over]
        assert over == [problem.where for problem in line.validate(payload)]


def test_a_label_is_counted_in_graphemes_and_a_bubble_in_bytes(line, notice):
    told = counts(line.preview(line.render(notice)))
    label, bubble = told["label"], told["messages[0].contents"]
    assert (label.actual, label.limit, label.unit) == (17, 20, Unit.GRAPHEMES)
    assert (bubble.limit, bubble.unit) == (30_000, Unit.BYTES)


def test_a_long_notice_is_several_bubbles_of_text(line, notice):
    payload = line.render(replace(notice, text="น้ำใส " * 2000))
    preview = line.preview(payload)
    assert preview.texts == tuple(message["text"] for message in payload["messages"])
    assert preview.title == notice.title
    assert counts(preview)["messages"].actual == len(preview.texts) > 1
    assert counts(preview)["messages[0].text"].limit == 5000


def test_a_post_is_told_as_its_reader_sees_it(facebook, notice):
    preview = facebook.preview(facebook.render(notice))
    assert preview.title == notice.title
    assert preview.text.startswith("จ้างปรับปรุงอาคาร")
    assert preview.text.endswith(notice.reference)
    assert (preview.link, preview.button) == (notice.url, "www.example.go.th")
    (count,) = preview.counts
    assert (count.where, count.limit, count.unit) == ("message", 63_206, Unit.UTF16)


@pytest.mark.parametrize("module", [line_preview, facebook_preview])
@pytest.mark.parametrize(
    "payload",
    [{}, {"messages": None, "message": 1}, {"messages": [1, {"type": "flex", "contents": 2}]}],
)
def test_a_payload_of_another_shape_is_shown_as_empty(module, payload):
    preview = module.preview(payload)
    assert (preview.title, preview.text, preview.link) == ("", "", "")
