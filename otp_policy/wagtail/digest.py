"""
The digest that approvals are bound to: SHA-256 over what the public will get.

It covers the governed fields, the bytes of every file that the item uses, and the text for the
channels; from recipe 2 on also what is said of a file beside it, and the values of snippets and
settings that the item shows. The recipe carries a number: a later recipe is added beside the
earlier ones, and an approval is always checked again with the recipe it was given under.
"""

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from modelcluster.models import get_all_child_relations
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex
from wagtail.snippets.models import get_snippet_models

from otp_policy.ledger import canonical_json

CURRENT_RECIPE = 2
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
    return "sha256:" + hashlib.sha256(digested_bytes(page, recipe=recipe)).hexdigest()


def digested_bytes(page: models.Model, *, recipe: int = CURRENT_RECIPE) -> bytes:
    """
    Return the very bytes that the digest of *page* is the SHA-256 of: canonical JSON.

    Raises:
        UnknownRecipeError: If there is no such recipe.
    """
    content = _RECIPES.get(recipe)
    if content is None:
        raise UnknownRecipeError(f"unknown digest recipe `{recipe}`")
    return canonical_json(content(page))


def _recipe_1(page: Any) -> dict[str, Any]:
    return {
        "recipe": 1,
        "type": page._meta.label_lower,
        "fields": governed_values(page),
        "files": {name: digest for name, digest in referenced_files(page)},
        "channels": _plain(page.channel_texts()),
    }


def _recipe_2(page: Any) -> dict[str, Any]:
    rows = sorted(_referenced_rows(page), key=lambda found: found[0])
    return {
        "recipe": 2,
        "type": page._meta.label_lower,
        "fields": exact_values(page),
        "files": {
            name: {**file_values(row), "bytes": file_digest(row)} if row else "missing"
            for name, model, row in rows
            if is_file(model)
        },
        "shown": {
            name: shown_values(row) if row else "missing"
            for name, model, row in rows
            if is_shown(model)
        },
        "settings": settings_of(page),
        "channels": _as_json(page.channel_texts()),
    }


_RECIPES = {1: _recipe_1, 2: _recipe_2}

# Said of a file beside its bytes: it shows as a caption, a name, or the part of a picture.
_SAID_OF_FILES = (
    "title",
    "description",
    "focal_point_x",
    "focal_point_y",
    "focal_point_width",
    "focal_point_height",
)


def is_file(model: type[models.Model]) -> bool:
    """Tell whether rows of *model* are documents or images."""
    return issubclass(model, (get_document_model(), get_image_model()))


def is_shown(model: type[models.Model]) -> bool:
    """Tell whether rows of *model* are snippets or settings, whose values a page may show."""
    return model in get_snippet_models() or is_setting(model)


def is_setting(model: type[models.Model]) -> bool:
    """Tell whether rows of *model* are settings."""
    return issubclass(model, (BaseGenericSetting, BaseSiteSetting))


def file_values(row: Any) -> dict[str, Any]:
    """Return what is said of a document or image beside its bytes."""
    return {name: _as_json(getattr(row, name, None)) for name in _SAID_OF_FILES}


def shown_values(row: models.Model) -> dict[str, Any]:
    """Return the values of a snippet or setting, its key aside."""
    return {
        field.name: _as_json(field.value_to_string(row))
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in _BESIDE_THE_VALUES
    }


# What Wagtail keeps of a snippet's drafts, locks and use: none of it is shown.
_BESIDE_THE_VALUES = frozenset(
    {
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "live_revision",
        "latest_revision",
        "go_live_at",
        "expire_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
    }
)


def settings_of(page: Any) -> dict[str, dict[str, Any]]:
    """
    Return the settings that the type of *page* says it shows, by name, where somebody set them.

    Wagtail makes a row of defaults when a setting is first read: it says what its absence says.
    """
    return {
        f"{label.lower()}:{getattr(row, 'site_id', '')}": shown_values(row)
        for label in sorted(page.shown_settings)
        for row in apps.get_model(label)._base_manager.order_by("pk")
        if shown_values(row) != shown_values(unset(row))
    }


def unset(row: models.Model) -> models.Model:
    """Return the setting *row* as it is before anybody sets it."""
    site_id = getattr(row, "site_id", None)
    return type(row)(site_id=site_id) if site_id else type(row)()


def _referenced_rows(page: models.Model) -> Iterator[tuple[str, type[models.Model], Any]]:
    wanted: dict[type[models.Model], set[str]] = {}
    for model, key in references_from(page):
        if is_file(model) or is_shown(model):
            wanted.setdefault(model, set()).add(key)
    for model, keys in wanted.items():
        rows = {str(key): row for key, row in model._base_manager.in_bulk(keys).items()}
        for key in keys:
            yield f"{model._meta.label_lower}:{key}", model, rows.get(key)


def governed_values(page: Any) -> dict[str, Any]:
    """Return the governed fields of *page* and their values, as JSON values without floats."""
    values = page.serializable_data()
    names = sorted(page.governed_fields() & values.keys())
    return {name: _plain(values[name]) for name in names if not _is_empty_later(page, name, values)}


def exact_values(page: Any) -> dict[str, Any]:
    """Return the governed fields of *page* as recipe 2 takes them: of child rows all but keys."""
    values = page.serializable_data()
    _drop_row_keys(type(page), values)
    names = sorted(page.governed_fields() & values.keys())
    return {
        name: _as_json(values[name]) for name in names if not _is_empty_later(page, name, values)
    }


# The public note of a correction.
NOTE_FIELDS = ("correction_note", "correction_note_en")
_EMPTY = (None, "", "[]", [])


def _is_empty_later(page: Any, name: str, values: dict[str, Any]) -> bool:
    # A text that leaves a field empty which came later has the digest that it had before there
    # was such a field, so that no approval from then goes stale.
    return values[name] in _EMPTY and name in later_fields(type(page))


@functools.cache
def later_fields(model: type[models.Model]) -> frozenset[str]:
    """Return the fields of *model* that came after texts of it had been approved."""
    named = (vars(base).get("later_fields", ()) for base in model.__mro__)
    return frozenset(name for names in named for name in names)


def _drop_row_keys(model: type[models.Model], values: dict[str, Any]) -> None:
    """Leave out what a child row gets when it goes live: its own key, and that of its parent."""
    for relation in get_all_child_relations(model):
        for row in values.get(relation.get_accessor_name(), ()):
            row.pop("pk", None)
            row.pop(relation.field.name, None)
            _drop_row_keys(relation.related_model, row)


def _plain(value: Any) -> Any:
    """Return *value* as the JSON that a digest may stand on: numbers with a point as text."""
    return _without_keys(_as_json(value))


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder), parse_float=str)


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
    for model, key in references_from(page):
        if model in wanted:
            wanted[model].add(key)
    for model, keys in wanted.items():
        rows = model._default_manager.in_bulk([int(key) for key in keys])
        for key in sorted(keys, key=int):
            row = rows.get(int(key))
            yield f"{model._meta.label_lower}:{key}", file_digest(row)


def references_from(page: models.Model) -> Iterator[tuple[type[models.Model], str]]:
    """Yield model and key of every row that *page*, as it stands in memory, refers to."""
    # The stored index knows the saved row only; a revision's object has to be read afresh.
    from django.contrib.contenttypes.models import ContentType

    for content_type_id, key, _path, _content_path in set(
        ReferenceIndex._extract_references_from_object(page)
    ):
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        if model is not None:
            yield model, key


def first_image(page: models.Model) -> Any:
    """Return the image that the text of *page*, as it stands in memory, shows first, or None."""
    from django.contrib.contenttypes.models import ContentType

    model = get_image_model()
    wanted = ContentType.objects.get_for_model(model).pk
    found = ReferenceIndex._extract_references_from_object(page)
    key = next((key for kind, key, _path, _content_path in found if kind == wanted), None)
    return model._default_manager.filter(pk=key).first() if key is not None else None


def file_digest(row: Any) -> str:
    """Return the SHA-256 of the bytes of a document or image, or `missing`."""
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
