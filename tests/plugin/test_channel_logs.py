"""What the channels log of an error that somebody else's code raised: where, what, no secret."""

import logging

import pytest
from django.test import override_settings

from otp_policy.wagtail.syndication import fault_logs, health, service_opinion
from otp_policy.wagtail.syndication.crew import Crew, until
from otp_policy.wagtail.syndication.receivers import ring

TOKEN, PASSWORD = "planted-token-5d1", "planted p@ss"
CHANNELS = {"line": {"adapter": "line", "host": "http://127.0.0.1:9", "access_token": TOKEN}}


@pytest.fixture(autouse=True)
def planted(caplog):
    caplog.set_level(logging.INFO)
    with override_settings(OTP_POLICY_CHANNELS=CHANNELS):
        yield


def fails(*_args):
    try:
        raise ConnectionError(f"https://service.example/?key={TOKEN}")
    except ConnectionError as error:
        raise RuntimeError("the adapter gave up") from error


class Adapter:
    name = "line"
    health = quota = staticmethod(fails)


def logged(caplog) -> str:
    (record,) = caplog.records
    assert record.exc_info is None  # a traceback as Python prints it says everything
    return record.getMessage()


def check(said: str) -> None:
    assert TOKEN not in said
    assert "RuntimeError: the adapter gave up from ConnectionError" in said
    assert "test_channel_logs.py" in said
    assert " fails" in said


def test_a_worker_whose_job_fails_says_where(caplog):
    jobs = [("line", fails)]
    assert Crew(1, lambda busy: jobs.pop() if jobs else None).run(until(None, 30.0)) == 1
    check(logged(caplog))


def test_a_channel_whose_access_cannot_be_read_says_where(caplog):
    assert health._asked(Adapter, "health") is None
    check(logged(caplog))


def test_a_service_that_cannot_be_asked_for_a_screen_says_where(caplog):
    assert service_opinion.answer_in_time(fails, otherwise="nothing") == "nothing"
    check(logged(caplog))


@override_settings(CELERY_BROKER_URL="redis://user:planted%20p%40ss@127.0.0.1:9/0")
def test_a_broker_that_does_not_answer_costs_only_time_and_tells_no_password(caplog):
    ring()
    said = [record for record in caplog.records if record.name.startswith("otp_policy")]
    (record,) = said
    assert record.exc_info is None
    assert "the next sweep sends" in record.getMessage()
    told = fault_logs.told(OSError(f"redis://user:{PASSWORD}@127.0.0.1 and planted%20p%40ss"))
    assert PASSWORD not in told
    assert "planted%20p%40ss" not in told
    assert "planted" not in record.getMessage()


def test_causes_that_go_in_a_circle_are_told_once():
    first, second = ValueError("one"), ValueError("two")
    first.__context__, second.__context__ = second, first
    assert "ValueError: one from ValueError: two (" in fault_logs.told(first)
