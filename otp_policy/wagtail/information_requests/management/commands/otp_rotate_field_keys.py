"""Encrypts personal data again with the first key of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from otp_policy.wagtail.recording import record

from ...encryption import UnreadableError, rotate
from ...models import Sealed

_BATCH = 200


class Command(BaseCommand):
    """Rotate the keys: put the new one first, run this, and then take the old one away."""

    help = "Encrypts personal data again with the first key of FIELD_KEYS, in small steps."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable, done, last = [], 0, 0
        while rows := list(self._next(last)):
            last = rows[-1]
            count, failed = self._rotate(rows)
            done, unreadable = done + count, unreadable + failed
        record("request_keys_rotated", user=None, pieces=done, unreadable=len(unreadable))
        self.stdout.write(f"encrypted again: {done}")
        if unreadable:
            keys = ", ".join(map(str, unreadable))
            raise CommandError(f"no key opens these pieces, keep the old keys: {keys}")

    def _next(self, last: int) -> Any:
        return (
            Sealed.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_BATCH]
        )

    @transaction.atomic
    def _rotate(self, keys: list[int]) -> tuple[int, list[int]]:
        rows, failed = list(Sealed.objects.select_for_update().filter(pk__in=keys)), []
        done = []
        for row in rows:
            try:
                row.token = rotate(bytes(row.token))
            except UnreadableError:
                failed.append(row.pk)
            else:
                done.append(row)
        Sealed.objects.bulk_update(done, ["token"])
        return len(done), failed
