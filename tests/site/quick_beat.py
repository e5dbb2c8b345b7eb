"""The site's settings, with a sweep every second: a test does not wait for half minutes."""

from otp_site.settings import *  # noqa: F403
from otp_site.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE = {
    "sweep": {**CELERY_BEAT_SCHEDULE["sweep"], "schedule": 1.0},
}
