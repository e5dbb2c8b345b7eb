"""
Serves documents and images to the public once they are published, and to the office before.

A file that is not public answers as one that does not exist: with 404, and nothing beside it.
"""

import mimetypes
import posixpath
from hashlib import sha256
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.images.views.serve import ServeView

from .conf import open_media_folders
from .file_names import remember_name
from .file_privacy import admits
from .file_uses import is_public, is_published, live_pages_with, may_see


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponse:
    """
    Serve what lies at *path* in the media storage: an image, or one of its renditions.

    Documents have an address of their own and none here. So has nothing else, but for folders
    that `OTP_POLICY_OPEN_MEDIA_FOLDERS` names.
    """
    if posixpath.normpath(path) != path:
        raise Http404  # `avatar_images/../documents/…` lies in no open folder
    if path.startswith(open_media_folders()):
        return _stream(request, default_storage, path, public=True)
    image = _image_at(path)
    if image is None:
        raise Http404
    public = is_public(image)
    if not public and not _is_for(request, image):
        raise Http404
    return _stream(request, image.file.storage, path, public=public)


def _image_at(path: str) -> Any:
    model = get_image_model()
    image = model._default_manager.filter(file=path).first()
    if image is None:
        renditions = model.get_rendition_model()._default_manager.select_related("image")
        rendition = renditions.filter(file=path).first()
        image = rendition.image if rendition else None
    return image


def guard_document(document: Any, request: HttpRequest) -> None:
    """
    Answer for a document that is not public as for one that does not exist.

    Raises:
        Http404: Unless the document is public, or the reader sees it in the admin.
    """
    public = is_public(document)
    if not public and not _is_for(request, document):
        raise Http404
    if not public or is_published(document):
        remember_name(request, document)
        # Wagtail's view streams it; the middleware limits how long a copy is good.
        request.otp_policy_file_is_public = public


def guard_image(
    request: HttpRequest, view: Any, signature: str = "", image_id: Any = None, *args, **kwargs
) -> None:
    """
    Answer for an image that is not public, asked for by a signed address, as for none.

    Wagtail's view has no hook, and an office may mount it under any address and name.

    Raises:
        Http404: Unless the image is public, or the reader sees it in the admin.
    """
    found = getattr(view, "view_class", None)
    if not (isinstance(found, type) and issubclass(found, ServeView)):
        return
    image = get_image_model()._default_manager.filter(pk=image_id).first()
    public = image is not None and is_public(image)
    if image is None or not (public or _is_for(request, image)):
        raise Http404
    request.otp_policy_file_is_public = public


def _is_for(request: HttpRequest, file: Any) -> bool:
    """Tell whether who asks may have *file*, though not everybody may."""
    return may_see(request.user, file) or admits(request, live_pages_with(file))


def _stream(request: HttpRequest, storage: Any, name: str, *, public: bool) -> HttpResponse:
    """Stream a file, or say that the reader's copy of it is still good."""
    try:
        size, modified = storage.size(name), storage.get_modified_time(name)
        handle = storage.open(name, "rb")
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    etag = quote_etag(sha256(f"{name} {size} {modified.timestamp()}".encode()).hexdigest()[:32])
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response: HttpResponse = FileResponse(handle, content_type=kind)
    response["ETag"] = etag
    response["Content-Length"] = size
    conditional = get_conditional_response(request, etag=etag, response=response)
    if conditional is not response:
        handle.close()
    # A drawing (SVG) may carry a script; opened by itself, it must not run on the office's site.
    conditional["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    conditional["X-Content-Type-Options"] = "nosniff"
    request.otp_policy_file_is_public = public
    return conditional
