"""What the sandbox's LINE accepts and refuses, property by property."""

from __future__ import annotations

import pytest

URI = {"type": "uri", "label": "อ่านต่อ", "uri": "https://www.example.go.th/77/"}
IMAGE = "https://www.example.go.th/77.jpg"


def box(*contents, **more):
    return {"type": "box", "layout": "vertical", "contents": list(contents), **more}


def flex(**parts):
    return {"type": "flex", "altText": "a", "contents": {"type": "bubble", **parts}}


def flex_body(*contents):
    return flex(body=box(*contents))


RIGHT = {
    "text": {"type": "text", "text": "สวัสดี"},
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "image": {"type": "image", "originalContentUrl": IMAGE, "previewImageUrl": IMAGE},
    "location": {
        "type": "location",
        "title": "สำนักงาน",
        "address": "นนทบุรี",
        "latitude": 13.8,
        "longitude": 100.5,
    },
    "confirm": {
        "type": "template",
        "altText": "a",
        "template": {"type": "confirm", "text": "?", "actions": [URI, URI]},
    },
    "spans": flex_body({"type": "text", "contents": [{"type": "span", "text": "a"}]}),
    "nested": flex_body(box(box({"type": "separator"}), {"type": "filler"})),
    "button": flex_body({"type": "button", "style": "primary", "height": "sm", "action": URI}),
    "hero": flex(hero={"type": "image", "url": IMAGE, "size": "full", "aspectRatio": "20:13"}),
    "carousel": {
        "type": "flex",
        "altText": "a",
        "contents": {"type": "carousel", "contents": [{"type": "bubble"}] * 12},
    },
    "quick reply": {"type": "text", "text": "a", "quickReply": {"items": [{"action": URI}]}},
    "a property of tomorrow": {"type": "text", "text": "a", "tomorrow": 1},
}

WRONG = {
    "no object": (1, "messages[0].type"),
    "no type": ({"text": "a"}, "messages[0].type"),
    "nonsense": ({"type": "nonsense"}, "messages[0].type"),
    "a type that is a list": ({"type": ["text"]}, "messages[0].type"),
    "text without text": ({"type": "text"}, "messages[0].text"),
    "text that is a number": ({"type": "text", "text": 1}, "messages[0].text"),
    "text that is empty": ({"type": "text", "text": ""}, "messages[0].text"),
    "image over http": (
        {"type": "image", "originalContentUrl": "http://a/b.jpg", "previewImageUrl": IMAGE},
        "messages[0].originalContentUrl",
    ),
    "sticker without number": (
        {"type": "sticker", "packageId": "446"},
        "messages[0].stickerId",
    ),
    "flex without alternative": (
        {"type": "flex", "contents": {"type": "bubble"}},
        "messages[0].altText",
    ),
    "alternative too long": (
        {"type": "flex", "altText": "ก" * 1501, "contents": {"type": "bubble"}},
        "messages[0].altText",
    ),
    "container of no type": (
        {"type": "flex", "altText": "a", "contents": {}},
        "messages[0].contents.type",
    ),
    "thirteen bubbles": (
        {
            "type": "flex",
            "altText": "a",
            "contents": {"type": "carousel", "contents": [{"type": "bubble"}] * 13},
        },
        "messages[0].contents.contents",
    ),
    "body that is a text": (
        flex(body={"type": "text", "text": "a"}),
        "messages[0].contents.body.type",
    ),
    "hero that is a button": (
        flex(hero={"type": "button", "action": URI}),
        "messages[0].contents.hero.type",
    ),
    "bubble of an unknown size": (flex(size="huge"), "messages[0].contents.size"),
    "box without layout": (
        flex(body={"type": "box", "contents": []}),
        "messages[0].contents.body.layout",
    ),
    "component of no type": (flex_body({}), "messages[0].contents.body.contents[0].type"),
    "deep text without text": (
        flex_body(box({"type": "text"})),
        "messages[0].contents.body.contents[0].contents[0].text",
    ),
    "button without action": (
        flex_body({"type": "button"}),
        "messages[0].contents.body.contents[0].action",
    ),
    "action of no type": (
        flex_body({"type": "button", "action": {"uri": "https://a.go.th"}}),
        "messages[0].contents.body.contents[0].action.type",
    ),
    "address with Thai letters": (
        flex_body({"type": "button", "action": {**URI, "uri": "https://a.go.th/ข่าว"}}),
        "messages[0].contents.body.contents[0].action.uri",
    ),
    "label of 21 graphemes": (
        flex_body({"type": "button", "action": {**URI, "label": "น้ำ" * 21}}),
        "messages[0].contents.body.contents[0].action.label",
    ),
    "colour in words": (
        flex_body({"type": "text", "text": "a", "color": "red"}),
        "messages[0].contents.body.contents[0].color",
    ),
    "wrap that is a word": (
        flex_body({"type": "text", "text": "a", "wrap": "true"}),
        "messages[0].contents.body.contents[0].wrap",
    ),
    "bubble over 30 KB": (
        flex_body(*[{"type": "text", "text": "ก" * 4000}] * 3),
        "messages[0].contents",
    ),
    "confirm with one button": (
        {
            "type": "template",
            "altText": "a",
            "template": {"type": "confirm", "text": "?", "actions": [URI]},
        },
        "messages[0].template.actions",
    ),
    "latitude past the pole": (
        {**RIGHT["location"], "latitude": 91},
        "messages[0].latitude",
    ),
}


@pytest.mark.parametrize("message", RIGHT.values(), ids=RIGHT.keys())
def test_what_line_takes_is_taken(broadcast, message):
    assert broadcast({"messages": [message]}).status == 200


@pytest.mark.parametrize(("message", "where"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("kind", ["broadcast", "validate/broadcast", "validate/push"])
def test_what_line_refuses_is_refused_with_its_place(sandbox, broadcast, kind, message, where):
    answer = broadcast({"messages": [message]}, path=f"/v2/bot/message/{kind}")
    assert answer.status == 400
    assert where in [detail["property"] for detail in answer.body["details"]]
    assert all(detail["message"] for detail in answer.body["details"])
    assert not sandbox.report()["messages"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "a"}, "messages"),
        ({"messages": [RIGHT["text"]] * 6}, "messages"),
        ({"messages": [RIGHT["text"]], "notificationDisabled": 1}, "notificationDisabled"),
    ],
)
def test_a_request_is_refused_as_a_whole(broadcast, body, where):
    answer = broadcast(body)
    assert (answer.status, answer.body["details"][0]["property"]) == (400, where)


def test_a_push_needs_a_receiver_and_costs_one_message(broadcast, sandbox):
    sandbox.configure(line_friends=40, line_quota=41)
    path, text = "/v2/bot/message/push", {"messages": [RIGHT["text"]]}
    refused = broadcast(text, path=path)
    assert (refused.status, refused.body["details"][0]["property"]) == (400, "to")
    assert len(broadcast({**text, "to": "U1"}, path=path).body["sentMessages"]) == 1
    assert sandbox.report()["messages"][0]["operation"] == "push"
    assert broadcast().status == 200
    assert broadcast({**text, "to": "U1"}, path=path).status == 429


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"messages": [' + b'{"contents": [' * 50_000],
)
def test_a_body_that_is_no_json_is_refused_and_survived(broadcast, body):
    assert broadcast(body).status == 400
    assert broadcast().status == 200


def test_boxes_without_end_are_refused_and_survived(broadcast):
    deep = '{"type":"box","layout":"vertical","contents":[' * 400 + "]}" * 400
    message = '{"type":"flex","altText":"a","contents":{"type":"bubble","body":' + deep + "}}"
    assert broadcast(f'{{"messages":[{message}]}}'.encode()).status == 400
    assert broadcast().status == 200
