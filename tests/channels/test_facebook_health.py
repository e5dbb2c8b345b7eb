"""Whether the Page's token is good, until when, and what it may not do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from otp_policy.channels.base import HealthAdapter, HealthState, OutcomeState
from otp_policy.channels.facebook import FacebookAdapter, FacebookConfig
from otp_policy.channels.sandbox import Sandbox


def test_a_good_token_is_healthy_and_has_no_end(facebook):
    health = facebook.health()
    assert (health.state, health.is_valid) == (HealthState.HEALTHY, True)
    assert (health.expires_at, health.missing_scopes) == (None, ())
    assert isinstance(facebook, HealthAdapter)


def test_an_end_is_told_as_an_instant(sandbox, facebook):
    sandbox.configure(page_token_expires_at=1_795_564_800)
    assert facebook.health().expires_at == datetime(2026, 11, 25, tzinfo=UTC)


def test_a_permission_that_is_missing_is_named(sandbox, facebook):
    sandbox.configure(page_scopes=["pages_read_engagement"])
    health = facebook.health()
    assert (health.state, health.is_valid) == (HealthState.UNHEALTHY, True)
    assert health.missing_scopes == ("pages_manage_posts",)


def test_an_expired_token_needs_a_person(sandbox, facebook):
    sandbox.configure(page_token_expired=True)
    health = facebook.health()
    assert (health.state, health.is_valid) == (HealthState.UNHEALTHY, False)
    assert health.detail == "invalid: expired"  # told to the app, which no token can be refused


def test_the_token_of_another_page_needs_a_person(sandbox, account):
    sandbox.configure(pages=[{"id": "701", "token": account.page_token + "-701"}])
    config = FacebookConfig(
        sandbox.url,
        account.page_id,
        account.page_token + "-701",
        app_id=account.app_id,
        app_secret=account.app_secret,
    )
    health = FacebookAdapter(config).health()
    assert (health.state, health.detail) == (HealthState.UNHEALTHY, "the token is for Page 701")
    assert FacebookAdapter(replace(config, page_token="")).health().is_valid is False


@pytest.mark.parametrize("app_id", ["", "4242"])
def test_without_the_app_the_token_asks_about_itself(sandbox, account, app_id):
    """Where a secret is set without its app, the request carries the proof."""
    secret = "" if app_id else account.app_secret
    own = replace(account, app_secret=secret)
    with Sandbox(account=own) as running:
        config = FacebookConfig(
            running.url, own.page_id, own.page_token, app_id=app_id, app_secret=secret
        )
        assert FacebookAdapter(config).health().state is HealthState.HEALTHY


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "hold", "seconds": 20},
        {"fault": "reset"},
        {"fault": "html"},
        {"fault": "half", "accepted": True},
        {"fault": "error", "code": 2},
        {"fault": "error", "code": 4},
        {"fault": "status", "status": 500, "body": {"data": {"is_valid": True, "scopes": []}}},
        {"fault": "status", "status": 200, "body": {}},
        {"fault": "status", "status": 200, "body": True},
        {"fault": "status", "status": 200, "body": {"data": {"is_valid": "yes"}}},
        {"fault": "status", "status": 200, "body": {"data": {"is_valid": True}}},
    ],
)
def test_what_is_not_an_answer_is_unknown(sandbox, facebook, fault):
    sandbox.fault(channel="facebook", operation="debug_token", **fault)
    health = facebook.health()
    assert (health.state, health.is_valid) == (HealthState.UNKNOWN, None)


@pytest.mark.parametrize("code", [190, 102, 200, 10])
def test_a_refusal_needs_a_person(sandbox, facebook, code):
    sandbox.fault(channel="facebook", operation="debug_token", fault="error", code=code)
    assert facebook.health().state is HealthState.UNHEALTHY


def test_a_post_that_the_token_may_not_see_is_not_taken_for_gone(sandbox, facebook, notice, key):
    sent = facebook.send(facebook.render(notice), key=key)
    sandbox.configure(page_scopes=["pages_read_engagement"])
    outcome = facebook.delete(sent.remote_id)
    assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "person")
    assert not sandbox.report()["messages"][0]["deleted"]


def test_a_gone_post_is_gone_where_the_token_cannot_be_asked_about(sandbox, facebook):
    sandbox.fault(channel="facebook", operation="debug_token", fault="status", status=404)
    assert facebook.delete("1_1").state is OutcomeState.SENT


def test_correcting_a_post_that_is_gone_needs_a_person(facebook):
    outcome = facebook.edit("1_1", {"message": "a"})
    assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "person")
