"""Every setting the counting reads, each with its default."""

from django.conf import settings

_ROBOTS = (
    r"bot\b|bot/|crawl|spider|slurp|facebookexternalhit|line-poker|headless|lighthouse|monitor"
    r"|curl|wget|python-|httpx|okhttp|java/|go-http|scrapy|preview"
)


def written_every_seconds() -> float:
    """Return for how long a process keeps what it counted (`OTP_POLICY_USAGE_SECONDS`)."""
    return float(getattr(settings, "OTP_POLICY_USAGE_SECONDS", 30.0))


def most_kept() -> int:
    """Return how many different things a process counts before it writes them down."""
    return int(getattr(settings, "OTP_POLICY_USAGE_MOST_KEPT", 2000))


def robots_pattern() -> str:
    """Return the regular expression of the programs that are no readers."""
    return str(getattr(settings, "OTP_POLICY_USAGE_ROBOTS", _ROBOTS))


def words_kept_days() -> int:
    """Return for how many days words that were searched for are kept."""
    return int(getattr(settings, "OTP_POLICY_USAGE_WORDS_DAYS", 800))


def rare_words_kept_days() -> int:
    """Return after how many days words are forgotten that hardly anybody searched for."""
    return int(getattr(settings, "OTP_POLICY_USAGE_RARE_WORDS_DAYS", 90))


def rare_below() -> int:
    """Return how often words have to be searched for, on all days, to be shown and kept."""
    return int(getattr(settings, "OTP_POLICY_USAGE_RARE_BELOW", 3))
