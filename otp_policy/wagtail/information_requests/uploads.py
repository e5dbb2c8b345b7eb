"""Files of requesters and of answers: few, small, and of a kind that was read from their bytes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.scans import Scan, read_scan

from .conf import largest_upload_bytes

__all__ = ["FilesField"]

UNREADABLE = _("A file is damaged or locked, or no PDF, JPEG or PNG file. Nothing was sent.")


class _FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Takes several files and returns them as `Scan`s; `most` is how many."""

    def __init__(self, *, most: int | None = None, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", _FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png", "multiple": True})
        )
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Scan]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if self.most is not None and len(files) > self.most:
            raise ValidationError(
                _("No more than %(most)s files can be sent. Choose the most important ones."),
                params={"most": self.most},
                code="too_many",
            )
        return [self._read(super(FilesField, self).clean(file, initial)) for file in files]

    def _read(self, file: Any) -> Scan:
        if file.size > largest_upload_bytes():
            raise ValidationError(
                _("A file is larger than %(largest)s. Nothing was sent."),
                params={"largest": filesizeformat(largest_upload_bytes())},
                code="too_large",
            )
        try:
            return read_scan(file)
        except ValidationError:
            raise ValidationError(UNREADABLE, code="unreadable") from None
