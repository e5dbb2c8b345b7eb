"""What the site answers, asked in this process by its own middleware and views."""

import contextvars
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

__all__ = ["own_answer"]


def own_answer(url: str) -> Any:
    """Return the response of the site to a visitor without a session who asks for *url*."""
    return contextvars.copy_context().run(_answer, url)


def _answer(url: str) -> Any:
    parts = urlsplit(url)
    handler = BaseHandler()
    handler.load_middleware()
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "HTTP_HOST": parts.netloc,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(),
    }
    with translation.override(translation.get_language()):
        return handler.get_response(WSGIRequest(environ))
