"""The shipped site: settings, URLs and base templates around the plugin and the page types."""

# Celery's `shared_task` binds to the app that was made last, so it is made with the project.
from .celery import app as celery_app

__all__ = ["celery_app"]
