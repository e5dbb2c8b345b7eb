"""How notices look on each channel, and the services' limits in the services' own units."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from otp_policy.channels.base import Problem
from otp_policy.channels.sandbox_line_messages import complaints
from otp_policy.channels.units import grapheme_count, split_by_utf16, utf16_units


def line_text(text):
    return {"messages": [{"type": "text", "text": text}]}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ก" * 5000, True),
        ("ก" * 5001, False),
        ("😀" * 2500, True),  # two units each
        ("😀" * 2500 + "ก", False),
        ("น้ำ" * 1666 + "กก", True),  # three units, one grapheme
        ("น้ำ" * 1667, False),
    ],
)
def test_line_counts_text_in_utf_16_units(line, text, fits):
    problems = line.validate(line_text(text))
    assert bool(problems) is not fits
    assert bool(complaints(line_text(text))) is not fits  # the sandbox agrees
    if problems:
        assert problems[0] == Problem(
            code="too_long", where="messages[0].text", limit=5000, actual=utf16_units(text)
        )


def test_line_counts_the_alternative_text_with_its_address(line, notice):
    room = 1500 - utf16_units("\n" + notice.url)
    assert not line.validate(line.render(replace(notice, title="ก" * room)))
    (problem,) = line.validate(line.render(replace(notice, title="ก" * (room - 1) + "😀")))
    assert problem == Problem(code="too_long", where="messages[0].altText", limit=1500, actual=1501)


def test_a_bubble_carries_title_text_and_address(line, notice):
    payload = line.render(replace(notice, image_url="https://www.example.go.th/77.jpg"))
    (message,) = payload["messages"]
    assert message["altText"] == f"{notice.title}\n{notice.url}"
    bubble = message["contents"]
    assert [part["text"] for part in bubble["body"]["contents"]] == [notice.title, notice.text]
    assert bubble["footer"]["contents"][0]["action"]["uri"] == notice.url
    assert bubble["hero"]["url"].endswith("77.jpg")
    assert not line.validate(payload)
    assert not complaints(payload)


def test_an_image_that_line_would_refuse_is_left_out(line, notice):
    payload = line.render(replace(notice, image_url="http://127.0.0.1/77.jpg"))
    assert "hero" not in payload["messages"][0]["contents"]


def test_a_thai_address_is_encoded_once(line, notice):
    for url in ("https://example.go.th/ข่าว/?q=1#a", "https://example.go.th/%E0%B8%82/?q=1#a"):
        payload = line.render(replace(notice, url=url))
        assert not line.validate(payload)
        uri = payload["messages"][0]["contents"]["footer"]["contents"][0]["action"]["uri"]
        assert uri.startswith("https://example.go.th/%E0%B8%82")
        assert uri.endswith("/?q=1#a")


def test_a_long_notice_becomes_texts_that_lose_nothing(sandbox, line, notice, key):
    text = "\n".join(f"{number} " + "น้ำใสไหลเย็น😀" * 60 for number in range(12))
    payload = line.render(replace(notice, text=text))
    pieces = [message["text"] for message in payload["messages"]]
    assert 1 < len(pieces) <= 5
    assert not line.validate(payload)
    assert pieces[-1].endswith(notice.url)
    assert text.replace("\n", "") in "".join(pieces).replace("\n", "")
    assert line.send(payload, key=key).state == "sent"


def test_what_no_broadcast_can_carry_is_refused_with_its_size(line, notice):
    problems = line.validate(line.render(replace(notice, text="ก" * 30_000)))
    assert [(item.code, item.where, item.limit) for item in problems] == [
        ("too_many", "messages", 5)
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "empty"),
        ({"url": "ftp://example.go.th/"}, "url_not_allowed"),
        ({"url": "https://example.go.th/" + "a" * 1000}, "too_long"),
    ],
)
def test_line_problems_name_their_code(line, notice, change, code):
    assert code in {item.code for item in line.validate(line.render(replace(notice, **change)))}


@pytest.mark.parametrize("payload", [{}, {"messages": [1]}, line_text(None), {"messages": "x"}])
def test_a_payload_of_another_shape_is_said_to_be_so(line, payload):
    assert {item.code for item in line.validate(payload)} == {"shape"}


def test_a_label_is_counted_in_graphemes(line, notice):
    payload = json.loads(json.dumps(line.render(notice)))
    action = payload["messages"][0]["contents"]["footer"]["contents"][0]["action"]
    action["label"] = "น้ำ" * 20
    assert not line.validate(payload)
    action["label"] = "น้ำ" * 21
    (problem,) = line.validate(payload)
    assert (problem.limit, problem.actual) == (20, 21)


def test_facebook_text_ends_with_the_reference(facebook, notice):
    payload = facebook.render(notice)
    assert payload["message"].split("\n\n")[0] == notice.title
    assert payload["message"].endswith("เลขอ้างอิง / Ref. TPSO-77-3f2a9c")
    assert not facebook.validate(payload)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"message": "ก" * 63_207}, {"too_long", "reference_missing"}),
        ({"message": "without"}, {"reference_missing"}),
        ({"link": "/procurement/77/"}, {"url_not_allowed"}),
        ({"link": ""}, {"empty"}),
        ({"message": None}, {"shape", "reference_missing"}),
    ],
)
def test_facebook_problems_name_their_code(facebook, notice, change, codes):
    problems = facebook.validate({**facebook.render(notice), **change})
    assert {item.code for item in problems} == codes


@pytest.mark.parametrize(
    ("text", "units", "graphemes"),
    [
        ("", 0, 0),
        ("กำ", 2, 1),
        ("ที่นี่", 6, 2),
        ("é", 1, 1),
        ("👨‍👩‍👧", 8, 1),
        ("🇹🇭🇱🇦", 8, 2),
        ("👍🏽", 4, 1),
        ("\r\n", 2, 1),
    ],
)
def test_units(text, units, graphemes):
    assert (utf16_units(text), grapheme_count(text)) == (units, graphemes)


def test_a_cut_never_splits_a_grapheme():
    pieces = split_by_utf16("น้ำ👨‍👩‍👧" * 10, limit=12)
    assert "".join(pieces) == "น้ำ👨‍👩‍👧" * 10
    assert all(utf16_units(piece) <= 12 for piece in pieces)
    assert not any(piece[0] in "้ำ\u200d" for piece in pieces)
