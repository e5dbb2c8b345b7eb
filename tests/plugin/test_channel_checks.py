"""What is wrong in the settings of the channels is told at the start, and without their secrets."""

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from otp_policy.wagtail.syndication.checks import check_channels, check_days_of_warning
from tests.plugin.channel_service import Registered

LINE = {"adapter": "line", "host": "http://127.0.0.1:9", "access_token": "SECRET"}
PAGE = {
    "adapter": "facebook",
    "graph_url": "http://127.0.0.1:9/",
    "page_id": "1",
    "page_token": "SECRET",
}
OURS = "tests.plugin.channel_service.registered"
NOT_CALLABLE = Registered.made


def told(**channels):
    with override_settings(OTP_POLICY_CHANNELS=channels):
        return check_channels(None)


def codes(**channels):
    found = told(**channels)
    for message in found:
        assert message.hint
        assert "SECRET" not in f"{message.msg} {message.hint}"
    return [message.id.removeprefix("otp_policy.") for message in found]


def test_what_is_right_is_not_spoken_of():
    own = {"adapter": OURS, "channel": "line", "number": 1, "at_once": 2}
    assert codes() == []
    assert codes(line={**LINE, "per_hour": 60}, facebook=PAGE) == []
    assert codes(line=own) == []
    assert codes(line={"adapter": "line"}) == []  # posted on by hand


@pytest.mark.parametrize("name", ["lime", "website"])
def test_a_channel_on_which_the_policy_sends_nothing(name):
    assert codes(**{name: LINE}) == ["E021"]
    assert f"`{name}`" in told(**{name: LINE})[0].msg
    assert "line, facebook" in told(**{name: LINE})[0].hint


@pytest.mark.parametrize("said", [["line"], {"line": "line"}, {"line": None}])
def test_what_maps_no_channel_to_its_values(said):
    with override_settings(OTP_POLICY_CHANNELS=said):
        (found,) = check_channels(None)
    assert found.id == "otp_policy.E021"


@pytest.mark.parametrize(
    "adapter", ["lines", "no.such.module.make", f"{OURS}s", f"{__name__}.NOT_CALLABLE", "", None, 1]
)
def test_an_adapter_that_is_none(adapter):
    assert codes(line={"adapter": adapter}) == ["E022"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"adapter": OURS, "channel": "line"}, "number"),
        ({"adapter": OURS, "channel": "line", "number": 1, "colour": "SECRET"}, "colour"),
        ({**LINE, "acces_token": "SECRET"}, "acces_token"),
        ({"adapter": "line", "access_token": "SECRET"}, "host"),
        ({"adapter": "line", "acces_token": "SECRET", "host": "http://127.0.0.1:9"}, "acces_token"),
        ({name: value for name, value in PAGE.items() if name != "graph_url"}, "graph_url"),
    ],
)
def test_a_value_that_the_maker_misses_or_does_not_know(given, named):
    assert codes(line=given) == ["E023"]
    assert named in told(line=given)[0].msg


@pytest.mark.parametrize("limit", ["per_hour", "at_once"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "50", True])
def test_a_limit_that_is_no_number_of_messages(limit, value):
    assert codes(line={**LINE, limit: value}) == ["E024"]


def test_more_an_hour_than_line_takes():
    assert codes(line={**LINE, "per_hour": 61}) == ["W003"]
    assert codes(facebook={**PAGE, "per_hour": 61}) == []


@pytest.mark.parametrize(
    "half",
    [
        {name: value for name, value in PAGE.items() if name != "page_token"},
        {"adapter": "line", "host": "http://127.0.0.1:9", "channel_id": "1"},
    ],
)
def test_half_of_the_credentials(half):
    assert codes(line=half) == ["W002"]


@pytest.mark.django_db  # some of Django's own checks ask the database
@override_settings(OTP_POLICY_LINE={"host": "http://127.0.0.1:9", "access_tokens": "SECRET"})
def test_the_settings_of_one_line_are_looked_at_too_and_the_site_is_told():
    (found,) = check_channels(None)
    assert found.id == "otp_policy.E023"
    assert "access_tokens" in found.msg
    assert found in run_checks()


@pytest.mark.parametrize("days", ["7", 7, [0], [-1], ["7"], [1.5], [True], {7: 1}])
def test_days_of_warning_that_are_none(days):
    with override_settings(OTP_POLICY_WARN_OF_ACCESS_END_DAYS=days):
        [found] = check_days_of_warning(None)
        assert found.id == "otp_policy.E025"
        assert "OTP_POLICY_WARN_OF_ACCESS_END_DAYS" in found.msg


@pytest.mark.parametrize("days", [[], [3], (14, 7, 1)])
def test_days_of_warning(days):
    assert check_days_of_warning(None) == []
    with override_settings(OTP_POLICY_WARN_OF_ACCESS_END_DAYS=days):
        assert check_days_of_warning(None) == []
