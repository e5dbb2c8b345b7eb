"""The WSGI entry point of the shipped site. Servers set PYTHONPATH=.:site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "otp_site.settings")

application = get_wsgi_application()
