"""The Celery app: a doorbell for the dispatcher, used only where CELERY_BROKER_URL is set."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "otp_site.settings")

app = Celery("otp_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
