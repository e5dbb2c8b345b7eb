"""Keeps the names under which documents were uploaded, for whoever reads them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from .models.files import OriginalName

_LONGEST = 255


def note_upload(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Remember what an upload is called, before the storage gives it a name of its own."""
    file = instance.file
    if file and not file._committed:
        instance._otp_uploaded_as = os.path.basename(file.name)[-_LONGEST:]


def keep_name(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Keep the name of an upload that the storage has taken, if it is another one there."""
    uploaded_as = instance.__dict__.pop("_otp_uploaded_as", "")
    if uploaded_as and uploaded_as != instance.filename:
        OriginalName.objects.update_or_create(
            stored_as=instance.file.name, defaults={"name": uploaded_as}
        )


def original_names(documents: Iterable[Any]) -> dict[int, str]:
    """Return the name of each document as it was uploaded, by the document's key: one query."""
    stored = {document.file.name: document for document in documents}
    if not stored:
        return {}
    rows = OriginalName.objects.filter(stored_as__in=stored)
    kept = dict(rows.values_list("stored_as", "name"))
    return {document.pk: kept.get(name, document.filename) for name, document in stored.items()}


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file of an item: its block, the name it was uploaded under, and its size in bytes."""

    block: Any
    name: str
    size: int | None


def offered_files(page: Any) -> list[OfferedFile]:
    """Return the files that *page* offers: two queries, however many there are."""
    blocks = list(getattr(page, "files", None) or [])
    documents = [block.value["document"] for block in blocks]
    names = original_names([document for document in documents if document])
    return [
        OfferedFile(block, names.get(document.pk, ""), _size_of(document))
        if document
        else OfferedFile(block, "", None)
        for block, document in zip(blocks, documents, strict=True)
    ]


def _size_of(document: Any) -> int | None:
    if document.file_size is not None:
        return int(document.file_size)
    try:
        return int(document.file.size)
    except OSError:
        return None


def remember_name(request: HttpRequest, document: Any) -> None:
    """Let the answer to *request* call *document* what the office called it."""
    request.otp_policy_file_name = original_names([document])[document.pk]


def name_file(request: HttpRequest, response: HttpResponse) -> None:
    """Give the file in *response* its own name, however the browser is to show it."""
    name = getattr(request, "otp_policy_file_name", "")
    disposition = response.headers.get("Content-Disposition", "")
    if name and disposition:
        as_attachment = disposition.startswith("attachment")
        response["Content-Disposition"] = content_disposition_header(as_attachment, name)
