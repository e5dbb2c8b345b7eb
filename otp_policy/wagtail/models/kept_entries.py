"""Posts and orders are never changed backwards: decisions stand on them."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..conf import office_day
from .evidence import AppendOnlyError

HAS_BEGUN = _(
    "It holds already, and decisions may stand on it. End it, and make a new entry from the day "
    "of the change."
)
IS_OVER = _("It is over, and decisions may stand on it. Make a new entry.")
ENDS_IN_PAST = _("The last day may not lie in the past: decisions may stand on it. Take today.")
BEGINS_IN_PAST = _("An entry that has not begun is not moved into the past.")
NOT_EXTENDED = _("An order is not extended. Make a new entry with the new order's number.")


class KeptEntry(models.Model):
    """
    A dated entry that, once it holds, can only be ended, and that on no earlier day than today.

    A change is a new dated entry. Nothing in the announcement says so; it follows from deciding
    by the entry in force on the day.
    """

    may_be_extended: ClassVar[bool] = True

    class Meta:
        abstract = True

    def clean(self) -> None:
        """
        Check what a form changed.

        Raises:
            ValidationError: If it would change the past.
        """
        super().clean()
        if reasons := list(self._backwards()):
            raise ValidationError([str(reason) for reason in reasons], code="backwards")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Save the entry.

        Raises:
            AppendOnlyError: If that would change the past.
        """
        if reasons := list(self._backwards()):
            raise AppendOnlyError(f"{self._meta.label}: {reasons[0]}")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """
        Delete an entry that has not begun.

        Raises:
            AppendOnlyError: If it has.
        """
        if self.has_begun:
            raise AppendOnlyError(f"{self._meta.label}: {HAS_BEGUN}")
        return super().delete(*args, **kwargs)

    @property
    def has_begun(self) -> bool:
        """Tell whether the entry, as it is stored, holds or has held."""
        stored = self._stored()
        return stored is not None and stored.from_on <= office_day()

    def _stored(self) -> Any:
        if self.pk is None or self._state.adding:
            return None
        return type(self)._base_manager.filter(pk=self.pk).first()

    def _backwards(self) -> Iterator[Any]:
        """Yield each reason why this change would change the past."""
        stored, today = self._stored(), office_day()
        if stored is None:
            return
        if stored.from_on > today:
            if self.from_on and self.from_on < today:
                yield BEGINS_IN_PAST
            return
        fixed = [field.attname for field in self._meta.concrete_fields if field.name != "until_on"]
        if any(getattr(self, name) != getattr(stored, name) for name in fixed):
            yield HAS_BEGUN
        if self.until_on != stored.until_on:
            yield from self._about_end(stored.until_on, today)

    def _about_end(self, stored: Any, today: Any) -> Iterator[Any]:
        if stored is not None and stored < today:
            yield IS_OVER
        elif self.until_on is not None and self.until_on < today:
            yield ENDS_IN_PAST
        elif not self.may_be_extended and (self.until_on is None or self.until_on > stored):
            yield NOT_EXTENDED
