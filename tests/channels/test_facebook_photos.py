"""A notice with a picture is a photo, which has two ids, and is found, edited and deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from otp_policy.channels.base import NoticeKind, OutcomeState, Reconciled

IMAGE = "https://www.example.go.th/77.jpg"


@pytest.fixture
def pictured(notice):
    return replace(notice, image_url=IMAGE)


def the_post(sandbox):
    (post,) = sandbox.report()["messages"]
    return post


def test_a_picture_is_posted_as_a_photo_with_address_and_reference(
    sandbox, facebook, pictured, key
):
    sent = facebook.send(facebook.render(pictured), key=key)
    post = the_post(sandbox)
    assert (sent.state, post["operation"]) == (OutcomeState.SENT, "photo")
    assert post["payload"] == {"url": IMAGE, "caption": post["text"]}
    assert pictured.url in post["text"]
    assert post["text"].endswith(pictured.reference)
    assert (sent.remote_id, sent.permalink) == (post["id"], post["permalink_url"])
    assert sent.remote_id != post["photo_id"]


@pytest.mark.parametrize("fault", ["reset", "half", "html"])
def test_a_photo_of_unknown_end_is_read_back_by_its_reference(
    sandbox, facebook, pictured, key, fault
):
    since = datetime.now(UTC)
    sandbox.fault(channel="facebook", fault=fault, accepted=True)
    payload = facebook.render(pictured)
    assert facebook.send(payload, key=key).state is OutcomeState.UNKNOWN
    found = facebook.reconcile(payload, key=key, since=since)
    assert (found.state, found.remote_id) == (Reconciled.FOUND, the_post(sandbox)["id"])


def test_a_post_that_is_hidden_yet_is_found_later(sandbox, facebook, pictured, key):
    since, payload = datetime.now(UTC), facebook.render(pictured)
    sandbox.configure(read_lag_seconds=600)
    facebook.send(payload, key=key)
    assert facebook.reconcile(payload, key=key, since=since).state is Reconciled.ABSENT
    sandbox.configure(read_lag_seconds=0)
    assert facebook.reconcile(payload, key=key, since=since).state is Reconciled.FOUND


def test_a_photo_is_corrected_in_place_and_taken_down(sandbox, facebook, pictured, key):
    sent = facebook.send(facebook.render(pictured), key=key)
    correction = replace(pictured, kind=NoticeKind.CORRECT, on=date(2026, 11, 24))
    assert facebook.edit(sent.remote_id, facebook.render(correction)).state is OutcomeState.SENT
    assert "Corrected 24 November 2026" in the_post(sandbox)["text"]
    for _ in range(2):
        assert facebook.delete(sent.remote_id).state is OutcomeState.SENT
    assert the_post(sandbox)["deleted"]


def test_a_photo_whose_post_was_not_named_is_corrected_all_the_same(
    sandbox, facebook, pictured, key
):
    body = {"id": "522000000000002"}  # as the sandbox will call the photo
    sandbox.fault(channel="facebook", fault="status", status=200, accepted=True, body=body)
    sent = facebook.send(facebook.render(pictured), key=key)
    assert sent.remote_id == the_post(sandbox)["photo_id"] == body["id"]
    outcome = facebook.edit(sent.remote_id, {"message": "แก้ไข"})
    assert outcome.state is OutcomeState.SENT
    assert the_post(sandbox)["text"] == "แก้ไข"
    assert facebook.delete(sent.remote_id).state is OutcomeState.SENT
    assert the_post(sandbox)["deleted"]


@pytest.mark.parametrize("body", [{}, {"page_story_id": None}, {"data": []}, True])
def test_a_photo_whose_post_is_not_told_is_not_corrected(sandbox, facebook, body):
    sandbox.fault(channel="facebook", operation="read", fault="status", status=200, body=body)
    outcome = facebook.edit("522000000000001", {"message": "a"})
    assert outcome.state is not OutcomeState.SENT


@pytest.mark.parametrize("remote_id", ["", "104000000000001", "1_1/comments", "1_1?x=", "me/feed"])
def test_nothing_but_a_post_is_changed(sandbox, facebook, remote_id):
    for outcome in (facebook.delete(remote_id), facebook.edit(remote_id, {"message": "a"})):
        assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "person")
    assert not sandbox.report()["requests"]
