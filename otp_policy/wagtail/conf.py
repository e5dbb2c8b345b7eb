"""Every setting the plugin reads, each with its default."""

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.utils import timezone
from django.utils.translation import get_language

from otp_policy import Policy, load_policy
from otp_policy.calendars import ONE_DAY, add_months, end_of_fiscal_year, end_of_month
from otp_policy.freshness import Period

BUDDHIST_ERA_OFFSET = 543
MONTHS_IN_A_YEAR = 12


@lru_cache(maxsize=4)
def _policy_from(source: str) -> Policy:
    return load_policy(source)


def policy_source() -> str:
    """Return the path or shipped name of the policy in force here (`OTP_POLICY_FILE`)."""
    return str(getattr(settings, "OTP_POLICY_FILE", "tpso"))


def current_policy() -> Policy:
    """Return the policy of this office, read once per process."""
    return _policy_from(policy_source())


def office_timezone() -> ZoneInfo:
    """Return the time zone in which the policy's days begin and end."""
    return ZoneInfo(current_policy().timezone)


def office_day(instant: datetime | None = None) -> date:
    """Return the calendar day of *instant* (default: now) in the office's time zone."""
    return (instant or timezone.now()).astimezone(office_timezone()).date()


def last_day_of_fiscal_year(buddhist_year: int) -> date | None:
    """Return the last day of the fiscal year that the office writes as *buddhist_year*, if any."""
    year = buddhist_year - BUDDHIST_ERA_OFFSET
    if not MINYEAR < year < MAXYEAR:
        return None
    starts_month = current_policy().calendar(on=office_day()).fiscal_year_starts_month
    return end_of_fiscal_year(date(year, 1, 1), starts_month=starts_month)


def period_of(buddhist_year: int | None, month: int | None = None) -> Period | None:
    """Return the fiscal year that the office writes so, or *month* (1 to 12) of it, if any."""
    last = last_day_of_fiscal_year(buddhist_year) if buddhist_year else None
    if last is None:
        return None
    first = end_of_month(add_months(last, -MONTHS_IN_A_YEAR)) + ONE_DAY
    if not month:
        return Period(first, last)
    begin = add_months(first, (month - first.month) % MONTHS_IN_A_YEAR)
    return Period(begin, end_of_month(begin))


def public_base_url() -> str:
    """Return the address under which the public reaches the site, without a trailing slash."""
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).rstrip("/")


def open_media_folders() -> tuple[str, ...]:
    """Return the media folders, each with its slash, that are no part of any page's text."""
    return tuple(getattr(settings, "OTP_POLICY_OPEN_MEDIA_FOLDERS", ("avatar_images/",)))


def ratify_within_days() -> int:
    """Return after how many days a publication in an emergency without an approval is reported."""
    return int(getattr(settings, "OTP_POLICY_RATIFY_WITHIN_DAYS", 3))


def largest_scan_bytes() -> int:
    """Return how large the scan of a signed memo may be."""
    return int(getattr(settings, "OTP_POLICY_LARGEST_SCAN_BYTES", 20 * 1024 * 1024))


def private_storage() -> Storage:
    """
    Return where scans are kept: the storage `otp_policy_private`, or else the default one.

    The default one is as private as the site keeps its uploads: `media_urls` serves no scan.
    """
    named = "otp_policy_private" in settings.STORAGES
    return storages["otp_policy_private" if named else "default"]


def public_contacts() -> tuple[str, ...]:
    """Return the office's own telephone numbers, accounts, addresses and `@domain`s."""
    return tuple(getattr(settings, "OTP_POLICY_PUBLIC_CONTACTS", ()))


def trusted_proxies() -> frozenset[str]:
    """Return the proxies that tell the truth about clients (`OTP_POLICY_TRUSTED_PROXIES`)."""
    return frozenset(getattr(settings, "OTP_POLICY_TRUSTED_PROXIES", ("127.0.0.1", "::1")))


def mail_timeout_seconds() -> float:
    """Return how long a mail server may keep the dispatcher waiting (`EMAIL_TIMEOUT`)."""
    return float(getattr(settings, "EMAIL_TIMEOUT", None) or 15.0)


def slots_apart(channel: str) -> timedelta:
    """Return how far apart two times on *channel* should be (`OTP_POLICY_SLOTS`)."""
    limits = getattr(settings, "OTP_POLICY_SLOTS", {}).get(channel, {})
    return timedelta(minutes=limits.get("minutes_apart", 15))


def slots_a_day(channel: str) -> int | None:
    """Return how many times a day *channel* takes (`OTP_POLICY_SLOTS`); None for any number."""
    limits = getattr(settings, "OTP_POLICY_SLOTS", {}).get(channel, {})
    return limits.get("a_day")


def office_name() -> str:
    """Return the name of the office in the reader's language (`OTP_POLICY_OFFICE_NAME`)."""
    names = getattr(settings, "OTP_POLICY_OFFICE_NAME", {})
    language = get_language() or settings.LANGUAGE_CODE
    usual = str(getattr(settings, "WAGTAIL_SITE_NAME", ""))
    return str(names.get(language) or names.get(settings.LANGUAGE_CODE) or usual)


def office_mark() -> str:
    """Return the few letters that stand for the office (`OTP_POLICY_OFFICE_MARK`)."""
    return str(getattr(settings, "OTP_POLICY_OFFICE_MARK", ""))


def share_image_fonts() -> tuple[str, str] | None:
    """
    Return the regular and the bold face of share images (`OTP_POLICY_SHARE_IMAGE_FONTS`).

    Two TrueType files with Thai letters; without them there are no share images.
    """
    fonts = getattr(settings, "OTP_POLICY_SHARE_IMAGE_FONTS", None)
    return (str(fonts[0]), str(fonts[1])) if fonts else None
