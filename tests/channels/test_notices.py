"""Corrections and withdrawals: what each channel says of a notice that is already out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from otp_policy.channels.base import NoticeKind
from otp_policy.channels.sandbox_line_messages import complaints

IMAGE = "https://www.example.go.th/77.jpg"


@pytest.fixture
def correction(notice):
    return replace(
        notice, kind=NoticeKind.CORRECT, note="วงเงินเป็น 1,250,000 บาท", on=date(2026, 11, 24)
    )


@pytest.fixture
def withdrawal(notice):
    return replace(
        notice,
        kind=NoticeKind.WITHDRAW,
        note="มีเลขประจำตัวประชาชน",
        on=date(2026, 11, 25),
        image_url=IMAGE,
    )


def texts(payload):
    (message,) = payload["messages"]
    return [part["text"] for part in message["contents"]["body"]["contents"]]


def test_a_correction_on_line_is_a_notice_of_its_own_with_the_same_address(line, correction):
    payload = line.render(correction)
    (message,) = payload["messages"]
    marked = f"แก้ไข/Correction: {correction.title}"
    assert message["altText"] == f"{marked}\n{correction.url}"
    assert texts(payload) == [
        marked,
        "แก้ไขเมื่อ ๒๔ พฤศจิกายน พ.ศ. ๒๕๖๙ / Corrected 24 November 2026",
        "สิ่งที่แก้ไข / What changed: วงเงินเป็น 1,250,000 บาท",
        correction.text,
    ]
    action = message["contents"]["footer"]["contents"][0]["action"]
    assert action["uri"] == correction.url
    assert not line.validate(payload)
    assert not complaints(payload)


def test_a_correction_on_facebook_keeps_its_title_and_says_when(facebook, correction):
    message = facebook.render(correction)["message"]
    assert message.split("\n\n")[:2] == [
        correction.title,
        "แก้ไขเมื่อ ๒๔ พฤศจิกายน พ.ศ. ๒๕๖๙ / Corrected 24 November 2026",
    ]
    assert message.endswith(correction.reference)


def test_a_withdrawal_says_why_and_repeats_nothing(line, facebook, withdrawal):
    notice = withdrawal
    for payload in (line.render(notice), facebook.render(notice)):
        shown = str(payload)
        assert f"ถอนประกาศ/Withdrawn: {notice.title}" in shown
        assert "ถอนเมื่อ ๒๕ พฤศจิกายน พ.ศ. ๒๕๖๙ / Withdrawn 25 November 2026" in shown
        assert "เหตุผล / Reason: มีเลขประจำตัวประชาชน" in shown
        assert "จ้างปรับปรุงอาคาร" not in shown
        assert IMAGE not in shown
    assert not line.validate(line.render(notice))
    assert not facebook.validate(facebook.render(notice))


def test_a_day_and_a_note_that_are_not_told_are_left_out(line, correction):
    payload = line.render(replace(correction, note="", on=None))
    assert texts(payload)[1:] == ["แก้ไขแล้ว / Corrected", correction.text]


def test_a_long_correction_in_plain_texts_is_marked_too(line, correction):
    payload = line.render(replace(correction, text="น้ำใส " * 2000))
    first = payload["messages"][0]["text"]
    assert first.startswith("แก้ไข/Correction: ")
    assert "Corrected 24 November 2026" in first


def test_a_picture_on_facebook_brings_the_address_into_the_text(facebook, notice):
    payload = facebook.render(replace(notice, image_url=IMAGE))
    assert payload["image_url"] == IMAGE
    assert notice.url in payload["message"]
    assert not facebook.validate(payload)
    assert "image_url" not in facebook.render(replace(notice, image_url="http://127.0.0.1/a.jpg"))


@pytest.mark.parametrize("image", ["http://example.go.th/a.jpg", 1])
def test_a_picture_that_a_service_would_refuse_is_a_problem(line, facebook, notice, image):
    payload = facebook.render(notice) | {"image_url": image}
    assert [item.where for item in facebook.validate(payload)] == ["image_url"]
    bubble = line.render(replace(notice, image_url=IMAGE))
    bubble["messages"][0]["contents"]["hero"]["url"] = image
    (problem,) = line.validate(bubble)
    assert (problem.code, problem.where) == ("url_not_allowed", "messages[0].contents.hero.url")


def test_line_tells_how_often_a_channel_may_send(line, facebook):
    assert line.capabilities.sends_per_hour == 60
    assert facebook.capabilities.sends_per_hour is None
