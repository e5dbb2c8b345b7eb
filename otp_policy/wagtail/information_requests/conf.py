"""Every setting of the information requests, each with its default."""

from datetime import timedelta

from django.conf import settings

from otp_policy.wagtail.conf import current_policy


def field_keys() -> tuple[str, ...]:
    """
    Return the keys that personal data is encrypted with (`OTP_POLICY_FIELD_KEYS`).

    The first encrypts, all of them decrypt. Without one nothing is taken in.
    """
    return tuple(key for key in getattr(settings, "OTP_POLICY_FIELD_KEYS", ()) if key)


def is_open() -> bool:
    """Tell whether requests can be taken in: what is personal could be kept."""
    return bool(field_keys())


def request_category() -> str:
    """Return the category by whose rules cases are handled (`OTP_POLICY_REQUEST_CATEGORY`)."""
    return str(getattr(settings, "OTP_POLICY_REQUEST_CATEGORY", "other"))


def intake_unit() -> str:
    """
    Return the code of the unit that answers for cases (`OTP_POLICY_REQUEST_UNIT`).

    By default the unit that keeps the first channel, the website: annex 1 step 6 names it first.
    """
    policy = current_policy()
    return str(
        getattr(settings, "OTP_POLICY_REQUEST_UNIT", "")
        or policy.channels[policy.first_channel].owner
    )


def largest_upload_bytes() -> int:
    """Return how large one file of a requester or of an answer may be."""
    return int(getattr(settings, "OTP_POLICY_REQUEST_LARGEST_BYTES", 5 * 1024 * 1024))


def most_uploads() -> int:
    """Return how many files a requester may add."""
    return int(getattr(settings, "OTP_POLICY_REQUEST_MOST_FILES", 3))


def longest_question() -> int:
    """Return how many characters a request may have."""
    return int(getattr(settings, "OTP_POLICY_REQUEST_LONGEST", 5000))


def requests_an_hour() -> int:
    """Return how many requests one client may send in an hour; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_REQUESTS_AN_HOUR", 5))


def all_requests_an_hour() -> int:
    """Return how many requests the form takes in an hour from everybody; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_ALL_REQUESTS_AN_HOUR", 300))


def looks_an_hour() -> int:
    """Return how often one client may try a number and a secret in an hour; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_REQUEST_LOOKS_AN_HOUR", 20))


def alike_to_disclose() -> int:
    """Return how many requests for the same raise the question of publishing it by itself."""
    return int(getattr(settings, "OTP_POLICY_REQUESTS_ALIKE", 3))


def alike_within() -> timedelta:
    """Return within which time requests for the same count as repeated."""
    return timedelta(days=int(getattr(settings, "OTP_POLICY_REQUESTS_ALIKE_DAYS", 365)))
