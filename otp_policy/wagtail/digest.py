"""
The digest that approvals are bound to: SHA-256 over what the public will get.

It covers the governed fields, the bytes of every file that the item uses, and the text for the
channels. The recipe carries a number: a later recipe is added beside this one, and an approval
is always checked again with the recipe it was given under.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex

from otp_policy.ledger import canonical_json

CURRENT_RECIPE = 1
_CHUNK_BYTES = 1 << 20


class UnknownRecipeError(ValueError):
    """Raised for a digest recipe that this version does not know."""


def item_digest(page: models.Model, *, recipe: int = CURRENT_RECIPE) -> str:
    """
    Return the digest of *page* as it stands in memory, as `sha256:` and 64 hex digits.

    Args:
        page: A specific governed page: the live row, or a revision's `as_object()`.
        recipe: The recipe that the approval to compare with was given under.

    Raises:
        UnknownRecipeError: If there is no such recipe.
    """
    if recipe != 1:
        raise UnknownRecipeError(f"unknown digest recipe `{recipe}`")
    return "sha256:" + hashlib.sha256(canonical_json(_recipe_1(page))).hexdigest()


def _recipe_1(page: Any) -> dict[str, Any]:
    return {
        "recipe": 1,
        "type": page._meta.label_lower,
        "fields": governed_values(page),
        "files": {name: digest for name, digest in referenced_files(page)},
        "channels": _plain(page.channel_texts()),
    }


def governed_values(page: Any) -> dict[str, Any]:
    """Return the governed fields of *page* and their values, as JSON values without floats."""
    values = page.serializable_data()
    return {name: _plain(values[name]) for name in sorted(page.governed_fields() & values.keys())}


def _plain(value: Any) -> Any:
    """Return *value* as the JSON that a digest may stand on: numbers with a point as text."""
    text = json.dumps(value, cls=DjangoJSONEncoder)
    return _without_keys(json.loads(text, parse_float=str))


def _without_keys(value: Any) -> Any:
    # Child rows get their key when the draft goes live, which changes nothing that is read.
    if isinstance(value, dict):
        return {key: _without_keys(item) for key, item in value.items() if key not in _ROW_KEYS}
    if isinstance(value, list):
        return [_without_keys(item) for item in value]
    return value


_ROW_KEYS = frozenset({"pk", "page"})


def referenced_files(page: models.Model) -> Iterator[tuple[str, str]]:
    """
    Yield each file that *page* uses, as (`documents.document:3`, digest of its bytes).

    A file that is gone yields `missing`, so that its loss changes the digest too.
    """
    wanted: dict[type[models.Model], set[str]] = {}
    for model in (get_document_model(), get_image_model()):
        wanted[model] = set()
    for model, key in _references(page):
        if model in wanted:
            wanted[model].add(key)
    for model, keys in wanted.items():
        rows = model._default_manager.in_bulk([int(key) for key in keys])
        for key in sorted(keys, key=int):
            row = rows.get(int(key))
            yield f"{model._meta.label_lower}:{key}", _file_digest(row)


def _references(page: models.Model) -> Iterator[tuple[type[models.Model], str]]:
    # The stored index knows the saved row only; a revision's object has to be read afresh.
    from django.contrib.contenttypes.models import ContentType

    for content_type_id, key, _path, _content_path in set(
        ReferenceIndex._extract_references_from_object(page)
    ):
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        if model is not None:
            yield model, key


def _file_digest(row: Any) -> str:
    if row is None:
        return "missing"
    digest = hashlib.sha256()
    try:
        with row.file.storage.open(row.file.name, "rb") as handle:
            while chunk := handle.read(_CHUNK_BYTES):
                digest.update(chunk)
    except FileNotFoundError:
        return "missing"
    return digest.hexdigest()
